import type { LockableMetric } from "./locks.ts";
import type { WindowName } from "./queries.ts";

export const WINDOW_NAMES: Readonly<Record<WindowName, string>> = {
  "1h": "hour",
  "24h": "24 hours",
  "7d": "7 days",
  "30d": "30 days",
};

/** How a figure is headed: unit, which way is better, and one plain sentence. */
export interface Measure {
  readonly label: string;
  readonly unit: string;
  readonly direction: string;
  readonly sentence: string;
}

/** A metric of the overview: and what locks it. */
interface MetricWords extends Measure {
  readonly direction: "lower is better" | "higher is better";
  readonly metric: LockableMetric | null;
}

export const METRICS = {
  success: {
    label: "Success rate",
    unit: "% of n",
    direction: "higher is better",
    sentence: "Share of requests that were answered in full, of all n requests. Probe failures are excluded.",
    metric: null,
  },
  ttft: {
    label: "TTFT",
    unit: "ms",
    direction: "lower is better",
    sentence:
      "Time to first token: from sending the request to the first generated token. The large figure is the median (p50); 95% of requests were faster than p95.",
    metric: "ttft",
  },
  tps: {
    label: "Output speed (TPS)",
    unit: "tok/s",
    direction: "higher is better",
    sentence: "Median tokens per second after the first token.",
    metric: "tps",
  },
  latency: {
    label: "Total latency",
    unit: "s",
    direction: "lower is better",
    sentence:
      "Time from sending the request to the end of the response. The large figure is the median (p50); 95% of requests were faster than p95, 99% faster than p99. Longer answers take longer.",
    metric: "latency",
  },
  stability: {
    label: "Jitter",
    unit: "ms",
    direction: "lower is better",
    sentence:
      "Standard deviation of total latency: low below 200 ms, high above 500 ms. The small figure is that of TTFT.",
    metric: "stability",
  },
  value: {
    label: "Value score",
    unit: "score",
    direction: "higher is better",
    sentence:
      "Tokens per second divided by the price of a million tokens, at this prompt's mix of input and output. Tokens are counted by each provider.",
    metric: "value",
  },
  cost: {
    label: "Cost",
    unit: "$ / 1M tok",
    direction: "lower is better",
    sentence:
      "Cost per million tokens at this prompt's mix of input and output; below it the cost per 1,000 requests.",
    metric: "cost",
  },
  trend: {
    label: "TTFT over time",
    unit: "ms",
    direction: "lower is better",
    sentence: "Median TTFT in each part of the window, oldest on the left. Each line has its own scale.",
    metric: "ttft",
  },
  mean: {
    label: "Mean TTFT",
    unit: "ms",
    direction: "lower is better",
    sentence: "Mean time to first token over all requests to a provider, whichever the model.",
    metric: "ttft",
  },
  errors: {
    label: "Error rate",
    unit: "% of n",
    direction: "lower is better",
    sentence:
      "Share of requests that failed for any reason: the provider, a rate limit or operator error. Probe failures are excluded.",
    metric: "uptime",
  },
  uptime: {
    label: "Uptime",
    unit: "%",
    direction: "higher is better",
    sentence:
      "Share of requests without a provider failure. Rate limits, operator errors and probe failures do not count against it.",
    metric: "uptime",
  },
} as const satisfies Record<string, MetricWords>;
export type MetricName = keyof typeof METRICS;

/** A figure's explanation in one string. */
export function explain({ sentence, unit, direction }: Omit<Measure, "label">): string {
  return `${sentence} Unit: ${unit}, ${direction}.`;
}
