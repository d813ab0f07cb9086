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
  readonly location: string | null;
  readonly sort: SortKey;
}

export const DEFAULT_QUERY: OverviewQuery = { window: "24h", kind: "all", location: null, sort: "ttft" };

/** Reads the URL's parameters; what is missing or unknown becomes the default. */
export function parseOverviewQuery(params: URLSearchParams): OverviewQuery {
  const location = params.get("location")?.trim().slice(0, 60);
  return {
    window: oneOf(WINDOWS, params.get("window")) ?? DEFAULT_QUERY.window,
    kind: oneOf(KINDS, params.get("type")) ?? DEFAULT_QUERY.kind,
    location: location ? location : null,
    sort: oneOf(SORTS, params.get("sort")) ?? DEFAULT_QUERY.sort,
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
  if (query.location !== null) params.set("location", query.location);
  if (query.sort !== DEFAULT_QUERY.sort) params.set("sort", query.sort);
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

function oneOf<T extends string>(values: readonly T[], value: string | null): T | undefined {
  return values.find((candidate) => candidate === value);
}

/** The query with some of it changed, as an address of the overview. */
export function overviewHref(query: OverviewQuery, change: Partial<OverviewQuery>): string {
  return `/${formatOverviewQuery({ ...query, ...change })}`;
}
