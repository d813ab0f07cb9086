import { type Baseline, DAY_MS, expected, learnBaseline, median, type Point } from "./baseline.ts";
import { deviation, type Evidence, gather, NO_EVIDENCE } from "./sequential.ts";
import { type EndpointWatch, METRICS, type Metric, type Past, type Slow, type Trouble } from "./types.ts";
import { slowReason } from "./words.ts";

/** Successes that a series must have before it is judged: a day of them. */
export const LEAST_SUCCESSES = 96;
const WINDOW_MS = 7 * DAY_MS;
/** Bounds the memory whatever a clock says: 7 days of a run every 15 minutes, and manual ones. */
export const MOST_PAST = 700;
/** Of so many values at most an incident names the results. */
const MOST_IDS = 40;
/** A baseline is learned anew after so many successes. */
const LEARN_EVERY = 24;
/** The slow-down that is looked for: 1.9 times as slow. */
const SHIFT = Math.log(1.9);
/** Evidence that opens a slow-down in a metric and evidence that ends it, nats; see docs/decisions. */
const OPENS_AT: Readonly<Record<Metric, number>> = { ttft: 7.5, total: 9, tps: 9 };
const CLOSES_AT = 6;
/** So many values at least have to say so. */
const LEAST_VALUES = 3;
/** Less than this factor is no slow-down, however certain. */
const LEAST_FACTOR = Math.log(1.25);
/** After so long it is how the endpoint is. */
const NEW_NORMAL_MS = 3 * DAY_MS;

type Memory = Pick<EndpointWatch, "past" | "ids" | "baselines" | "learnedFrom" | "evidence" | "slow">;

export const NO_MEMORY: Memory = {
  past: [],
  ids: [],
  baselines: null,
  learnedFrom: 0,
  evidence: { ttft: NO_EVIDENCE, total: NO_EVIDENCE, tps: NO_EVIDENCE },
  slow: null,
};

/**
 * Takes one scheduled success. A slow-down begins when the evidence for it in one metric is overwhelming, ends when
 * that for being back is, or after three days, when slow is the new normal.
 *
 * @returns the new memory, and the slow-down that is going on.
 */
export function judgeSpeed(
  memory: Memory,
  now: Past,
  id: string,
  trouble: Trouble | null,
): { memory: Memory; trouble: Trouble | null } {
  const past = remember(memory.past, now);
  const ids = [...memory.ids, id].slice(-MOST_IDS);
  if (memory.slow && trouble) return goOn({ ...memory, past, ids }, memory.slow, now, trouble);
  const learned = { ...learnIfDue(memory), ids };
  if (!learned.baselines) return { memory: { ...learned, past }, trouble: null };
  const { baselines } = learned;
  const evidence = { ...memory.evidence };
  for (const [index, metric] of METRICS.entries()) {
    const baseline = baselines[metric];
    const y = badness(metric, now[index + 1] ?? null);
    if (!baseline || y === null) continue;
    evidence[metric] = gather(evidence[metric], deviation(baseline, now[0], y), SHIFT, baseline);
    const slow = slowIn(metric, evidence[metric], past, baseline);
    if (!slow) continue;
    const since = past.slice(-evidence[metric].values);
    return {
      memory: { ...learned, past, evidence: NO_MEMORY.evidence, slow },
      trouble: {
        kind: "slowdown",
        since: since[0]?.[0] ?? now[0],
        reason: slowReason(metric, valuesOf(since, index), usual(metric, baseline, now[0])),
        evidence: ids.slice(-since.length),
      },
    };
  }
  return { memory: { ...learned, past, evidence }, trouble: null };
}

function remember(past: readonly Past[], now: Past): readonly Past[] {
  const begin = past.findIndex(([at]) => at > now[0] - WINDOW_MS);
  const kept = begin < 0 ? [] : past.slice(Math.max(begin, past.length + 1 - MOST_PAST));
  kept.push(now);
  return kept;
}

function slowIn(metric: Metric, evidence: Evidence, past: readonly Past[], baseline: Baseline): Slow | null {
  if (evidence.nats < OPENS_AT[metric] || evidence.values < LEAST_VALUES) return null;
  const index = METRICS.indexOf(metric);
  const deviations = past.slice(-evidence.values).flatMap((success) => {
    const y = badness(metric, success[index + 1] ?? null);
    return y === null ? [] : [deviation(baseline, success[0], y)];
  });
  const shift = median(deviations);
  return shift < LEAST_FACTOR ? null : { metric, shift, baseline, recovery: NO_EVIDENCE };
}

/** The same test the other way round: against the slow level, for a move back by what was lost. */
function goOn(memory: Memory, slow: Slow, now: Past, trouble: Trouble) {
  if (now[0] - trouble.since > NEW_NORMAL_MS) {
    const past = memory.past.filter(([at]) => at >= trouble.since);
    return { memory: { ...NO_MEMORY, past, ids: memory.ids }, trouble: null };
  }
  const y = badness(slow.metric, now[METRICS.indexOf(slow.metric) + 1] ?? null);
  if (y === null) return { memory, trouble };
  const above = deviation(slow.baseline, now[0], y);
  const recovery = gather(slow.recovery, slow.shift - above, slow.shift, slow.baseline);
  if (recovery.nats >= CLOSES_AT && recovery.values >= LEAST_VALUES) {
    return { memory: { ...memory, slow: null, evidence: NO_MEMORY.evidence }, trouble: null };
  }
  return { memory: { ...memory, slow: { ...slow, recovery } }, trouble };
}

function learnIfDue(memory: Memory): Memory {
  const { past, learnedFrom, baselines } = memory;
  if (past.length < LEAST_SUCCESSES) return { ...memory, baselines: null, learnedFrom: 0 };
  if (baselines && learnedFrom < LEARN_EVERY) return { ...memory, learnedFrom: learnedFrom + 1 };
  return {
    ...memory,
    baselines: { ttft: learn("ttft", past), total: learn("total", past), tps: learn("tps", past) },
    learnedFrom: 1,
  };
}

function learn(metric: Metric, past: readonly Past[]): Baseline | null {
  const index = METRICS.indexOf(metric);
  const points = past.flatMap((success): Point[] => {
    const y = badness(metric, success[index + 1] ?? null);
    return y === null ? [] : [{ at: success[0], y }];
  });
  return points.length < LEAST_SUCCESSES ? null : learnBaseline(points);
}

/** Logarithmic, and growing as things get worse: a rate is turned round. Null where there is no value to judge. */
function badness(metric: Metric, value: number | null): number | null {
  if (value === null || !(value > 0)) return null;
  return metric === "tps" ? -Math.log(value) : Math.log(value);
}

function usual(metric: Metric, baseline: Baseline, at: number): number {
  const y = expected(baseline, at);
  return Math.exp(metric === "tps" ? -y : y);
}

function valuesOf(past: readonly Past[], index: number): number[] {
  return past.flatMap((success) => success[index + 1] ?? []);
}
