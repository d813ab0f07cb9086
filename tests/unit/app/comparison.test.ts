import { describe, expect, test } from "vitest";
import type { Choice } from "../../../app/data/compare.server.ts";
import { blocksFor, estimateRatio, judge, MIN_PAIRS } from "../../../app/lib/comparison.ts";
import { ratioAxis } from "../../../app/lib/comparison-axis.ts";
import { compareSeries, type Difference } from "../../../app/lib/comparison-result.ts";
import { countRuns, firstAnswers, pairUp, type RunSeries } from "../../../app/lib/comparison-runs.ts";
import { suggestPairs } from "../../../app/lib/comparison-suggestions.ts";
import {
  describeDifference,
  describeLosses,
  formatRatio,
  verdictOf,
} from "../../../app/lib/comparison-words.ts";
import { COMPARISON_QUERY, comparisonHref } from "../../../app/lib/queries.ts";
import { blockRanges } from "../../../app/lib/statistics.ts";

function series(states: string, change: Partial<Omit<RunSeries, "states">> = {}): RunSeries {
  const values = (value: number) => [...states].map((state) => (state === "s" ? value : null));
  return {
    states,
    ttft: values(400),
    answer: values(400),
    latency: values(2_000),
    tps: values(90),
    cost: values(0.0002),
    ...change,
  };
}

function many(length: number, value: (index: number) => number): number[] {
  return Array.from({ length }, (_, index) => value(index));
}

/** Alternating noise of no trend, in logarithms. */
const wobble = (index: number) => 0.1 * Math.sin(index * 2.4);

describe("the estimate", () => {
  test("has eight blocks below 200 pairs and twelve from there on, of the same length to within one", () => {
    expect(blockRanges(199, blocksFor(199))).toHaveLength(8);
    expect(blockRanges(200, blocksFor(200))).toHaveLength(12);
    for (const pairs of [48, 91, 199, 200, 607, 2_880]) {
      const ranges = blockRanges(pairs, blocksFor(pairs));
      expect(ranges[0]?.[0]).toBe(0);
      expect(ranges.at(-1)?.[1]).toBe(pairs);
      ranges.slice(1).forEach(([start], index) => {
        expect(start).toBe(ranges[index]?.[1]);
      });
      const lengths = ranges.map(([start, end]) => end - start);
      expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
    }
  });

  test("is Student's t over the block means, as computed by hand", () => {
    // Six pairs a block, all alike within it: the block means are 0.1, 0.2, …, 0.8.
    const estimate = estimateRatio(many(48, (index) => 0.1 * (1 + Math.floor(index / 6))));
    const deviation = Math.sqrt([0.35, 0.25, 0.15, 0.05].reduce((sum, d) => sum + 2 * d * d, 0) / 7);
    const reach = (2.3646 * deviation) / Math.sqrt(8);
    expect(estimate?.ratio).toBeCloseTo(Math.exp(0.45), 10);
    expect(estimate?.low).toBeCloseTo(Math.exp(0.45 - reach), 4);
    expect(estimate?.high).toBeCloseTo(Math.exp(0.45 + reach), 4);
    expect(estimate?.pairs).toBe(48);
  });

  test("is not made from 47 pairs", () => {
    expect(estimateRatio(many(MIN_PAIRS - 1, wobble))).toBeNull();
    expect(estimateRatio(many(MIN_PAIRS, wobble))).not.toBeNull();
    expect(estimateRatio([])).toBeNull();
  });

  test("turned around is its inverse", () => {
    const differences = many(300, (index) => 0.2 + wobble(index));
    const [there, back] = [estimateRatio(differences), estimateRatio(differences.map((d) => -d))];
    expect(back?.ratio).toBeCloseTo(1 / (there?.ratio ?? 0), 10);
    expect(back?.low).toBeCloseTo(1 / (there?.high ?? 0), 10);
  });
});

