import type { Endpoint } from "./endpoint-schema.ts";

/** The columns of a stored result that the figures are made of (names as in `benchmark_results`). */
export interface BenchmarkResult {
  readonly provider: string | null;
  readonly model: string | null;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly total_latency_ms: number;
  readonly ttft_ms: number | null;
  readonly tps: number | null;
  readonly cost_usd: number;
  /** Without it a cost of 0 means free. */
  readonly cost_source?: "provider" | "price" | "unknown";
  readonly success: boolean;
  readonly created_at: string;
}

/** A provider in one line. */
export interface ProviderMetrics {
  readonly provider: string;
  /** Mean time to first token in milliseconds. */
  readonly avgTTFT: number | null;
  /** Population standard deviation of total latency within its endpoints, milliseconds. */
  readonly jitter: number | null;
  readonly valueScore: number | null;
  /** Successful results behind the figures. */
  readonly sampleSize: number;
}

export type JitterColor = "green" | "yellow" | "red" | "grey";

export type EndpointKind = "direct" | "proxy";

export type { Endpoint } from "./endpoint-schema.ts";

/** What names an endpoint. */
export type EndpointLabel = Pick<
  Endpoint,
  "provider" | "provider_name" | "kind" | "model" | "retired_at" | "successor" | "simulated"
>;
