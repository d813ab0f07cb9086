import type { Provider } from "../providers/types.ts";
import type { PieceKind } from "./stream/decoder.ts";

/** How a measured request can fail; who is to blame stands in docs/metrics.md. */
export const ERROR_KINDS = [
  "network",
  "timeout",
  "server_error",
  "stream_error",
  "stream_truncated",
  "empty_response",
  "bad_response",
  "rate_limited",
  "no_answer",
  "auth",
  "quota",
  "model_not_found",
  "invalid_request",
  "interrupted",
  "probe_fault",
] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** USD per million tokens. `cachedInput` null: cached input is charged as input. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cachedInput: number | null;
}

/** All limits of one request, in milliseconds unless named otherwise. */
export interface Deadlines {
  readonly headersMs: number;
  readonly firstTokenMs: number;
  /** In place of `firstTokenMs` for a model that thinks before it answers. */
  readonly firstTokenReasoningMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
  readonly maxBodyBytes: number;
}

export type PromptName = "standard" | "short";

/** Everything that one measurement needs to know before it starts. */
export interface ProbeRequest {
  /** The request's UUID: the row's id, the log's id and the nonce at the start of the prompt. */
  readonly id: string;
  readonly provider: Provider;
  /** The provider's own name of the model. */
  readonly model: string;
  /** Thinks before it answers: longer deadline, more output tokens. */
  readonly reasoning: boolean;
  /** The only upstream of a proxy that may serve it; none where the proxy chooses. */
  readonly upstream?: string | null;
  /** Where the request goes; the provider's own base URL unless a setting overrides it. No trailing slash. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly prompt: PromptName;
  /** Newest known price, or null. */
  readonly price: Price | null;
  readonly simulated: boolean;
  readonly location: string;
  readonly deadlines: Deadlines;
  readonly warmup: boolean;
}

/** What the probe takes from its surroundings; tests hand in their own. */
export interface ProbeEnvironment {
  readonly fetch: typeof fetch;
  /** Monotonic clock, milliseconds. */
  readonly now: () => number;
  /** Wall clock for `created_at`. */
  readonly date: () => Date;
  /** Three-letter code of the data centre that measured, where there is one. */
  readonly colo: string | null;
  /** Sees each generated piece as it comes: for a terminal that shows progress, and for tests. */
  readonly onPiece?: (kind: PieceKind, text: string) => void;
}

/**
 * One finished measurement, success or failure: exactly the columns of a row in `benchmark_results`
 * but for those that say which run and which provider and model rows it belongs to. Storable as it is.
 */
export interface Measurement {
  id: string;
  created_at: string;
  provider: string;
  model: string;
  input_tokens: number;
  output_tokens: number;
  total_latency_ms: number;
  ttft_ms: number | null;
  tps: number | null;
  status_code: number | null;
  success: boolean;
  error_kind: ErrorKind | null;
  error_message: string | null;
  response_text: string | null;
  cost_usd: number;
  ttfb_ms: number | null;
  answer_ttft_ms: number | null;
  warmup_ms: number | null;
  finish_reason: string | null;
  reasoning_tokens: number | null;
  cached_tokens: number | null;
  tokens_estimated: boolean;
  cost_source: "provider" | "price" | "unknown";
  input_price_per_m: number | null;
  output_price_per_m: number | null;
  cached_input_price_per_m: number | null;
  answer_ok: boolean | null;
  chunk_times_ms: number[] | null;
  truncated: boolean;
  skipped_events: number;
  endpoint_host: string | null;
  upstream: string | null;
  upstream_pinned: boolean;
  served_model: string | null;
  system_fingerprint: string | null;
  service_tier: string | null;
  provider_request_id: string | null;
  gap_p99_ms: number | null;
  longest_gap_ms: number | null;
  usage_implausible: boolean;
  provider_timing: Record<string, string | number> | null;
  colo: string | null;
  simulated: boolean;
  location: string;
  prompt_version: string;
  /** Null where it is not known any more what was sent. */
  request_params: Record<string, JsonValue> | null;
  probe_version: string;
}

/** What the engine must know of an answer beyond its row: never stored. */
export interface ProbeOutcome {
  readonly measurement: Measurement;
  /** From Retry-After or reset headers on a refusal, 0 to 3,600,000 ms; null where none was given. */
  readonly retryAfterMs: number | null;
  /** The provider said what it charged, or counted what went in and came out. */
  readonly usageReported: boolean;
  /** The provider said that it charged far more than the request can cost, USD; nothing where it did not. */
  readonly disbelievedUsd?: number;
}
