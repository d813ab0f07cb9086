import { execFile } from "node:child_process";
import { setImmediate as turn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createGzip } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type Misbehaviour, type Peer, startHostileServer } from "./server.ts";
import { ANSWER, DONE, finish, piece } from "./wire.ts";

const MAX_BODY = 4 * 2 ** 20;
const MAX_RSS_MB = 300;
const TOTAL_MS = 4_000;

interface Report {
  readonly measurement: {
    readonly error_kind: string | null;
    readonly error_message: string | null;
    readonly status_code: number | null;
    readonly output_tokens: number;
    readonly truncated: boolean;
    readonly text_bytes: number;
    readonly chunk_times: number;
    readonly total_latency_ms: number;
  };
  readonly peakRssMb: number;
  readonly tookMs: number;
}

const child = fileURLToPath(new URL("./memory-child.ts", import.meta.url));

/** Measures in a child process; what holds for everything endless is checked here. */
async function measureEndless(misbehave: Misbehaviour): Promise<Report & { readonly sentBytes: number }> {
  let sentBytes = 0;
  const server = await startHostileServer(async (peer) => {
    await misbehave(peer);
    sentBytes = peer.socket.bytesWritten;
  });
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [child, server.baseUrl, "openai"]);
    const report = JSON.parse(stdout) as Report;
    await server.freed();
    expect(server.measured).toHaveLength(1);
    expect(report.peakRssMb).toBeLessThan(MAX_RSS_MB);
    expect(report.tookMs).toBeLessThan(TOTAL_MS + 1_500);
    return { ...report, sentBytes };
  } finally {
    await server.stop();
  }
}

/** As fast as the other side reads, for as long as it does. */
async function pour(peer: Peer, text: string | Uint8Array): Promise<void> {
  while (peer.open) {
    await peer.chunk(text);
    await turn();
  }
}

/** The body ended at its cap; the socket's own buffers may hold a little more. */
function expectCapped(sentBytes: number): void {
  expect(sentBytes).toBeGreaterThan(MAX_BODY);
  expect(sentBytes).toBeLessThan(MAX_BODY * 6);
}

describe("an answer that never ends is cut off, in bounded memory", () => {
  it("as one line without an end, in large pieces", async () => {
    const { measurement, sentBytes } = await measureEndless(async (peer) => {
      await peer.streamHead();
      await peer.chunk("data: ");
      await pour(peer, "x".repeat(65_536));
    });
    expect(measurement.error_kind).toBe("bad_response");
    expectCapped(sentBytes);
  });

  it("as one line without an end, in small pieces, without costing more than it should", async () => {
    const { measurement, tookMs } = await measureEndless(async (peer) => {
      await peer.streamHead();
      await peer.chunk('data: {"choices":[{"index":0,"delta":{"content":"');
      await pour(peer, "x".repeat(512));
    });
    expect(measurement.error_kind).toBe("bad_response");
    expect(tookMs).toBeLessThan(3_000);
  });

  it("as an event of endless lines", async () => {
    const { measurement } = await measureEndless(async (peer) => {
      await peer.streamHead();
      await pour(peer, "data: and another one\n".repeat(100));
    });
    expect(measurement.error_kind).toBe("bad_response");
  });

  it("as comments", async () => {
    const { measurement } = await measureEndless(async (peer) => {
      await peer.streamHead();
      await pour(peer, ": still here\n\n".repeat(200));
    });
    expect(measurement.error_kind).toBe("bad_response");
  });

  it("as blank space before anything", async () => {
    const { measurement } = await measureEndless(async (peer) => {
      await peer.streamHead();
      await pour(peer, " \n".repeat(2_000));
    });
    expect(measurement.error_kind).toBe("bad_response");
  });

  it("as tokens, keeping the text and the times it may keep", async () => {
    const { measurement } = await measureEndless(async (peer) => {
      await peer.streamHead();
      await pour(peer, piece(" lorem ipsum dolor sit amet").repeat(20));
    });
    expect(measurement.error_kind).toBe("bad_response");
    expect(measurement.output_tokens).toBeGreaterThan(100_000 / 4);
    expect(measurement.text_bytes).toBeLessThanOrEqual(256 * 1024);
    expect(measurement.chunk_times).toBeLessThanOrEqual(20_000);
  });

  it("as one token of several megabytes", async () => {
    const { measurement } = await measureEndless(async (peer) => {
      await peer.streamHead();
      await peer.chunk(piece("é".repeat(1_500_000)) + finish() + DONE);
      await peer.endChunks();
      peer.socket.end();
    });
    expect(measurement.error_kind).toBeNull();
    expect(measurement.truncated).toBe(true);
    expect(measurement.text_bytes).toBeLessThanOrEqual(256 * 1024);
  });

  it("after its finish_reason", async () => {
    const { measurement } = await measureEndless(async (peer) => {
      await peer.streamHead();
      await peer.chunk(ANSWER + finish());
      await pour(peer, ": and on and on\n\n".repeat(200));
    });
    expect(measurement.error_kind).toBe("bad_response");
  });

  it("as a JSON body and as an HTML page", async () => {
    for (const start of ['{"a":"', "<html><body>"]) {
      const { measurement, sentBytes, tookMs } = await measureEndless(async (peer) => {
        await peer.streamHead({ "content-type": "application/json" });
        await peer.chunk(start);
        await pour(peer, "x".repeat(65_536));
      });
      expect(measurement.error_kind).toBe("bad_response");
      expect(tookMs).toBeLessThan(2_500);
      expect(sentBytes).toBeLessThan(MAX_BODY * 4);
    }
  });

  it("as the body of an error, of which 64 KiB are enough", async () => {
    const { measurement, tookMs, sentBytes } = await measureEndless(async (peer) => {
      await peer.head(503, { "content-type": "text/html", "transfer-encoding": "chunked" });
      await pour(peer, "<p>sorry</p>".repeat(1_000));
    });
    expect(measurement).toMatchObject({ error_kind: "server_error", status_code: 503 });
    expect(tookMs).toBeLessThan(2_500);
    expect(sentBytes).toBeLessThan(MAX_BODY * 4);
  });

  it("as headers", async () => {
    const { measurement } = await measureEndless(async (peer) => {
      await peer.send("HTTP/1.1 200 OK\r\n");
      while (peer.open) {
        await peer.send(`x-filler: ${"x".repeat(1_000)}\r\n`);
        await turn();
      }
    });
    expect(measurement.error_kind).toBe("network");
    expect(measurement.status_code).toBeNull();
  });

  it("as a small gzip that unpacks without an end", async () => {
    const { measurement, sentBytes } = await measureEndless(async (peer) => {
      await peer.streamHead({ "content-encoding": "gzip" });
      const gzip = createGzip();
      gzip.write("data: ");
      const filler = Buffer.alloc(2 ** 20, "x");
      const packing = (async () => {
        while (peer.open) await new Promise<void>((resolve) => gzip.write(filler, () => resolve()));
        gzip.destroy();
      })();
      gzip.on("data", (packed: Uint8Array) => void peer.chunk(packed));
      await packing;
    });
    expect(measurement.error_kind).toBe("bad_response");
    expect(sentBytes).toBeLessThan(2 ** 20);
  });
});
