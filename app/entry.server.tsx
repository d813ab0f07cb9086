import type { AppLoadContext, EntryContext, HandleErrorFunction } from "@remix-run/cloudflare";
import { isRouteErrorResponse, RemixServer } from "@remix-run/react";
import { isbot } from "isbot";
import type { ReactElement } from "react";
import { renderToReadableStream, renderToString } from "react-dom/server";
import { NonceProvider } from "./components/ui/nonce.tsx";
import { inScript } from "./lib/in-script.ts";
import { logFailure } from "./lib/log.ts";

/** A loader's promise that is still open after this long is given up. */
const ABORT_DELAY_MS = 8_000;

export default async function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  context: EntryContext,
  { nonce }: AppLoadContext,
): Promise<Response> {
  headers.set("Content-Type", "text/html; charset=utf-8");
  const { serverHandoffStream: data, ...whole } = context;
  if (data !== undefined && !awaitsData(context)) {
    const html = renderWhole(whole, request.url, nonce);
    return new Response(withData(html, await new Response(data).text(), nonce), { status, headers });
  }
  let responseStatus = status;
  const body = await renderToReadableStream(toPage(context, request.url, nonce), {
    nonce,
    // Else large parts are sent after the rest, for a script to put them in their place.
    progressiveChunkSize: Number.POSITIVE_INFINITY,
    signal: AbortSignal.timeout(ABORT_DELAY_MS + 2_000),
    onError(error) {
      if (request.signal.aborted) return;
      responseStatus = 500;
      logFailure("render_failed", request, error);
    },
  });
  // Programs that read the page get it whole, not a shell with scripts that fill it.
  if (isbot(request.headers.get("User-Agent"))) await body.allReady;
  return new Response(body.pipeThrough(endLast()), { status: responseStatus, headers });
}

function toPage(context: EntryContext, url: string, nonce: string): ReactElement {
  return (
    <NonceProvider value={nonce}>
      <RemixServer context={context} url={url} abortDelay={ABORT_DELAY_MS} nonce={nonce} />
    </NonceProvider>
  );
}

/** The HTML of a page whose loaders left nothing for later. */
export function renderWhole(context: EntryContext, url: string, nonce: string): string {
  return renderToString(toPage(context, url, nonce));
}

const END = "</body></html>";

/** React ends the document before what is late: its last tags are kept back until there is no more. */
function endLast(): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  /** What may be the beginning of the end. */
  let kept = "";
  let ended = false;
  return new TransformStream({
    transform(chunk, controller) {
      let text = kept + decoder.decode(chunk, { stream: true });
      kept = "";
      if (!ended && text.includes(END)) {
        ended = true;
        text = text.replace(END, "");
      }
      for (let length = END.length - 1; !ended && kept === "" && length > 0; length -= 1) {
        if (text.endsWith(END.slice(0, length))) kept = END.slice(0, length);
      }
      text = text.slice(0, text.length - kept.length);
      controller.enqueue(encoder.encode(text));
    },
    flush(controller) {
      controller.enqueue(encoder.encode(kept + (ended ? END : "")));
    },
  });
}

/**
 * Whether a loader has left something for later. A page that has all its data is rendered in one piece: the stream would
 * encode each attribute by itself, which is most of what a page costs.
 */
function awaitsData({ staticHandlerContext: { loaderData } }: EntryContext): boolean {
  return Object.values(loaderData).some(
    (data) =>
      typeof data === "object" &&
      data !== null &&
      Object.values(data).some((value) => value instanceof Promise),
  );
}

/** The page with its data, handed to Remix in the browser as its own stream would do it. */
function withData(html: string, data: string, nonce: string): string {
  const controller = "window.__remixContext.streamController";
  const script = `<script nonce="${nonce}">${controller}.enqueue(${inScript(data)});${controller}.close();</script>`;
  const end = html.lastIndexOf("</body>");
  return `<!DOCTYPE html>${html.slice(0, end)}${script}${html.slice(end)}`;
}

/** One line a failure; an address that does not exist is none of ours. */
export const handleError: HandleErrorFunction = (error, { request }) => {
  if (isRouteErrorResponse(error) && error.status < 500) return;
  if (!request.signal.aborted) logFailure("loader_failed", request, error);
};

// The Worker takes them from the build, so that Remix, Supabase's client and the schemas are bundled once.
export { createRequestHandler } from "@remix-run/cloudflare";
export { getLoadContext } from "./data/load-context.server.ts";
