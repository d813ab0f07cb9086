import type { Piece } from "../answers.ts";
import type { ModelProfile, ProviderProfile } from "../profiles.ts";
import type { Random } from "../random.ts";

export interface Usage {
  readonly promptTokens: number;
  /** All generated tokens, thinking included. */
  readonly completionTokens: number;
  readonly reasoningTokens: number;
}

/** What a dialect needs to know to put one answer on the wire. */
export interface Answer {
  /** 24 hexadecimal digits; each dialect dresses them as its ids look. */
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
  readonly model: ModelProfile;
  readonly usage: Usage;
  /** The request had `stream_options.include_usage`. */
  readonly includeUsage: boolean;
  readonly finish: "stop" | "length";
  readonly upstream: string | null;
  /** The server's own times, milliseconds as the client will see them. */
  readonly queueMs: number;
  readonly promptMs: number;
  readonly completionMs: number;
  /** Decoration only: padding and seeds. */
  readonly random: Random;
}

export type Refusal = "missing_key" | "wrong_key" | "unknown_model" | "rate_limit" | "server_error";

export interface RefusalResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** The fields of a request's body that dialects look at. */
export interface ChatRequest {
  readonly model: string;
  readonly max_tokens?: number | undefined;
  readonly max_completion_tokens?: number | undefined;
  readonly temperature?: number | undefined;
}

/** One provider's way of saying things. Every string of `open`, `piece` and `close` goes out as it is. */
export interface Dialect {
  headers(answer: Answer): Readonly<Record<string, string>>;
  /** Sent together with the response headers. */
  open(answer: Answer): string;
  /** A sign of life while the first piece is not there yet; null where the provider sends none. */
  readonly waiting: string | null;
  piece(answer: Answer, piece: Piece): string;
  close(answer: Answer): string;
  /** An error inside a 200; what follows it is the end of the body. */
  streamError(answer: Answer): string;
  models(provider: ProviderProfile): unknown;
  /** The list can be read without a key. */
  readonly publicModels: boolean;
  refuse(reason: Refusal, model: string): RefusalResponse;
  /** A body with status 400 for parameters that this model does not take; null when all is well. */
  badParameter(model: ModelProfile, request: ChatRequest): unknown | null;
}
