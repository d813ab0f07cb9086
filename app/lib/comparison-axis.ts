import type { RatioEstimate } from "./comparison.ts";

/** A logarithmic axis around "the same": places are shares of its width, 0 (a far better) to 1 (b far better). */
export interface RatioAxis {
  readonly ticks: readonly { readonly at: number; readonly factor: number }[];
  /** Where a ratio a/b lies. */
  readonly place: (ratio: number, better: "lower" | "higher") => number;
}

/** An estimate's places on an axis, as shares of its width: its interval's ends, its ratio, its parts of the window. */
export interface DrawnRatio {
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly blocks: readonly number[];
}

export function drawRatio(
  { low, high, ratio, blocks }: RatioEstimate,
  axis: RatioAxis,
  better: "lower" | "higher",
): DrawnRatio {
  const at = (value: number) => Math.round(axis.place(value, better) * 10_000) / 10_000;
  const ends = [at(low), at(high)];
  return { from: Math.min(...ends), to: Math.max(...ends), at: at(ratio), blocks: blocks.map(at) };
}

/** Ends that an axis may have, as factors. */
const ENDS = [1.05, 1.1, 1.25, 1.5, 2, 3, 5, 10, 30, 100, 1_000, 10_000, 1_000_000];

/** The narrowest axis that holds every interval; blocks that lie beyond it are drawn at its ends. */
export function ratioAxis(estimates: readonly RatioEstimate[]): RatioAxis {
  const furthest = Math.max(1, ...estimates.flatMap(({ low, high }) => [1 / low, high]));
  const index = ENDS.findIndex((end) => end >= furthest * 1.001);
  const end = ENDS[index] ?? furthest;
  const half = Math.log(end);
  const place = (ratio: number, better: "lower" | "higher") => {
    const advantageOfB = better === "lower" ? Math.log(ratio) : -Math.log(ratio);
    return Math.min(1, Math.max(0, 0.5 + advantageOfB / (2 * half)));
  };
  // One more in the middle of each half, where a round factor lies about there.
  const between = ENDS.filter((factor) => Math.abs(Math.log(factor) / half - 0.5) < 0.15).slice(0, 1);
  const factors = [...between, end];
  return {
    place,
    ticks: [
      ...factors.map((factor) => ({ factor, at: place(1 / factor, "lower") })),
      { factor: 1, at: 0.5 },
      ...factors.map((factor) => ({ factor, at: place(factor, "lower") })),
    ].sort((x, y) => x.at - y.at),
  };
}
