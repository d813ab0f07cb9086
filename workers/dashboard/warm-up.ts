import type { AppLoadContext, ServerBuild } from "@remix-run/cloudflare";
import type * as entry from "../../app/entry.server.tsx";
import { SHOWN, sampleReader } from "./sample.ts";

/** What app/entry.server.tsx exports beyond Remix's own names stays reachable in the build. */
export type DashboardBuild = ServerBuild & {
  entry: { module: Pick<typeof entry, "createRequestHandler" | "getLoadContext" | "renderWhole"> };
};

interface Page {
  readonly route: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
}

/** The most asked for; what they have in common with the others is then warm for those too. */
const PAGES: readonly Page[] = [
  { route: "routes/_index", path: "/", params: {} },
  {
    route: "routes/models.$provider.$",
    path: `/models/${SHOWN.provider}/${SHOWN.model}`,
    params: { provider: SHOWN.provider, "*": SHOWN.model },
  },
];
/** The first compiles; with those after it V8 has seen enough to make the most used functions fast. */
const PASSES = 2;
const ORIGIN = "https://sample.invalid";

/**
 * Makes each of the most asked pages of a sample, and throws it away. V8 compiles a function when it is first called: the
 * first request of an isolate took five times the CPU of later ones, and the Free plan allows a request 10 ms. What runs
 * while an isolate starts counts for no request; for that there is a second
 * (https://developers.cloudflare.com/workers/platform/limits/#worker-startup-time).
 *
 * A Worker that starts has no timers, no random values, no signals and no bodies of responses, all of which Remix's handler
 * wants: loaders and rendering are called as it would call them.
 * @returns the HTML of the pages
 */
export async function warmUp(build: DashboardBuild): Promise<readonly string[]> {
  const context = sampleContext(build);
  const pages: string[] = [];
  for (let pass = 0; pass < PASSES; pass += 1) {
    for (const [index, page] of PAGES.entries()) pages[index] = await makePage(build, page, context);
  }
  return pages;
}

/** A request's context, but for what it reads. */
function sampleContext(build: DashboardBuild): AppLoadContext {
  const settings = { SUPABASE_URL: ORIGIN, SUPABASE_ANON_KEY: "sb_publishable_sample" };
  const { services, ...rest } = build.entry.module.getLoadContext(settings, "sample");
  if (!services.ok) throw new Error(services.problems.join("; "));
  return { ...rest, services: { ...services, reader: sampleReader, inTime: (promise) => promise } };
}

async function makePage(
  build: DashboardBuild,
  { route, path, params }: Page,
  context: AppLoadContext,
): Promise<string> {
  const request = new Request(ORIGIN + path);
  const ids = ["root", route];
  const loaderData: Record<string, unknown> = {};
  for (const id of ids) {
    loaderData[id] = shownOf(await build.routes[id]?.module.loader?.({ request, params, context }));
  }
  return build.entry.module.renderWhole(
    {
      manifest: build.assets,
      routeModules: Object.fromEntries(Object.entries(build.routes).map(([id, { module }]) => [id, module])),
      staticHandlerContext: {
        basename: "/",
        location: { pathname: path, search: "", hash: "", state: null, key: "default" },
        matches: ids.map((id) => ({ params, pathname: path, pathnameBase: path, route: { id } })),
        loaderData,
        actionData: null,
        errors: null,
        statusCode: 200,
        loaderHeaders: {},
        actionHeaders: {},
        activeDeferreds: null,
      },
      renderMeta: {},
      future: build.future,
      isSpaMode: build.isSpaMode,
      serializeError: ({ message }) => ({ message }),
    },
    request.url,
    context.nonce,
  );
}

/** What a loader gives a page: itself, or what it wrapped in `data()` with headers. */
function shownOf(answer: unknown): unknown {
  const isWrapped = typeof answer === "object" && answer !== null && "init" in answer && "data" in answer;
  return isWrapped ? answer.data : answer;
}
