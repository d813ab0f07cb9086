import { changed, defineQuery, type Field, oneOf, pageNumber, readText, text, uuid } from "./query.ts";

/* What each page is asked for by its address. */

export const WINDOWS = ["1h", "24h", "7d", "30d"] as const;
export type WindowName = (typeof WINDOWS)[number];
export const KINDS = ["all", "direct", "proxy"] as const;
export const SORTS = ["ttft", "tps", "latency", "stability", "value", "cost", "success", "name"] as const;
export type SortKey = (typeof SORTS)[number];

type Query<T> = T extends { readonly defaults: infer Q } ? Q : never;

const window = oneOf(WINDOWS, "24h");
/** Where it was measured from; null: the location with most results. */
const location = text(60);
/** A provider's slug. */
const provider = text(200);

export const OVERVIEW_QUERY = defineQuery({
  window,
  kind: { ...oneOf(KINDS), name: "type" },
  provider,
  /** A model family, whoever serves it ("gpt-oss"). */
  family: text(100),
  location,
  sort: oneOf(SORTS),
  /** Of the table. */
  page: pageNumber(),
});
export type OverviewQuery = Query<typeof OVERVIEW_QUERY>;

export function overviewHref(query: OverviewQuery, change: Partial<OverviewQuery> = {}): string {
  return `/${OVERVIEW_QUERY.format(changed(query, change))}`;
}

export const MODEL_QUERY = defineQuery({ window, location });
export type ModelQuery = Query<typeof MODEL_QUERY>;

/** Longer than any provider's slug and model's name together. */
const MAX_KEY = 700;
/** a and b are "provider/model". */
export const COMPARISON_QUERY = defineQuery({ a: text(MAX_KEY), b: text(MAX_KEY), window, location });
export type ComparisonQuery = Query<typeof COMPARISON_QUERY>;

export function comparisonHref(query: ComparisonQuery, change: Partial<ComparisonQuery> = {}): string {
  // Both may stand in a query as they are, and people read and type these addresses.
  const search = COMPARISON_QUERY.format(changed(query, change))
    .replaceAll("%2F", "/")
    .replaceAll("%3A", ":");
  return `/compare${search}`;
}

/** A search, on one line and with single blanks; "" by default. */
const search: Field<string> = {
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
export const RUNS_QUERY = defineQuery({ before: uuid, after: uuid }, (query) =>
  query.before === null ? query : { ...query, after: null },
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

/** `provider`: the one whose endpoints are shown. */
export const STATUS_QUERY = defineQuery({ location, provider });
export type StatusQuery = Query<typeof STATUS_QUERY>;

export function statusHref(query: StatusQuery, change: Partial<StatusQuery> = {}): string {
  return `/status${STATUS_QUERY.format(changed(query, change))}`;
}

/** A figure that a reader typed. What cannot be read keeps its text, and its value is the default. */
export interface Amount {
  readonly value: number;
  readonly raw: string;
  /** Why it cannot be read. */
  readonly problem: string | null;
}

function amount(fallback: number, parse: (text: string) => number | null, problem: string): Field<Amount> {
  return {
    read(value) {
      const raw = readText(value, 40) ?? String(fallback);
      const parsed = parse(raw);
      return { value: parsed ?? fallback, raw, problem: parsed === null ? problem : null };
    },
    write: ({ value, raw, problem }) =>
      problem === null ? (value === fallback ? null : String(value)) : raw,
  };
}

const TOKENS = "must be a number of tokens from 0 to 1,000,000,000,000, such as 10000000, 10,000,000 or 10M.";

const UNITS: Readonly<Record<string, number>> = { "": 1, k: 1e3, m: 1e6, b: 1e9, g: 1e9, t: 1e12 };

/** Tokens a month in and out, and how many per cent of the input come from the provider's cache. */
export const PRICES_QUERY = defineQuery({
  in: amount(10_000_000, parseTokens, `Tokens in ${TOKENS}`),
  out: amount(2_000_000, parseTokens, `Tokens out ${TOKENS}`),
  cached: amount(0, parsePercent, "Cached input must be a percentage from 0 to 100."),
  show: oneOf(["measured", "all"]),
  search,
  page: pageNumber(),
});
export type PricesQuery = Query<typeof PRICES_QUERY>;

export function pricesHref(query: PricesQuery, change: Partial<PricesQuery> = {}): string {
  return `/prices${PRICES_QUERY.format(changed(query, change))}`;
}

/**
 * A number of tokens as people write it: "10000000", "10,000,000", "10 000 000", "10M", "1.5k", "2b".
 * @returns null where it is none, is negative, or is more than a trillion
 */
export function parseTokens(written: string): number | null {
  const match = /^(\d{1,3}(?:[,_ ]\d{3})+|\d+)(\.\d+)?\s*([kmbgt]?)$/i.exec(written.trim());
  if (match === null) return null;
  const [, whole = "", fraction = "", unit = ""] = match;
  const value = Math.round(Number(whole.replace(/[,_ ]/g, "") + fraction) * (UNITS[unit.toLowerCase()] ?? 1));
  return value <= 1e12 ? value : null;
}

function parsePercent(written: string): number | null {
  const percent = /^\d{1,3}(\.\d+)?%?$/.test(written) ? Number.parseFloat(written) : Number.NaN;
  return percent <= 100 ? percent : null;
}
