import { estimateRatio, judge, MIN_PAIRS, type RatioEstimate, type Verdict } from "./comparison.ts";
import { countRuns, firstAnswers, pairUp, type RunCounts, type RunSeries } from "./comparison-runs.ts";
import type { LockableMetric } from "./locks.ts";
import { median } from "./statistics.ts";

/** `first`: to the first token, or to the first answer where one of the endpoints thinks. */
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
  /** What can be told of however few pairs: in how many each was better, and the median of a/b. */
  readonly soFar: { readonly a: number; readonly b: number; readonly typical: number | null };
}

export interface Differences {
  readonly runs: RunCounts;
  /** Locked metrics are not among them. */
  readonly metrics: readonly Difference[];
}

export interface CompareOptions {
  readonly thinks: { readonly a: boolean; readonly b: boolean };
  /** Times are those to the first answer. */
  readonly byAnswer: boolean;
  readonly locked: ReadonlySet<LockableMetric>;
  /** Of each interval; by default that of a single pair. */
  readonly confidence?: number;
}

/** A figure of an endpoint run by run, as it is compared. */
export function valuesOf(
  series: RunSeries,
  metric: ComparedMetric,
  { thinks, byAnswer }: { readonly thinks: boolean; readonly byAnswer: boolean },
): readonly (number | null)[] {
  if (metric !== "first") return series[metric];
  return byAnswer ? firstAnswers(series, thinks) : series.ttft;
}

/** Compares two endpoints run by run; both series cover the same runs. */
export function compareSeries(
  a: RunSeries,
  b: RunSeries,
  { thinks, byAnswer, locked, confidence }: CompareOptions,
): Differences {
  const runs = countRuns(a, b);
  const metrics = COMPARED.filter((metric) => !locked.has(LOCK_OF[metric])).map((metric): Difference => {
    const pairs = pairUp(
      valuesOf(a, metric, { thinks: thinks.a, byAnswer }),
      valuesOf(b, metric, { thinks: thinks.b, byAnswer }),
    );
    const soFar = tally(pairs.differences, BETTER[metric]);
    if (metric === "cost" && pairs.zero !== null) {
      const { figures, zero } = pairs;
      // Nothing is infinitely less than something: there is no ratio, and no doubt either.
      const verdict = figures < MIN_PAIRS ? "few" : zero === "both" ? "none" : zero;
      return {
        metric,
        verdict,
        estimate: null,
        pairs: figures,
        without: runs.both - figures,
        free: zero,
        soFar,
      };
    }
    const estimate = estimateRatio(pairs.differences, confidence);
    return {
      metric,
      verdict: judge(estimate, BETTER[metric]),
      estimate,
      pairs: pairs.differences.length,
      without: runs.both - pairs.differences.length,
      free: null,
      soFar,
    };
  });
  return { runs, metrics };
}

function tally(differences: readonly number[], better: "lower" | "higher"): Difference["soFar"] {
  const [below, above] = [differences.filter((d) => d < 0).length, differences.filter((d) => d > 0).length];
  const middle = median(differences);
  return {
    ...(better === "lower" ? { a: below, b: above } : { a: above, b: below }),
    typical: middle === null ? null : Math.exp(middle),
  };
}
