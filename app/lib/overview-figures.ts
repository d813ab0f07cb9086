import type { OverviewEndpoint } from "../data/overview.server.ts";
import { compareNames } from "./collections.ts";
import {
  formatInteger,
  formatMs,
  formatMultiple,
  formatSeconds,
  formatShare,
  formatTps,
  formatUsd,
} from "./format.ts";
import type { EndpointState } from "./incidents.ts";
import { keepsLimit, type Limit, type Limited } from "./limits.ts";
import type { LockableMetric } from "./locks.ts";
import type { Extra, Mix, TableSort } from "./overview-query.ts";
import { byFigure } from "./ranking.ts";

/** An endpoint of the overview, with its state and with what 1,000 requests cost at the reader's mix of tokens, USD. */
export interface Listed extends OverviewEndpoint {
  readonly per_thousand: number | null;
  readonly state: EndpointState | null;
  readonly state_reason: string | null;
}

/** What 1,000 requests cost at list prices, USD. */
export function costOfThousand(price: OverviewEndpoint["price"], [input, output]: Mix): number | null {
  return price && (price.input * input + price.output * output) / 1_000;
}

interface Column {
  readonly metric: LockableMetric | null;
  readonly figure: (endpoint: Listed) => number | null | undefined;
  readonly better: "lower" | "higher";
  readonly format: (value: number | null | undefined, endpoint: Listed) => string;
}

/** What the table shows and sorts by; null as a metric is never locked. */
export const FIGURES = {
  ttft: { metric: "ttft", better: "lower", figure: (e) => e.ttft?.p50, format: formatMs },
  p95: { metric: "ttft", better: "lower", figure: (e) => e.ttft?.p95, format: formatMs },
  now: { metric: "ttft", better: "lower", figure: (e) => e.against_usual, format: formatMultiple },
  tps: { metric: "tps", better: "higher", figure: (e) => e.tps?.p50, format: formatTps },
  latency: { metric: "latency", better: "lower", figure: (e) => e.latency?.p50, format: formatSeconds },
  success: { metric: "uptime", better: "higher", figure: (e) => e.success_rate, format: formatShare },
  cost: { metric: "cost", better: "lower", figure: (e) => e.per_thousand, format: formatUsd },
  attempts: { metric: null, better: "higher", figure: (e) => e.attempts, format: formatInteger },
  p99: { metric: "latency", better: "lower", figure: (e) => e.latency?.p99, format: formatSeconds },
  stability: {
    metric: "stability",
    better: "lower",
    figure: (e) => e.stability?.latency_stddev,
    format: formatMs,
  },
  uptime: { metric: "uptime", better: "higher", figure: (e) => e.reliability?.uptime, format: formatShare },
  value: {
    metric: "value",
    better: "higher",
    figure: (e) => e.value?.score,
    format: (value, e) => `${formatInteger(value)}${e.value?.free ? " (free)" : ""}`,
  },
  measured: { metric: "cost", better: "lower", figure: (e) => e.cost?.per_million, format: formatUsd },
} as const satisfies Readonly<Record<string, Column>>;
export type FigureKey = keyof typeof FIGURES;

/** The columns that are always there, in their order, and those that are asked for. */
export const COLUMNS = [
  "ttft",
  "now",
  "tps",
  "latency",
  "success",
  "cost",
] as const satisfies readonly FigureKey[];
export const EXTRA_COLUMNS = {
  n: "attempts",
  p99: "p99",
  jitter: "stability",
  uptime: "uptime",
  value: "value",
  measured: "measured",
} as const satisfies Readonly<Record<Extra, FigureKey>>;

const LIMITED_FIGURES: Readonly<Record<Limited, { readonly key: FigureKey; readonly scale: number }>> = {
  ttft: { key: "ttft", scale: 1 },
  p95: { key: "p95", scale: 1 },
  tps: { key: "tps", scale: 1 },
  latency: { key: "latency", scale: 0.001 },
  jitter: { key: "stability", scale: 1 },
  success: { key: "success", scale: 100 },
  uptime: { key: "uptime", scale: 100 },
  cost: { key: "cost", scale: 1 },
};

/** Whether an endpoint keeps all limits. */
export function keepsAll(endpoint: Listed, limits: readonly Limit[]): boolean {
  return limits.every((limit) => {
    const { key, scale } = LIMITED_FIGURES[limit.figure];
    const value = FIGURES[key].figure(endpoint);
    return keepsLimit(value == null ? null : value * scale, limit);
  });
}

const STATE_ORDER: readonly (EndpointState | null)[] = ["down", "degraded", "unknown", "up", null];

/** What a sort puts first, as a number; null comes last whichever way. */
function sortValue(endpoint: Listed, sort: Exclude<TableSort, "name">): number | null {
  if (sort === "state") return STATE_ORDER.indexOf(endpoint.state);
  const { figure, better } = FIGURES[sort];
  const value = figure(endpoint) ?? null;
  return value === null || better === "lower" ? value : -value;
}

/**
 * In an order: best first, or worst first. By state it is the other way round: those that fail come first, since one
 * asks for it to find them. Endpoints without the figure come last, by name.
 */
export function inOrder(sort: TableSort, order: "best" | "worst"): (a: Listed, b: Listed) => number {
  const sign = order === "best" ? 1 : -1;
  if (sort === "name") return (a, b) => sign * compareNames(a, b);
  return byFigure<Listed>((endpoint) => sortValue(endpoint, sort), sign);
}
