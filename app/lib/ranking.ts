import { compareNames } from "./collections.ts";
import type { WindowName } from "./queries.ts";
import type { Endpoint } from "./types.ts";

/** Below this many results a figure is shown but not ranked. */
export const MIN_RANKED_RESULTS = 12;
/** Below this success rate an endpoint wins nothing: the fast answers may be the lucky ones. */
export const MIN_RANKED_SUCCESS_RATE = 0.9;

export const TITLES = [
  "lowestTtft",
  "highestTps",
  "cheapest",
  "reliable",
  "mostConsistent",
  "value",
] as const;
export type Title = (typeof TITLES)[number];

/** What is ranked: an endpoint, with what 1,000 requests cost at the reader's own mix of tokens. */
export interface Contender extends Endpoint {
  readonly per_thousand?: number | null;
}

export interface Winner<E extends Contender = Contender> {
  readonly endpoint: E;
  /** The figure it wins by. */
  readonly value: number;
  /** How many results that figure rests on. */
  readonly n: number;
  /** How many others have exactly the same figure. */
  readonly tied: number;
  /** The next one with another figure. */
  readonly second: { readonly endpoint: E; readonly value: number } | null;
}

interface Contest {
  readonly figure: (endpoint: Contender) => { value: number | null; n: number } | null;
  readonly better: "lower" | "higher";
}

const CONTESTS: Readonly<Record<Title, Contest>> = {
  lowestTtft: { better: "lower", figure: (e) => e.ttft && { value: e.ttft.p50, n: e.ttft.n } },
  highestTps: { better: "higher", figure: (e) => e.tps && { value: e.tps.p50, n: e.tps.n } },
  // A list price rests on no result; who may be ranked does.
  cheapest: { better: "lower", figure: (e) => ({ value: e.per_thousand ?? null, n: e.attempts }) },
  mostConsistent: {
    better: "lower",
    figure: (e) => e.stability && { value: e.stability.latency_stddev, n: e.stability.n },
  },
  value: { better: "higher", figure: (e) => e.value && { value: e.value.score, n: e.value.n } },
  reliable: {
    better: "higher",
    figure: (e) => e.reliability && { value: e.reliability.uptime, n: e.reliability.n },
  },
};

/** The last hour holds four results of an endpoint at most: its figures are shown, never ranked. */
export function isRankedWindow(window: WindowName): boolean {
  return window !== "1h";
}

/** Why an endpoint is shown without a rank. */
export type Unranked = "too few samples" | "too many failures" | "retired" | "simulated";

/**
 * Whether an endpoint may be ranked by a figure over n results, and if not, why: a rank says what to choose. Simulated
 * endpoints are ranked only where there is no real one.
 */
function whyUnranked(endpoint: Endpoint, n: number, anyReal: boolean): Unranked | null {
  if (endpoint.retired_at !== null) return "retired";
  if (endpoint.simulated && anyReal) return "simulated";
  if (n < MIN_RANKED_RESULTS) return "too few samples";
  // From the counts: where reliability is locked, the rate itself is not there.
  return endpoint.successes / endpoint.attempts < MIN_RANKED_SUCCESS_RATE ? "too many failures" : null;
}

/** An endpoint's place on a board. */
export interface Standing<E extends Contender = Contender> {
  readonly endpoint: E;
  readonly value: number | null;
  /** How many results the figure rests on. */
  readonly n: number;
  readonly unranked: Unranked | null;
}

/**
 * All measured endpoints by a title's figure, best first; those that may not be ranked come after them, by name. The
 * last hour has no ranks: all are in the order of their names, and none is marked for it.
 */
export function rankEndpoints<E extends Contender>(
  title: Title,
  endpoints: readonly E[],
  window: WindowName,
): readonly Standing<E>[] {
  const contest = CONTESTS[title];
  const measured = endpoints.filter(({ attempts }) => attempts > 0);
  const ranked = isRankedWindow(window);
  const anyReal = measured.some(({ simulated, retired_at }) => !simulated && retired_at === null);
  return measured
    .map((endpoint): Standing<E> => {
      const { value, n } = contest.figure(endpoint) ?? { value: null, n: 0 };
      return { endpoint, value, n, unranked: ranked ? whyUnranked(endpoint, n, anyReal) : null };
    })
    .sort((a, b) => {
      const byName = compareNames(a.endpoint, b.endpoint);
      if (!ranked) return byName;
      const [left, right] = [place(a, contest), place(b, contest)];
      if (left === null || right === null) {
        return Number(left === null) - Number(right === null) || byName;
      }
      return left - right || b.n - a.n || byName;
    });
}

/** Lower is better; null without a rank. */
function place({ value, unranked }: Standing, { better }: Contest): number | null {
  if (value === null || unranked !== null) return null;
  return better === "lower" ? value : -value;
}

/** Who wins a title, and by how much, or null where no endpoint may be ranked. */
export function findWinner<E extends Contender>(
  title: Title,
  endpoints: readonly E[],
  window: WindowName,
): Winner<E> | null {
  if (!isRankedWindow(window)) return null;
  const ranked = rankEndpoints(title, endpoints, window).flatMap(({ value, unranked, ...standing }) =>
    value === null || unranked !== null ? [] : [{ ...standing, value }],
  );
  const first = ranked[0];
  if (first === undefined) return null;
  const next = ranked.find(({ value }) => value !== first.value);
  return {
    ...first,
    tied: ranked.filter((other) => other.value === first.value).length - 1,
    second: next === undefined ? null : { endpoint: next.endpoint, value: next.value },
  };
}

/** What the API's endpoints are sorted by. */
const SORT_FIGURES = {
  ttft: (e: Endpoint) => e.ttft?.p50,
  tps: (e: Endpoint) => negative(e.tps?.p50),
  latency: (e: Endpoint) => e.latency?.p50,
  stability: (e: Endpoint) => e.stability?.latency_stddev,
  value: (e: Endpoint) => negative(e.value?.score),
  cost: (e: Endpoint) => e.cost?.per_million,
  success: (e: Endpoint) => negative(e.success_rate),
} as const;

/** Best first by the given figure; endpoints without it come last, by name. */
export function sortEndpoints(
  endpoints: readonly Endpoint[],
  sort: keyof typeof SORT_FIGURES | "name",
): Endpoint[] {
  return [...endpoints].sort(sort === "name" ? compareNames : byFigure(SORT_FIGURES[sort]));
}

/** Orders by a figure, low first or, with -1, high first; what has none comes last either way, by name. */
export function byFigure<E extends { readonly provider: string; readonly model: string }>(
  figure: (endpoint: E) => number | null | undefined,
  sign: 1 | -1 = 1,
): (a: E, b: E) => number {
  return (a, b) => {
    const [left, right] = [figure(a) ?? null, figure(b) ?? null];
    if (left === null || right === null) {
      return Number(left === null) - Number(right === null) || compareNames(a, b);
    }
    return sign * (left - right) || compareNames(a, b);
  };
}

function negative(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : -value;
}
