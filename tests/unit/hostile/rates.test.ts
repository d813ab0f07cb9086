import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { measureAgainst } from "./measure.ts";
import { DONE, finish, piece, usage } from "./wire.ts";

const TOKENS = 200;
const EVERY_MS = 4;

/** A model that makes a token every 4 ms, behind a server that flushes so many of them at once. */
async function tpsWhenFlushed(size: number): Promise<number> {
  let tps: number | null = null;
  await measureAgainst(
    async (peer) => {
      await peer.streamHead();
      const start = performance.now();
      for (let made = size; made <= TOKENS; made += size) {
        const wait = start + made * EVERY_MS - performance.now();
        if (wait > 0) await sleep(wait);
        await peer.chunk(piece(" tok").repeat(size));
      }
      const counts = { prompt_tokens: 20, completion_tokens: TOKENS, total_tokens: TOKENS + 20 };
      await peer.chunk(finish() + usage(counts) + DONE);
      await peer.endChunks();
    },
    ({ measurement }) => {
      expect(measurement).toMatchObject({ success: true, output_tokens: TOKENS });
      tps = measurement.tps;
    },
    { request: { deadlines: LONG } },
  );
  if (tps === null) throw new Error("the stream carried no rate");
  return tps;
}

const LONG = {
  headersMs: 5_000,
  firstTokenMs: 5_000,
  firstTokenReasoningMs: 5_000,
  idleMs: 5_000,
  totalMs: 10_000,
  maxBodyBytes: 4 * 1024 * 1024,
};

describe("tokens per second", () => {
  it("are the same for a model whose server sends each token and one that sends ten at a time", async () => {
    const [single, batched] = await Promise.all([tpsWhenFlushed(1), tpsWhenFlushed(10)]);
    const truth = 1000 / EVERY_MS;
    // Timers of a busy machine fire late now and then; a wrong formula is off by 5 to 10 %.
    expect(Math.abs(single / truth - 1)).toBeLessThan(0.02);
    expect(Math.abs(batched / truth - 1)).toBeLessThan(0.02);
    expect(Math.abs(batched / single - 1)).toBeLessThan(0.02);
  });
});
