/**
 * The server of the accuracy benchmark, in a process of its own so that no reader's work delays its clock.
 * It plays a scenario's script and notes, with its own monotonic clock, when each write was handed to the
 * network; the parent process gets those times once the answer is written.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { findScenario, type Write } from "./scenarios.ts";
import { seeded } from "./wire.ts";

/** What the server reports of one answer; times in milliseconds since the request's headers arrived. */
export interface Played {
  readonly id: string;
  readonly writtenAt: readonly number[];
}

export interface Listening {
  readonly port: number;
}

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Writes everything that is due, then sleeps until the next write; what is due together is one arrival. */
function play(response: ServerResponse, writes: readonly Write[], arrivedAt: number): Promise<number[]> {
  const writtenAt: number[] = [];
  return new Promise((resolve) => {
    const step = (): void => {
      const now = nowMs() - arrivedAt;
      let next = writes[writtenAt.length];
      while (next !== undefined && next.at <= now) {
        response.write(next.bytes);
        writtenAt.push(now);
        next = writes[writtenAt.length];
      }
      if (next === undefined) resolve(writtenAt);
      else setTimeout(step, next.at - now);
    };
    step();
  });
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const arrivedAt = nowMs();
  request.socket.setNoDelay(true);
  request.resume();
  const [scenario, seed, id, ...rest] = (request.url ?? "").slice(1).split("/").map(decodeURIComponent);
  if (rest.join("/") !== "chat/completions" || scenario === undefined || id === undefined) {
    response.setHeader("content-type", "application/json");
    response.end('{"object":"list","data":[]}');
    return;
  }
  const { writes } = findScenario(scenario).script(seeded(Number(seed)));
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  response.flushHeaders();
  const writtenAt = await play(response, writes, arrivedAt);
  response.end();
  process.send?.({ id, writtenAt } satisfies Played);
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => response.destroy(error as Error));
});
server.keepAliveTimeout = 120_000;
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ port } satisfies Listening);
});
process.on("disconnect", () => process.exit(0));
