import { describe, expect, it } from "vitest";
import { addArrival, noArrivals } from "../../../workers/benchmark/probe/metrics/arrivals.ts";
import { costOf, mostUsd } from "../../../workers/benchmark/probe/metrics/cost.ts";
import { gapsBetween } from "../../../workers/benchmark/probe/metrics/gaps.ts";
import { countTokens, type TokenCounts } from "../../../workers/benchmark/probe/metrics/tokens.ts";
import { tokensPerSecond } from "../../../workers/benchmark/probe/metrics/tps.ts";
import type { UsageReport } from "../../../workers/benchmark/probe/stream/decoder.ts";

/** Pieces as [time, characters]. */
type Pieces = readonly (readonly [atMs: number, chars: number])[];

function arrivals(pieces: Pieces) {
  const all = noArrivals();
  for (const [atMs, chars] of pieces) addArrival(all, atMs, chars);
  return all;
}

/** `tokens` of 4 characters each, `perWrite` at a time, `gapMs` between tokens. */
function steady(tokens: number, gapMs: number, perWrite = 1): Pieces {
  return Array.from({ length: tokens / perWrite }, (_, write) => [
    500 + write * perWrite * gapMs,
    perWrite * 4,
  ]);
}

interface Given {
  readonly answer: Pieces;
  readonly thoughts?: Pieces;
  readonly outputTokens: number;
  readonly reasoningTokens?: number;
  readonly thoughtsWithheld?: boolean;
}

function tps({
  answer,
  thoughts = [],
  outputTokens,
  reasoningTokens,
  thoughtsWithheld = false,
}: Given): number | null {
  return tokensPerSecond({
    outputTokens,
    reasoningTokens: reasoningTokens ?? null,
    thoughtsWithheld,
    reasoningChars: thoughts.reduce((sum, [, chars]) => sum + chars, 0),
    all: arrivals([...thoughts, ...answer].sort(([a], [b]) => a - b)),
    answer: arrivals(answer),
  });
}

describe("tokens per second", () => {
  it("are the intervals between tokens, not the tokens, over the window", () => {
    // 101 tokens, 10 ms apart: 100 intervals in a second.
    expect(tps({ answer: steady(101, 10), outputTokens: 101 })).toBeCloseTo(100, 9);
  });

  it("do not depend on how many tokens a write carries", () => {
    for (const perWrite of [1, 2, 5, 10, 20]) {
      const rate = tps({ answer: steady(200, 5, perWrite), outputTokens: 200 });
      // The window ends at the last write, which began a write's length before the end.
      expect(rate).toBeCloseTo(200, 9);
    }
  });

  it("do not depend on how many chunks one arrival is cut into", () => {
    const pieces = steady(200, 5, 10).flatMap(([atMs]) =>
      Array.from({ length: 10 }, () => [atMs, 4] as const),
    );
    expect(tps({ answer: pieces, outputTokens: 200 })).toBeCloseTo(200, 9);
  });

  it("take a finer clock's readings within a millisecond for one arrival", () => {
    const pieces = steady(200, 5, 10).flatMap(([atMs]) =>
      Array.from({ length: 10 }, (_, index) => [atMs + index * 0.09, 4] as const),
    );
    expect(tps({ answer: pieces, outputTokens: 200 })).toBeCloseTo(200, 0);
  });

  it("count the tokens the provider reports, whatever the number of events", () => {
    const two = tps({ answer: steady(50, 10), outputTokens: 100 });
    // The first event brought two tokens, 98 came in 490 ms.
    expect(two).toBeCloseTo((98 / 490) * 1_000, 9);
  });

  it("leave out thoughts that were billed and never seen", () => {
    const answer = steady(101, 10);
    expect(tps({ answer, outputTokens: 101 + 1_000, reasoningTokens: 1_000 })).toBeCloseTo(100, 9);
  });

  it("count thoughts that were streamed", () => {
    const thoughts: Pieces = Array.from({ length: 100 }, (_, index) => [500 + index * 10, 4]);
    const answer: Pieces = Array.from({ length: 101 }, (_, index) => [1_500 + index * 10, 4]);
    expect(tps({ thoughts, answer, outputTokens: 201, reasoningTokens: 100 })).toBeCloseTo(100, 9);
  });

  it("begin with the answer when only a summary of the thoughts was streamed", () => {
    const thoughts: Pieces = [
      [500, 60],
      [3_000, 60],
    ];
    const answer: Pieces = Array.from({ length: 101 }, (_, index) => [9_000 + index * 10, 4]);
    expect(tps({ thoughts, answer, outputTokens: 601, reasoningTokens: 500 })).toBeCloseTo(100, 9);
    // Two characters a billed token are thoughts in full: the window opens at the first of them.
    const full: Pieces = [
      [500, 500],
      [3_000, 500],
    ];
    expect(tps({ thoughts: full, answer, outputTokens: 601, reasoningTokens: 500 })).toBeLessThan(80);
  });

  it("are unknown below two tokens, three arrivals or twenty milliseconds", () => {
    expect(tps({ answer: steady(10, 10), outputTokens: 1 })).toBeNull();
    expect(tps({ answer: steady(2, 50), outputTokens: 50 })).toBeNull();
    expect(tps({ answer: steady(3, 50), outputTokens: 50 })).not.toBeNull();
    expect(tps({ answer: steady(20, 1), outputTokens: 20 })).toBeNull();
    expect(tps({ answer: steady(21, 1), outputTokens: 21 })).not.toBeNull();
    expect(tps({ answer: [], outputTokens: 500 })).toBeNull();
  });

  it("are unknown when one later arrival holds nearly everything", () => {
    const burst: Pieces = [
      [500, 4],
      [900, 400],
      [905, 4],
    ];
    expect(tps({ answer: burst, outputTokens: 102 })).toBeNull();
  });

  it("are unknown when the first arrival holds every token", () => {
    const burst: Pieces = [
      [500, 4_000],
      [900, 1],
      [905, 1],
    ];
    expect(tps({ answer: burst, outputTokens: 100 })).toBeNull();
  });

  it("are unknown when thoughts were withheld and nobody says how many tokens they were", () => {
    const answer = steady(101, 10);
    expect(tps({ answer, outputTokens: 400, thoughtsWithheld: true })).toBeNull();
    expect(tps({ answer, outputTokens: 400, reasoningTokens: 299, thoughtsWithheld: true })).toBeCloseTo(
      100,
      9,
    );
  });

  it("are unknown when all tokens were unseen thoughts", () => {
    expect(tps({ answer: steady(10, 10), outputTokens: 100, reasoningTokens: 120 })).toBeNull();
  });
});

