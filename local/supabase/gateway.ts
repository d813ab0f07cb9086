import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import { codeOf, SetupError } from "../errors.ts";
import type { Keys } from "./keys.ts";

export interface Gateway {
  url: string;
  port: number;
  /** Stops listening, lets requests under way end for two seconds, then cuts them. */
  stop(): Promise<void>;
}

export interface GatewayOptions {
  /** 0: any free port. */
  port: number;
  /** PostgREST's port; null while there is none (then every request is answered 503). */
  upstream: () => number | null;
  keys: Keys;
}

/** Headers that belong to one connection and are not passed on. RFC 9110, section 7.6.1. */
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/**
 * One URL that behaves like a hosted project's: `/rest/v1/…` goes to PostgREST, for those who show a key.
 * A key comes as `apikey` (header or query parameter) or as Bearer token; a JWT of the project's own as Bearer
 * token beside an apikey names the role, as with a signed-in user.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  // Below PostgREST's own 30 s, so that no request goes into a connection that is just being closed.
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 32, timeout: 20_000 });
  const server = createServer((incoming, outgoing) => handle(incoming, outgoing, options, agent));
  // Longer than clients keep a connection, so that it is they who close it.
  server.keepAliveTimeout = 75_000;
  server.headersTimeout = 80_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => {
      if (codeOf(error) === "EADDRINUSE") {
        reject(new SetupError(`port ${options.port} is taken: set SUPABASE_PORT to a free one`));
      } else if (codeOf(error) === "EACCES") {
        reject(new SetupError(`port ${options.port} may not be used here: set SUPABASE_PORT to another one`));
      } else {
        reject(error);
      }
    });
    server.listen(options.port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the gateway has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), 2_000);
      await closed;
      clearTimeout(cut);
      agent.destroy();
    },
  };
}

function handle(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  options: GatewayOptions,
  agent: Agent,
): void {
  const url = new URL(incoming.url ?? "/", "http://gateway");
  if (url.pathname === "/health") {
    answer(incoming, outgoing, 200, { status: "ok" });
    return;
  }
  if (url.pathname !== "/rest/v1" && !url.pathname.startsWith("/rest/v1/")) {
    answer(incoming, outgoing, 404, { message: "only /rest/v1 is served by the embedded Supabase" });
    return;
  }
  const access = authorize(incoming, url, options.keys);
  if ("refusal" in access) {
    answer(incoming, outgoing, 401, access.refusal);
    return;
  }
  if (url.searchParams.has("apikey")) dropParameter(url, "apikey");
  forward(
    incoming,
    outgoing,
    options,
    agent,
    (url.pathname.slice("/rest/v1".length) || "/") + url.search,
    access,
  );
}

/** Takes one parameter out of the query without writing the others anew: PostgREST's operators are delicate. */
function dropParameter(url: URL, name: string): void {
  const kept = url.search
    .slice(1)
    .split("&")
    .filter((part) => part !== name && !part.startsWith(`${name}=`));
  url.search = kept.join("&");
}

type Access = { authorization: string | undefined } | { refusal: { message: string; hint: string } };

const NO_KEY = {
  message: "No API key found in request",
  hint: "Send the project's key in the header `apikey`.",
};
const WRONG_KEY = {
  message: "Invalid API key",
  hint: "The key is none of this project's anon or service_role keys.",
};

function authorize(incoming: IncomingMessage, url: URL, keys: Keys): Access {
  if (incoming.method === "OPTIONS" && incoming.headers["access-control-request-method"] !== undefined) {
    return { authorization: undefined }; // a browser's preflight carries no key
  }
  const tokens = new Map([
    [keys.publishable, keys.anonJwt],
    [keys.secret, keys.serviceRoleJwt],
    [keys.anonJwt, keys.anonJwt],
    [keys.serviceRoleJwt, keys.serviceRoleJwt],
  ]);
  const bearer = /^bearer +(\S+)$/i.exec(incoming.headers.authorization ?? "")?.[1];
  const header = incoming.headers.apikey;
  const apikey = (Array.isArray(header) ? header[0] : header) || url.searchParams.get("apikey") || undefined;
  if (apikey !== undefined && !tokens.has(apikey)) return { refusal: WRONG_KEY };
  if (bearer === undefined) {
    if (apikey === undefined) return { refusal: NO_KEY };
    return { authorization: `Bearer ${tokens.get(apikey)}` };
  }
  const own = tokens.get(bearer);
  if (own !== undefined) return { authorization: `Bearer ${own}` };
  // Some other token: without an apikey, or in the shape of a key, it is a wrong key; else PostgREST judges it.
  if (apikey === undefined || bearer.startsWith("sb_")) return { refusal: WRONG_KEY };
  return { authorization: `Bearer ${bearer}` };
}

function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  options: GatewayOptions,
  agent: Agent,
  path: string,
  access: { authorization: string | undefined },
): void {
  const port = options.upstream();
  if (port === null) {
    answer(incoming, outgoing, 503, { message: "the database is starting or stopping" });
    return;
  }
  const headers = { ...incoming.headers };
  const named = (incoming.headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase());
  for (const name of [...HOP_BY_HOP, ...named, "apikey", "authorization", "host", "expect"]) {
    delete headers[name];
  }
  // Node frames a body of unknown length by itself, but for some methods only when told to.
  if (incoming.headers["transfer-encoding"] !== undefined) headers["transfer-encoding"] = "chunked";
  if (access.authorization !== undefined) headers.authorization = access.authorization;

  const upstream = request({
    host: "127.0.0.1",
    port,
    method: incoming.method,
    path,
    headers,
    agent,
  });
  upstream.on("response", (response) => {
    const answerHeaders = { ...response.headers };
    for (const name of HOP_BY_HOP) delete answerHeaders[name];
    outgoing.writeHead(response.statusCode ?? 502, answerHeaders);
    // A break on either side ends the other: the client sees a cut body, not a short one that looks whole.
    pipeline(response, outgoing, () => undefined);
  });
  upstream.on("error", (error) => {
    if (outgoing.headersSent) outgoing.destroy();
    else
      answer(incoming, outgoing, 503, {
        message: `PostgREST does not answer (${codeOf(error) ?? error.message})`,
      });
  });
  outgoing.on("close", () => {
    if (!outgoing.writableFinished) upstream.destroy();
  });
  pipeline(incoming, upstream, () => undefined);
}

function answer(incoming: IncomingMessage, outgoing: ServerResponse, status: number, body: object): void {
  // The rest of a body nobody wants must still be read, or the connection cannot be used again.
  incoming.resume();
  if (outgoing.destroyed) return;
  outgoing.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "access-control-allow-origin": "*",
  });
  outgoing.end(JSON.stringify(body));
}
