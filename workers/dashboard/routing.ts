import type { RequestHandler, ServerBuild } from "@remix-run/cloudflare";
import { refuseParameter } from "./preflight.ts";

type Routes = ServerBuild["routes"];

/**
 * Remix's handler for a build, which looks at no more routes than those an address may be of. Remix scores all routes of
 * its build and compiles their patterns anew, three times a request
 * (https://github.com/remix-run/react-router/blob/v6/packages/router/utils.ts, `matchRoutes`): with three dozen of them
 * that was a quarter of a page's CPU. So each first segment and number of segments has a handler of its own, with the routes
 * that such an address may be of; any other address is answered by one with all of them. A page's data has its own, too.
 * @param create Remix's own `createRequestHandler`, which reads the routes when it is first asked
 */
export function narrowRoutes<Build extends ServerBuild>(
  build: Build,
  create: (build: Build) => RequestHandler,
): RequestHandler {
  const paths = new Map(Object.keys(build.routes).map((id) => [id, pathOf(build.routes, id)]));
  const begins = new Set([...paths.values()].flatMap((path) => (path === null ? [] : (path[0] ?? ""))));
  const longest = Math.max(...[...paths.values()].map((path) => path?.length ?? 0));
  const parts = new Map<string, { readonly handle: RequestHandler; readonly routes: Routes }>();
  return async (request, context) => {
    const { pathname, searchParams } = new URL(request.url);
    const isData = pathname.endsWith(".data");
    const segments = segmentsOf(pathname);
    const [first = ""] = segments;
    // What is longer than all routes fits only those with an open end, however long it is.
    const length = Math.min(segments.length, longest + 1);
    const begin = begins.has(first) ? first : null;
    const key = JSON.stringify([begin, begin === null ? 0 : length, isData]);
    let part = parts.get(key);
    if (part === undefined) {
      const fits = (id: string) =>
        (begin === null || mayFit(paths.get(id) ?? null, begin, length)) && (!isData || isPage(build, id));
      const fitting = withRoutes(build, fits);
      part = { handle: create(fitting), routes: fitting.routes };
      parts.set(key, part);
    }
    if (!mayLoad(part.routes, searchParams)) return refuseParameter(pathname, "_routes");
    return part.handle(request, context);
  };
}

/** Data is asked of pages only: of anything else it would be the whole answer once more, in one piece, and never kept. */
function isPage({ routes }: ServerBuild, id: string): boolean {
  return routes[id]?.module.default !== undefined;
}

/** A page that has its layout's data asks for its own alone, by one name. Any other is another address of the same. */
function mayLoad(routes: Routes, query: URLSearchParams): boolean {
  const asked = query.getAll("_routes");
  return asked.length === 0 || (asked.length === 1 && Object.hasOwn(routes, asked[0] ?? ""));
}

/**
 * The build with those of its routes that fit, and with what they stand in. In their own letters only: what is limited,
 * counted and kept goes by the path as it is written.
 */
function withRoutes<Build extends ServerBuild>(build: Build, fits: (id: string) => boolean): Build {
  const above = (id: string | undefined): string[] =>
    id === undefined ? [] : [id, ...above(build.routes[id]?.parentId)];
  const kept = new Set(Object.keys(build.routes).filter(fits).flatMap(above));
  const pick = <T>(all: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(all).filter(([id]) => kept.has(id)));
  const exact = Object.entries(pick(build.routes)).map(([id, route]) => [
    id,
    { ...route, caseSensitive: true },
  ]);
  return {
    ...build,
    routes: Object.fromEntries(exact),
    assets: { ...build.assets, routes: pick(build.assets.routes) },
  };
}

/** The segments of a route's path with those of the routes it stands in; null for one without a path, as the root is. */
function pathOf(routes: Routes, id: string): readonly string[] | null {
  const { path, index, parentId } = routes[id] ?? {};
  const above = parentId === undefined ? null : pathOf(routes, parentId);
  if (path === undefined || path === "") return index ? (above ?? []) : above;
  return [...(above ?? []), ...path.split("/")];
}

/** Whether a route may fit some address with that first segment and that many of them. */
function mayFit(path: readonly string[] | null, first: string, length: number): boolean {
  if (path === null) return true;
  const [begin = ""] = path;
  const needed = path.filter((segment) => segment !== "*" && !segment.endsWith("?")).length;
  const isOpen = path.at(-1) === "*";
  return (/[:*?]/.test(begin) || begin === first) && length >= needed && (isOpen || length <= path.length);
}

/** The segments of an address, or of the page whose data it is: `/_root.data`, `/models.data`. */
function segmentsOf(pathname: string): readonly string[] {
  const segments = pathname
    .replace(/\.data$/, "")
    .split("/")
    .filter((segment) => segment !== "");
  return segments.length === 1 && segments[0] === "_root" ? [] : segments;
}
