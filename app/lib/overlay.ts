import { linearScale } from "./scale.ts";
import { type SeriesTick, timeTicks } from "./series.ts";
import { median } from "./statistics.ts";

/*
 * Several endpoints' figures over time as lines on one plot, whose sides are 0 to 1: x from left to right, y from bottom to
 * top.
 */

/** The values of one step of time (its place in `steps`): where they stand, their median, and how many they are. */
export type OverlayPoint = readonly [step: number, x: number, y: number, value: number, n: number];

export interface OverlayPlot {
  /** The window's ends, epoch ms. */
  readonly since: number;
  readonly until: number;
  /** Steps of the scale are equal factors: the lines lie too far apart for equal differences. */
  readonly logarithmic: boolean;
  readonly rows: readonly { readonly y: number; readonly value: number }[];
  readonly columns: readonly SeriesTick[];
  /** The steps that hold a value: when each begins, epoch ms. */
  readonly steps: readonly number[];
  /** By endpoint, in pieces: a line never crosses a step of time without a value. */
  readonly lines: readonly (readonly (readonly OverlayPoint[])[])[];
}

export interface OverlayTime {
  /** Of each run, epoch s. */
  readonly at: readonly number[];
  /** The window's ends, epoch ms, and a step's width in seconds. */
  readonly since: number;
  readonly until: number;
  readonly stepS: number;
}

/** Where the largest is more than this many times the smallest, a scale from 0 would press the small ones together. */
const WIDEST = 8;

/**
 * Places the medians of each step of time, each at the mean time of its values.
 * @param series one list an endpoint with a value or null for each run
 * @returns null where there is nothing to draw
 */
export function plotOverlay(
  series: readonly (readonly (number | null)[])[],
  { at, since, until, stepS }: OverlayTime,
): OverlayPlot | null {
  const medians = series.map((values) => stepMedians(values, at, stepS));
  const values = medians.flatMap((steps) => steps.map(({ value }) => value));
  if (values.length === 0) return null;
  const [smallest, largest] = [Math.min(...values), Math.max(...values)];
  const logarithmic = smallest > 0 && largest / smallest > WIDEST;
  const steps = [...new Set(medians.flatMap((all) => all.map(({ step }) => step)))].sort((a, b) => a - b);
  const { rows, place } = logarithmic ? logScale(smallest, largest) : fromZero(largest);
  return {
    since,
    until,
    logarithmic,
    rows,
    columns: timeTicks(since, until),
    steps: steps.map((step) => Math.max(since, step * stepS * 1_000)),
    lines: medians.map((all) =>
      pieces(all).map((piece) =>
        piece.map(({ step, value, n, at: seconds }): OverlayPoint => {
          const x = Math.min(1, Math.max(0, (seconds * 1_000 - since) / (until - since)));
          return [steps.indexOf(step), short(x), short(place(value)), Number(value.toPrecision(6)), n];
        }),
      ),
    ),
  };
}

interface Step {
  readonly step: number;
  /** The mean of its values' times, epoch s. */
  readonly at: number;
  readonly value: number;
  readonly n: number;
}

function stepMedians(values: readonly (number | null)[], at: readonly number[], stepS: number): Step[] {
  const steps = new Map<number, { values: number[]; times: number }>();
  values.forEach((value, index) => {
    const time = at[index];
    if (value === null || time === undefined) return;
    const step = Math.floor(time / stepS);
    const held = steps.get(step) ?? { values: [], times: 0 };
    held.values.push(value);
    held.times += time;
    steps.set(step, held);
  });
  return [...steps].map(([step, held]) => ({
    step,
    at: held.times / held.values.length,
    value: median(held.values) ?? 0,
    n: held.values.length,
  }));
}

function pieces(steps: readonly Step[]): Step[][] {
  const found: Step[][] = [];
  for (const step of steps) {
    const piece = found.at(-1);
    if (piece?.at(-1)?.step === step.step - 1) piece.push(step);
    else found.push([step]);
  }
  return found;
}

function fromZero(largest: number) {
  const { max, ticks } = linearScale(largest);
  const place = (value: number) => value / max;
  return { place, rows: ticks.map((value) => ({ y: short(place(value)), value })) };
}

/** From round value to round value: 1, 2 or 5 times a power of ten. */
function logScale(smallest: number, largest: number) {
  const powers = Array.from(
    { length: Math.ceil(Math.log10(largest)) - Math.floor(Math.log10(smallest)) + 1 },
    (_, index) => Math.floor(Math.log10(smallest)) + index,
  );
  const round = powers.flatMap((power) => [1, 2, 5].map((factor) => Number(`${factor}e${power}`)));
  const low = round.findLast((value) => value <= smallest) ?? smallest;
  const high = round.find((value) => value >= largest) ?? largest;
  const place = (value: number) => Math.log(value / low) / Math.log(high / low);
  const inside = round.filter((value) => value >= low && value <= high);
  const tens = inside.filter(
    (value) => value === low || value === high || /^1(e|$|0*$)|^0\.0*1$/.test(String(value)),
  );
  const ticks = inside.length <= 6 ? inside : tens;
  return { place, rows: ticks.map((value) => ({ y: short(place(value)), value })) };
}

/** No more digits than a drawing shows. */
function short(share: number): number {
  return Math.round(share * 10_000) / 10_000;
}
