import type { RequestHandler, ServerBuild } from "@remix-run/cloudflare";

type Routes = ServerBuild["routes"];

/**
 * Remix's handler for a build, which looks at no more routes than those an address may be of. Remix scores all routes of
 * its build anew, three times a request (https://github.com/remix-run/react-router/blob/v6/packages/router/utils.ts,
 * `matchRoutes`): with three dozen of them that was a quarter of a page's CPU. So each first part of an address has a
 * handler of its own with the routes that begin so; any other address is answered by one with all of them.
 * @param create Remix's own `createRequestHandler`, which reads the routes when it is first asked
 */
export function routeByFirstPart<Build extends ServerBuild>(
  build: Build,
  create: (build: Build) => RequestHandler,
): RequestHandler {
  const whole = create(build);
  const parts = new Set(Object.keys(build.routes).flatMap((id) => firstPartOf(build.routes, id) ?? []));
  const handlers = new Map([...parts].map((part) => [part, create(withRoutesOf(build, part))]));
  return (request, context) =>
    (handlers.get(askedPart(new URL(request.url).pathname)) ?? whole)(request, context);
}

/** The build with the routes that begin with a part, and those that may begin with any. */
function withRoutesOf<Build extends ServerBuild>(build: Build, part: string): Build {
  const isOf = (id: string) => [part, null].includes(firstPartOf(build.routes, id));
  const pick = <T>(all: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(all).filter(([id]) => isOf(id)));
  return {
    ...build,
    routes: pick(build.routes),
    assets: { ...build.assets, routes: pick(build.assets.routes) },
  };
}

/** What a route's addresses begin with, "" at the root's own page; null where that is not one word. */
function firstPartOf(routes: Routes, id: string): string | null {
  const route = routes[id];
  if (route === undefined || id === "root") return null;
  if (route.parentId !== undefined && route.parentId !== "root") return firstPartOf(routes, route.parentId);
  if (route.path === undefined || route.path === "") return route.index ? "" : null;
  const [part = ""] = route.path.split("/");
  return /[:*?]/.test(part) ? null : part;
}

/** What an address begins with, that of a page's data too: `/_root.data`, `/models.data`. */
function askedPart(pathname: string): string {
  const [, part = ""] = pathname.replace(/\.data$/, "").split("/", 2);
  return part === "_root" ? "" : part;
}
