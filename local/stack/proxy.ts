import { request as ask, createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { codeOf, SetupError } from "../errors.ts";

/**
 * What stands before a Worker on this machine. wrangler itself would serve anybody who reaches its port, a page of
 * any site in the developer's browser included, and has paths of its own besides the Worker's: one starts a run.
 */
export interface ProxyOptions {
  /** Listened on, on 127.0.0.1. */
  readonly port: number;
  /** Where wrangler listens, on 127.0.0.1. */
  readonly target: number;
  /** Whether a path (decoded, without its query) is one of the Worker's. */
  readonly isKnown: (path: string) => boolean;
  /** Whether pages of other sites may ask for a path. */
  readonly isForOtherSites: (path: string) => boolean;
}

export interface LocalProxy {
  stop(): Promise<void>;
}

/** Every path that wrangler and Miniflare keep for themselves, but none of a Worker of ours. */
export function isToolPath(path: string): boolean {
  return /^\/+(cdn-cgi(\/|$)|__)/i.test(path);
}

/**
 * Headers by which Miniflare's parts speak to each other: one of them names the address that is really asked for, and nothing
 * says who may send it (https://github.com/cloudflare/workers-sdk/blob/main/packages/miniflare/src/workers/core/constants.ts).
 */
const OF_THE_TOOL = /^(x-)?mf-/i;

interface Refusal {
  readonly status: 400 | 403 | 404 | 421;
  readonly text: string;
}

/**
 * Why a request is not passed on; null where it is.
 * @param request its method, target and headers, as they came
 */
export function refusalOf(
  request: Pick<IncomingMessage, "method" | "url" | "headers">,
  { port, isKnown, isForOtherSites }: Pick<ProxyOptions, "port" | "isKnown" | "isForOtherSites">,
): Refusal | null {
  const own = [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`];
  // Another name that leads here is a page that had its own name point to this machine.
  if (!own.includes(request.headers.host ?? "")) {
    return { status: 421, text: `Ask for it at http://localhost:${port}.` };
  }
  const path = pathOf(request.url ?? "");
  if (path === null) return { status: 400, text: "This is no address." };
  if (!isKnown(path)) return { status: 404, text: "There is nothing here." };
  const ofTheTool = Object.keys(request.headers).find((name) => OF_THE_TOOL.test(name));
  if (ofTheTool !== undefined) return { status: 400, text: `Nobody may send the header ${ofTheTool}.` };
  if (isForOtherSites(path) || isFollowedLink(request)) return null;
  const { origin } = request.headers;
  const site = request.headers["sec-fetch-site"];
  const ofOwnPage =
    (origin === undefined || own.some((host) => origin === `http://${host}`)) &&
    (site === undefined || site === "same-origin" || site === "none");
  return ofOwnPage ? null : { status: 403, text: "Pages of other sites may not ask for this." };
}

/** The path that a Worker would see, with what is escaped in it decoded; null where there is none. */
function pathOf(target: string): string | null {
  // A proxy's form ("GET http://host/path") names a host of its own, and "//host/path" may be read so.
  if (!target.startsWith("/") || /^\/[/\\]/.test(target) || !URL.canParse(target, "http://localhost"))
    return null;
  try {
    return decodeURIComponent(new URL(target, "http://localhost").pathname);
  } catch {
    return null;
  }
}

/** Somebody comes from another site by a link: they see the page, the other site does not. */
function isFollowedLink({ method, headers }: Pick<IncomingMessage, "method" | "headers">): boolean {
  return (
    (method === "GET" || method === "HEAD") &&
    headers["sec-fetch-mode"] === "navigate" &&
    headers["sec-fetch-dest"] === "document"
  );
}

/** @throws SetupError where the port cannot be listened on */
export async function startProxy(options: ProxyOptions): Promise<LocalProxy> {
  const server = createServer((request, response) => {
    const refusal = refusalOf(request, options);
    if (refusal === null) return pass(request, response, options.target);
    response.writeHead(refusal.status, {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
    });
    response.end(`${refusal.text}\n`);
  });
  // A Worker of ours takes no WebSocket; wrangler does.
  server.on("upgrade", (_request, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) =>
      reject(
        new SetupError(`port ${options.port} cannot be listened on (${codeOf(error) ?? error.message})`),
      ),
    );
    server.listen(options.port, "127.0.0.1", resolve);
  });
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function pass(request: IncomingMessage, response: ServerResponse, target: number): void {
  const { method, url, headers } = request;
  const to = { host: "127.0.0.1", port: target, method, path: url, headers };
  const onward = ask(to, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    answer.pipe(response);
    // A body that breaks off must not look like one that ended.
    answer.on("error", () => response.destroy());
  });
  onward.on("error", () => {
    if (response.headersSent) response.destroy();
    else response.writeHead(502, { "content-type": "text/plain" }).end("The Worker does not answer yet.\n");
  });
  response.on("close", () => onward.destroy());
  request.pipe(onward);
}
