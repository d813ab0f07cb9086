import { linearScale, type Scale } from "./scale.ts";

/*
 * Figures over time and their spread, as shapes on a plot whose sides are 0 to 1: what the server's drawing and
 * the canvas that takes its place have in common. x runs from left to right, y from bottom to top.
 */

/**
 * One step of time: [its start (epoch, ms), how many values, the median, the slow end or null where too few, the values'
 * mean time].
 */
export type SeriesBucket = readonly [
  at: number,
  n: number,
  p50: number | null,
  slow: number | null,
  mean: number | null,
];

/** Counts of values in steps of one width; what lies from `above` on is counted in one number. */
export interface SeriesBins {
  readonly n: number;
  readonly step: number;
  readonly bins: readonly (readonly [start: number, n: number])[];
  readonly above: number | null;
  readonly above_n: number;
}

export interface SeriesPoint {
  readonly x: number;
  readonly y: number;
  readonly bucket: SeriesBucket;
}

export interface SeriesDot {
  readonly x: number;
  /** At most 1: a value that is higher than the plot stands at its upper edge. */
  readonly y: number;
  readonly at: number;
  readonly value: number;
  readonly over: boolean;
}

export interface SeriesPlot {
  readonly scale: Scale;
  /** Its left and its right end, epoch ms. */
  readonly since: number;
  readonly until: number;
  /** A step's width in seconds, and all steps with what they hold. */
  readonly stepS: number;
  readonly buckets: readonly SeriesBucket[];
  /** Medians, in pieces: a line never crosses a step of time without an answer. */
  readonly lines: readonly (readonly SeriesPoint[])[];
  /** From the median to the slow end; pieces end where a step has too few answers for a slow end. */
  readonly bands: readonly (readonly SeriesBand[])[];
  readonly dots: readonly SeriesDot[];
  readonly ticks: readonly SeriesTick[];
}

export interface SeriesBand {
  readonly x: number;
  readonly p50: number;
  readonly slow: number;
  readonly bucket: SeriesBucket;
}

export interface SeriesTick {
  readonly x: number;
  readonly text: string;
}

export interface SeriesInput {
  readonly buckets: readonly SeriesBucket[];
  readonly answers: readonly (readonly [at: number, value: number])[];
  /** The window's ends, epoch ms, and a step's width in seconds. */
  readonly since: number;
  readonly until: number;
  readonly stepS: number;
}

/** More than this is no longer a spread of dots but a scale made for one of them. */
const TALLEST = 4;

/** Places a series on its plot; null where there is nothing to draw. */
export function plotSeries({ buckets, answers, since, until, stepS }: SeriesInput): SeriesPlot | null {
  const values = buckets.flatMap(([, , p50, slow]) => [p50, slow].filter((value) => value !== null));
  const usual = Math.max(0, ...values);
  const tallest = Math.max(usual, ...answers.map(([, value]) => value));
  if (values.length === 0 && answers.length === 0) return null;
  const scale = linearScale(usual > 0 ? Math.min(tallest, usual * TALLEST) : tallest);
  const x = (at: number) => clamp((at - since) / (until - since));
  const y = (value: number) => clamp(value / scale.max);
  // A point stands where its values are: a step that has just begun, or of which little was measured, is not full of them.
  const middle = ([at, , , , mean]: SeriesBucket) => x(mean ?? at);
  const near = (a: SeriesBucket, b: SeriesBucket) => b[0] - a[0] <= stepS * 1_000 * 1.01;
  const medians = buckets.filter((bucket) => bucket[2] !== null);
  const slows = buckets.filter((bucket) => bucket[2] !== null && bucket[3] !== null);
  return {
    scale,
    since,
    until,
    stepS,
    buckets,
    lines: pieces(medians, near).map((piece) =>
      piece.map((bucket) => ({ x: middle(bucket), y: y(bucket[2] ?? 0), bucket })),
    ),
    bands: pieces(slows, near).map((piece) =>
      piece.map((bucket) => ({
        x: middle(bucket),
        p50: y(bucket[2] ?? 0),
        slow: y(bucket[3] ?? 0),
        bucket,
      })),
    ),
    dots: answers.map(([at, value]) => ({ x: x(at), y: y(value), at, value, over: value > scale.max })),
    ticks: timeTicks(since, until),
  };
}

