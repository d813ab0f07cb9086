import type { EndpointRow } from "../data/endpoint-list.server.ts";
import { formatMs, formatNumber, formatTps, formatUsd } from "./format.ts";
import { MIN_RANKED_RESULTS, MIN_RANKED_SUCCESS_RATE } from "./ranking.ts";
import type { TimeQuery } from "./span.ts";
import type { Endpoint } from "./types.ts";

/** Who is first by a figure among a model's providers, in words. */
export interface Leader {
  readonly title: string;
  readonly endpoint: Endpoint;
  readonly figure: string;
  /** By how much the next one is behind; null where there is none. */
  readonly distance: string | null;
}

interface Race {
  readonly title: string;
  readonly value: (endpoint: Endpoint) => number | null | undefined;
  readonly n: (endpoint: Endpoint) => number | undefined;
  readonly better: "lower" | "higher";
  readonly format: (value: number) => string;
}

const RACES: readonly Race[] = [
  {
    title: "Lowest TTFT",
    value: (e) => e.ttft?.p50,
    n: (e) => e.ttft?.n,
    better: "lower",
    format: formatMs,
  },
  {
    title: "Highest TPS",
    value: (e) => e.tps?.p50,
    n: (e) => e.tps?.n,
    better: "higher",
    format: formatTps,
  },
  {
    title: "Cheapest",
    value: (e) => e.cost?.per_request,
    n: (e) => e.cost?.n,
    better: "lower",
    format: (value) => `${formatUsd(value * 1_000)} per 1,000 requests`,
  },
];

/**
 * The first of each race, by the rules of every rank: enough results, few enough failures, not retired, a simulated one only
 * where there is no real one. A race of one is none, and an hour holds too few results.
 */
export function leadersOf(rows: readonly EndpointRow[], { window, from }: TimeQuery): readonly Leader[] {
  if (window === "1h" && from === null) return [];
  const measured = rows.flatMap(({ endpoint }) =>
    endpoint.attempts > 0 &&
    endpoint.retired_at === null &&
    endpoint.successes / endpoint.attempts >= MIN_RANKED_SUCCESS_RATE
      ? [endpoint]
      : [],
  );
  const anyReal = measured.some(({ simulated }) => !simulated);
  const running = measured.filter(({ simulated }) => !anyReal || !simulated);
  return RACES.flatMap(({ title, value, n, better, format }) => {
    const sign = better === "lower" ? 1 : -1;
    const [first, second] = running
      .flatMap((endpoint) => {
        const at = value(endpoint) ?? null;
        return at === null || (n(endpoint) ?? 0) < MIN_RANKED_RESULTS ? [] : [{ endpoint, at }];
      })
      .sort((a, b) => sign * (a.at - b.at));
    if (first === undefined || second === undefined) return [];
    const ratio = better === "lower" ? second.at / first.at : first.at / second.at;
    const name = second.endpoint.provider_name;
    const distance = !Number.isFinite(ratio)
      ? `${name}: ${format(second.at)}`
      : ratio < 1.005
        ? `tied with ${name}`
        : `${formatNumber(ratio, 2)} times ahead of ${name}`;
    return [{ title, endpoint: first.endpoint, figure: format(first.at), distance }];
  });
}
