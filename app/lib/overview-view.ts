import type { Overview, OverviewEndpoint, ProviderSummary } from "../data/overview.server.ts";
import { compareText, groupBy } from "./collections.ts";
import {
  formatCount,
  formatInteger,
  formatMs,
  formatNumber,
  formatSeconds,
  formatShare,
  formatTps,
  formatUsd,
} from "./format.ts";
import type { EndpointState, StateNow } from "./incidents.ts";
import { readLimits } from "./limits.ts";
import type { LockableMetric } from "./locks.ts";
import {
  COLUMNS,
  costOfThousand,
  EXTRA_COLUMNS,
  FIGURES,
  type FigureKey,
  formatRatio,
  inOrder,
  keepsAll,
  type Listed,
} from "./overview-figures.ts";
import { type OverviewQuery, readMix } from "./overview-query.ts";
import { priceSpeedPoints, type ScatterPlot } from "./price-speed.ts";
import { providerMark } from "./provider-marks.ts";
import { findWinner, isRankedWindow, rankEndpoints, type Title, type Unranked } from "./ranking.ts";
import { drawSpark } from "./spark.ts";
import { type SpeedBar, speedBars } from "./speed-bars.ts";
import type { Endpoint, EndpointLabel } from "./types.ts";

/** More bars than this are no longer compared by eye. */
export const BARS_SHOWN = 12;
/** More than this is for the table. */
export const BOARD_SHOWN = 5;
/** Rows of the table on one page: with three hundred endpoints the page stays below 300 kB. */
export const ROWS_SHOWN = 80;
const WAITING_SHOWN = 24;
/** Models that the filter offers; any other is found by typing its name. */
const MODELS_OFFERED = 100;
/** A ratio to the usual TTFT from which a cell is coloured, where the watch says nothing. */
const SLOWER = 1.5;

/** A row of the table: words, since the browser gets all of it a second time, to bring the page to life. */
export interface Row {
  readonly provider: string;
  readonly name: string;
  readonly model: string;
  readonly mark: string;
  readonly hue: number;
  readonly tags: readonly string[];
  readonly state: EndpointState | null;
  /** A figure for each column; null where its metric is locked. */
  readonly cells: readonly (string | null)[];
  /** Places in `cells` of the figures that no other row on any page beats. */
  readonly best: readonly number[];
  /** TTFT p50 and p95 in hundredths of the largest one shown; without p95 it is p50 again. */
  readonly bar: readonly [p50: number, p95: number] | null;
  /** TTFT p95 in words; empty where it is not known. */
  readonly p95: string;
  /** Whether the newest hour is far from usual. */
  readonly isSlow: boolean;
  /** The line of the trend; null where there is none. */
  readonly spark: string | null;
  /** What the row opens to show: in one text, which is much shorter to send twice. */
  readonly facts: string;
}

export interface Group {
  /** Null where rows are not grouped. */
  readonly title: string | null;
  readonly note: string;
  readonly rows: readonly Row[];
}

