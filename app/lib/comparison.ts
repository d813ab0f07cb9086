import { estimateByBlocks } from "./statistics.ts";

/** Below this many pairs the data is shown and nothing is concluded from it. */
export const MIN_PAIRS = 48;
/** From this many pairs on there are enough for longer blocks, and more of them. */
const MANY_PAIRS = 200;
const BLOCKS = { few: 8, many: 12 } as const;
/** Share of intervals that hold the true ratio, for all pairs that are compared at once. */
const CONFIDENCE = 0.95;

/**
 * The confidence that each of several pairs takes, so that the intervals of all of them hold the true ratios together in 19
 * of 20 cases, whatever they have in common (Bonferroni).
 */
export function confidenceFor(pairs: number): number {
  return 1 - (1 - CONFIDENCE) / Math.max(1, pairs);
}

/** By how much a exceeds b: their ratio, with its confidence interval. */
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
 * Estimates a/b from pairs, by means over blocks of time.
 * @param differences ln(a/b) of each pair in the order of time; all finite
 * @param confidence share of intervals that hold the true ratio, 0 to 1
 * @returns null below 48 pairs
 */
export function estimateRatio(
  differences: readonly number[],
  confidence: number = CONFIDENCE,
): RatioEstimate | null {
  const pairs = differences.length;
  if (pairs < MIN_PAIRS) return null;
  const { mean, low, high, blocks } = estimateByBlocks(differences, blocksFor(pairs), confidence);
  return {
    ratio: Math.exp(mean),
    low: Math.exp(low),
    high: Math.exp(high),
    pairs,
    blocks: blocks.map(Math.exp),
  };
}

export function blocksFor(pairs: number): number {
  return pairs < MANY_PAIRS ? BLOCKS.few : BLOCKS.many;
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
