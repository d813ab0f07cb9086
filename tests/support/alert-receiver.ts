import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";

/** up: takes and verifies; dead: HTTP 503; silent: never answers; redirect: sends elsewhere; nonsense: closes at once. */
export type ReceiverState = "up" | "dead" | "silent" | "redirect" | "nonsense";

export interface Received {
  readonly id: string;
  readonly type: string;
  readonly data: { readonly thread: string; readonly title: string; readonly simulated: boolean };
}

export interface AlertReceiver {
  readonly url: string;
  /** What it took with a signature that the reference library verified, in order. */
  readonly taken: readonly Received[];
  /** Ids of everything that was offered, in whatever state. */
  readonly offered: readonly string[];
  set(state: ReceiverState): void;
  stop(): Promise<void>;
}

/** Somebody's webhook, as Standard Webhooks describes a receiver. */
export async function startAlertReceiver(secret: string): Promise<AlertReceiver> {
  let state: ReceiverState = "up";
  const taken: Received[] = [];
  const offered: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const id = String(request.headers["webhook-id"]);
      offered.push(id);
      if (state === "silent") return;
      if (state === "nonsense") return request.socket.destroy();
      if (state === "redirect") return response.writeHead(302, { location: "http://127.0.0.1:9/" }).end();
      if (state === "dead") return response.writeHead(503).end();
      const body = Buffer.concat(chunks).toString("utf8");
      const read = new Webhook(secret).verify(body, request.headers as Record<string, string>);
      taken.push({ id, ...(read as Omit<Received, "id">) });
      response.writeHead(204).end();
      return;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    taken,
    offered,
    set(next) {
      state = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
