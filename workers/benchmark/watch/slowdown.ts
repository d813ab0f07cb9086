import { type Baseline, DAY_MS, expected, learnBaseline, median, type Point } from "./baseline.ts";
import { findShift, MOST_VALUES } from "./likelihood.ts";
import { deviation, gather, NO_EVIDENCE } from "./sequential.ts";
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
/** More evidence that a metric takes, nats: a provider that is slow shows it in TTFT first. */
const MORE: Readonly<Record<Metric, number>> = { ttft: 0, total: 2, tps: 2 };
/** Evidence that ends a slow-down, nats; see docs/decisions. */
const CLOSES_AT = 6;
/** So many values at least have to say so. */
const LEAST_VALUES = 3;
/** Less than this factor is no slow-down, however certain. */
const LEAST_FACTOR = Math.log(1.25);
/** After so long it is how the endpoint is. */
const NEW_NORMAL_MS = 3 * DAY_MS;

type Memory = Pick<EndpointWatch, "past" | "ids" | "baselines" | "learnedFrom" | "slow" | "slowUntil">;

export const NO_MEMORY: Memory = {
  past: [],
  ids: [],
  baselines: null,
  learnedFrom: 0,
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
  const memoryNow = { ...learned, past };
  for (const metric of METRICS) {
    const baseline = learned.baselines[metric];
    if (!baseline || badness(metric, now[indexOf(metric)] ?? null) === null) continue;
    const slow = slowIn(metric, baseline, memoryNow);
    if (!slow) continue;
    const since = past.filter(([at]) => at >= slow.since);
    return {
      memory: { ...memoryNow, slow: { metric, shift: slow.shift, baseline, recovery: NO_EVIDENCE } },
      trouble: {
        kind: "slowdown",
        since: slow.since,
        reason: slowReason(metric, valuesOf(since, indexOf(metric)), usual(metric, baseline, now[0])),
        evidence: ids.slice(-since.length),
      },
    };
  }
  return { memory: memoryNow, trouble: null };
}

/**
 * What a slow-down looks like that another memory noticed, from the successes before it began and since.
 *
 * @param since ms since the epoch.
 * @returns null where they show none.
 */
export function slowSince(past: readonly Past[], since: number): Slow | null {
  const before = past.filter(([at]) => at < since);
  const later = past.filter(([at]) => at >= since);
  const shifts = METRICS.flatMap((metric): Slow[] => {
    const baseline = learn(metric, before);
    const points = pointsOf(metric, later);
    if (!baseline || points.length < LEAST_VALUES) return [];
    const shift = median(points.map(({ at, y }) => deviation(baseline, at, y)));
    return shift < LEAST_FACTOR ? [] : [{ metric, shift, baseline, recovery: NO_EVIDENCE }];
  });
  const clearness = ({ shift, baseline }: Slow) => shift / baseline.sigma;
  return shifts.sort((a, b) => clearness(b) - clearness(a))[0] ?? null;
}

function remember(past: readonly Past[], now: Past): readonly Past[] {
  const begin = past.findIndex(([at]) => at > now[0] - WINDOW_MS);
  const kept = begin < 0 ? [] : past.slice(Math.max(begin, past.length + 1 - MOST_PAST));
  kept.push(now);
  return kept;
}

/** @returns how much slower a metric has become (logarithmic), and since when; null where that is not certain. */
function slowIn(
  metric: Metric,
  baseline: Baseline,
  { past, slowUntil = 0 }: Memory,
): { shift: number; since: number } | null {
  // What belongs to a slow-down that is over does not begin another one.
  const points = pointsOf(metric, past.slice(-MOST_VALUES)).filter(({ at }) => at > slowUntil);
  const deviations = points.map(({ at, y }) => deviation(baseline, at, y));
  const length = findShift(deviations, baseline, past.length, MORE[metric]);
  if (length === null) return null;
  const shift = median(deviations.slice(-length));
  const since = points.at(-length)?.at;
  return shift < LEAST_FACTOR || since === undefined ? null : { shift, since };
}

/** A CUSUM against the slow level, for a move back by what was lost. */
function goOn(memory: Memory, slow: Slow, now: Past, trouble: Trouble) {
  if (now[0] - trouble.since > NEW_NORMAL_MS) {
    const past = memory.past.filter(([at]) => at >= trouble.since);
    return { memory: { ...NO_MEMORY, past, ids: memory.ids }, trouble: null };
  }
  const y = badness(slow.metric, now[indexOf(slow.metric)] ?? null);
  if (y === null) return { memory, trouble };
  const above = deviation(slow.baseline, now[0], y);
  const recovery = gather(slow.recovery, slow.shift - above, slow.shift, slow.baseline);
  if (recovery.nats >= CLOSES_AT && recovery.values >= LEAST_VALUES) {
    return { memory: { ...memory, slow: null, slowUntil: now[0] }, trouble: null };
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
  const points = pointsOf(metric, past);
  return points.length < LEAST_SUCCESSES ? null : learnBaseline(points);
}

function pointsOf(metric: Metric, past: readonly Past[]): Point[] {
  const index = indexOf(metric);
  return past.flatMap((success) => {
    const y = badness(metric, success[index] ?? null);
    return y === null ? [] : [{ at: success[0], y }];
  });
}

/** Where a metric's value stands in a success. */
function indexOf(metric: Metric): 1 | 2 | 3 {
  return metric === "ttft" ? 1 : metric === "total" ? 2 : 3;
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

function valuesOf(past: readonly Past[], index: 1 | 2 | 3): number[] {
  return past.flatMap((success) => success[index] ?? []);
}
