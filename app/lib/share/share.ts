import { parseEndpointPath } from "../models-path.ts";

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

/** Parameters that change which figures an image or an embed shows. */
const FIGURES = ["window", "location", "with", "a", "b"];
const ORDER = ["sort", "group", "page", "columns"];

/** Pages that are about some endpoints, which an image or a table can show. */
const ABOUT_ENDPOINTS = /^\/(models\/.|providers\/.|compare$)/;

/**
 * @param pathname of the page, as it is in the address
 * @param search its query, "" or with "?"
 */
export function sharedOf(pathname: string, search: string): Shared {
  const query = new URLSearchParams(search);
  const figures = pick(query, (name) => FIGURES.includes(name));
  const endpoint = parseEndpointPath(pathname);
  const provider = /^\/providers\/([^/]+)$/.exec(pathname)?.[1];
  const isOverview = pathname === "/";
  const about = isOverview || ABOUT_ENDPOINTS.test(pathname);
  return {
    page: pathname + pick(query, (name) => !ORDER.includes(name)),
    image: about && !isOverview ? `/og${pathname}.png${figures}` : `/og.png${isOverview ? figures : ""}`,
    embed: about ? `/embed${isOverview ? "" : pathname}${figures}` : null,
    badge: endpoint === null ? null : pathname.replace("/models/", "/badge/") + figures,
    csv: csvOf(isOverview, endpoint, provider),
  };
}

function csvOf(
  isOverview: boolean,
  endpoint: ReturnType<typeof parseEndpointPath>,
  provider: string | undefined,
): string | null {
  if (endpoint !== null) return `/results.csv?${new URLSearchParams({ ...endpoint })}`;
  if (provider !== undefined) return `/results.csv?provider=${provider}`;
  return isOverview ? "/results.csv" : null;
}

function pick(query: URLSearchParams, keep: (name: string) => boolean): string {
  // Readable where an address may hold the signs as they are.
  const kept = new URLSearchParams([...query].filter(([name]) => keep(name)));
  const text = kept.toString().replaceAll("%2F", "/").replaceAll("%3A", ":");
  return text === "" ? "" : `?${text}`;
}