export interface HistogramBar {
  /** Which column from the left it is, from 0. */
  readonly place: number;
  /** 0 to 1. */
  readonly height: number;
  readonly from: number;
  /** Null: without end. */
  readonly to: number | null;
  readonly n: number;
}

export interface HistogramPlot {
  /** Columns there is room for; they are equally wide. */
  readonly places: number;
  /** A column's width in the values' unit. */
  readonly step: number;
  readonly bars: readonly HistogramBar[];
  readonly ticks: readonly { readonly x: number; readonly value: number }[];
  readonly n: number;
}

/** Below this many values a spread is chance. */
export const FEWEST_FOR_SPREAD = 12;

/** Places a distribution on its plot; null where there are too few values to speak of one. */
export function plotHistogram({ n, step, bins, above, above_n }: SeriesBins): HistogramPlot | null {
  const first = bins[0];
  const last = bins.at(-1);
  if (n < FEWEST_FOR_SPREAD || first === undefined || last === undefined) return null;
  const start = first[0];
  const columns = Math.round((last[0] - start) / step) + 1;
  // What is above the last column stands apart from it by an empty one.
  const places = columns + (above_n > 0 ? 2 : 0);
  const most = Math.max(above_n, ...bins.map(([, count]) => count));
  const bar = (place: number, from: number, to: number | null, count: number): HistogramBar => ({
    place,
    height: count / most,
    from,
    to,
    n: count,
  });
  const inner = bins.map(([from, count]) => bar(Math.round((from - start) / step), from, from + step, count));
  const every = Math.max(1, Math.ceil(columns / 3));
  return {
    n,
    places,
    step,
    bars: above_n > 0 && above !== null ? [...inner, bar(places - 1, above, null, above_n)] : inner,
    ticks: Array.from({ length: Math.floor(columns / every) + 1 }, (_, index) => ({
      x: (index * every) / places,
      value: start + index * every * step,
    })),
  };
}

/** Round times in UTC, six at most: every so many minutes, hours or days. */
export function timeTicks(since: number, until: number): SeriesTick[] {
  const minute = 60_000;
  const steps = [5, 10, 15, 30, 60, 120, 240, 360, 720, 1_440, 2_880, 7_200, 14_400].map((m) => m * minute);
  const step = steps.find((width) => (until - since) / width <= 6) ?? until - since;
  const ticks: SeriesTick[] = [];
  for (let at = Math.ceil(since / step) * step; at < until; at += step) {
    const x = (at - since) / (until - since);
    // A label at the very edge would stand out of the plot.
    if (x > 0.04 && x < 0.96) ticks.push({ x, text: tickText(at, step) });
  }
  return ticks;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function tickText(at: number, step: number): string {
  const date = new Date(at);
  const midnight = at % 86_400_000 === 0;
  if (step >= 86_400_000 || midnight) return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
  return `${String(date.getUTCHours()).padStart(2, "0")}:${String(date.getUTCMinutes()).padStart(2, "0")}`;
}

function pieces(
  buckets: readonly SeriesBucket[],
  near: (a: SeriesBucket, b: SeriesBucket) => boolean,
): SeriesBucket[][] {
  const found: SeriesBucket[][] = [];
  for (const bucket of buckets) {
    const piece = found.at(-1);
    const before = piece?.at(-1);
    if (piece !== undefined && before !== undefined && near(before, bucket)) piece.push(bucket);
    else found.push([bucket]);
  }
  return found;
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
