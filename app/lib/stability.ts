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
      explanation: "At least two answers are needed to say how much they differ.",
    };
  }
  const color = getJitterColor(jitter);
  const { green, yellow } = JITTER_LIMITS;
  const rule = {
    green: { word: "steady", range: `below ${green} ms` },
    yellow: { word: "varies", range: `${green} to ${yellow} ms` },
    red: { word: "erratic", range: `above ${yellow} ms` },
  }[color];
  return {
    color,
    word: rule.word,
    explanation: `Total time varies by ${formatMs(jitter)} around its mean (standard deviation, n ${n}). ${capitalise(rule.word)}: ${rule.range}.`,
  };
}

function capitalise(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
