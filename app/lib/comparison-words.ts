import { MIN_PAIRS, type Verdict } from "./comparison.ts";
import { BETTER, type ComparedMetric, type Difference } from "./comparison-result.ts";
import type { RunCounts } from "./comparison-runs.ts";
import { formatCount, formatInteger } from "./format.ts";

/** How the figures of a comparison are headed; `thinks`: times are those to the first answer. */
export interface ComparedWords {
  readonly label: string;
  readonly unit: string;
  readonly direction: "lower is better" | "higher is better";
  readonly sentence: string;
}

export function wordsOf(metric: ComparedMetric, thinks: boolean): ComparedWords {
  const direction = `${BETTER[metric]} is better` as const;
  switch (metric) {
    case "first":
      return thinks
        ? {
            label: "First answer",
            unit: "ms",
            direction,
            sentence:
              "Time from sending the request to the first piece of the answer itself. One of the two thinks before it answers, and thoughts are not what one waits for.",
          }
        : {
            label: "First token",
            unit: "ms",
            direction,
            sentence: "Time from sending the request to the first piece of the answer.",
          };
    case "latency":
      return {
        label: "Whole answer",
        unit: "s",
        direction,
        sentence: "Time until the answer was complete. A longer answer takes longer.",
      };
    case "tps":
      return {
        label: "Speed",
        unit: "tok/s",
        direction,
        sentence: "Tokens per second once the answer has begun. Tokens are each provider's own count.",
      };
    case "cost":
      return {
        label: "Cost",
        unit: "$ a request",
        direction,
        sentence: "What one request cost, where the price is known: this prompt and the answer to it.",
      };
  }
}

/** The verdict in as few words as it takes. */
export function verdictOf(metric: ComparedMetric, verdict: Verdict): string {
  if (verdict === "few") return "Too few pairs to say";
  if (verdict === "none") return "No difference that this data can show";
  return `${verdict.toUpperCase()} is ${metric === "cost" ? "cheaper" : "faster"}`;
}

/** What the one with the larger figure does. */
const DEEDS: Readonly<Record<ComparedMetric, { does: string; times: string }>> = {
  first: { does: "takes", times: "times as long" },
  latency: { does: "takes", times: "times as long" },
  tps: { does: "writes", times: "times as many tokens a second" },
  cost: { does: "costs", times: "times as much" },
};

/** By how much, as a ratio with its interval: "B takes 1.18 times as long, 1.12 to 1.24." */
export function describeDifference(difference: Difference): string {
  const { metric, verdict, estimate, free, pairs } = difference;
  if (free === "both") return "Both are free.";
  if (free !== null) return `${free.toUpperCase()} is free, so there is no ratio.`;
  if (estimate === null) {
    return `${formatCount(pairs, "pair", "pairs")} of the ${MIN_PAIRS} that a verdict takes.`;
  }
  // Told of the one with the larger figure, so that the ratio is above 1.
  const flipped = estimate.ratio < 1;
  const who = flipped ? "B" : "A";
  const [ratio, low, high] = flipped
    ? [1 / estimate.ratio, 1 / estimate.high, 1 / estimate.low]
    : [estimate.ratio, estimate.low, estimate.high];
  const digits = digitsFor(verdict, low);
  const text = (value: number) => formatRatio(value, digits);
  const { does, times } = DEEDS[metric];
  if (verdict === "none") {
    const other = flipped ? "A" : "B";
    return `${who} ${does} between ${text(low)} and ${text(high)} ${times} as ${other}: they may well be the same.`;
  }
  return `${who} ${does} ${text(ratio)} ${times}, ${text(low)} to ${text(high)}.`;
}

/** 1.18, 12.4, 1,240; more digits where fewer would make a difference look like none. */
export function formatRatio(value: number, digits = 2): string {
  if (value >= 100) return formatInteger(value);
  return value.toFixed(value >= 10 ? 1 : digits);
}

function digitsFor(verdict: Verdict, low: number): number {
  if (verdict === "none") return 2;
  return [2, 3, 4].find((digits) => low.toFixed(digits) !== (1).toFixed(digits)) ?? 5;
}

/** What happened to the runs that make no pair, one line each; none where nothing was lost. */
export function describeLosses(runs: RunCounts): string[] {
  const line = (count: number, words: string) => (count === 0 ? [] : [`${formatInteger(count)} ${words}`]);
  return [
    ...line(runs.lostToA, "lost because A failed"),
    ...line(runs.lostToB, "lost because B failed"),
    ...line(runs.lostToBoth, "lost because both failed"),
    ...line(runs.lostToProbe, "left out because the measuring itself failed"),
    ...line(runs.alone, "in which only one of the two was asked"),
  ];
}

/** Pairs lost to failures of either endpoint. */
export function lostPairs(runs: RunCounts): number {
  return runs.lostToA + runs.lostToB + runs.lostToBoth;
}
