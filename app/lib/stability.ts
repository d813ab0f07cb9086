import { getJitterColor, JITTER_LIMITS } from "./calculations.ts";
import { formatMs } from "./format.ts";
import type { JitterColor } from "./types.ts";

/** What the traffic light says, in words too: colour alone tells some readers nothing. */
export interface StabilityVerdict {
  readonly color: JitterColor;
  readonly word: string;
  readonly explanation: string;
}

/**
 * @param jitter standard deviation of total latency in ms, or null where there is none
 * @param n successful results behind it
 */
export function judgeStability(jitter: number | null, n: number): StabilityVerdict {
  if (jitter === null || n < 2) {
    return {
      color: "grey",
      word: "too few samples",
      explanation: "Jitter needs at least two requests.",
    };
  }
  const color = getJitterColor(jitter);
  const { green, yellow } = JITTER_LIMITS;
  const rule = {
    green: { word: "low", range: `below ${green} ms` },
    yellow: { word: "medium", range: `${green} to ${yellow} ms` },
    red: { word: "high", range: `above ${yellow} ms` },
  }[color];
  return {
    color,
    word: rule.word,
    explanation: `Standard deviation of total latency: ${formatMs(jitter)} (n ${n}). ${capitalise(rule.word)} jitter: ${rule.range}.`,
  };
}

function capitalise(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
