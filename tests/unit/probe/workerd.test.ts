import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ProbeOutcome, ProbeRequest } from "../../../workers/benchmark/probe/types.ts";
import { bundleForWorkerd } from "../../support/bundle.ts";
import { chunk, ending, event, probeRequest } from "./ask.ts";

type Play = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

const ENTRY = fileURLToPath(new URL("./workerd-entry.ts", import.meta.url));

let worker: Miniflare;
let workerUrl: URL;

beforeAll(async () => {
  worker = new Miniflare({
    modules: [{ type: "ESModule", path: "entry.js", contents: await bundleForWorkerd(ENTRY) }],
    compatibilityDate: "2026-06-01",
  });
  workerUrl = await worker.ready;
});

afterAll(() => worker.dispose());

interface Provider {
  readonly baseUrl: string;
  readonly sockets: Socket[];
  readonly requests: { method: string; socket: number }[];
  stop(): Promise<void>;
}

async function startProvider(play: Play): Promise<Provider> {
  const sockets: Socket[] = [];
  const requests: Provider["requests"] = [];
  const server = createServer(async (request, response) => {
    requests.push({ method: request.method ?? "", socket: sockets.indexOf(request.socket) });
    if (request.method === "GET") {
      response.end(
        JSON.stringify({ data: Array.from({ length: 2_000 }, (_, id) => ({ id: `model-${id}` })) }),
      );
      return;
    }
    request.resume();
    await play(request, response);
  });
  server.on("connection", (socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    sockets,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function measureInWorkerd(play: Play, changes: Partial<ProbeRequest> = {}) {
  const provider = await startProvider(play);
  try {
    const { provider: _, ...task } = probeRequest({ baseUrl: provider.baseUrl, warmup: true, ...changes });
    const response = await fetch(workerUrl, { method: "POST", body: JSON.stringify(task) });
    expect(response.status).toBe(200);
    const outcome = (await response.json()) as ProbeOutcome;
    const open = async (): Promise<number> => {
      // A closed socket is seen by its server a moment later.
      for (let tries = 0; tries < 50 && provider.sockets.some((socket) => !socket.destroyed); tries += 1) {
        await sleep(20);
      }
      return provider.sockets.filter((socket) => !socket.destroyed).length;
    };
    return { ...outcome, row: outcome.measurement, provider, openSockets: await open() };
  } finally {
    await provider.stop();
  }
}

const stream = { "content-type": "text/event-stream" };

describe("the probe in workerd", () => {
  it("asks on the connection that its warm-up opened", async () => {
    const { row, provider } = await measureInWorkerd(async (_, response) => {
      response.writeHead(200, stream);
      for (const word of ["one", " two", " three", " four", " five"]) {
        response.write(chunk({ content: word }));
        await sleep(15);
      }
      response.end(ending({ prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 }));
    });
    expect(row).toMatchObject({ success: true, response_text: "one two three four five", output_tokens: 5 });
    expect(row.tps).toBeGreaterThan(0);
    expect(row.warmup_ms).not.toBeNull();
    expect(provider.requests.map(({ method }) => method)).toEqual(["GET", "POST"]);
    expect(provider.sockets).toHaveLength(1);
  });

  it("ends a silent stream at its deadline and frees the connection", async () => {
    const { row, openSockets } = await measureInWorkerd(
      (_, response) => {
        response.writeHead(200, stream);
        response.write(chunk({ content: "and then" }));
      },
      { deadlines: { ...probeRequest().deadlines, idleMs: 300 } },
    );
    expect(row).toMatchObject({ success: false, error_kind: "timeout", response_text: "and then" });
    expect(row.total_latency_ms).toBeGreaterThanOrEqual(290);
    expect(row.total_latency_ms).toBeLessThan(1_500);
    expect(openSockets).toBe(0);
  });

  it("ends the wait for headers at their deadline and frees the connection", async () => {
    const { row, openSockets } = await measureInWorkerd(() => {}, {
      deadlines: { ...probeRequest().deadlines, headersMs: 300 },
    });
    expect(row).toMatchObject({ error_kind: "timeout", status_code: null, ttfb_ms: null });
    expect(openSockets).toBe(0);
  });

  it("keeps what came before the connection was lost", async () => {
    const { row } = await measureInWorkerd(async (_, response) => {
      response.writeHead(200, stream);
      response.write(chunk({ content: "half an ans" }));
      await sleep(50);
      response.socket?.destroy();
    });
    expect(row).toMatchObject({
      error_kind: "stream_truncated",
      response_text: "half an ans",
      status_code: 200,
    });
  });

  it("takes a connection lost after the finish_reason for no failure", async () => {
    const { row } = await measureInWorkerd(async (_, response) => {
      response.writeHead(200, stream);
      response.write(chunk({ content: "an answer" }) + chunk({}, "stop"));
      await sleep(50);
      response.socket?.destroy();
    });
    expect(row).toMatchObject({ success: true, finish_reason: "stop", tokens_estimated: true });
  });

  it("follows no redirect", async () => {
    const { row, provider } = await measureInWorkerd((_, response) => {
      response.writeHead(307, { location: "/elsewhere" }).end();
    });
    expect(row).toMatchObject({ error_kind: "bad_response", status_code: 307 });
    expect(provider.requests.filter(({ method }) => method === "POST")).toHaveLength(1);
  });

  it("calls a port where nobody listens a network failure", async () => {
    const { row } = await measureInWorkerd(() => {}, { baseUrl: "http://127.0.0.1:1/v1" });
    expect(row).toMatchObject({ error_kind: "network", status_code: null, success: false });
  });

  it("stops at [DONE] and frees a connection that goes on talking", async () => {
    const { row, openSockets } = await measureInWorkerd(async (_, response) => {
      response.writeHead(200, stream);
      response.write(chunk({ content: "done now" }) + ending({ prompt_tokens: 1, completion_tokens: 2 }));
      for (let turn = 0; turn < 40 && !response.destroyed; turn += 1) {
        response.write(event({ choices: [{ index: 0, delta: { content: "more" } }] }));
        await sleep(20);
      }
    });
    expect(row).toMatchObject({ success: true, response_text: "done now" });
    expect(openSockets).toBe(0);
  });
});
