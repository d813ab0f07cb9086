import type { Overview, ProviderSummary } from "../data/overview.server.ts";
import { priceSpeedPoints, type ScatterPlot } from "./price-speed.ts";
import type { OverviewQuery } from "./queries.ts";
import { findWinner, rankEndpoints, sortEndpoints, TITLES, type Title, type Unranked } from "./ranking.ts";
import { drawSpark, type Spark } from "./spark.ts";
import { type SpeedBar, speedBars } from "./speed-bars.ts";
import type { Endpoint, EndpointLabel } from "./types.ts";

/** More bars than this are no longer compared by eye. */
export const BARS_SHOWN = 24;
/** More than this is for the table. */
export const BOARD_SHOWN = 8;
/** Rows of the table on one page: with three hundred endpoints the page stays below 300 kB. */
export const ROWS_SHOWN = 25;
const WAITING_SHOWN = 24;

/** A row of the table. */
export type TableRow = EndpointLabel &
  Pick<
    Endpoint,
    | "attempts"
    | "success_rate"
    | "reliability"
    | "within_2s"
    | "ttft"
    | "tps"
    | "latency"
    | "stability"
    | "value"
    | "cost"
  > & { readonly spark: Spark | null };

export interface Leader {
  readonly endpoint: EndpointLabel;
  readonly value: number;
  readonly n: number;
  readonly tied: number;
}

interface Ranked {
  readonly unranked: Unranked | null;
}

export interface Choice {
  readonly value: string;
  readonly text: string;
}

/** What the overview's page shows, and nothing else: the browser gets it a second time, to bring the page to life. */
export interface OverviewView {
  readonly summary: Omit<Overview, "endpoints" | "providers">;
  /** Endpoints measured in the window that fit the filters, and their requests. */
  readonly endpoints: number;
  readonly attempts: number;
  readonly simulated: number;
  readonly leaders: Readonly<Record<Title, Leader | null>>;
  readonly bars: readonly SpeedBar[];
  readonly barsOf: number;
  /** Best first; those without a rank last, with the reason. */
  readonly consistent: readonly (EndpointLabel & Pick<Endpoint, "stability"> & Ranked)[];
  readonly value: readonly (EndpointLabel & Pick<Endpoint, "value"> & Ranked)[];
  /** Those that failed at all, most first. */
  readonly failing: readonly (EndpointLabel & { readonly rate: number; readonly attempts: number })[];
  readonly failingOf: number;
  readonly scatter: ScatterPlot | null;
  readonly providers: readonly ProviderSummary[];
  readonly rows: readonly TableRow[];
  readonly page: number;
  readonly pages: number;
  /** Models without results in the window: just switched on, or retired by their provider. */
  readonly waiting: readonly EndpointLabel[];
  readonly waitingOf: number;
  readonly choices: { readonly providers: readonly Choice[]; readonly families: readonly Choice[] };
}

/** Whether the page's filters let an endpoint through. */
export function fitsQuery(
  endpoint: Pick<Endpoint, "provider" | "kind" | "family">,
  query: Pick<OverviewQuery, "provider" | "kind" | "family">,
): boolean {
  return (
    (query.kind === "all" || endpoint.kind === query.kind) &&
    (query.provider === null || endpoint.provider === query.provider) &&
    (query.family === null || endpoint.family === query.family)
  );
}

