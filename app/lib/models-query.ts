import { readQueryText } from "./query-text.ts";
import { WINDOWS, type WindowName } from "./search-params.ts";

/** What an endpoint's page is asked for; `location` null: the place with most results. */
export interface ModelQuery {
  readonly window: WindowName;
  readonly location: string | null;
}

export function parseModelQuery(params: URLSearchParams): ModelQuery {
  const window = WINDOWS.find((name) => name === params.get("window"));
  return { window: window ?? "24h", location: readQueryText(params.get("location"), 60) };
}

/** The one way to write it: "" or a string that starts with "?". */
export function formatModelQuery(query: ModelQuery): string {
  const params = new URLSearchParams();
  if (query.window !== "24h") params.set("window", query.window);
  if (query.location !== null) params.set("location", query.location);
  return written(params);
}

/** What the catalogue is asked for: words that a model's names hold, and one provider or all. */
export interface CatalogQuery {
  readonly search: string;
  readonly provider: string | null;
  /** Of one provider's models, from 1. */
  readonly page: number;
}

export function parseCatalogQuery(params: URLSearchParams): CatalogQuery {
  const provider = readQueryText(params.get("provider"), 200);
  const page = Number(params.get("page"));
  return {
    search: readQueryText(params.get("q"), 100)?.replace(/\s+/g, " ") ?? "",
    provider,
    page: provider !== null && Number.isInteger(page) && page > 1 && page <= 1_000 ? page : 1,
  };
}

export function formatCatalogQuery(query: CatalogQuery): string {
  const params = new URLSearchParams();
  if (query.search !== "") params.set("q", query.search);
  if (query.provider !== null) params.set("provider", query.provider);
  if (query.page > 1) params.set("page", String(query.page));
  return written(params);
}

export function catalogHref(query: CatalogQuery, change: Partial<CatalogQuery>): string {
  return `/models${formatCatalogQuery({ ...query, page: 1, ...change })}`;
}

function written(params: URLSearchParams): string {
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}
