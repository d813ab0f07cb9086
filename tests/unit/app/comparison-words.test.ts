import { describe, expect, test } from "vitest";
import { ratioAxis } from "../../../app/lib/comparison-axis.ts";
import type { Difference } from "../../../app/lib/comparison-result.ts";
import {
  describeDifference,
  describeLosses,
  describeRecent,
  formatRatio,
  formatTimesUsual,
  verdictOf,
} from "../../../app/lib/comparison-words.ts";

const NAMES = { a: "Groq", b: "Cerebras" };

describe("the words", () => {
  const difference = (change: Partial<Difference>): Difference => ({
    metric: "first",
    verdict: "a",
    estimate: { ratio: 1 / 1.18, low: 1 / 1.24, high: 1 / 1.12, pairs: 96, blocks: [] },
    pairs: 96,
    without: 0,
    free: null,
    soFar: { a: 0, b: 0, typical: null },
    ...change,
  });

  test.each([
    [difference({}), "Groq is faster", "Cerebras takes 1.18 times as long, 1.12 to 1.24."],
    [
      difference({ metric: "tps", estimate: { ratio: 1.5, low: 1.4, high: 1.6, pairs: 96, blocks: [] } }),
      "Groq is faster",
      "Groq generates 1.50 times as many tokens per second, 1.40 to 1.60.",
    ],
    [
      difference({
        metric: "cost",
        verdict: "b",
        estimate: { ratio: 12.34, low: 11, high: 140, pairs: 96, blocks: [] },
      }),
      "Cerebras is cheaper",
      "Groq costs 12.3 times as much, 11.0 to 140.",
    ],
    [
      difference({
        verdict: "none",
        estimate: { ratio: 1.02, low: 0.97, high: 1.07, pairs: 96, blocks: [] },
      }),
      "No significant difference",
      "Groq takes between 0.97 and 1.07 times as long as Cerebras.",
    ],
    [
      difference({ verdict: "few", estimate: null, pairs: 1 }),
      "Too few pairs",
      "1 pair of the 48 that a verdict needs.",
    ],
    [
      difference({ verdict: "few", estimate: null, pairs: 4, soFar: { a: 3, b: 1, typical: 0.3 } }),
      "Too few pairs",
      "4 pairs of the 48 that a verdict needs. So far Groq was faster in 3 of 4, typically 3.33 times.",
    ],
    [
      difference({
        metric: "tps",
        verdict: "few",
        estimate: null,
        pairs: 4,
        soFar: { a: 2, b: 2, typical: 1 },
      }),
      "Too few pairs",
      "4 pairs of the 48 that a verdict needs. So far each was faster in 2 of 4.",
    ],
    [
      difference({ metric: "cost", verdict: "a", estimate: null, free: "a" }),
      "Groq is cheaper",
      "Groq is free, so there is no ratio.",
    ],
  ])("say it plainly (%#)", (given, verdict, sentence) => {
    expect(verdictOf(given, NAMES)).toBe(verdict);
    expect(describeDifference(given, NAMES)).toBe(sentence);
  });

  test("show digits enough that a difference does not look like none", () => {
    const tiny = difference({
      verdict: "b",
      estimate: { ratio: 1.004, low: 1.003, high: 1.005, pairs: 96, blocks: [] },
    });
    expect(describeDifference(tiny, NAMES)).toBe("Groq takes 1.004 times as long, 1.003 to 1.005.");
    expect(formatRatio(1234.5)).toBe("1,235");
  });

  test("name only what was lost", () => {
    expect(
      describeLosses(
        { both: 90, lostToA: 1, lostToB: 0, lostToBoth: 2, lostToProbe: 0, alone: 1_200 },
        NAMES,
      ),
    ).toEqual([
      "1 lost because Groq failed",
      "2 lost because both failed",
      "1,200 in which only one of the two was measured",
    ]);
  });

  test("tell the last runs beside what is usual, and only what is out of the usual beside a verdict", () => {
    const recent = (times: number | null) => ({ runs: 4, value: 700, times });
    const all = [
      { name: "Groq", recent: recent(3.41) },
      { name: "Cerebras", recent: recent(1.02) },
      { name: "New", recent: recent(null) },
      { name: "Silent", recent: null },
    ];
    expect(describeRecent(all, false)).toBe("Last 4 runs: Groq 3.4 times its usual TTFT.");
    expect(describeRecent(all, true)).toBe(
      "Last 4 runs: Groq 3.4 times its usual TTFT, Cerebras 1.02 times its usual TTFT.",
    );
    expect(describeRecent(all.slice(1), false)).toBe("");
    expect([formatTimesUsual(3.41), formatTimesUsual(null)]).toEqual(["3.4× its usual", "usual not known"]);
  });
});

describe("the axis", () => {
  const of = (low: number, high: number) => ({
    ratio: Math.sqrt(low * high),
    low,
    high,
    pairs: 96,
    blocks: [],
  });

  test("has the same in the middle, a's advantage left and b's right, whichever direction is better", () => {
    const axis = ratioAxis([of(1.12, 1.24)]);
    expect(axis.place(1, "lower")).toBe(0.5);
    expect(axis.place(1.18, "lower")).toBeGreaterThan(0.5);
    expect(axis.place(1.18, "higher")).toBeLessThan(0.5);
    expect(axis.place(1 / 1.25, "lower")).toBeCloseTo(0, 10);
  });

  test("holds every interval, and puts what lies beyond at its end", () => {
    for (const [low, high] of [
      [0.999, 1.001],
      [0.5, 0.9],
      [1, 1],
      [3, 800],
      [1e-7, 1e-6],
    ] as const) {
      const axis = ratioAxis([of(low, high)]);
      for (const ratio of [low, high, 1e-12, 1e12]) {
        expect(axis.place(ratio, "lower")).toBeGreaterThanOrEqual(0);
        expect(axis.place(ratio, "lower")).toBeLessThanOrEqual(1);
      }
      expect(new Set(axis.ticks.map(({ at }) => at)).size).toBe(axis.ticks.length);
    }
    expect(ratioAxis([]).ticks.length).toBeGreaterThanOrEqual(3);
  });
});