describe("the verdict", () => {
  const slower = estimateRatio(many(96, (index) => 0.2 + wobble(index)));

  test("goes to the lower one of times and to the higher one of speeds", () => {
    expect(judge(slower, "lower")).toBe("b");
    expect(judge(slower, "higher")).toBe("a");
  });

  test("goes to nobody where the interval holds 1, and where there is none", () => {
    expect(judge(estimateRatio(many(96, wobble)), "lower")).toBe("none");
    expect(judge(null, "lower")).toBe("few");
  });

  test("of figures that never differ is no difference, and of a constant one plain", () => {
    expect(judge(estimateRatio(many(96, () => 0)), "lower")).toBe("none");
    expect(judge(estimateRatio(many(96, () => 1e-13)), "lower")).toBe("none");
    expect(judge(estimateRatio(many(96, () => Math.log(2))), "lower")).toBe("b");
  });
});

describe("the runs", () => {
  test("make a pair where both answered, and every other run is counted with its reason", () => {
    const [a, b] = [series("ssfsfp-ss"), series("sfsspsssp")];
    expect(countRuns(a, b)).toEqual({
      both: 3,
      lostToA: 1,
      lostToB: 1,
      lostToBoth: 0,
      lostToProbe: 3,
      alone: 1,
    });
    expect(countRuns(series("ff"), series("fs"))).toMatchObject({ lostToBoth: 1, lostToA: 1 });
  });

  test("give no pair where a figure is missing or 0", () => {
    const pairs = pairUp([100, null, 300, 0, 500], [100, 200, null, 400, 1_000]);
    expect(pairs.differences).toEqual([0, Math.log(0.5)]);
    expect(pairs).toMatchObject({ figures: 3, zero: null });
  });

  test("know who is free", () => {
    expect(pairUp([0, 0], [1, 2]).zero).toBe("a");
    expect(pairUp([1, 2], [0, null]).zero).toBe("b");
    expect(pairUp([0], [0]).zero).toBe("both");
    expect(pairUp([null], [null]).zero).toBeNull();
  });

  test("take the first token for the first answer only where nothing thinks", () => {
    const told = series("ss", { ttft: [100, 110], answer: [null, 900] });
    expect(firstAnswers(told, false)).toEqual([100, 900]);
    expect(firstAnswers(told, true)).toEqual([null, 900]);
  });
});

describe("a comparison", () => {
  const states = "s".repeat(96);
  const fast = series(states, { ttft: many(96, (index) => 200 * Math.exp(wobble(index))) });
  const open = { thinks: { a: false, b: false }, locked: new Set<never>() };
  const of = (metrics: readonly Difference[], metric: Difference["metric"]) =>
    metrics.find((difference) => difference.metric === metric);

  test("judges each figure by itself", () => {
    const { metrics } = compareSeries(fast, series(states), open);
    expect(metrics.map(({ metric, verdict }) => [metric, verdict])).toEqual([
      ["first", "a"],
      ["latency", "none"],
      ["tps", "none"],
      ["cost", "none"],
    ]);
  });

  test("is on the first answer where one of the two thinks", () => {
    const thinker = series(states, {
      ttft: fast.ttft,
      answer: many(96, (index) => 3_000 * Math.exp(wobble(index))),
    });
    const { metrics } = compareSeries(thinker, series(states), { ...open, thinks: { a: true, b: false } });
    expect(of(metrics, "first")?.verdict).toBe("b");
    expect(of(metrics, "first")?.estimate?.ratio).toBeCloseTo(7.5, 1);
  });

  test("holds nothing of a locked metric", () => {
    const { metrics } = compareSeries(fast, series(states), {
      ...open,
      locked: new Set(["ttft", "cost"] as const),
    });
    expect(metrics.map(({ metric }) => metric)).toEqual(["latency", "tps"]);
  });

  test("counts pairs without a figure apart from those lost to failures", () => {
    const quiet = series(states, {
      tps: many(96, () => 90).map((value, index) => (index < 60 ? null : value)),
    });
    const { metrics, runs } = compareSeries(quiet, series(states), open);
    expect(of(metrics, "tps")).toMatchObject({ verdict: "few", pairs: 36, without: 60, estimate: null });
    expect(of(metrics, "latency")).toMatchObject({ pairs: 96, without: 0 });
    expect(runs).toMatchObject({ both: 96, lostToA: 0, lostToB: 0 });
  });

  test("calls the free one cheaper without a ratio, from 48 pairs on", () => {
    const free = series(states, { cost: many(96, () => 0) });
    expect(of(compareSeries(free, series(states), open).metrics, "cost")).toMatchObject({
      verdict: "a",
      free: "a",
      estimate: null,
      pairs: 96,
    });
    expect(of(compareSeries(free, free, open).metrics, "cost")).toMatchObject({
      verdict: "none",
      free: "both",
    });
    const short = (from: RunSeries) => ({ ...from, states: "s".repeat(10), cost: from.cost.slice(0, 10) });
    expect(of(compareSeries(short(free), short(series(states)), open).metrics, "cost")?.verdict).toBe("few");
  });

  test("of endpoints that never met concludes nothing", () => {
    const { metrics, runs } = compareSeries(series("ss--"), series("--ss"), open);
    expect(runs).toMatchObject({ both: 0, alone: 4 });
    for (const { verdict } of metrics) expect(verdict).toBe("few");
    expect(compareSeries(series(""), series(""), open).runs.both).toBe(0);
  });
});

