import { WINDOWS, type WindowName } from "./search-params.ts";

/** What an endpoint's page is asked for; `location` null: the place with most results. */
export interface ModelQuery {
  readonly window: WindowName;
  readonly location: string | null;
}

export function parseModelQuery(params: URLSearchParams): ModelQuery {
  const location = clean(params.get("location"), 60);
  const window = WINDOWS.find((name) => name === params.get("window"));
  return { window: window ?? "24h", location: location === "" ? null : location };
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
  const provider = clean(params.get("provider"), 100);
  const page = Number(params.get("page"));
  return {
    search: clean(params.get("q"), 100).replace(/\s+/g, " "),
    provider: provider === "" ? null : provider,
    page: provider !== "" && Number.isInteger(page) && page > 1 && page <= 1_000 ? page : 1,
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

/** Whether an address already says it the one way; a form's empty field does not. */
export function isCanonical(params: URLSearchParams, canonical: string): boolean {
  return `?${params}` === (canonical || "?");
}

/** Without control characters, which Postgres or a page cannot show, and not longer than fits. */
function clean(text: string | null, longest: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const printable = (text ?? "").replace(/[\u0000-\u001f\u007f]+/g, " ");
  return [...printable.trim()].slice(0, longest).join("").trim();
}

function written(params: URLSearchParams): string {
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}
