import type { Overview, OverviewEndpoint, ProviderSummary } from "../data/overview.server.ts";
import { compareText, groupBy } from "./collections.ts";
import { endpointLabel } from "./endpoint-label.ts";
import { formatCount, formatInteger, formatMs, formatShare } from "./format.ts";
import type { StateNow } from "./incidents.ts";
import { type Leader, leadersOf } from "./leaders.ts";
import { readLimits } from "./limits.ts";
import type { LockableMetric } from "./locks.ts";
import {
  COLUMNS,
  costOfThousand,
  EXTRA_COLUMNS,
  type FigureKey,
  inOrder,
  keepsAll,
  type Listed,
} from "./overview-figures.ts";
import { type OverviewQuery, readMix } from "./overview-query.ts";
import { type Row, toRows } from "./overview-rows.ts";
import { priceSpeedPoints, type ScatterPlot } from "./price-speed.ts";
import { rankEndpoints, type Title, type Unranked } from "./ranking.ts";
import { type SpeedBar, speedBars } from "./speed-bars.ts";
import type { Endpoint, EndpointLabel } from "./types.ts";

/** More bars than this are no longer compared by eye. */
export const BARS_SHOWN = 12;
/** More than this is for the table. */
export const BOARD_SHOWN = 5;
/** Rows of the table on one page: with three hundred endpoints the page stays below 300 kB. */
export const ROWS_SHOWN = 75;
const WAITING_SHOWN = 24;
/** Models that the filter offers; any other is found by typing its name. */
const MODELS_OFFERED = 100;

export interface Group {
  /** Null where rows are not grouped. */
  readonly title: string | null;
  /** Whose page it is that the title leads to: a model's identity or a provider's slug; null where there is none. */
  readonly of: string | null;
  readonly note: string;
  readonly rows: readonly Row[];
}

interface Ranked {
  readonly unranked: Unranked | null;
}

export interface Choice {
  readonly value: string;
  readonly text: string;
}

/** What the overview's page shows, and nothing else. */
export interface OverviewView {
  readonly summary: Omit<Overview, "endpoints" | "providers">;
  /** Endpoints measured in the window that fit the filters, and their requests. */
  readonly endpoints: number;
  readonly attempts: number;
  readonly simulated: number;
  readonly leaders: readonly (Leader | null)[];
  readonly columns: readonly FigureKey[];
  readonly groups: readonly Group[];
  readonly page: number;
  readonly pages: number;
  readonly bars: readonly SpeedBar[];
  readonly barsOf: number;
  /** Best first; those without a rank last, with the reason. */
  readonly consistent: readonly (EndpointLabel & Pick<Endpoint, "stability"> & Ranked)[];
  readonly value: readonly (EndpointLabel & Pick<Endpoint, "value"> & Ranked)[];
  /** Those that failed at all, most first. */
  readonly failing: readonly (EndpointLabel & { readonly rate: number; readonly attempts: number })[];
  readonly failingOf: number;
  readonly scatter: ScatterPlot | null;
  /** Models without results in the window: just switched on, or retired by their provider. */
  readonly waiting: readonly EndpointLabel[];
  readonly waitingOf: number;
  readonly choices: { readonly providers: readonly Choice[]; readonly models: readonly string[] };
}

type Filtered = Pick<OverviewQuery, "provider" | "kind" | "model" | "search">;

/** Whether the page's filters let an endpoint, or an event about it, through. */
export function fitsQuery(
  endpoint: Pick<OverviewEndpoint, "provider" | "kind" | "family" | "identity" | "model"> & {
    readonly provider_name?: string;
  },
  { provider, kind, model, search }: Filtered,
): boolean {
  return (
    (kind === "all" || endpoint.kind === kind) &&
    (provider === null || endpoint.provider === provider) &&
    (model === null || [endpoint.identity, endpoint.family, endpoint.model].includes(model)) &&
    hasWords(endpoint, search)
  );
}

function hasWords(
  { provider, provider_name = provider, model, identity }: Parameters<typeof fitsQuery>[0],
  search: string,
): boolean {
  if (search === "") return true;
  const text = `${provider} ${provider_name} ${model} ${identity ?? ""}`.toLowerCase();
  return search
    .toLowerCase()
    .split(" ")
    .every((word) => text.includes(word));
}

