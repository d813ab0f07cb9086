import type { Trend } from "./endpoint-schema.ts";
import { estimateByBlocks } from "./statistics.ts";

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

/**
 * Now over then in natural logarithms, for each step that has an answer and had one a whole window earlier: the same hour
 * of the day.
 * @param spanMs the windows' length
 */
export function logRatios(now: Trend, then: Trend, metric: MovedMetric, spanMs: number): number[] {
  const [values, earlier] = [now[metric], then[metric]];
  const shift = (now.from - spanMs / 1_000 - then.from) / now.step;
  const ratios: number[] = [];
  for (let step = Math.max(0, -shift); step < values.length; step += 1) {
    const [value, old] = [values[step], earlier[step + shift]];
    if (value != null && old != null && value > 0 && old > 0) ratios.push(Math.log(value / old));
  }
  return ratios;
}

/**
 * Compares a window with the one before: the logarithms are averaged over eight blocks of time.
 * @param ratios logRatios of the two, in the order of time; at least MIN_PAIRS
 * @param judged how many medians are judged on this page: the interval is wide enough that all of them together are wrong
 *   once in twenty pages (Bonferroni)
 */
export function compareSteps(ratios: readonly number[], judged: number): Change {
  const { mean, low, high } = estimateByBlocks(ratios, BLOCKS, 1 - FALSE_ALARMS / Math.max(1, judged));
  return { ratio: Math.exp(mean), low: Math.exp(low), high: Math.exp(high) };
}

/** Whether it is more than noise, and large enough to speak of. */
export function hasMoved({ ratio, low, high }: Change): boolean {
  return (low > 1 || high < 1) && Math.abs(Math.log(ratio)) >= Math.log(1 + MIN_MOVE);
}
