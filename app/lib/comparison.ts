import { studentTQuantile } from "./student-t.ts";

/** Below this many pairs the data is shown and nothing is concluded from it. */
export const MIN_PAIRS = 48;
/** From this many pairs on there are enough for longer blocks, and more of them. */
const MANY_PAIRS = 200;
const BLOCKS = { few: 8, many: 12 } as const;
/** Share of intervals that hold the true ratio. */
const CONFIDENCE = 0.95;

/** By how much a exceeds b: their ratio, with the interval that holds the true one in 19 of 20 cases. */
export interface RatioEstimate {
  /** Typical a/b: the exponential of the mean of ln(a/b). */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly pairs: number;
  /** a/b of each block of time, oldest first. */
  readonly blocks: readonly number[];
}

/** What the data shows of a and b; "few": too few pairs to say. */
export type Verdict = "a" | "b" | "none" | "few";

/**
 * Estimates a/b from pairs. Neighbouring results are alike (load comes and goes over hours), so the pairs
 * themselves are no independent samples. Means over long contiguous blocks nearly are: their spread gives the
 * interval, by Student's t (batch means; Schmeiser 1982, https://doi.org/10.1287/opre.30.3.556, also for why so
 * few of them).
 * @param differences ln(a/b) of each pair in the order of time; all finite
 * @returns null below 48 pairs
 */
export function estimateRatio(differences: readonly number[]): RatioEstimate | null {
  const pairs = differences.length;
  if (pairs < MIN_PAIRS) return null;
  const means = blockRanges(pairs).map(([start, end]) => mean(differences.slice(start, end)));
  const centre = mean(means);
  const variance = means.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (means.length - 1);
  const t = studentTQuantile(0.5 + CONFIDENCE / 2, means.length - 1);
  const reach = t * Math.sqrt(variance / means.length);
  return {
    ratio: Math.exp(centre),
    low: Math.exp(centre - reach),
    high: Math.exp(centre + reach),
    pairs,
    blocks: means.map(Math.exp),
  };
}

/** First and past-last index of each block: contiguous, of the same length to within one pair. */
export function blockRanges(pairs: number): readonly (readonly [start: number, end: number])[] {
  const count = pairs < MANY_PAIRS ? BLOCKS.few : BLOCKS.many;
  const edge = (index: number) => Math.floor((index * pairs) / count);
  return Array.from({ length: count }, (_, index) => [edge(index), edge(index + 1)] as const);
}

/**
 * Which of the two is better, where the interval leaves no doubt about it.
 * @param estimate of a/b
 */
export function judge(estimate: RatioEstimate | null, better: "lower" | "higher"): Verdict {
  if (estimate === null) return "few";
  // Constant differences have an interval of no width, in which only rounding differs from 1.
  if (estimate.high < 1 - 1e-9) return better === "lower" ? "a" : "b";
  if (estimate.low > 1 + 1e-9) return better === "lower" ? "b" : "a";
  return "none";
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
