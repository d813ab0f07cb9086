import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { expectEndedAt, expectKind, measureAgainst, SHORT } from "./measure.ts";
import type { Peer } from "./server.ts";
import { ANSWER, COUNTS, DONE, finish, piece, thought, usage } from "./wire.ts";

/** Sends the same thing every few milliseconds for as long as somebody listens. */
async function repeat(peer: Peer, text: string, everyMs: number): Promise<void> {
  while (peer.open) {
    await peer.chunk(text);
    await sleep(everyMs);
  }
}

describe.concurrent("a deadline", () => {
  it("ends the wait for headers and frees the connection", async () => {
    await measureAgainst(
      () => undefined,
      async ({ measurement, server }) => {
        expectKind(measurement, "timeout");
        expectEndedAt(measurement, SHORT.headersMs);
        expect(measurement).toMatchObject({ status_code: null, ttfb_ms: null });
        await server.freed();
      },
    );
  });

  it("holds for headers that come byte by byte", async () => {
    await measureAgainst(
      async (peer) => {
        await peer.send("HTTP/1.1 200 OK\r\nx-slow: ");
        while (peer.open) {
          await peer.send("a");
          await sleep(20);
        }
      },
      async ({ measurement, server }) => {
        expectKind(measurement, "timeout");
        expectEndedAt(measurement, SHORT.headersMs);
        await server.freed();
      },
    );
  });

  it("ends the wait for a first token after the headers", async () => {
    await measureAgainst(
      (peer) => peer.streamHead(),
      async ({ measurement, server }) => {
        expectKind(measurement, "timeout");
        expectEndedAt(measurement, SHORT.firstTokenMs);
        expect(measurement).toMatchObject({ status_code: 200, ttft_ms: null, output_tokens: 0 });
        await server.freed();
      },
    );
  });

  it("takes comments and role-only deltas for no sign of life", async () => {
    const role = 'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n';
    for (const noise of [": PROCESSING\n\n", role, "event: ping\ndata: {}\n\n", "\n\n"]) {
      await measureAgainst(
        async (peer) => {
          await peer.streamHead();
          await repeat(peer, noise, 15);
        },
        async ({ measurement, server }) => {
          expectKind(measurement, "timeout");
          expectEndedAt(measurement, SHORT.firstTokenMs);
          await server.freed();
        },
      );
    }
  });

  it("gives a reasoning model longer to its first token", async () => {
    await measureAgainst(
      (peer) => peer.streamHead(),
      ({ measurement }) => {
        expectKind(measurement, "timeout");
        expectEndedAt(measurement, SHORT.firstTokenReasoningMs);
      },
      { request: { reasoning: true } },
    );
  });

  it("ends a stream that goes quiet, keeps what came, and hears no life in comments", async () => {
    for (const noise of [null, ": keep-alive\n\n"]) {
      await measureAgainst(
        async (peer) => {
          await peer.streamHead();
          await peer.chunk(piece("Half an"));
          await sleep(100);
          await peer.chunk(piece(" answer"));
          if (noise !== null) await repeat(peer, noise, 15);
        },
        async ({ measurement, server }) => {
          expectKind(measurement, "timeout");
          expect(measurement.response_text).toBe("Half an answer");
          expect(measurement.output_tokens).toBeGreaterThan(0);
          const lastToken = measurement.chunk_times_ms?.at(-1) ?? Number.NaN;
          const silence = measurement.total_latency_ms - lastToken;
          expect(silence).toBeGreaterThanOrEqual(SHORT.idleMs - 5);
          expect(silence).toBeLessThan(SHORT.idleMs + 400);
          await server.freed();
        },
      );
    }
  });

  it("hears life in thoughts", async () => {
    await measureAgainst(
      async (peer) => {
        await peer.streamHead();
        for (let count = 0; count < 6; count++) {
          await peer.chunk(thought(" hm"));
          await sleep(100);
        }
        await peer.chunk(ANSWER + finish() + DONE);
        await peer.endChunks();
      },
      ({ measurement }) => expect(measurement).toMatchObject({ success: true, error_kind: null }),
    );
  });

  it("ends a stream that never stops talking", async () => {
    await measureAgainst(
      async (peer) => {
        await peer.streamHead();
        await repeat(peer, piece(" on"), 15);
      },
      async ({ measurement, server }) => {
        expectKind(measurement, "timeout");
        expectEndedAt(measurement, SHORT.totalMs);
        expect(measurement.response_text).toMatch(/^( on)+$/);
        expect(measurement.tps).toBeGreaterThan(0);
        await server.freed();
      },
    );
  });

  it("does not call a stream late that only fails to close after its finish_reason", async () => {
    await measureAgainst(
      async (peer) => {
        await peer.streamHead();
        await peer.chunk(ANSWER + finish() + usage(COUNTS));
      },
      async ({ measurement, server, tookMs }) => {
        expect(measurement).toMatchObject({ success: true, finish_reason: "stop", output_tokens: 4 });
        expect(tookMs).toBeLessThan(SHORT.totalMs + 400);
        await server.freed();
      },
    );
  });

  it("is not waited for once [DONE] has come, though the connection stays open", async () => {
    await measureAgainst(
      async (peer) => {
        await peer.streamHead();
        await peer.chunk(ANSWER + finish() + usage(COUNTS) + DONE);
      },
      async ({ measurement, server, tookMs }) => {
        expect(measurement).toMatchObject({ success: true, output_tokens: 4 });
        expect(measurement.total_latency_ms).toBeLessThan(200);
        expect(tookMs).toBeLessThan(SHORT.idleMs);
        await server.freed();
      },
    );
  });

  it("does not wait for an error's body: the status has decided", async () => {
    await measureAgainst(
      async (peer) => {
        await peer.head(500, { "content-type": "application/json", "content-length": "500" });
        await peer.send('{"error":{"message":"half of');
      },
      async ({ measurement, server, tookMs }) => {
        expectKind(measurement, "server_error");
        expect(measurement.status_code).toBe(500);
        expect(tookMs).toBeLessThan(5_900);
        await server.freed();
      },
    );
  });
});