describe("the words", () => {
  const difference = (change: Partial<Difference>): Difference => ({
    metric: "first",
    verdict: "a",
    estimate: { ratio: 1 / 1.18, low: 1 / 1.24, high: 1 / 1.12, pairs: 96, blocks: [] },
    pairs: 96,
    without: 0,
    free: null,
    ...change,
  });

  test.each([
    [difference({}), "A is faster", "B takes 1.18 times as long, 1.12 to 1.24."],
    [
      difference({ metric: "tps", estimate: { ratio: 1.5, low: 1.4, high: 1.6, pairs: 96, blocks: [] } }),
      "A is faster",
      "A generates 1.50 times as many tokens per second, 1.40 to 1.60.",
    ],
    [
      difference({
        metric: "cost",
        verdict: "b",
        estimate: { ratio: 12.34, low: 11, high: 140, pairs: 96, blocks: [] },
      }),
      "B is cheaper",
      "A costs 12.3 times as much, 11.0 to 140.",
    ],
    [
      difference({
        verdict: "none",
        estimate: { ratio: 1.02, low: 0.97, high: 1.07, pairs: 96, blocks: [] },
      }),
      "No significant difference",
      "A takes between 0.97 and 1.07 times as long as B: no significant difference.",
    ],
    [
      difference({ verdict: "few", estimate: null, pairs: 1 }),
      "Too few pairs",
      "1 pair of the 48 that a verdict needs.",
    ],
    [
      difference({ metric: "cost", verdict: "a", estimate: null, free: "a" }),
      "A is cheaper",
      "A is free, so there is no ratio.",
    ],
  ])("say it plainly (%#)", (given, verdict, sentence) => {
    expect(verdictOf(given.metric, given.verdict)).toBe(verdict);
    expect(describeDifference(given)).toBe(sentence);
  });

  test("show digits enough that a difference does not look like none", () => {
    const tiny = difference({
      verdict: "b",
      estimate: { ratio: 1.004, low: 1.003, high: 1.005, pairs: 96, blocks: [] },
    });
    expect(describeDifference(tiny)).toBe("A takes 1.004 times as long, 1.003 to 1.005.");
    expect(formatRatio(1234.5)).toBe("1,235");
  });

  test("name only what was lost", () => {
    expect(
      describeLosses({ both: 90, lostToA: 1, lostToB: 0, lostToBoth: 2, lostToProbe: 0, alone: 1_200 }),
    ).toEqual([
      "1 lost because A failed",
      "2 lost because both failed",
      "1,200 in which only one of the two was measured",
    ]);
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

describe("the address", () => {
  test("is written in one way that is read back", () => {
    const query = COMPARISON_QUERY.parse(
      new URLSearchParams("b=openrouter%2Fx%3Afree&window=7d&a=openai/gpt-4o-mini&utm=1&location=weur"),
    );
    expect(comparisonHref(query)).toBe(
      "/compare?a=openai/gpt-4o-mini&b=openrouter/x:free&window=7d&location=weur",
    );
    expect(COMPARISON_QUERY.parse(new URL(comparisonHref(query), "http://h").searchParams)).toEqual(query);
    expect(comparisonHref({ a: null, b: null, window: "24h", location: null })).toBe("/compare");
  });

  test.each(["a&b=1", "x/é 🦊?#%&=+", "<script>/</script>", "שלום/__proto__"])("keeps %s whole", (key) => {
    const query = { a: key, b: `${key}2`, window: "24h" as const, location: null };
    expect(COMPARISON_QUERY.parse(new URL(comparisonHref(query), "http://h").searchParams)).toEqual(query);
  });

  test("takes nothing that a database cannot: no NUL, no half character, no endless name", () => {
    expect(COMPARISON_QUERY.parse(new URLSearchParams({ a: "\0 \0", b: "o\0/x", window: "1y" }))).toEqual({
      a: null,
      b: "o /x",
      window: "24h",
      location: null,
    });
    const { a } = COMPARISON_QUERY.parse(new URLSearchParams({ a: `${"x".repeat(699)}🦊🦊` }));
    expect(a).toBe(`${"x".repeat(699)}🦊`);
  });
});

describe("suggested pairs", () => {
  const choice = (provider: string, model: string, change: Partial<Choice> = {}): Choice => ({
    provider,
    provider_name: provider,
    kind: provider === "openrouter" ? "proxy" : "direct",
    model,
    identity: null,
    active: true,
    newest_at: "2026-11-23T12:00:00Z",
    simulated: false,
    ...change,
  });
  const names = (choices: readonly Choice[], around: string | null = null) =>
    suggestPairs(choices, 10, around).map(({ a, b }) => `${a.provider} ${b.provider}`);

  test("are of the same model, direct vs proxy first, the direct one as A", () => {
    expect(
      names([
        choice("openrouter", "openai/gpt-oss-20b"),
        choice("groq", "openai/gpt-oss-20b"),
        choice("together", "OpenAI/gpt-oss-20B"),
        choice("openai", "gpt-4o-mini"),
      ]),
    ).toEqual(["groq openrouter", "together openrouter", "groq together"]);
  });

  test("go by the catalog's identity before the name", () => {
    const llama = choice("groq", "llama-3.1-8b-instant", { identity: "llama-3.1-8b" });
    const other = choice("together", "meta-llama/Meta-Llama-3.1-8B", { identity: "llama-3.1-8b" });
    expect(names([llama, other])).toEqual(["groq together"]);
    expect(names([llama, choice("together", "llama-3.1-8b-instant", { identity: "another" })])).toEqual([]);
  });

  test("never set real against simulated, nor anything that was not measured", () => {
    const real = choice("openai", "m");
    expect(names([real, choice("openrouter", "o/m", { simulated: true })])).toEqual([]);
    expect(names([real, choice("openrouter", "o/m", { newest_at: null })])).toEqual([]);
  });

  test("prefer what is still measured, and keep to one endpoint where one is chosen", () => {
    const choices = [
      choice("openai", "old", { active: false }),
      choice("openrouter", "openai/old", { active: false }),
      choice("groq", "new"),
      choice("together", "new"),
    ];
    expect(names(choices)).toEqual(["groq together", "openai openrouter"]);
    expect(names(choices, "openai/old")).toEqual(["openai openrouter"]);
    expect(suggestPairs(choices, 1)).toHaveLength(1);
  });
});
