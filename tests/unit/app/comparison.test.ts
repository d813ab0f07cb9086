import { describe, expect, test } from "vitest";
import { blocksFor, confidenceFor, estimateRatio, judge, MIN_PAIRS } from "../../../app/lib/comparison.ts";
import { compareSeries, type Difference } from "../../../app/lib/comparison-result.ts";
import { countRuns, firstAnswers, pairUp, type RunSeries } from "../../../app/lib/comparison-runs.ts";
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

  test("is as wide as the confidence that is asked for", () => {
    const differences = many(96, (index) => 0.1 * Math.sin(index * 1.7) + 0.02 * (index % 5));
    const width = (confidence?: number) => {
      const { low, high } = estimateRatio(differences, confidence) ?? { low: 1, high: 0 };
      return Math.log(high / low);
    };
    // Quantiles of t with 7 degrees of freedom, from printed tables.
    expect(width(0.99) / width()).toBeCloseTo(3.4995 / 2.3646, 3);
    expect(width(confidenceFor(1))).toBe(width(0.95));
    expect(confidenceFor(15)).toBeCloseTo(1 - 0.05 / 15, 12);
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
  const open = { thinks: { a: false, b: false }, byAnswer: false, locked: new Set<never>() };
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
    const { metrics } = compareSeries(thinker, series(states), {
      ...open,
      thinks: { a: true, b: false },
      byAnswer: true,
    });
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

  test("tells of few pairs who was better in how many, and the typical ratio", () => {
    const short = (ttft: number[]) => series("ssss", { ttft });
    const { metrics } = compareSeries(short([100, 100, 100, 300]), short([200, 340, 400, 100]), open);
    expect(of(metrics, "first")).toMatchObject({ verdict: "few", soFar: { a: 3, b: 1 } });
    // The median of 0.5, 0.294, 0.25 and 3: between the middle two, as logarithms.
    expect(of(metrics, "first")?.soFar.typical).toBeCloseTo(Math.sqrt(0.5 * (100 / 340)), 10);
    expect(of(metrics, "tps")?.soFar).toEqual({ a: 0, b: 0, typical: 1 });
  });

  test("of endpoints that never met concludes nothing", () => {
    const { metrics, runs } = compareSeries(series("ss--"), series("--ss"), open);
    expect(runs).toMatchObject({ both: 0, alone: 4 });
    for (const { verdict } of metrics) expect(verdict).toBe("few");
    expect(compareSeries(series(""), series(""), open).runs.both).toBe(0);
  });
});