const seen = (promptChars: number, outputChars: number) => ({
  promptChars,
  outputChars,
  maxOutputTokens: 512,
});

describe("token counts", () => {
  it("are the provider's", () => {
    const usage = { input: 500, cached: 20, output: 120, reasoning: 40, total: 620 };
    expect(countTokens(usage, seen(2_000, 480))).toEqual({
      input: 500,
      output: 120,
      reasoning: 40,
      cached: 20,
      estimated: false,
      implausible: false,
    });
  });

  it("gain the thoughts that a provider leaves out of the output", () => {
    expect(countTokens({ input: 100, output: 2, total: 231, reasoning: 129 }, seen(400, 8))).toMatchObject({
      output: 131,
      reasoning: 129,
    });
    expect(countTokens({ input: 100, output: 2, total: 231 }, seen(400, 8))).toMatchObject({
      output: 131,
      reasoning: 129,
    });
  });

  it("ignore a total that is too small or would leave the column", () => {
    expect(countTokens({ input: 100, output: 50, total: 120 }, seen(400, 200)).output).toBe(50);
    expect(countTokens({ input: 9, output: 500, total: 2_147_483_647 }, seen(40, 2_000))).toMatchObject({
      output: 500,
      implausible: true,
    });
  });

  it("name no more thoughts than there was output", () => {
    expect(countTokens({ input: 10, output: 20, reasoning: 500 }, seen(40, 80)).reasoning).toBeNull();
    expect(countTokens({ input: 10, output: 20, reasoning: 20 }, seen(40, 80)).reasoning).toBe(20);
    // The marks around them may be counted as thoughts only.
    expect(countTokens({ input: 10, output: 10, reasoning: 11 }, seen(40, 80)).reasoning).toBe(11);
    expect(countTokens({ input: 10, output: 2, total: 112, reasoning: 5_000 }, seen(40, 80))).toMatchObject({
      output: 102,
      reasoning: 100,
    });
    expect(countTokens({ input: 10, output: 2, total: 112, reasoning: 0 }, seen(40, 80)).reasoning).toBe(100);
  });

  it("take no prompt for thoughts where the input is reported as none", () => {
    expect(countTokens({ input: 0, output: 20, total: 520 }, seen(2_000, 80))).toMatchObject({
      input: 500,
      output: 20,
      reasoning: null,
    });
  });

  it("are judged from the text, and say so, when output came and nothing was reported", () => {
    expect(countTokens({}, seen(2_000, 401))).toEqual({
      input: 500,
      output: 101,
      reasoning: null,
      cached: null,
      estimated: true,
      implausible: false,
    });
    expect(countTokens({ input: 490 }, seen(2_000, 400))).toMatchObject({
      input: 490,
      output: 100,
      estimated: true,
    });
  });

  it("are judged from the text when a report of none cannot be true", () => {
    expect(countTokens({ input: 0, output: 0, total: 0 }, seen(2_000, 400))).toMatchObject({
      input: 500,
      output: 100,
      estimated: true,
    });
  });

  it("are zero when nothing came", () => {
    expect(countTokens({}, seen(2_000, 0))).toMatchObject({ input: 0, output: 0, estimated: false });
  });

  it("give a gap to named cached input before they give it to thoughts", () => {
    const gap = (usage: UsageReport) => {
      const { input, output, reasoning } = countTokens(usage, seen(2_000, 96));
      return [input, output, reasoning];
    };
    expect(gap({ input: 31, output: 24, cached: 2_048, total: 2_103 })).toEqual([2_079, 24, null]);
    expect(gap({ input: 31, output: 24, cached: 40, cacheWrite: 60, total: 155 })).toEqual([131, 24, null]);
    expect(gap({ input: 31, output: 24, cacheWrite: 60, total: 115 })).toEqual([91, 24, null]);
    expect(gap({ input: 31, output: 24, cached: 40, total: 125 })).toEqual([71, 54, 30]);
    // The prompt holds its cached part where the thoughts are named and fill the gap.
    expect(gap({ input: 165, output: 2, cached: 164, reasoning: 129, total: 296 })).toEqual([165, 131, 129]);
  });

  it("are left aside and flagged where they cannot be true of the request", () => {
    const judged = (usage: UsageReport, chars = 96, maxOutputTokens = 512) => {
      const counts = countTokens(usage, { promptChars: 2_000, outputChars: chars, maxOutputTokens });
      return [counts.output, counts.estimated, counts.implausible];
    };
    expect(judged({ input: 31, output: 50_000 })).toEqual([24, true, true]);
    expect(judged({ input: 31, output: 1_200 })).toEqual([24, true, true]);
    expect(judged({ input: 31, output: 600 })).toEqual([600, false, false]);
    expect(judged({ input: 31, output: 1_200 }, 96, 2_048)).toEqual([1_200, false, false]);
    expect(judged({ input: 31, output: 24, total: 1_000_000 })).toEqual([24, true, true]);
    expect(judged({ input: 5_000_000, output: 24 })).toEqual([24, true, true]);
    expect(judged({ input: 31, output: 2 }, 40_000)).toEqual([10_000, true, true]);
    // A provider that overlooks the limit, and a model whose thoughts are not held to it.
    expect(judged({ input: 31, output: 1_500 }, 6_000)).toEqual([1_500, false, false]);
    expect(judged({ input: 31, output: 3_000, reasoning: 2_900 })).toEqual([3_000, false, false]);
    expect(judged({ input: 31, output: 90_000, reasoning: 89_900 })).toEqual([24, true, true]);
  });

  it("leave out more cached tokens than there were", () => {
    expect(countTokens({ input: 10, cached: 11, output: 1 }, seen(40, 4)).cached).toBeNull();
  });
});

