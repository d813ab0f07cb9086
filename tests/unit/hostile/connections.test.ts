import { createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { measure } from "../../../workers/benchmark/probe/index.ts";
import { API_KEY, expectKind, measureAgainst, requestTo } from "./measure.ts";
import { type Peer, startHostileServer } from "./server.ts";
import { expectStorable } from "./storable.ts";
import { ANSWER, COUNTS, DONE, finish, piece, usage } from "./wire.ts";

const environment = {
  fetch: (input: RequestInfo | URL, init?: RequestInit) => fetch(input, init),
  now: () => performance.now(),
  date: () => new Date(),
  colo: null,
};

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  return address.port;
}

describe.concurrent("a connection that does not carry an answer", () => {
  it("is a network failure when nobody listens", async () => {
    const taken = createServer();
    const port = await listen(taken);
    await new Promise((resolve) => taken.close(resolve));
    const { measurement } = await measure(requestTo(`http://127.0.0.1:${port}/v1`), environment);
    expectKind(measurement, "network");
    expectStorable(measurement);
    expect(measurement).toMatchObject({ status_code: null, ttfb_ms: null, ttft_ms: null, tps: null });
    expect(measurement.input_tokens).toBe(0);
    expect(measurement.total_latency_ms).toBeLessThan(300);
  });

  it("is a network failure when the name does not resolve", async () => {
    const { measurement } = await measure(requestTo("http://no-such-host.invalid/v1"), environment);
    expectKind(measurement, "network");
    expectStorable(measurement);
    expect(measurement.endpoint_host).toBe("no-such-host.invalid");
  });

  it("is a network failure when what answers does not speak HTTP", async () => {
    await measureAgainst(
      async (peer) => {
        await peer.send("SSH-2.0-OpenSSH_9.9\r\n\r\n");
        peer.socket.end();
      },
      async ({ measurement, server }) => {
        expectKind(measurement, "network");
        expect(measurement.status_code).toBeNull();
        await server.freed();
      },
    );
  });

  it("is a network failure when TLS is asked of a server without TLS", async () => {
    // What a plain web server says to a ClientHello.
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n"));
    });
    const port = await listen(server);
    try {
      const { measurement } = await measure(requestTo(`https://127.0.0.1:${port}/v1`), environment);
      expectKind(measurement, "network");
      expectStorable(measurement);
      expect(measurement.status_code).toBeNull();
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it.each([
    ["is reset", true],
    ["is closed", false],
  ])("is a network failure when it %s before the headers", async (_, reset) => {
    await measureAgainst(
      (peer) => {
        if (reset) peer.reset();
        else peer.socket.end();
      },
      ({ measurement }) => {
        expectKind(measurement, "network");
        expect(measurement).toMatchObject({ status_code: null, ttfb_ms: null, output_tokens: 0 });
        expect(measurement.total_latency_ms).toBeLessThan(300);
      },
    );
  });

  it("is a network failure when it breaks inside the headers", async () => {
    await measureAgainst(
      async (peer) => {
        await peer.send("HTTP/1.1 200 OK\r\ncontent-type: text/ev");
        await sleep(20);
        peer.reset();
      },
      ({ measurement }) => expectKind(measurement, "network"),
    );
  });

  it.each([
    ["is reset", true],
    ["is closed", false],
  ])("is a truncated stream when it %s after the headers", async (_, reset) => {
    await measureAgainst(
      async (peer) => {
        await peer.streamHead();
        await sleep(30);
        if (reset) peer.reset();
        else peer.socket.end();
      },
      ({ measurement }) => {
        expectKind(measurement, "stream_truncated");
        expect(measurement).toMatchObject({ status_code: 200, ttft_ms: null, output_tokens: 0 });
        expect(measurement.ttfb_ms).not.toBeNull();
      },
    );
  });

  it("keeps the text and the tokens that came before a reset in mid-stream", async () => {
    await measureAgainst(
      async (peer) => {
        await peer.streamHead();
        await peer.chunk(piece("Some"));
        await sleep(30);
        await peer.chunk(piece(" words"));
        await sleep(30);
        peer.reset();
      },
      ({ measurement }) => {
        expectKind(measurement, "stream_truncated");
        expect(measurement).toMatchObject({
          status_code: 200,
          response_text: "Some words",
          output_tokens: Math.ceil("Some words".length / 4),
          tokens_estimated: true,
          finish_reason: null,
        });
        expect(measurement.ttft_ms).not.toBeNull();
      },
    );
  });

  it("is a truncated stream when the body ends in good order without a proper end", async () => {
    await measureAgainst(
      async (peer) => {
        await peer.streamHead();
        await peer.chunk(ANSWER);
        await peer.endChunks();
      },
      ({ measurement }) => {
        expectKind(measurement, "stream_truncated");
        expect(measurement.response_text).toBe("One two three four");
      },
    );
  });

  it("is no failure when it is lost after the finish_reason", async () => {
    for (const loss of ["reset", "end"] as const) {
      await measureAgainst(
        async (peer) => {
          await peer.streamHead();
          await peer.chunk(ANSWER + finish());
          await sleep(30);
          if (loss === "reset") peer.reset();
          else peer.socket.end();
        },
        ({ measurement }) => {
          expect(measurement).toMatchObject({
            success: true,
            error_kind: null,
            error_message: null,
            finish_reason: "stop",
            response_text: "One two three four",
            tokens_estimated: true,
          });
        },
      );
    }
  });

  it("may say something else before the answer: interim responses are none", async () => {
    await measureAgainst(
      async (peer) => {
        await peer.send("HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n");
        await sleep(60);
        await peer.streamHead();
        await peer.chunk(ANSWER + finish() + usage(COUNTS) + DONE);
        await peer.endChunks();
      },
      ({ measurement }) => {
        expect(measurement).toMatchObject({ success: true, status_code: 200, output_tokens: 4 });
        expect(measurement.ttfb_ms).toBeGreaterThan(55);
      },
    );
  });

  it("is measured though the server closes after each response", async () => {
    await measureAgainst(
      async (peer) => {
        await peer.head(200, { "content-type": "text/event-stream", connection: "close" });
        await peer.send(ANSWER + finish() + usage(COUNTS) + DONE);
        peer.socket.end();
      },
      async ({ measurement, server }) => {
        expect(measurement).toMatchObject({ success: true, output_tokens: 4, input_tokens: 21 });
        await server.freed();
      },
      {
        warmUp: async (peer) => {
          await peer.respond(200, "{}", { connection: "close" });
          peer.socket.end();
        },
      },
    );
  });
});

describe.concurrent("the warm-up", () => {
  const answer = async (peer: Peer): Promise<void> => {
    await peer.streamHead();
    await peer.chunk(ANSWER + finish() + usage(COUNTS) + DONE);
    await peer.endChunks();
  };

  it("opens the one connection that the measurement then uses", async () => {
    await measureAgainst(answer, ({ measurement, server }) => {
      expect(measurement.success).toBe(true);
      expect(measurement.warmup_ms).toBeGreaterThan(0);
      expect(server.warmups.map(({ method, path }) => `${method} ${path}`)).toEqual(["GET /v1/models"]);
      expect(server.connections).toBe(1);
      expect(server.measured[0]?.connection).toBe(server.warmups[0]?.connection);
    });
  });

  it.each([
    ["ends", (peer: Peer) => peer.endChunks()],
    ["stays open", () => undefined],
    ["is closed", (peer: Peer) => void peer.socket.end()],
  ])(
    "shares its connection with the measurement each time, also where an answer %s after [DONE]",
    async (_, after) => {
      const server = await startHostileServer(async (peer) => {
        await peer.streamHead();
        await peer.chunk(ANSWER + finish() + usage(COUNTS) + DONE);
        await after(peer);
      });
      try {
        for (let count = 1; count <= 4; count++) {
          const { measurement } = await measure(requestTo(server.baseUrl), environment);
          expect(measurement.success).toBe(true);
          expect(server.measured.at(-1)?.connection, `request ${count}`).toBe(
            server.warmups.at(-1)?.connection,
          );
        }
        expect(server.measured).toHaveLength(4);
      } finally {
        await server.stop();
      }
    },
  );

  it("leaves the connection usable though its body is long", async () => {
    const models = JSON.stringify({
      data: Array.from({ length: 5_000 }, (_, id) => ({ id: `model-${id}` })),
    });
    await measureAgainst(
      answer,
      ({ measurement, server }) => {
        expect(measurement.success).toBe(true);
        expect(server.connections).toBe(1);
      },
      { warmUp: (peer) => peer.respond(200, models) },
    );
  });

  it("can be turned off, and is then null", async () => {
    await measureAgainst(
      answer,
      ({ measurement, server }) => {
        expect(measurement).toMatchObject({ success: true, warmup_ms: null });
        expect(server.warmups).toEqual([]);
      },
      { request: { warmup: false } },
    );
  });

  it.each([
    ["refuses", async (peer: Peer) => peer.respond(401, `{"error":"${API_KEY}"}`)],
    ["is reset", (peer: Peer) => peer.reset()],
    ["redirects", (peer: Peer) => peer.respond(302, "", { location: "/elsewhere" })],
    ["breaks the protocol", (peer: Peer) => peer.send("nonsense\r\n\r\n")],
  ])("spoils nothing when it %s", async (_, warmUp) => {
    await measureAgainst(
      answer,
      ({ measurement, server }) => {
        expect(measurement).toMatchObject({ success: true, output_tokens: 4 });
        expect(server.warmups).toHaveLength(1);
      },
      { warmUp },
    );
  });

  it("is given up after five seconds or two megabytes, and the measurement begins all the same", async () => {
    const never = measureAgainst(
      answer,
      ({ measurement, tookMs }) => {
        expect(measurement.success).toBe(true);
        expect(tookMs).toBeGreaterThan(4_900);
        expect(tookMs).toBeLessThan(6_000);
        expect(measurement.total_latency_ms).toBeLessThan(500);
      },
      { warmUp: () => undefined },
    );
    let sent = 0;
    const endless = measureAgainst(
      answer,
      ({ measurement, tookMs }) => {
        expect(measurement.success).toBe(true);
        expect(tookMs).toBeLessThan(4_000);
        expect(sent).toBeLessThan(16 * 2 ** 20);
      },
      {
        warmUp: async (peer) => {
          await peer.streamHead();
          while (peer.open) {
            await peer.chunk(new Uint8Array(65_536));
            sent += 65_536;
            await sleep(1);
          }
        },
      },
    );
    await Promise.all([never, endless]);
  });
});
