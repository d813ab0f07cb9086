import { spellPath } from "../../app/lib/models-path.ts";
import { readableQuery } from "../../app/lib/queries.ts";

/** A parameter that is none. */
const EMPTY = /[?&](?:&|$)/;
/** An escape of a sign that needs none, or one in lower case: no client writes those by itself. */
const NEEDLESS = /%(?:2[DE]|3\d|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9A]|[a-f][0-9A-Fa-f]|[0-9A-F][a-f])/;

/**
 * The address in the one spelling that caches should see, or null where it has it: `%37d` is `7d`, a path has no slash at
 * its end, begins with one (`//host` would lead to another site) and is written as links write it. Routes and loaders
 * cannot tell: Remix matches a path decoded, and hands on a query respelt.
 * @param isPage of pages one spelling of a query is left, in which slashes and colons may stand as people type them;
 * programs write a query as their library does
 */
export function respell({ pathname, search, searchParams }: URL, isPage: boolean): string | null {
  const path = spellPath(pathname);
  const query = isPage ? spellPageQuery(search, searchParams) : spellQuery(search, searchParams);
  return path === pathname && query === search ? null : path + query;
}

function spellPageQuery(search: string, params: URLSearchParams): string {
  const spelt = write(params);
  const readable = readableQuery(spelt);
  return search === readable ? readable : spelt;
}

function spellQuery(search: string, params: URLSearchParams): string {
  return NEEDLESS.test(search) || EMPTY.test(search) ? write(params) : search;
}

function write(params: URLSearchParams): string {
  const query = params.toString();
  return query === "" ? "" : `?${query}`;
}
