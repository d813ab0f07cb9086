/**
 * The address of a page with its query in the one spelling that caches should see ("%37d" is "7d"), or null where it
 * has it. Loaders cannot tell: Remix hands them the query respelt. Slashes and colons may stand as people type them.
 */
export function respell({ pathname, search, searchParams }: URL): string | null {
  const query = searchParams.toString();
  const spelt = query === "" ? "" : `?${query}`;
  const readable = spelt.replaceAll("%2F", "/").replaceAll("%3A", ":");
  return search === spelt || search === readable ? null : pathname + spelt;
}

/**
 * The address without the slashes that end its path, or null where none does. A path that begins with several is cut to
 * one: `//host` would lead to another site. No name needs a slash at its end: the pages write one of those as %2F.
 */
export function withoutTrailingSlash({ pathname, search }: URL): string | null {
  const path = pathname.replace(/\/+$/, "").replace(/^\/+/, "/");
  return pathname === "/" || !pathname.endsWith("/") ? null : (path || "/") + search;
}
