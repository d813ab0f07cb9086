import { MIN_PAIRS, type RatioEstimate, type Verdict } from "./comparison.ts";
import type { Recent } from "./comparison-recent.ts";
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
            "From sending the request to the first token of the answer itself. One of them is a reasoning model, and its reasoning tokens are not what one waits for.",
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

/** The two of a pair as sentences call them. */
export interface PairNames {
  readonly a: string;
  readonly b: string;
}

/** The verdict in as few words as it takes. */
export function verdictOf(
  { metric, verdict }: Pick<Difference, "metric" | "verdict">,
  names: PairNames,
): string {
  if (verdict === "few") return "Too few pairs";
  if (verdict === "none") return "No significant difference";
  return `${names[verdict]} is ${metric === "cost" ? "cheaper" : "faster"}`;
}

/** What the one with the larger figure does. */
const DEEDS: Readonly<Record<ComparedMetric, { does: string; times: string }>> = {
  first: { does: "takes", times: "times as long" },
  latency: { does: "takes", times: "times as long" },
  tps: { does: "generates", times: "times as many tokens per second" },
  cost: { does: "costs", times: "times as much" },
};

/** By how much, as a ratio with its interval: "Groq takes 1.18 times as long, 1.12 to 1.24." */
export function describeDifference(difference: Difference, names: PairNames): string {
  const { metric, verdict, estimate, free, pairs } = difference;
  if (free === "both") return "Both are free.";
  if (free !== null) return `${names[free]} is free, so there is no ratio.`;
  if (estimate === null) {
    const few = `${formatCount(pairs, "pair", "pairs")} of the ${MIN_PAIRS} that a verdict needs.`;
    return [few, describeSoFar(difference, names)].filter(Boolean).join(" ");
  }
  // Told of the one with the larger figure, so that the ratio is above 1.
  const flipped = estimate.ratio < 1;
  const who = flipped ? names.b : names.a;
  const [ratio, low, high] = flipped
    ? [1 / estimate.ratio, 1 / estimate.high, 1 / estimate.low]
    : [estimate.ratio, estimate.low, estimate.high];
  const digits = digitsFor(verdict, low);
  const text = (value: number) => formatRatio(value, digits);
  const { does, times } = DEEDS[metric];
  if (verdict === "none") {
    const other = flipped ? names.a : names.b;
    return `${who} ${does} between ${text(low)} and ${text(high)} ${times} as ${other}.`;
  }
  return `${who} ${does} ${text(ratio)} ${times}, ${text(low)} to ${text(high)}.`;
}

const BETTER_SO_FAR: Readonly<Record<ComparedMetric, string>> = {
  first: "was faster",
  latency: "was faster",
  tps: "was faster",
  cost: "was cheaper",
};

/** What can be told of a few pairs, without a claim: "So far Groq was faster in 3 of 4." "" where there is none. */
export function describeSoFar(
  { metric, pairs, soFar: { a, b, typical } }: Difference,
  names: PairNames,
): string {
  if (pairs === 0 || typical === null) return "";
  if (a === b)
    return a === 0 ? "So far they are equal." : `So far each ${BETTER_SO_FAR[metric]} in ${a} of ${pairs}.`;
  const who = a > b ? names.a : names.b;
  return `So far ${who} ${BETTER_SO_FAR[metric]} in ${Math.max(a, b)} of ${pairs}, typically ${formatRatio(Math.max(typical, 1 / typical))} times.`;
}

/** 1.18, 12.4, 1,240; more digits where fewer would make a difference look like none. */
export function formatRatio(value: number, digits = 2): string {
  if (value >= 100) return formatInteger(value);
  return value.toFixed(value >= 10 ? 1 : digits);
}

/** A ratio above 1 in a headline: "1.2", "1.75", "12.3"; more digits where fewer would make it look like none. */
export function formatTimes({ ratio, low }: Pick<RatioEstimate, "ratio" | "low">): string {
  const text = formatRatio(ratio, digitsFor("a", Math.min(ratio, low)));
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function digitsFor(verdict: Verdict, low: number): number {
  if (verdict === "none") return 2;
  return [2, 3, 4].find((digits) => low.toFixed(digits) !== (1).toFixed(digits)) ?? 5;
}

/** What happened to the runs that make no pair, one line each; none where nothing was lost. */
export function describeLosses(runs: RunCounts, names: PairNames): string[] {
  const line = (count: number, words: string) => (count === 0 ? [] : [`${formatInteger(count)} ${words}`]);
  return [
    ...line(runs.lostToA, `lost because ${names.a} failed`),
    ...line(runs.lostToB, `lost because ${names.b} failed`),
    ...line(runs.lostToBoth, "lost because both failed"),
    ...line(runs.lostToProbe, "excluded because the probe failed"),
    ...line(runs.alone, "in which only one of the two was measured"),
  ];
}

/** "3.4× its usual" */
export function formatTimesUsual(times: number | null): string {
  return times === null ? "usual not known" : `${formatRatio(times, times < 1.95 ? 2 : 1)}× its usual`;
}

/** From this factor on, the last runs are worth a word beside a verdict. */
const NOTABLE = 1.5;

/**
 * How the last runs were, for the headline: "Last 4 runs: Groq 3.4 times its usual." "" where there is nothing to tell.
 * @param all also of endpoints that are about as usual
 */
export function describeRecent(
  endpoints: readonly { readonly name: string; readonly recent: Recent | null }[],
  all: boolean,
): string {
  const told = endpoints.flatMap(({ name, recent }) =>
    recent?.times != null && (all || recent.times >= NOTABLE || recent.times <= 1 / NOTABLE)
      ? [
          {
            runs: recent.runs,
            text: `${name} ${formatRatio(recent.times, recent.times < 1.95 ? 2 : 1)} times its usual TTFT`,
          },
        ]
      : [],
  );
  const runs = Math.max(0, ...told.map((one) => one.runs));
  return told.length === 0
    ? ""
    : `Last ${formatCount(runs, "run", "runs")}: ${told.map(({ text }) => text).join(", ")}.`;
}
