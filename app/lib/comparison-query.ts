import { readQueryText } from "./query-text.ts";
import { DEFAULT_QUERY, WINDOWS, type WindowName } from "./search-params.ts";

/** What the address of a comparison says; a and b are "provider/model" or null where none is chosen. */
export interface ComparisonQuery {
  readonly a: string | null;
  readonly b: string | null;
  readonly window: WindowName;
  /** Null: the place with most results. */
  readonly location: string | null;
}

/** Longer than any provider's slug and model's name together. */
const MAX_KEY = 700;

/** Reads the address's parameters; what is missing or unknown becomes the default. */
export function parseComparisonQuery(params: URLSearchParams): ComparisonQuery {
  return {
    a: readQueryText(params.get("a"), MAX_KEY),
    b: readQueryText(params.get("b"), MAX_KEY),
    window: WINDOWS.find((name) => name === params.get("window")) ?? DEFAULT_QUERY.window,
    location: readQueryText(params.get("location"), 60),
  };
}

/**
 * The one way to write a comparison's query: fixed order, defaults left out.
 * @returns "" or a string that starts with "?"
 */
export function formatComparisonQuery(query: ComparisonQuery): string {
  const params = new URLSearchParams();
  if (query.a !== null) params.set("a", query.a);
  if (query.b !== null) params.set("b", query.b);
  if (query.window !== DEFAULT_QUERY.window) params.set("window", query.window);
  if (query.location !== null) params.set("location", query.location);
  // Both may stand in a query as they are, and people read and type these addresses.
  const text = params.toString().replaceAll("%2F", "/").replaceAll("%3A", ":");
  return text === "" ? "" : `?${text}`;
}

/** The query with some of it changed, as an address. */
export function comparisonHref(query: ComparisonQuery, change: Partial<ComparisonQuery> = {}): string {
  return `/compare${formatComparisonQuery({ ...query, ...change })}`;
}