/** Who leads in one thing, by how much, and who comes next. */
export interface Leader {
  readonly title: Title;
  readonly endpoint: EndpointLabel;
  readonly figure: string;
  readonly note: string;
  readonly second: {
    readonly endpoint: EndpointLabel;
    readonly figure: string;
    readonly distance: string;
  } | null;
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
      return rate > 0 ? [{ ...label(endpoint), rate, attempts: endpoint.attempts }] : [];
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
    leaders: (["lowestTtft", "highestTps", "cheapest", "reliable"] as const).map((title) =>
      leader(title, measured, query),
    ),
    columns,
    groups: group(measured, query, providers)
      .map(pageOf((page - 1) * ROWS_SHOWN, page * ROWS_SHOWN))
      .flatMap(({ title, note, endpoints: rows }) =>
        rows.length === 0
          ? []
          : [
              {
                title,
                note,
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
      ...label(endpoint),
      stability: endpoint.stability,
      unranked,
    })),
    value: board("value").map(({ endpoint, unranked }) => ({
      ...label(endpoint),
      value: endpoint.value,
      unranked,
    })),
    failing: failing.slice(0, BOARD_SHOWN),
    failingOf: failing.length,
    scatter: priceSpeedPoints(drawn),
    waiting: waiting.slice(0, WAITING_SHOWN).map(label),
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

interface EndpointGroup {
  readonly title: string | null;
  readonly note: string;
  readonly endpoints: readonly Listed[];
}

/** The rows in their order, in groups where those are asked for; the group with the first row comes first. */
function group(
  measured: readonly Listed[],
  { by, sort, order }: OverviewQuery,
  providers: readonly ProviderSummary[],
): readonly EndpointGroup[] {
  const sorted = [...measured].sort(inOrder(sort, order));
  if (by === "none") return [{ title: null, note: "", endpoints: sorted }];
  if (by === "model") {
    return [...groupBy(sorted, ({ identity, model }) => identity ?? model)].map(([title, endpoints]) => ({
      title,
      note: formatCount(new Set(endpoints.map(({ provider }) => provider)).size, "provider", "providers"),
      endpoints,
    }));
  }
  const summaries = new Map(providers.map((one) => [one.provider, one]));
  return [...groupBy(sorted, ({ provider }) => provider)].map(([slug, endpoints]) => ({
    title: endpoints[0]?.provider_name ?? slug,
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

interface RowContext {
  readonly measured: readonly Listed[];
  readonly columns: readonly FigureKey[];
  readonly summary: OverviewView["summary"];
  readonly locked: ReadonlySet<LockableMetric>;
  /** Real and simulated figures stand side by side, so each row says which it is. */
  readonly mixed: boolean;
}

function toRows(endpoints: readonly Listed[], context: RowContext): readonly Row[] {
  const { measured, columns, summary, locked, mixed } = context;
  const isLocked = (key: FigureKey) =>
    FIGURES[key].metric !== null && locked.has(FIGURES[key].metric as LockableMetric);
  const best = columns.map((key) => bestOf(key, measured));
  const longest = Math.max(1, ...endpoints.map(({ ttft }) => ttft?.p95 ?? ttft?.p50 ?? 0));
  const share = (value: number) => Math.round((value / longest) * 100);
  return endpoints.map((endpoint) => {
    const spark = drawSpark(endpoint.trend, summary.since, summary.as_of, summary.step_s);
    const { letters, hue } = providerMark(endpoint.provider);
    const { p50 = null, p95 = null } = endpoint.ttft ?? {};
    return {
      provider: endpoint.provider,
      name: endpoint.provider_name,
      model: endpoint.model,
      mark: letters,
      hue,
      tags: [
        ...(endpoint.kind === "proxy" ? ["proxy"] : []),
        ...(endpoint.retired_at === null ? [] : ["retired"]),
        ...(endpoint.simulated && mixed ? ["simulated"] : []),
      ],
      state: endpoint.state,
      cells: columns.map((key) =>
        isLocked(key) ? null : FIGURES[key].format(FIGURES[key].figure(endpoint) ?? null, endpoint),
      ),
      best: columns.flatMap((key, index) => {
        const value = FIGURES[key].figure(endpoint) ?? null;
        return value !== null && value === best[index] ? [index] : [];
      }),
      bar: p50 === null ? null : [share(p50), share(p95 ?? p50)],
      p95: p95 === null ? "" : `p95 ${formatMs(p95)}`,
      isSlow: (endpoint.against_usual ?? 1) >= SLOWER || isSlowNow(endpoint),
      spark: spark?.path ?? null,
      facts: facts(endpoint, spark && `trend ${formatMs(spark.low)} to ${formatMs(spark.high)}`).join(" · "),
    };
  });
}

/** The watch noticed it, and the newest hour shows it. */
function isSlowNow({ state, against_usual }: Listed): boolean {
  return state === "degraded" && (against_usual ?? 0) > 1.1;
}

/** Figures of which the best is marked: a leader of what is compared, not of how often it was asked. */
function bestOf(key: FigureKey, measured: readonly Listed[]): number | null {
  if (key === "attempts" || key === "now" || measured.length < 3) return null;
  const { figure, better } = FIGURES[key];
  const values = measured.flatMap((endpoint) => {
    const value = figure(endpoint) ?? null;
    return value === null || endpoint.state === "down" ? [] : [value];
  });
  if (values.length === 0) return null;
  const best = better === "lower" ? Math.min(...values) : Math.max(...values);
  // What most share sets nobody apart.
  return values.filter((value) => value === best).length > values.length / 3 ? null : best;
}

/** All that is known of an endpoint and has no column, in words; what is locked, or not known, is left out. */
function facts(endpoint: Listed, trend: string | null): string[] {
  const { ttft, tps, latency, stability, cost, value, reliability, within_2s, attempts } = endpoint;
  const say = (known: unknown, words: () => string) => (known == null ? [] : [words()]);
  const own = (figure: { readonly n: number } | null) =>
    figure === null || figure.n === attempts ? "" : ` (n ${formatInteger(figure.n)})`;
  const isTroubled = endpoint.state === "down" || endpoint.state === "degraded";
  return [
    `n ${formatInteger(attempts)}`,
    ...say(within_2s?.share, () => `TTFT ≤ 2 s ${formatShare(within_2s?.share)}${own(ttft)}`),
    ...say(trend, () => trend ?? ""),
    ...say(latency?.p95, () => `latency p95 ${formatSeconds(latency?.p95)}${own(latency)}`),
    ...say(latency?.p99, () => `p99 ${formatSeconds(latency?.p99)}`),
    ...say(stability?.latency_stddev, () => `jitter ${formatMs(stability?.latency_stddev)}`),
    ...say(stability?.ttft_stddev, () => `of TTFT ${formatMs(stability?.ttft_stddev)}`),
    ...(tps !== null && tps.n !== (latency?.n ?? attempts) ? [`TPS n ${formatInteger(tps.n)}`] : []),
    ...say(reliability?.uptime, () => `uptime ${formatShare(reliability?.uptime)}`),
    ...say(value?.score, () => `value score ${formatInteger(value?.score)}`),
    ...say(cost?.per_million, () => `${formatUsd(cost?.per_million)} per 1M tokens as measured`),
    ...(isTroubled ? say(endpoint.state_reason, () => endpoint.state_reason ?? "") : []),
    ...say(endpoint.successor, () => `succeeded by ${endpoint.successor}`),
  ];
}

const LEADER_FIGURES: Readonly<Partial<Record<Title, (value: number) => string>>> = {
  lowestTtft: formatMs,
  highestTps: formatTps,
  cheapest: formatUsd,
  reliable: formatShare,
};

function leader(title: Title, measured: readonly Listed[], query: OverviewQuery): Leader | null {
  const winner = findWinner(title, measured, query.window);
  const format = LEADER_FIGURES[title];
  if (winner === null || format === undefined) return null;
  const { second, value, tied, n } = winner;
  return {
    title,
    endpoint: label(winner.endpoint),
    figure: format(value),
    note:
      tied > 0
        ? `tied with ${formatCount(tied, "other", "others")}`
        : title === "cheapest"
          ? ""
          : title === "reliable"
            ? `of ${formatInteger(n)} requests`
            : `median of ${formatInteger(n)}`,
    second: second && {
      endpoint: label(second.endpoint),
      figure: format(second.value),
      distance: distanceWords(title, value, second.value),
    },
  };
}

/** How far the next one is behind. */
function distanceWords(title: Title, first: number, second: number): string {
  if (title === "reliable") return `${formatNumber((first - second) * 100, 1)} points lower`;
  const ratio = title === "highestTps" ? first / second : second / first;
  const more = title === "lowestTtft" ? "longer" : title === "highestTps" ? "slower" : "dearer";
  if (!Number.isFinite(ratio)) return more;
  if (ratio >= 1.995)
    return `${formatRatio(ratio)} ${title === "lowestTtft" ? "as long" : title === "highestTps" ? "slower" : "as much"}`;
  return `${formatNumber(Math.abs(title === "highestTps" ? 1 - second / first : ratio - 1) * 100, ratio < 1.1 ? 1 : 0)}% ${more}`;
}

export function label(endpoint: EndpointLabel): EndpointLabel {
  const { provider, provider_name, kind, model, retired_at, successor, simulated } = endpoint;
  return { provider, provider_name, kind, model, retired_at, successor, simulated };
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

/** False in the last hour, which has no ranks. */
export { isRankedWindow };
