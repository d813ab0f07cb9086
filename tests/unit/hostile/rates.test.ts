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

/** Both servers at once, again while the machine is too busy for them to keep the model's pace. */
async function bothServers(): Promise<readonly [Flushed, Flushed]> {
  const pace = 1000 / EVERY_MS;
  for (let attempt = 0; attempt < 8; attempt++) {
    const pair = await Promise.all([tpsWhenFlushed(1), tpsWhenFlushed(10)]);
    if (pair.every(({ truth }) => Math.abs(truth / pace - 1) < 0.005)) return pair;
  }
  throw new Error("This machine is too busy: no server kept its pace in eight attempts");
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
    const [single, batched] = await bothServers();
    // A formula that forgets the first write, or counts writes, is off by 5 % and more.
    expect(Math.abs(single.tps / single.truth - 1)).toBeLessThan(0.02);
    expect(Math.abs(batched.tps / batched.truth - 1)).toBeLessThan(0.02);
    expect(Math.abs(batched.tps / single.tps - 1)).toBeLessThan(0.02);
  });
});
