import { parseEndpointPath, parseProviderPath, spellPath } from "../models-path.ts";
import { COMPARISON_QUERY, type ComparisonQuery, readableQuery } from "../queries.ts";
import { NO_SPAN } from "../span.ts";

/* What can be shared of a page, by its address alone. */

export interface Shared {
  /** The address that others should see: without the order of its rows. */
  readonly page: string;
  /** The page's figures as a picture. */
  readonly image: string;
  /** Made to be framed by other sites; null where a page has no one chart or table. */
  readonly embed: string | null;
  readonly badge: string | null;
  readonly csv: string | null;
}

const ORDER = ["sort", "group", "page", "columns"];

/** Pages that are about some endpoints, which an image or a table can show. */
const ABOUT_ENDPOINTS = /^\/(models\/.|providers\/.|compare$)/;

/** Which figures an image or an embed of a page shows: their window, their place and, of a comparison, whose. Spans it has none. */
export function readFigures(pathname: string, params: URLSearchParams): ComparisonQuery {
  const query = { ...COMPARISON_QUERY.parse(params), ...NO_SPAN };
  return pathname === "/compare" ? query : { ...query, with: [] };
}

/** As the one query that says so: "", or a string that starts with "?". */
export function writeFigures(query: ComparisonQuery): string {
  return readableQuery(COMPARISON_QUERY.format(query));
}

/**
 * @param pathname of the page, as it is in the address
 * @param search its query, "" or with "?"
 */
export function sharedOf(pathname: string, search: string): Shared {
  const query = new URLSearchParams(search);
  const figures = writeFigures(readFigures(pathname, query));
  const endpoint = parseEndpointPath(pathname);
  const provider = parseProviderPath(pathname);
  const isOverview = pathname === "/";
  const about = isOverview || ABOUT_ENDPOINTS.test(pathname);
  return {
    page: pathname + pick(query, (name) => !ORDER.includes(name)),
    image:
      about && !isOverview
        ? `${spellPath(`/og${pathname}.png`)}${figures}`
        : `/og.png${isOverview ? figures : ""}`,
    embed: about ? `/embed${isOverview ? "" : pathname}${figures}` : null,
    badge: endpoint === null ? null : pathname.replace("/models/", "/badge/") + figures,
    csv: csvOf(isOverview, endpoint, provider),
  };
}

function csvOf(
  isOverview: boolean,
  endpoint: ReturnType<typeof parseEndpointPath>,
  provider: string | null,
): string | null {
  if (endpoint !== null) return `/results.csv?${new URLSearchParams({ ...endpoint })}`;
  if (provider !== null) return `/results.csv?${new URLSearchParams({ provider })}`;
  return isOverview ? "/results.csv" : null;
}

function pick(query: URLSearchParams, keep: (name: string) => boolean): string {
  const text = readableQuery(new URLSearchParams([...query].filter(([name]) => keep(name))).toString());
  return text === "" ? "" : `?${text}`;
}
