import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * What a database's front door can do to a client:
 * up; refused (nobody listens); unavailable (503); silent (accepts, never answers); lossy (does what was asked,
 * then drops the connection before answering); late (does what was asked, and answers after LATE_MS).
 */
export type DoorState = "up" | "refused" | "unavailable" | "silent" | "lossy" | "late";

export const LATE_MS = 1_700;

export interface FaultyProxy {
  readonly url: string;
  /** Requests that reached it, by state. */
  readonly seen: Readonly<Record<DoorState, number>>;
  /** Paths of the requests that it let through, in order. */
  readonly passed: readonly string[];
  /** Requests under way at once, at most. */
  mostAtOnce(): number;
  forgetMost(): void;
  set(state: DoorState): Promise<void>;
  stop(): Promise<void>;
}

/** A proxy before a server, that can be made to fail in the ways that databases behind a network do. */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  let state: DoorState = "up";
  const passed: string[] = [];
  const seen = { up: 0, refused: 0, unavailable: 0, silent: 0, lossy: 0, late: 0 };
  let underWay = 0;
  let most = 0;
  const server = createServer((request, response) => {
    seen[state] += 1;
    underWay += 1;
    most = Math.max(most, underWay);
    response.once("close", () => {
      underWay -= 1;
    });
    if (state === "silent") return;
    if (state === "unavailable") {
      response.writeHead(503, { "content-type": "application/json" });
      response.end(
        JSON.stringify({ code: "PGRST002", message: "Could not query the database for the schema cache." }),
      );
      return;
    }
    if (state === "up") passed.push(new URL(request.url ?? "/", target).pathname);
    pass(request, response, target, state);
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => resolve());
    });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    passed,
    mostAtOnce: () => most,
    forgetMost: () => {
      most = underWay;
    },
    async set(next) {
      if (state === "refused" && next !== "refused") await listen(port);
      if (state !== "refused" && next === "refused") await close();
      else server.closeAllConnections();
      state = next;
    },
    stop: close,
  };
}

function pass(
  request: IncomingMessage,
  response: ServerResponse,
  target: string,
  state: "up" | "lossy" | "late" | "refused",
): void {
  const upstream = forward(
    new URL(request.url ?? "/", target),
    { method: request.method, headers: { ...request.headers, host: new URL(target).host } },
    async (answer) => {
      if (state === "lossy") {
        answer.resume().on("end", () => response.destroy());
        return;
      }
      if (state === "late") await sleep(LATE_MS);
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  upstream.on("error", () => response.destroy());
  request.pipe(upstream);
}