/** Picks what one address shows out of all endpoints. */
export function viewOverview(overview: Overview, query: OverviewQuery): OverviewView {
  const { endpoints: all, providers: allProviders, ...summary } = overview;
  const chosen = all.filter((endpoint) => fitsQuery(endpoint, query));
  const measured = chosen.filter((endpoint) => endpoint.attempts > 0);
  const waiting = chosen.filter((endpoint) => endpoint.attempts === 0);
  const shown = new Set(measured.map((endpoint) => endpoint.provider));
  const bars = speedBars(measured, query.window);
  const failing = measured
    .flatMap((endpoint) => {
      const rate = endpoint.reliability?.error_rate ?? 0;
      return rate > 0 ? [{ ...label(endpoint), rate, attempts: endpoint.attempts }] : [];
    })
    .sort((a, b) => b.rate - a.rate || b.attempts - a.attempts);
  const pages = Math.max(1, Math.ceil(measured.length / ROWS_SHOWN));
  const page = Math.min(query.page, pages);
  return {
    summary,
    endpoints: measured.length,
    attempts: measured.reduce((sum, endpoint) => sum + endpoint.attempts, 0),
    simulated: measured.filter((endpoint) => endpoint.simulated).length,
    leaders: Object.fromEntries(
      TITLES.map((title) => [title, leader(title, measured, query)]),
    ) as OverviewView["leaders"],
    bars: bars.slice(0, BARS_SHOWN),
    barsOf: bars.length,
    consistent: rankEndpoints("mostConsistent", measured, query.window)
      .slice(0, BOARD_SHOWN)
      .map(({ endpoint, unranked }) => ({ ...label(endpoint), stability: endpoint.stability, unranked })),
    value: rankEndpoints("value", measured, query.window)
      .slice(0, BOARD_SHOWN)
      .map(({ endpoint, unranked }) => ({ ...label(endpoint), value: endpoint.value, unranked })),
    failing: failing.slice(0, BOARD_SHOWN),
    failingOf: failing.length,
    scatter: priceSpeedPoints(measured),
    // A provider's line is about all its endpoints: with a family chosen it would say something else.
    providers: query.family === null ? allProviders.filter((provider) => shown.has(provider.provider)) : [],
    rows: sortEndpoints(measured, query.sort)
      .slice((page - 1) * ROWS_SHOWN, page * ROWS_SHOWN)
      .map((endpoint) => toRow(endpoint, summary)),
    page,
    pages,
    waiting: waiting.slice(0, WAITING_SHOWN).map(label),
    waitingOf: waiting.length,
    choices: choices(all, query),
  };
}

function leader(title: Title, measured: readonly Endpoint[], query: OverviewQuery): Leader | null {
  const winner = findWinner(title, measured, query.window);
  return winner && { ...winner, endpoint: label(winner.endpoint) };
}

export function label(endpoint: EndpointLabel): EndpointLabel {
  const { provider, provider_name, kind, model, retired_at, successor, simulated } = endpoint;
  return { provider, provider_name, kind, model, retired_at, successor, simulated };
}

function toRow(endpoint: Endpoint, summary: OverviewView["summary"]): TableRow {
  const { attempts, success_rate, reliability, within_2s, ttft, tps, latency, stability, value, cost } =
    endpoint;
  const figures = {
    attempts,
    success_rate,
    reliability,
    within_2s,
    ttft,
    tps,
    latency,
    stability,
    value,
    cost,
  };
  const spark = drawSpark(endpoint.trend, summary.since, summary.as_of, summary.step_s);
  return { ...label(endpoint), ...figures, spark };
}

/** What there is to choose from, by name; what is chosen is there even if nothing fits it. */
function choices(all: readonly Endpoint[], query: OverviewQuery): OverviewView["choices"] {
  const measured = all.filter((endpoint) => endpoint.attempts > 0);
  const providers = new Map(measured.map((endpoint) => [endpoint.provider, endpoint.provider_name]));
  if (query.provider !== null && !providers.has(query.provider))
    providers.set(query.provider, query.provider);
  const families = new Set(measured.flatMap(({ family }) => (family ? [family] : [])));
  if (query.family !== null) families.add(query.family);
  return {
    providers: byText([...providers].map(([value, text]) => ({ value, text }))),
    families: byText([...families].map((value) => ({ value, text: value }))),
  };
}

function byText(list: Choice[]): Choice[] {
  const folded = (choice: Choice) => choice.text.toLowerCase();
  return list.sort((a, b) => (folded(a) < folded(b) ? -1 : folded(a) > folded(b) ? 1 : 0));
}
