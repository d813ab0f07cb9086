import { readQueryText } from "./query-text.ts";

export const WINDOWS = ["1h", "24h", "7d", "30d"] as const;
export type WindowName = (typeof WINDOWS)[number];

export const KINDS = ["all", "direct", "proxy"] as const;
export type KindFilter = (typeof KINDS)[number];

export const SORTS = ["ttft", "tps", "latency", "stability", "value", "cost", "success", "name"] as const;
export type SortKey = (typeof SORTS)[number];

/** What the overview's URL says; `location` null: the place with most results. */
export interface OverviewQuery {
  readonly window: WindowName;
  readonly kind: KindFilter;
  /** A provider's slug; null for all. */
  readonly provider: string | null;
  /** A model family, whoever serves it ("gpt-oss"); null for all. */
  readonly family: string | null;
  readonly location: string | null;
  readonly sort: SortKey;
  /** Page of the table, from 1. */
  readonly page: number;
}

export const DEFAULT_QUERY: OverviewQuery = {
  window: "24h",
  kind: "all",
  provider: null,
  family: null,
  location: null,
  sort: "ttft",
  page: 1,
};

/** Reads the URL's parameters; what is missing or unknown becomes the default. */
export function parseOverviewQuery(params: URLSearchParams): OverviewQuery {
  return {
    window: oneOf(WINDOWS, params.get("window")) ?? DEFAULT_QUERY.window,
    kind: oneOf(KINDS, params.get("type")) ?? DEFAULT_QUERY.kind,
    provider: readQueryText(params.get("provider"), 200),
    family: readQueryText(params.get("family"), 100),
    location: readQueryText(params.get("location"), 60),
    sort: oneOf(SORTS, params.get("sort")) ?? DEFAULT_QUERY.sort,
    page: /^[1-9]\d{0,3}$/.test(params.get("page") ?? "") ? Number(params.get("page")) : 1,
  };
}

/**
 * The one way to write a query: fixed order, defaults left out. Caches see one address for one page.
 * @returns "" or a string that starts with "?"
 */
export function formatOverviewQuery(query: OverviewQuery): string {
  const params = new URLSearchParams();
  if (query.window !== DEFAULT_QUERY.window) params.set("window", query.window);
  if (query.kind !== DEFAULT_QUERY.kind) params.set("type", query.kind);
  if (query.provider !== null) params.set("provider", query.provider);
  if (query.family !== null) params.set("family", query.family);
  if (query.location !== null) params.set("location", query.location);
  if (query.sort !== DEFAULT_QUERY.sort) params.set("sort", query.sort);
  if (query.page !== 1) params.set("page", String(query.page));
  const written = params.toString();
  return written === "" ? "" : `?${written}`;
}

function oneOf<T extends string>(values: readonly T[], value: string | null): T | undefined {
  return values.find((candidate) => candidate === value);
}

/** The query with some of it changed, as an address of the overview. Another choice starts at the table's first page. */
export function overviewHref(query: OverviewQuery, change: Partial<OverviewQuery>): string {
  return `/${formatOverviewQuery({ ...query, page: 1, ...change })}`;
}
