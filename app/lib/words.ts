import type { LockableMetric } from "./locks.ts";
import type { SortKey, WindowName } from "./queries.ts";

export const WINDOW_NAMES: Readonly<Record<WindowName, string>> = {
  "1h": "hour",
  "24h": "24 hours",
  "7d": "7 days",
  "30d": "30 days",
};

/** A metric as its heading says it: unit, direction and one plain sentence. */
export interface MetricWords {
  readonly label: string;
  readonly unit: string;
  readonly direction: "lower is better" | "higher is better";
  readonly sentence: string;
  readonly sort: SortKey;
  readonly metric: LockableMetric | null;
}

export const METRICS = {
  success: {
    label: "Success",
    unit: "% of n",
    direction: "higher is better",
    sentence:
      "Share of requests that were answered in full, and how many were sent (n). Failures of our own side are left out.",
    sort: "success",
    metric: null,
  },
  ttft: {
    label: "First token",
    unit: "ms",
    direction: "lower is better",
    sentence:
      "Time from sending the request to the first piece of the answer. Half of the answers began faster than the large figure (p50), 19 in 20 faster than the small one (p95).",
    sort: "ttft",
    metric: "ttft",
  },
  tps: {
    label: "Speed",
    unit: "tok/s",
    direction: "higher is better",
    sentence: "Tokens per second once the answer has begun; half of the answers were faster.",
    sort: "tps",
    metric: "tps",
  },
  latency: {
    label: "Whole answer",
    unit: "s",
    direction: "lower is better",
    sentence:
      "Time until the answer was complete. Half of the answers were faster than the large figure (p50), 19 in 20 faster than p95, 99 in 100 faster than p99. Longer answers take longer.",
    sort: "latency",
    metric: "latency",
  },
  stability: {
    label: "Variation",
    unit: "ms",
    direction: "lower is better",
    sentence:
      "Jitter: standard deviation of the time for the whole answer. Steady below 200 ms, erratic above 500 ms. The small figure is the same for the first token.",
    sort: "stability",
    metric: "stability",
  },
  value: {
    label: "Value",
    unit: "score",
    direction: "higher is better",
    sentence:
      "Tokens per second divided by the price of a million tokens, at this prompt's mix of input and output. Tokens are each provider's own count.",
    sort: "value",
    metric: "value",
  },
  cost: {
    label: "Cost",
    unit: "$ / 1M tok",
    direction: "lower is better",
    sentence:
      "What a million tokens cost at this prompt's mix of input and output; below it the cost of one request.",
    sort: "cost",
    metric: "cost",
  },
  trend: {
    label: "First token over time",
    unit: "ms",
    direction: "lower is better",
    sentence:
      "The median time to the first token in each part of the window, oldest on the left. Each line has a scale of its own.",
    sort: "ttft",
    metric: "ttft",
  },
  mean: {
    label: "Mean first token",
    unit: "ms",
    direction: "lower is better",
    sentence:
      "The average time to the first token over all answers of a provider, whichever model gave them.",
    sort: "ttft",
    metric: "ttft",
  },
  errors: {
    label: "Error rate",
    unit: "% of n",
    direction: "lower is better",
    sentence:
      "Share of requests that failed, whoever was at fault: the provider, a rate limit, or our own account. Failures of the probe itself are left out.",
    sort: "success",
    metric: "uptime",
  },
  uptime: {
    label: "Uptime",
    unit: "%",
    direction: "higher is better",
    sentence:
      "Share of requests that did not fail on the provider's side. Rate limits and errors in our own set-up do not count against it.",
    sort: "success",
    metric: "uptime",
  },
} as const satisfies Record<string, MetricWords>;
export type MetricName = keyof typeof METRICS;

/** A heading's explanation in one string. */
export function explain(name: MetricName): string {
  const { unit, direction, sentence } = METRICS[name];
  return `${sentence} Unit: ${unit}, ${direction}.`;
}
