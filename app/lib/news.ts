import { compareSteps, hasMoved, logRatios, MIN_PAIRS, type MovedMetric } from "./changes.ts";
import type { Trend } from "./endpoint-schema.ts";
import type { EndpointLabel } from "./types.ts";

/** A median that moved since the window before. */
export interface Move {
  readonly endpoint: EndpointLabel;
  readonly metric: MovedMetric;
  /** Medians of the two windows; ms, or tokens per second. */
  readonly before: number;
  readonly now: number;
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

export interface Moves {
  /** Largest first. */
  readonly moved: readonly Move[];
  readonly movedOf: number;
  /** Medians compared, those that stayed within noise included. */
  readonly judged: number;
  /** Endpoints with too few results in one of the windows. */
  readonly tooFew: number;
  /** Up to when the window before reaches, ISO. */
  readonly as_of: string;
}

/** One line of what happened in the window: where, when, and the way to more. */
export interface Happening {
  readonly at: string;
  readonly kind: "price" | "retirement" | "incident";
  readonly provider: string;
  readonly provider_name: string;
  /** Empty where it is about several. */
  readonly model: string;
  readonly text: string;
  readonly href: string;
  /** Whether it goes on. */
  readonly isOpen: boolean;
}

/** Stands for a part that could not be read, or not in time: the others are shown without it. */
export type Unread = "unread";

/** What happened to the endpoints that fit the page's filters. */
export interface News {
  /** Null for the 1 h window, and where the prompt changed in between: nothing to compare. */
  readonly moves: Moves | null | Unread;
  /** Newest first. */
  readonly happened: readonly Happening[];
  readonly of: number;
  /** What could not be read, in a word each. */
  readonly unread: readonly string[];
}

export interface Side {
  readonly endpoint: EndpointLabel;
  readonly ttft: number | null;
  readonly tps: number | null;
  readonly trend: Trend | null;
}

const MOVES_SHOWN = 6;

/**
 * What moved between two windows. An endpoint that is simulated in one and real in the other is not compared.
 * @param spanMs their length @param metrics those that are not locked
 */
export function findMoves(
  now: readonly Side[],
  then: readonly Side[],
  spanMs: number,
  metrics: readonly MovedMetric[],
  asOf: string,
): Moves {
  const before = new Map(then.map((side) => [key(side.endpoint), side]));
  const judged = now.flatMap((side) => {
    const earlier = before.get(key(side.endpoint));
    return metrics.flatMap((metric) => {
      const [value, old] = [side[metric], earlier?.[metric] ?? null];
      const [trend, trendThen] = [side.trend, earlier?.trend ?? null];
      if (value === null || old === null || trend === null || trendThen === null) return [];
      const ratios = logRatios(trend, trendThen, metric, spanMs);
      return ratios.length < MIN_PAIRS ? [] : [{ side, metric, value, old, ratios }];
    });
  });
  const moved = judged
    .flatMap(({ side, metric, value, old, ratios }): Move[] => {
      const change = compareSteps(ratios, judged.length);
      return hasMoved(change)
        ? [{ endpoint: side.endpoint, metric, before: old, now: value, ...change }]
        : [];
    })
    .sort((a, b) => Math.abs(Math.log(b.ratio)) - Math.abs(Math.log(a.ratio)));
  const counted = new Set(judged.map(({ side }) => key(side.endpoint)));
  return {
    moved: moved.slice(0, MOVES_SHOWN),
    movedOf: moved.length,
    judged: judged.length,
    tooFew: now.length - counted.size,
    as_of: asOf,
  };
}

function key({ provider, model, simulated }: EndpointLabel): string {
  return `${provider}\n${model}\n${simulated}`;
}
