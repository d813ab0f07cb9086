import { estimateByBlocks } from "./statistics.ts";

/** A step of a window: its start (epoch, ms) and the medians in it. */
export interface Step {
  readonly at: number;
  readonly ttft_p50: number | null;
  readonly tps_p50: number | null;
}

export type MovedMetric = "ttft" | "tps";

/** How a median stands to that of the window before. */
export interface Change {
  /** Now over then, the geometric mean over the steps. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/** Fewer pairs of steps than this say nothing: at least two thirds of the day's hours. */
export const MIN_PAIRS = 16;
const BLOCKS = 8;
/** A smaller difference is no news, however sure. */
export const MIN_MOVE = 0.05;
/** How often a page that names moves may name one where nothing moved. */
const FALSE_ALARMS = 0.05;

/** A step of a window and the one a whole window earlier: the same hour of the day. */
export type StepPair = readonly [now: Step, then: Step];

/** The steps that both windows have, in the order of time. @param spanMs the windows' length */
export function pairSteps(now: readonly Step[], then: readonly Step[], spanMs: number): StepPair[] {
  const earlier = new Map<number, Step>();
  for (const step of then) earlier.set(step.at + spanMs, step);
  const pairs: StepPair[] = [];
  for (const step of now) {
    const before = earlier.get(step.at);
    if (before !== undefined) pairs.push([step, before]);
  }
  return pairs.sort((a, b) => a[0].at - b[0].at);
}

/**
 * Compares a window with the one before, step by step: ln(now/then) is averaged over eight blocks of time.
 * @param judged how many endpoints are judged on this page: the interval is wide enough that all of them together are
 *   wrong once in twenty pages (Bonferroni)
 * @returns null where there are too few pairs
 */
export function compareWindows(
  pairs: readonly StepPair[],
  metric: MovedMetric,
  judged: number,
): Change | null {
  const field = metric === "ttft" ? "ttft_p50" : "tps_p50";
  const logs: number[] = [];
  for (const [step, before] of pairs) {
    const value = step[field];
    const old = before[field];
    if (value !== null && old !== null && value > 0 && old > 0) logs.push(Math.log(value / old));
  }
  if (logs.length < MIN_PAIRS) return null;
  const { mean, low, high } = estimateByBlocks(logs, BLOCKS, 1 - FALSE_ALARMS / Math.max(1, judged));
  return { ratio: Math.exp(mean), low: Math.exp(low), high: Math.exp(high) };
}

/** Whether it is more than noise, and large enough to speak of. */
export function hasMoved({ ratio, low, high }: Change): boolean {
  return (low > 1 || high < 1) && Math.abs(Math.log(ratio)) >= Math.log(1 + MIN_MOVE);
}
