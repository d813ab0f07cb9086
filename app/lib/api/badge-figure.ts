import { formatInteger, formatMs, formatSeconds, formatShare, formatTps, formatUsd } from "../format.ts";
import type { Endpoint } from "../types.ts";

export type BadgeMetric = "ttft" | "tps" | "total_latency" | "stability" | "value" | "cost" | "uptime";

/** What a badge says of an endpoint: the name of the figure, the figure, and how many results it rests on. */
interface Figure {
  readonly name: string;
  readonly text: string | null;
  readonly n: number;
}

/** @returns null where the metric is locked */
export function badgeFigure(endpoint: Endpoint, metric: BadgeMetric): Figure | null {
  const { ttft, tps, latency, stability, value, cost, reliability } = endpoint;
  switch (metric) {
    case "ttft":
      return ttft && figure("TTFT p50", ttft.p50, formatMs, ttft.n);
    case "tps":
      return tps && figure("TPS p50", tps.p50, formatTps, tps.n);
    case "total_latency":
      return latency && figure("total latency p50", latency.p50, formatSeconds, latency.n);
    case "stability":
      return stability && figure("jitter", stability.latency_stddev, formatMs, stability.n);
    case "value":
      return value && figure("value score", value.score, formatInteger, value.n);
    case "cost":
      return cost && figure("cost per 1M tokens", cost.per_million, formatUsd, cost.n);
    case "uptime":
      return reliability && figure("uptime", reliability.uptime, formatShare, reliability.n);
  }
}

function figure(name: string, value: number | null, format: (value: number) => string, n: number): Figure {
  return { name, text: value === null ? null : format(value), n };
}
