import { changed, defineQuery, type Field, names, oneOf, pageNumber, readText, text, uuid } from "./query.ts";
import { isDay, SPAN, settleEnds, settleSpan } from "./span.ts";

/* What each page is asked for by its address. */

export const WINDOWS = ["1h", "24h", "7d", "30d"] as const;
export type WindowName = (typeof WINDOWS)[number];
export const KINDS = ["all", "direct", "proxy"] as const;
/** What the endpoints of a model or a provider are sorted by. */
export const SORTS = ["ttft", "tps", "latency", "stability", "value", "cost", "success", "name"] as const;
export type SortKey = (typeof SORTS)[number];

export type Query<T> = T extends { readonly defaults: infer Q } ? Q : never;

const window = oneOf(WINDOWS, "24h");
/** Where it was measured from; null: the location with most results. */
const location = text(60);
/** A provider's slug. */
const provider = text(200);

/** Which of an endpoint's requests are listed. */
export const REQUEST_LISTS = ["newest", "failed", "slowest"] as const;

export const MODEL_QUERY = defineQuery(
  { window, ...SPAN, location, show: oneOf(REQUEST_LISTS) },
  settleSpan("24h"),
);
export type ModelQuery = Query<typeof MODEL_QUERY>;

/** The same time and place for pages that a page leads to: of few series, or of many (which have no spans). */
const TIME_QUERY = defineQuery({ window, ...SPAN, location }, settleSpan("24h"));
const WINDOW_QUERY = defineQuery({ window, location });

/** The window or span and the place that an address names, as the query of a page of few series. */
export function keptTime(search: string): string {
  return TIME_QUERY.format(TIME_QUERY.parse(new URLSearchParams(search)));
}

/** The window and the place that an address names, as the query of a page of many series. */
export function keptWindow(search: string): string {
  return WINDOW_QUERY.format(WINDOW_QUERY.parse(new URLSearchParams(search)));
}

/** One model at all its providers. */
export const IDENTITY_QUERY = defineQuery(
  { window, ...SPAN, location, sort: oneOf(SORTS) },
  settleSpan("24h"),
);
export type IdentityQuery = Query<typeof IDENTITY_QUERY>;

export const PROVIDER_QUERY = defineQuery({ window, location, sort: oneOf(SORTS) });
export type ProviderQuery = Query<typeof PROVIDER_QUERY>;

/** How many endpoints one comparison takes. */
export const MOST_COMPARED = 6;
/** Names that are read from an address: more than can be compared, so that the page can say which are too many. */
const MOST_NAMED = 12;
/** As long as any provider's slug and model's name together. */
const MAX_KEY = 1_001;
/** `with` repeats: "provider/model" each. Addresses once named two, as a and b. */
export const COMPARISON_QUERY = defineQuery(
  { with: names("with", MOST_NAMED, MAX_KEY, ["a", "b"]), window, ...SPAN, location },
  settleSpan("24h"),
);
export type ComparisonQuery = Query<typeof COMPARISON_QUERY>;

export function comparisonHref(query: ComparisonQuery, change: Partial<ComparisonQuery> = {}): string {
  return `/compare${readableQuery(COMPARISON_QUERY.format(changed(query, change)))}`;
}

/** Slashes and colons may stand in a query as they are, and people read and type these addresses. */
export function readableQuery(query: string): string {
  return query.replaceAll("%2F", "/").replaceAll("%3A", ":");
}

/** A search, on one line and with single blanks; "" by default. */
export const search: Field<string> = {
  name: "q",
  read: (value) => readText(value, 100)?.replace(/\s+/g, " ") ?? "",
  write: (words) => words || null,
};

export const CATALOG_QUERY = defineQuery(
  { search, provider, page: pageNumber(1_000) },
  // Only one provider's models have pages.
  (query) => (query.provider === null ? { ...query, page: 1 } : query),
);
export type CatalogQuery = Query<typeof CATALOG_QUERY>;

export function catalogHref(query: CatalogQuery, change: Partial<CatalogQuery> = {}): string {
  return `/models${CATALOG_QUERY.format(changed(query, change))}`;
}

/** The runs before or after one of them. */
export const RUNS_QUERY = defineQuery({ ...SPAN, before: uuid, after: uuid }, (query) =>
  settleEnds(query.before === null ? query : { ...query, after: null }),
);
export type RunsQuery = Query<typeof RUNS_QUERY>;

export function runsHref(query: Partial<RunsQuery>): string {
  return `/runs${RUNS_QUERY.format({ ...RUNS_QUERY.defaults, ...query })}`;
}

/** `result`: that one alone, with its whole text. */
export const RUN_QUERY = defineQuery(
  { result: uuid, show: oneOf(["all", "failed"]), page: pageNumber() },
  (query) => (query.result === null ? query : { ...query, show: "all" as const, page: 1 }),
);
export type RunQuery = Query<typeof RUN_QUERY>;

export function runHref(id: string, query: Partial<RunQuery> = {}): string {
  return `/runs/${id}${RUN_QUERY.format({ ...RUN_QUERY.defaults, ...query })}`;
}

/** A UTC date; null by default. */
const day: Field<string | null> = {
  read: (text) => (text !== null && isDay(text) ? text : null),
  write: (date) => date,
};

/** `provider`: the one whose endpoints are shown; `day`: of which its failing requests are listed. */
export const STATUS_QUERY = defineQuery({ location, provider, day }, (query) =>
  query.provider === null ? { ...query, day: null } : query,
);
export type StatusQuery = Query<typeof STATUS_QUERY>;

export function statusHref(query: StatusQuery, change: Partial<StatusQuery> = {}): string {
  return `/status${STATUS_QUERY.format(changed(query, change))}`;
}
