import type { ProviderError } from "../errors/provider-error.ts";

/** What a generated piece is part of. A thought is `reasoning`; everything else is the answer. */
export type PieceKind = "answer" | "reasoning" | "refusal" | "tool";

/**
 * What one event says of tokens and cost. Only values that can be true are set (`asCount`, `asCost`); a later
 * report replaces an earlier one field by field, since providers send running totals (see mergeUsage).
 */
export interface UsageReport {
  /** Prompt tokens, cached ones included. */
  readonly input?: number;
  /** Read from the provider's cache. */
  readonly cached?: number;
  /** Written to the provider's cache. */
  readonly cacheWrite?: number;
  readonly output?: number;
  readonly reasoning?: number;
  readonly total?: number;
  /** USD. */
  readonly costUsd?: number;
}

/** What an answer says of who served it; undefined what it has not said yet. Filled in by the decoder. */
export interface Served {
  model: string | undefined;
  fingerprint: string | undefined;
  tier: string | undefined;
  requestId: string | undefined;
  upstream: string | undefined;
}

/** Where a decoder puts what it understood: the neutral language that all protocols are translated to. */
export interface StreamSink {
  /** A non-empty generated piece. */
  piece(kind: PieceKind, text: string): void;
  /** The whole answer again, or so far: only what is new of it counts. */
  wholeAnswer(text: string): void;
  /** Thoughts were generated of which the stream carries a summary at most. */
  thoughtsWithheld(): void;
  /** Why generation ended, as sent; `proper` where it is known as a proper end. */
  finish(reason: string, proper: boolean): void;
  /** A finish reason that says that the generation broke off. */
  brokeOff(reason: string): void;
  usage(report: UsageReport): void;
  /** Counts from a server's own statistics, which hold only where no usage is reported. */
  usageHint(report: UsageReport): void;
  error(error: ProviderError): void;
  readonly served: Served;
  timing(name: string, value: unknown): void;
}

/** read: understood; skipped: a bad event; done: the protocol's last word, nothing after it counts. */
export type Decoded = "read" | "skipped" | "done";
