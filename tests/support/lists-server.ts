import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { keyVariableOf } from "../../workers/benchmark/providers/dialect.ts";
import { baseUrlVariable } from "../../workers/benchmark/settings.ts";

export interface ListsServer {
  readonly url: string;
  /** Requests, oldest first: "GET /groq/models". */
  readonly requests: { readonly path: string; readonly authorization: string | null }[];
  /** What a path answers from now on: text as it is, anything else as JSON; a function does as it likes. */
  answer(path: string, body: unknown, status?: number): void;
  /** Settings with which these providers are asked here, each with a key of its own. */
  settings(slugs: readonly string[]): Record<string, string>;
  stop(): Promise<void>;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Plays the models lists of providers, and a price feed; what no test has set answers 404. */
export async function startListsServer(): Promise<ListsServer> {
  const answers = new Map<string, Handler>();
  const requests: ListsServer["requests"] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://lists");
    const key = request.headers["x-api-key"];
    requests.push({
      path: `${url.pathname}${url.search}`,
      authorization: request.headers.authorization ?? (typeof key === "string" ? key : null),
    });
    const handler = answers.get(url.pathname);
    if (handler) handler(request, response);
    else response.writeHead(404).end("nothing here");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    requests,
    answer(path, body, status = 200) {
      if (typeof body === "function") {
        answers.set(path, body as Handler);
        return;
      }
      const text = typeof body === "string" ? body : JSON.stringify(body);
      const type = typeof body === "string" ? "text/html" : "application/json";
      answers.set(path, (_request, response) =>
        response.writeHead(status, { "content-type": type }).end(text),
      );
    },
    settings: (slugs) =>
      Object.fromEntries(
        slugs.flatMap((slug) => [
          [keyVariableOf(slug), `key-for-${slug}`],
          [baseUrlVariable(slug), `${url}/${slug}`],
        ]),
      ),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
