import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { measureAgainst } from "./measure.ts";
import { DONE, finish, piece, usage } from "./wire.ts";

const TOKENS = 200;
const EVERY_MS = 4;

interface Flushed {
  readonly tps: number;
  /** What the server itself counted: tokens after its first write over the time since. */
  readonly truth: number;
}

/** A model that makes a token every 4 ms, behind a server that flushes so many of them at once. */
async function tpsWhenFlushed(size: number): Promise<Flushed> {
  let tps: number | null = null;
  const writtenAt: number[] = [];
  await measureAgainst(
    async (peer) => {
      await peer.streamHead();
      const start = performance.now();
      for (let made = size; made <= TOKENS; made += size) {
        const wait = start + made * EVERY_MS - performance.now();
        if (wait > 0) await sleep(wait);
        writtenAt.push(performance.now());
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
  const seconds = ((writtenAt.at(-1) ?? Number.NaN) - (writtenAt[0] ?? Number.NaN)) / 1000;
  if (tps === null) throw new Error("the stream carried no rate");
  return { tps, truth: (TOKENS - size) / seconds };
}

/** How far the rate is from what the server counted, as a ratio: the middle of five, since any one write can be late. */
async function medianRatio(size: number): Promise<number> {
  const ratios: number[] = [];
  for (let attempt = 0; attempt < 5; attempt++) {
    const { tps, truth } = await tpsWhenFlushed(size);
    ratios.push(tps / truth);
  }
  return ratios.sort((a, b) => a - b)[2] ?? Number.NaN;
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
    const [single, batched] = await Promise.all([medianRatio(1), medianRatio(10)]);
    // A formula that forgets the first write, or counts writes, is off by 5 % and more.
    expect(Math.abs(single - 1)).toBeLessThan(0.02);
    expect(Math.abs(batched - 1)).toBeLessThan(0.02);
  });
});
