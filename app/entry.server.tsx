import type { AppLoadContext, EntryContext, HandleErrorFunction } from "@remix-run/cloudflare";
import { isRouteErrorResponse, RemixServer } from "@remix-run/react";
import { isbot } from "isbot";
import { renderToReadableStream } from "react-dom/server";
import { NonceProvider } from "./components/ui/nonce.tsx";
import { logFailure } from "./lib/log.ts";

/** A loader's promise that is still open after this long is given up. */
const ABORT_DELAY_MS = 8_000;

export default async function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remixContext: EntryContext,
  { nonce }: AppLoadContext,
): Promise<Response> {
  let responseStatus = status;
  const body = await renderToReadableStream(
    <NonceProvider value={nonce}>
      <RemixServer context={remixContext} url={request.url} abortDelay={ABORT_DELAY_MS} nonce={nonce} />
    </NonceProvider>,
    {
      nonce,
      signal: AbortSignal.timeout(ABORT_DELAY_MS + 2_000),
      onError(error) {
        if (request.signal.aborted) return;
        responseStatus = 500;
        logFailure("render_failed", request, error);
      },
    },
  );
  // Programs that read the page get it whole, not a shell with scripts that fill it.
  if (isbot(request.headers.get("User-Agent"))) await body.allReady;
  headers.set("Content-Type", "text/html; charset=utf-8");
  return new Response(body, { status: responseStatus, headers });
}

/** One line a failure; an address that does not exist is none of ours. */
export const handleError: HandleErrorFunction = (error, { request }) => {
  if (isRouteErrorResponse(error) && error.status < 500) return;
  if (!request.signal.aborted) logFailure("loader_failed", request, error);
};

// The Worker takes it from the build, so that Supabase's client and the schemas are bundled once.
export { getLoadContext } from "./data/load-context.server.ts";
