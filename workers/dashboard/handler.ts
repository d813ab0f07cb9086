import type { AppLoadContext, RequestHandler } from "@remix-run/cloudflare";
import { logFailure } from "../../app/lib/log.ts";
import { secure } from "./headers.ts";
import { awaitTurn } from "./limits.ts";
import { isOwnOrigin } from "./origin.ts";
import {
  isForAgents,
  isForTools,
  isFramable,
  preflight,
  refuseMethod,
  refuseOrigin,
  refuseParameter,
  tooMany,
} from "./preflight.ts";
import { respell, withoutTrailingSlash } from "./spelling.ts";

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
    // Remix before single fetch asked for data so; it still looks the named route up, and logs what it does not find.
    if (url.searchParams.has("_data")) return secure(refuseParameter(pathname, "_data"), "");
    const unslashed = withoutTrailingSlash(url);
    if (unslashed !== null) return secure(redirectTo(unslashed), "");
    if (isForAgents(pathname) && !isOwnOrigin(request)) return secure(refuseOrigin(pathname), "");
    const nonce = createNonce();
    try {
      if (!(await awaitTurn(request, pathname, env))) return secure(tooMany(pathname), "");
      const reading = isForTools(pathname) ? "programs" : "pages";
      const handled = await handle(request, getLoadContext(env, nonce, reading));
      const response = secure(handled, nonce, isFramable(pathname));
      if (pathname.endsWith(".data")) response.headers.set("X-Build-Id", build);
      const isPage = reading === "pages" && !pathname.endsWith(".data");
      const respelt = response.ok && isPage ? respell(url) : null;
      if (respelt === null) return response;
      await response.body?.cancel();
      return secure(redirectTo(respelt), nonce);
    } catch (error) {
      logFailure("dashboard_failed", request, error);
      return secure(
        new Response("The dashboard failed to answer. Try again in a minute.\n", { status: 500 }),
        nonce,
      );
    }
  };
}

function redirectTo(address: string): Response {
  return new Response(null, { status: 302, headers: { Location: address } });
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
