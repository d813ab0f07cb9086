import type { AppLoadContext, RequestHandler } from "@remix-run/cloudflare";
import { REDIRECT_HEADERS } from "../../app/lib/api/http.ts";
import { logFailure } from "../../app/lib/log.ts";
import { secure } from "./headers.ts";
import { awaitTurn } from "./limits.ts";
import { isOwnOrigin } from "./origin.ts";
import {
  isForAgents,
  isForPrograms,
  isForTools,
  isFramable,
  preflight,
  refuseMethod,
  refuseOrigin,
  refuseParameter,
  tooMany,
} from "./preflight.ts";
import { respell } from "./spelling.ts";

/**
 * What takes longer to make is kept for seconds only: data may have changed since it was read, and the purge for that be
 * over, which comes a little later than this after the change (workers/benchmark/coordinator/pages.ts).
 */
const SLOW_MS = 1_500;

/**
 * Parameters that Remix takes out of an address before a loader sees it, so that a page would have endless addresses:
 * `_data` is how it asked for data before single fetch (it still looks the named route up, and logs what it does not
 * find), `index` an action's. `_routes` says which of a page's loaders are asked for; narrowRoutes looks at that.
 */
const HIDDEN = ["_data", "index"];

/**
 * The dashboard around a Remix request handler: a nonce in, security headers and cache policy out. Never throws.
 * @param build of the pages' code; a tab that was opened before a deployment tells by it that its own is old
 */
export function createDashboard(
  handle: RequestHandler,
  getLoadContext: (env: unknown, nonce: string, reading: "pages" | "programs") => AppLoadContext,
  build: string,
): (request: Request, env: Readonly<Record<string, unknown>>) => Promise<Response> {
  return async (request, env) => {
    const url = new URL(request.url);
    const { pathname } = url;
    const isPost = request.method === "POST" && isForAgents(pathname);
    if (request.method !== "GET" && request.method !== "HEAD" && !isPost) {
      const asked = request.method === "OPTIONS" ? preflight(pathname) : null;
      return secure(asked ?? refuseMethod(pathname), "");
    }
    const isData = pathname.endsWith(".data");
    // Remix takes any other method for an action, and fails where that comes from elsewhere.
    if (isData && request.method !== "GET") return secure(refuseMethod(pathname), "");
    const ofRemix = (isData ? HIDDEN : [...HIDDEN, "_routes"]).find((name) => url.searchParams.has(name));
    if (ofRemix !== undefined) return secure(refuseParameter(pathname, ofRemix), "");
    const reading = isForTools(pathname) ? "programs" : "pages";
    // Before anything is read for it: there are as many spellings of an address as somebody cares to think of.
    const spelt = isPost ? null : respell(url, reading === "pages");
    if (spelt !== null) return secure(redirectTo(spelt, pathname), "");
    if (isForAgents(pathname) && !isOwnOrigin(request)) return secure(refuseOrigin(pathname), "");
    const nonce = createNonce();
    try {
      if (!(await awaitTurn(request, pathname, env))) return secure(tooMany(pathname), "");
      const began = Date.now();
      const handled = await handle(request, getLoadContext(env, nonce, reading));
      const isSlow = Date.now() - began > SLOW_MS;
      const response = secure(handled, nonce, { framable: isFramable(pathname), isSlow });
      if (isData) response.headers.set("X-Build-Id", build);
      return response;
    } catch (error) {
      logFailure("dashboard_failed", request, error);
      return secure(
        new Response("The dashboard failed to answer. Try again in a minute.\n", { status: 500 }),
        nonce,
      );
    }
  };
}

function redirectTo(address: string, pathname: string): Response {
  const headers = isForPrograms(pathname) ? REDIRECT_HEADERS : {};
  return new Response(null, { status: 302, headers: { ...headers, Location: address } });
}

const NONCE_WORDS = 4;
/** Random words for the next nonces: asking for each takes longer than writing it. */
let random = new Uint32Array(0);

/** 128 random bits, in letters and digits. */
function createNonce(): string {
  if (random.length === 0) random = crypto.getRandomValues(new Uint32Array(64 * NONCE_WORDS));
  const words = random.subarray(0, NONCE_WORDS);
  random = random.subarray(NONCE_WORDS);
  return words.reduce((text, word) => text + word.toString(36).padStart(7, "0"), "");
}
