import type { SkippedTarget } from "../data/runs.server.ts";
import { groupBy } from "./collections.ts";
import { formatCount, formatTime } from "./format.ts";
import type { Measure } from "./words.ts";

const REASONS: Readonly<Record<string, string>> = {
  no_key: "No API key is set for this provider.",
  unknown_provider: "This version of the engine does not support this provider.",
  private_address: "Its address is in a private network, which a deployed probe does not reach.",
  rate_limited: "The provider was rate limiting and asked for a longer pause than a run waits.",
  budget: "The day's spending limit (BENCHMARK_BUDGET_USD) was reached.",
  stopped: "The run was stopped before it reached this endpoint.",
  fault: "The engine failed repeatedly and gave up the rest of the run; see the run's note.",
};

const TITLES: Readonly<Record<string, string>> = {
  no_key: "No API key",
  unknown_provider: "Unknown provider",
  private_address: "Private address",
  rate_limited: "Rate limited",
  budget: "Spending limit reached",
  stopped: "Stopped",
  fault: "Engine failure",
};

/** Why a target was skipped, in a few words and in a sentence. A reason nobody knows is shown as it stands. */
export function skipWords(reason: string): { title: string; sentence: string } {
  const known = Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined;
  if (known === undefined) return { title: reason, sentence: `Reason: “${reason}”.` };
  return { title: TITLES[reason] ?? reason, sentence: known };
}

/** Skipped targets by reason, most first. */
export function groupSkipped(
  skipped: readonly SkippedTarget[],
): readonly { reason: string; targets: readonly SkippedTarget[] }[] {
  return [...groupBy(skipped, ({ reason }) => reason)]
    .map(([reason, targets]) => ({ reason, targets }))
    .sort((a, b) => b.targets.length - a.targets.length || (a.reason < b.reason ? -1 : 1));
}

export function untilWords({ until }: SkippedTarget): string {
  return until === null ? "" : `, not before ${formatTime(until)}`;
}

const TRIGGERS: Readonly<Record<string, string>> = {
  "cron-job": "schedule",
  manual: "request",
  system: "terminal",
  simulator: "simulator",
};

/** Who asked for a run. */
export function triggerWords(triggeredBy: string): string {
  return Object.hasOwn(TRIGGERS, triggeredBy) ? (TRIGGERS[triggeredBy] ?? triggeredBy) : triggeredBy;
}

/** The figures of one request. */
export const REQUEST_FIGURES: readonly Measure[] = [
  {
    label: "TTFT",
    unit: "ms",
    direction: "lower is better",
    sentence:
      "Time to first token: from sending the request to the first generated token, reasoning included.",
  },
  {
    label: "First answer token",
    unit: "ms",
    direction: "lower is better",
    sentence:
      "From sending the request to the first token of the answer; later than TTFT for a reasoning model.",
  },
  {
    label: "Output speed (TPS)",
    unit: "tok/s",
    direction: "higher is better",
    sentence:
      "Tokens per second after the first token. Empty where too few tokens arrived, or all of them at once.",
  },
  {
    label: "Total latency",
    unit: "s",
    direction: "lower is better",
    sentence: "From sending the request to the end of the stream, or to the failure.",
  },
  {
    label: "Tokens",
    unit: "in / out",
    direction: "for comparison",
    sentence:
      "As counted by the provider, reasoning included; estimated from the text where it reports none.",
  },
  {
    label: "Cost",
    unit: "$",
    direction: "lower is better",
    sentence: "What the provider reports, else tokens times the newest known price.",
  },
];

/** The database stops counting one above this (dashboard_runs). */
const RUNS_COUNTED = 10_000;

/** How many runs there are, in words. @param total as the database counts them */
export function countRuns(total: number): string {
  return total > RUNS_COUNTED
    ? `More than ${formatCount(RUNS_COUNTED, "run", "runs")}`
    : formatCount(total, "run", "runs");
}
