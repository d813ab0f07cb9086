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

export type { Endpoint, TrendPoint } from "./endpoint-schema.ts";

/** What names an endpoint. */
export type EndpointLabel = Pick<
  Endpoint,
  "provider" | "provider_name" | "kind" | "model" | "retired_at" | "successor" | "simulated"
>;

export interface ProviderSummary extends ProviderMetrics {
  readonly name: string;
  readonly kind: EndpointKind | null;
  readonly simulated: boolean;
  readonly attempts: number;
  readonly uptime: number | null;
  /** What each figure rests on; null where nobody says. */
  readonly n: {
    readonly ttft: number | null;
    readonly stability: number | null;
    readonly value: number | null;
    readonly uptime: number | null;
  };
}

/** What is told of a run wherever it is named. Times are ISO. */
export interface RunHead {
  readonly id: string;
  readonly run_name: string;
  readonly triggered_by: string;
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly location: string | null;
  readonly note: string | null;
  /** How many endpoints it set out to ask; null where nobody said. */
  readonly targets: number | null;
}

export interface LastRun extends RunHead {
  readonly skipped: number;
  /** Of those skipped: because the budget was reached. */
  readonly skipped_for_budget: number;
  readonly results: number;
}

/** All that the overview shows. */
export interface Overview {
  /** Up to when the figures reach, ISO: now, or the last refresh of a window made ahead. */
  readonly as_of: string;
  /** When they were read. */
  readonly read_at: string;
  readonly since: string;
  /** Width of a trend's bucket, seconds. */
  readonly step_s: number;
  readonly location: string | null;
  readonly locations: readonly { readonly location: string; readonly results: number }[];
  readonly newest_result_at: string | null;
  /** Newest result older than twice the schedule. */
  readonly stale: boolean;
  readonly last_run: LastRun | null;
  readonly endpoints: readonly Endpoint[];
  readonly providers: readonly ProviderSummary[];
}
