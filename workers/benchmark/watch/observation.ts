import type { Observation, Outcome } from "./types.ts";

/** What the watch reads of a result's row. */
export interface Watched {
  readonly id: string;
  readonly created_at: string;
  readonly provider: string | null;
  readonly model: string | null;
  readonly simulated: boolean;
  readonly success: boolean;
  readonly error_kind: string | null;
  readonly status_code: number | null;
  readonly confirmation?: boolean;
  readonly upstream_pinned?: boolean;
  readonly ttft_ms: number | null;
  readonly total_latency_ms: number;
  readonly tps: number | null;
}

/** Failures that are the provider's by their own words (docs/metrics.md). */
const PROVIDERS = new Set([
  "network",
  "timeout",
  "server_error",
  "stream_error",
  "stream_truncated",
  "empty_response",
  "bad_response",
]);

export function observationOf(row: Watched): Observation {
  const status = row.status_code === null ? "" : ` (HTTP ${row.status_code})`;
  return {
    id: row.id,
    at: Date.parse(row.created_at),
    provider: row.provider ?? "unknown",
    model: row.model ?? "unknown",
    simulated: row.simulated,
    outcome: outcomeOf(row),
    failure: row.success ? null : `${row.error_kind ?? "failed"}${status}`,
    responded: row.status_code !== null,
    confirmation: row.confirmation ?? false,
    values: { ttft: row.ttft_ms, total: row.total_latency_ms, tps: row.tps },
  };
}

function outcomeOf({ success, error_kind, upstream_pinned }: Watched): Outcome {
  // One upstream of a proxy by itself is another series, and no state of the endpoint.
  if (upstream_pinned) return "other";
  if (success) return "success";
  return error_kind !== null && PROVIDERS.has(error_kind) ? "provider_failure" : "other";
}