/** Picks what one address shows out of all endpoints. */
export function viewOverview(
  overview: Overview,
  query: OverviewQuery,
  states: readonly StateNow[] = [],
  locked: ReadonlySet<LockableMetric> = new Set(),
): OverviewView {
  const { endpoints, providers, ...summary } = overview;
  const all = list(endpoints, query, states);
  const limits = readLimits(query.limits);
  const fitting = all.filter((endpoint) => fitsQuery(endpoint, query));
  const measured = fitting.filter((endpoint) => endpoint.attempts > 0 && keepsAll(endpoint, limits));
  const waiting = limits.length > 0 ? [] : fitting.filter((endpoint) => endpoint.attempts === 0);
  const simulated = measured.filter((endpoint) => endpoint.simulated).length;
  // Where all of it is simulated the page says so once, and not beside each name.
  const mixed = simulated < measured.length;
  const drawn = mixed ? measured : measured.map((endpoint) => ({ ...endpoint, simulated: false }));
  const bars = speedBars(drawn, query.window);
  const failing = drawn
    .flatMap((endpoint) => {
      const rate = endpoint.reliability?.error_rate ?? 0;
      return rate > 0 ? [{ ...endpointLabel(endpoint), rate, attempts: endpoint.attempts }] : [];
    })
    .sort((a, b) => b.rate - a.rate || b.attempts - a.attempts);
  const columns = [...COLUMNS, ...query.columns.map((name) => EXTRA_COLUMNS[name])];
  const pages = Math.max(1, Math.ceil(measured.length / ROWS_SHOWN));
  const page = Math.min(query.page, pages);
  const board = (title: Title) => rankEndpoints(title, drawn, query.window).slice(0, BOARD_SHOWN);
  return {
    summary,
    endpoints: measured.length,
    attempts: measured.reduce((sum, endpoint) => sum + endpoint.attempts, 0),
    simulated,
    leaders: leadersOf(measured, query.window),
    columns,
    groups: group(measured, query, providers)
      .map(pageOf((page - 1) * ROWS_SHOWN, page * ROWS_SHOWN))
      .flatMap(({ endpoints: rows, ...one }) =>
        rows.length === 0
          ? []
          : [
              {
                ...one,
                rows: toRows(rows, {
                  measured,
                  columns,
                  summary,
                  locked,
                  mixed,
                }),
              },
            ],
      ),
    page,
    pages,
    bars: bars.slice(0, BARS_SHOWN),
    barsOf: bars.length,
    consistent: board("mostConsistent").map(({ endpoint, unranked }) => ({
      ...endpointLabel(endpoint),
      stability: endpoint.stability,
      unranked,
    })),
    value: board("value").map(({ endpoint, unranked }) => ({
      ...endpointLabel(endpoint),
      value: endpoint.value,
      unranked,
    })),
    failing: failing.slice(0, BOARD_SHOWN),
    failingOf: failing.length,
    scatter: priceSpeedPoints(drawn),
    waiting: waiting.slice(0, WAITING_SHOWN).map(endpointLabel),
    waitingOf: waiting.length,
    choices: choices(all, query),
  };
}

/** The endpoints with their states and their costs. */
function list(
  endpoints: readonly OverviewEndpoint[],
  { mix }: OverviewQuery,
  states: readonly StateNow[],
): Listed[] {
  const tokens = readMix(mix);
  const known = new Map(
    states.map((state) => [`${state.provider}\n${state.model}\n${state.simulated}`, state]),
  );
  return endpoints.map((endpoint) => {
    const state = known.get(`${endpoint.provider}\n${endpoint.model}\n${endpoint.simulated}`);
    return {
      ...endpoint,
      per_thousand: costOfThousand(endpoint.price, tokens),
      state: state?.state ?? null,
      state_reason: state?.reason ?? null,
    };
  });
}

type EndpointGroup = Omit<Group, "rows"> & { readonly endpoints: readonly Listed[] };

/** The rows in their order, in groups where those are asked for; the group with the first row comes first. */
function group(
  measured: readonly Listed[],
  { by, sort, order }: OverviewQuery,
  providers: readonly ProviderSummary[],
): readonly EndpointGroup[] {
  const sorted = [...measured].sort(inOrder(sort, order));
  if (by === "none") return [{ title: null, of: null, note: "", endpoints: sorted }];
  if (by === "model") {
    return [...groupBy(sorted, ({ identity, model }) => identity ?? model)].map(([title, endpoints]) => ({
      title,
      of: endpoints[0]?.identity ?? null,
      note: formatCount(new Set(endpoints.map(({ provider }) => provider)).size, "provider", "providers"),
      endpoints,
    }));
  }
  const summaries = new Map(providers.map((one) => [one.provider, one]));
  return [...groupBy(sorted, ({ provider }) => provider)].map(([slug, endpoints]) => ({
    title: endpoints[0]?.provider_name ?? slug,
    of: slug,
    note: providerNote(endpoints.length, summaries.get(slug)),
    endpoints,
  }));
}

/** A provider in one line, over all its endpoints. */
function providerNote(shown: number, summary: ProviderSummary | undefined): string {
  const figures =
    summary === undefined
      ? []
      : [
          summary.avgTTFT === null ? "" : `mean TTFT ${formatMs(summary.avgTTFT)}`,
          summary.jitter === null ? "" : `jitter ${formatMs(summary.jitter)}`,
          summary.valueScore === null ? "" : `value score ${formatInteger(summary.valueScore)}`,
          summary.uptime === null ? "" : `uptime ${formatShare(summary.uptime)}`,
        ];
  return [formatCount(shown, "endpoint", "endpoints"), ...figures.filter(Boolean)].join(" · ");
}

/** Cuts groups to the rows from one place to another, counted over all of them. */
function pageOf(from: number, to: number): (group: EndpointGroup) => EndpointGroup {
  let place = 0;
  return (one) => {
    const begin = place;
    place += one.endpoints.length;
    return { ...one, endpoints: one.endpoints.slice(Math.max(0, from - begin), Math.max(0, to - begin)) };
  };
}

/** What there is to choose from, by name; what is chosen is there even if nothing fits it. */
function choices(all: readonly Listed[], query: OverviewQuery): OverviewView["choices"] {
  const measured = all.filter((endpoint) => endpoint.attempts > 0);
  const providers = new Map(measured.map((endpoint) => [endpoint.provider, endpoint.provider_name]));
  if (query.provider !== null && !providers.has(query.provider))
    providers.set(query.provider, query.provider);
  const models = groupBy(measured, ({ identity, model }) => identity ?? model);
  const families = groupBy(
    measured.filter(({ family, identity }) => family != null && family !== identity),
    ({ family }) => family ?? "",
  );
  // Those that most providers serve are the ones to compare.
  const offered = [...models, ...families]
    .sort(([a, of], [b, others]) => others.length - of.length || compareText(a, b))
    .slice(0, MODELS_OFFERED)
    .map(([name]) => name);
  return {
    providers: [...providers]
      .map(([value, text]) => ({ value, text }))
      .sort((a, b) => compareText(a.text.toLowerCase(), b.text.toLowerCase())),
    models: [...new Set(offered)].sort(compareText),
  };
}