describe("cost", () => {
  const MOST = 1;
  const tokens: TokenCounts = {
    input: 1_000,
    output: 200,
    reasoning: null,
    cached: 400,
    estimated: false,
    implausible: false,
  };

  it("is what the provider says it charged, also when that is nothing", () => {
    expect(costOf(0.0042, tokens, { input: 1, output: 1, cachedInput: 1 }, MOST)).toEqual({
      usd: 0.0042,
      source: "provider",
      implausible: false,
    });
    expect(costOf(0, tokens, { input: 1, output: 1, cachedInput: 1 }, MOST)).toEqual({
      usd: 0,
      source: "provider",
      implausible: false,
    });
  });

  it("is tokens times price, with cached input at its own price", () => {
    const { usd, source } = costOf(undefined, tokens, { input: 2, output: 8, cachedInput: 0.5 }, MOST);
    expect(source).toBe("price");
    expect(usd).toBeCloseTo((600 * 2 + 400 * 0.5 + 200 * 8) / 1e6, 15);
  });

  it("charges cached input as input where it has no price of its own", () => {
    expect(costOf(undefined, tokens, { input: 2, output: 8, cachedInput: null }, MOST).usd).toBeCloseTo(
      3_600 / 1e6,
      15,
    );
  });

  it("is unknown, not free, without a price", () => {
    expect(costOf(undefined, tokens, null, MOST)).toEqual({ usd: 0, source: "unknown", implausible: false });
  });

  it("is not believed far above what the request can cost", () => {
    const price = { input: 1, output: 4, cachedInput: null };
    const most = mostUsd(seen(2_000, 0), price, 0);
    expect(most).toBeLessThan(0.2);
    expect(costOf(0.05, tokens, price, most)).toMatchObject({ source: "provider", implausible: false });
    expect(costOf(900, tokens, price, most)).toMatchObject({ source: "price", implausible: true });
    expect(costOf(900, tokens, null, mostUsd(seen(2_000, 0), null, 0))).toEqual({
      usd: 0,
      source: "unknown",
      implausible: true,
    });
  });
});

describe("gaps between arrivals", () => {
  it("have a 99th percentile and a longest, in ms", () => {
    const times = Array.from({ length: 101 }, (_, index) => index * 10);
    expect(gapsBetween([...times, 1_500], 1)).toEqual({ p99Ms: 10, longestMs: 500 });
    expect(gapsBetween([0, 10, 40], 1)).toEqual({ p99Ms: 29.8, longestMs: 30 });
  });

  it("are none within one delivery, and no spread with less than two", () => {
    expect(gapsBetween([], 1)).toEqual({ p99Ms: null, longestMs: null });
    expect(gapsBetween([5, 5.2, 5.9], 1)).toEqual({ p99Ms: null, longestMs: null });
    expect(gapsBetween([5, 5.2, 9], 1)).toEqual({ p99Ms: null, longestMs: 4 });
  });
});
