import { estimateRatio, judge, MIN_PAIRS, type RatioEstimate, type Verdict } from "./comparison.ts";
import { countRuns, firstAnswers, pairUp, type RunCounts, type RunSeries } from "./comparison-runs.ts";
import type { LockableMetric } from "./locks.ts";

/** `first`: to the first token, or to the first answer where one of the two thinks. */
export const COMPARED = ["first", "latency", "tps", "cost"] as const;
export type ComparedMetric = (typeof COMPARED)[number];

export const LOCK_OF: Readonly<Record<ComparedMetric, LockableMetric>> = {
  first: "ttft",
  latency: "latency",
  tps: "tps",
  cost: "cost",
};

export const BETTER: Readonly<Record<ComparedMetric, "lower" | "higher">> = {
  first: "lower",
  latency: "lower",
  tps: "higher",
  cost: "lower",
};

/** One figure of the two, compared. */
export interface Difference {
  readonly metric: ComparedMetric;
  readonly verdict: Verdict;
  /** Of a/b; null with too few pairs, or where one of the two costs nothing. */
  readonly estimate: RatioEstimate | null;
  /** Runs in which both have this figure. */
  readonly pairs: number;
  /** Runs in which both answered and one lacks this figure. */
  readonly without: number;
  /** Who costs nothing. */
  readonly free: "a" | "b" | "both" | null;
}

export interface Differences {
  readonly runs: RunCounts;
  /** Locked metrics are not among them. */
  readonly metrics: readonly Difference[];
}

export interface CompareOptions {
  readonly thinks: { readonly a: boolean; readonly b: boolean };
  readonly locked: ReadonlySet<LockableMetric>;
}

/** Compares two endpoints run by run; both series cover the same runs. */
export function compareSeries(a: RunSeries, b: RunSeries, { thinks, locked }: CompareOptions): Differences {
  const runs = countRuns(a, b);
  const either = thinks.a || thinks.b;
  const values = (series: RunSeries, metric: ComparedMetric, reasoning: boolean) => {
    if (metric !== "first") return series[metric];
    return either ? firstAnswers(series, reasoning) : series.ttft;
  };
  const metrics = COMPARED.filter((metric) => !locked.has(LOCK_OF[metric])).map((metric): Difference => {
    const pairs = pairUp(values(a, metric, thinks.a), values(b, metric, thinks.b));
    const common = { metric, without: runs.both - pairs.figures };
    if (metric === "cost" && pairs.zero !== null) {
      const { figures, zero } = pairs;
      // Nothing is infinitely less than something: there is no ratio, and no doubt either.
      const verdict = figures < MIN_PAIRS ? "few" : zero === "both" ? "none" : zero;
      return { ...common, verdict, estimate: null, pairs: figures, free: zero };
    }
    const estimate = estimateRatio(pairs.differences);
    return {
      ...common,
      verdict: judge(estimate, BETTER[metric]),
      estimate,
      pairs: pairs.differences.length,
      without: runs.both - pairs.differences.length,
      free: null,
    };
  });
  return { runs, metrics };
}
