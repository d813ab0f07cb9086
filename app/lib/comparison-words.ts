import { MIN_PAIRS, type Verdict } from "./comparison.ts";
import type { ComparedMetric, Difference } from "./comparison-result.ts";
import type { RunCounts } from "./comparison-runs.ts";
import { formatCount, formatInteger } from "./format.ts";
import { METRICS, type Measure } from "./words.ts";

/** How a figure of a comparison is headed; `thinks`: times are those to the first answer token. */
export function wordsOf(metric: ComparedMetric, thinks: boolean): Measure {
  if (metric === "first") {
    return thinks
      ? {
          ...METRICS.ttft,
          label: "Time to first answer token",
          sentence:
            "From sending the request to the first token of the answer itself. One of the two is a reasoning model, and its reasoning tokens are not what one waits for.",
        }
      : { ...METRICS.ttft, sentence: "Time from sending the request to the first generated token." };
  }
  if (metric === "latency") {
    return {
      ...METRICS.latency,
      sentence: "Time from sending the request to the end of the response. Longer answers take longer.",
    };
  }
  if (metric === "tps") {
    return {
      ...METRICS.tps,
      sentence: "Tokens per second after the first token. Tokens are counted by each provider.",
    };
  }
  return {
    ...METRICS.cost,
    unit: "$ per request",
    sentence: "Cost of one request with this prompt and its answer, where the price is known.",
  };
}

/** The verdict in as few words as it takes. */
export function verdictOf(metric: ComparedMetric, verdict: Verdict): string {
  if (verdict === "few") return "Too few pairs";
  if (verdict === "none") return "No significant difference";
  return `${verdict.toUpperCase()} is ${metric === "cost" ? "cheaper" : "faster"}`;
}

/** What the one with the larger figure does. */
const DEEDS: Readonly<Record<ComparedMetric, { does: string; times: string }>> = {
  first: { does: "takes", times: "times as long" },
  latency: { does: "takes", times: "times as long" },
  tps: { does: "generates", times: "times as many tokens per second" },
  cost: { does: "costs", times: "times as much" },
};

/** By how much, as a ratio with its interval: "B takes 1.18 times as long, 1.12 to 1.24." */
export function describeDifference(difference: Difference): string {
  const { metric, verdict, estimate, free, pairs } = difference;
  if (free === "both") return "Both are free.";
  if (free !== null) return `${free.toUpperCase()} is free, so there is no ratio.`;
  if (estimate === null) {
    return `${formatCount(pairs, "pair", "pairs")} of the ${MIN_PAIRS} that a verdict needs.`;
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
    return `${who} ${does} between ${text(low)} and ${text(high)} ${times} as ${other}: no significant difference.`;
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
    ...line(runs.lostToProbe, "excluded because the probe failed"),
    ...line(runs.alone, "in which only one of the two was measured"),
  ];
}

/** Pairs lost to failures of either endpoint. */
export function lostPairs(runs: RunCounts): number {
  return runs.lostToA + runs.lostToB + runs.lostToBoth;
}
