import type { Endpoint } from "../../../app/lib/types.ts";

/** An ordinary endpoint with what a test wants otherwise. */
export function endpoint(change: Partial<Endpoint> = {}): Endpoint {
  return {
    provider: "openai",
    provider_name: "OpenAI",
    kind: "direct",
    model: "gpt-4o-mini",
    active: true,
    reasoning: false,
    retired_at: null,
    successor: null,
    simulated: false,
    attempts: 96,
    probe_failures: 0,
    successes: 96,
    success_rate: 1,
    newest_at: "2026-11-23T12:00:00Z",
    reliability: { n: 96, uptime: 1, error_rate: 0 },
    within_2s: { n: 96, share: 1 },
    ttft: { n: 96, p50: 400, p95: 600 },
    answer_ttft: { n: 96, p50: 400 },
    tps: { n: 96, p50: 90 },
    latency: { n: 96, p50: 2_400, p95: 3_000, p99: null },
    stability: { n: 96, latency_stddev: 150, ttft_stddev: 60 },
    cost: { n: 96, per_request: 0.0002, per_million: 0.28 },
    value: { n: 96, score: 320, free: false },
    trend: null,
    ...change,
  };
}
