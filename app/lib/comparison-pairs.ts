import { confidenceFor, type RatioEstimate } from "./comparison.ts";
import {
  BETTER,
  COMPARED,
  type ComparedMetric,
  compareSeries,
  type Difference,
  type Differences,
  LOCK_OF,
} from "./comparison-result.ts";
import type { RunSeries } from "./comparison-runs.ts";
import type { LockableMetric } from "./locks.ts";

/** One endpoint of a comparison, run by run; all cover the same runs. */
export interface Compared {
  readonly runs: RunSeries;
  readonly thinks: boolean;
  readonly simulated: boolean;
  /** Something was measured of it in the window. */
  readonly measured: boolean;
}

/** Two of the endpoints by their places in the list. */
export interface Pair {
  readonly a: number;
  readonly b: number;
  /** Null for one that is real and one that is simulated, or where one of them was not measured. */
  readonly differences: Differences | null;
}

/** How the endpoints stand to each other in one figure. */
export interface Standing {
  readonly metric: ComparedMetric;
  /** Better than each of the others, beyond doubt; null where there is no such one. */
  readonly leader: number | null;
  /** Those that none of the others is better than, in the list's order. */
  readonly ahead: readonly number[];
  /** The other that comes nearest to the leader, and by how much the leader is better (1.2: 1.2 times). */
  readonly nearest: { readonly place: number; readonly by: RatioEstimate | null } | null;
  /** How many endpoints and pairs there are, and pairs without enough runs for a verdict. */
  readonly places: number;
  readonly duels: number;
  readonly undecided: number;
}

/**
 * Compares each endpoint with each other.
 * @param byAnswer times are those to the first answer
 */
export function comparePairs(
  endpoints: readonly Compared[],
  { byAnswer, locked }: { readonly byAnswer: boolean; readonly locked: ReadonlySet<LockableMetric> },
): Pair[] {
  const pairs = endpoints.flatMap((_, a) =>
    endpoints.slice(a + 1).map((__, index) => ({ a, b: a + 1 + index })),
  );
  const isComparable = ({ a, b }: { a: number; b: number }) =>
    endpoints[a]?.measured === true &&
    endpoints[b]?.measured === true &&
    endpoints[a]?.simulated === endpoints[b]?.simulated;
  const confidence = confidenceFor(pairs.filter(isComparable).length);
  return pairs.map((pair) => {
    const [a, b] = [endpoints[pair.a], endpoints[pair.b]];
    if (a === undefined || b === undefined || !isComparable(pair)) return { ...pair, differences: null };
    const options = { thinks: { a: a.thinks, b: b.thinks }, byAnswer, locked, confidence };
    return { ...pair, differences: compareSeries(a.runs, b.runs, options) };
  });
}

/** Those that a headline speaks of: what was measured, and of real and simulated ones the real. */
export function judgedPlaces(endpoints: readonly Omit<Compared, "runs" | "thinks">[]): number[] {
  const measured = endpoints.flatMap(({ measured: is }, place) => (is ? [place] : []));
  const real = measured.filter((place) => endpoints[place]?.simulated === false);
  return real.length > 0 ? real : measured;
}

/** How some of the endpoints stand to each other, figure by figure; locked ones are left out. */
export function standingsOf(
  pairs: readonly Pair[],
  places: readonly number[],
  locked: ReadonlySet<LockableMetric>,
): Standing[] {
  return COMPARED.filter((metric) => !locked.has(LOCK_OF[metric])).map((metric) => {
    const duels = pairs.flatMap((pair) => {
      const difference = pair.differences?.metrics.find((one) => one.metric === metric);
      return difference !== undefined && places.includes(pair.a) && places.includes(pair.b)
        ? [{ ...pair, difference }]
        : [];
    });
    const beats = (one: number, other: number) =>
      duels.some(({ a, b, difference: { verdict } }) =>
        verdict === "a" ? a === one && b === other : verdict === "b" && b === one && a === other,
      );
    const others = (place: number) => places.filter((other) => other !== place);
    const leader =
      places.length < 2
        ? undefined
        : places.find((place) => others(place).every((other) => beats(place, other)));
    return {
      metric,
      leader: leader ?? null,
      ahead: places.filter((place) => !others(place).some((other) => beats(other, place))),
      nearest: leader === undefined ? null : nearestTo(leader, duels),
      places: places.length,
      duels: duels.length,
      undecided: duels.filter(({ difference: { verdict } }) => verdict === "few").length,
    };
  });
}

function nearestTo(
  leader: number,
  duels: readonly (Pair & { readonly difference: Difference })[],
): Standing["nearest"] {
  const rivals = duels
    .filter(({ a, b }) => a === leader || b === leader)
    .map(({ a, b, difference }) => ({
      place: a === leader ? b : a,
      by: difference.estimate && advantage(difference.estimate, difference.metric, a === leader),
    }));
  const ratio = ({ by }: (typeof rivals)[number]) => by?.ratio ?? Number.POSITIVE_INFINITY;
  return rivals.toSorted((x, y) => ratio(x) - ratio(y))[0] ?? null;
}

/** By how much the better one of a pair is better, as a ratio above 1: 1.2 is 1.2 times sooner, or as fast, or as cheap. */
export function advantage(estimate: RatioEstimate, metric: ComparedMetric, ofA: boolean): RatioEstimate {
  if (ofA === (BETTER[metric] === "higher")) return estimate;
  return {
    ...estimate,
    ratio: 1 / estimate.ratio,
    low: 1 / estimate.high,
    high: 1 / estimate.low,
    blocks: estimate.blocks.map((block) => 1 / block),
  };
}
