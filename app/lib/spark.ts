import type { Endpoint } from "./types.ts";

/** The small trend's box in its own units. */
export const SPARK = { width: 96, height: 24 } as const;

/** A trend as a line in the box, drawn where the data is read: a browser need not place anything. Values in ms. */
export interface Spark {
  readonly path: string;
  readonly low: number;
  readonly high: number;
}

/**
 * The line of the medians over the window, from each point to the next: shorter than in places of their own, and a page
 * has a hundred of these lines, twice. Where a bucket has no answer it is broken: nothing is drawn where there is
 * no data.
 * @param since start of the window, ISO @param until its end
 * @returns null below two values
 */
export function drawSpark(trend: Endpoint["trend"], since: string, until: string): Spark | null {
  if (trend === null) return null;
  const [start, end] = [Date.parse(since), Date.parse(until)];
  const middle = (step: number) => (trend.from + (step + 0.5) * trend.step) * 1_000;
  const seen = trend.ttft.flatMap((value, step) =>
    value === null ? [] : [{ step, at: middle(step), value }],
  );
  if (seen.length < 2) return null;
  const values = seen.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (at: number) => round(clamp((at - start) / (end - start)) * (SPARK.width - 4) + 2);
  const y = (value: number) =>
    round(
      high === low
        ? SPARK.height / 2
        : SPARK.height - 3 - ((value - low) / (high - low)) * (SPARK.height - 6),
    );
  const path = seen
    .map(({ step, at, value }, index) => {
      const before = seen[index - 1];
      if (before === undefined || step - before.step > 1) return `M${pair(x(at), y(value))}`;
      return `l${pair(x(at) - x(before.at), y(value) - y(before.value))}`;
    })
    .join("");
  return { path, low, high };
}

/** As SVG's paths may have it: a minus parts two numbers as a space does. */
function pair(x: number, y: number): string {
  return y < 0 ? `${x}${y}` : `${x} ${y}`;
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}

function round(value: number): number {
  return Math.round(value);
}
