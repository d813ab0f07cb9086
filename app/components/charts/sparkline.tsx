import { formatMs } from "../../lib/format.ts";
import type { TrendPoint } from "../../lib/types.ts";

const WIDTH = 96;
const HEIGHT = 24;

export interface SparklineProps {
  readonly points: readonly TrendPoint[];
  /** Start and end of the window (ISO) and a bucket's width in seconds. */
  readonly since: string;
  readonly until: string;
  readonly stepS: number;
}

/**
 * The median time to first token over the window. Where a bucket has no answer the line is broken: nothing
 * is drawn where there is no data.
 */
export function Sparkline({ points, since, until, stepS }: SparklineProps) {
  const [start, end] = [Date.parse(since), Date.parse(until)];
  const seen = points.flatMap(([at, value]) => (value === null ? [] : [{ at: at + stepS * 500, value }]));
  if (seen.length < 2) return <span className="text-acid-muted text-xs">n/a</span>;
  const values = seen.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (at: number) => clamp((at - start) / (end - start)) * (WIDTH - 4) + 2;
  const y = (value: number) =>
    high === low ? HEIGHT / 2 : HEIGHT - 3 - ((value - low) / (high - low)) * (HEIGHT - 6);
  const path = seen
    .map(({ at, value }, index) => {
      const before = seen[index - 1];
      const broken = before === undefined || at - before.at > stepS * 1500;
      return `${broken ? "M" : "L"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
    })
    .join("");
  const last = seen.at(-1);
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      className="h-6 w-24"
      role="img"
      aria-label={`from ${formatMs(low)} to ${formatMs(high)}`}
    >
      <path
        d={path}
        fill="none"
        strokeWidth="1.5"
        strokeLinejoin="round"
        strokeLinecap="round"
        className="stroke-acid-link"
      />
      {last !== undefined && <circle cx={x(last.at)} cy={y(last.value)} r="2" className="fill-acid-text" />}
    </svg>
  );
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
