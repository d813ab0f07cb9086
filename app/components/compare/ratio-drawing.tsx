import type { RatioEstimate, Verdict } from "../../lib/comparison.ts";
import type { RatioAxis } from "../../lib/comparison-axis.ts";
import { BETTER, type ComparedMetric } from "../../lib/comparison-result.ts";
import { formatTick } from "../../lib/format.ts";
import { percent } from "../../lib/scale.ts";

export interface RatioDrawingProps {
  readonly estimate: RatioEstimate;
  readonly metric: ComparedMetric;
  readonly verdict: Verdict;
  readonly axis: RatioAxis;
}

const TOP = 20;
const BLOCK_STEP = 4;
const BAR = 14;

/**
 * The difference on an axis around "the same": to the left a is better, to the right b. The words beside it say the
 * same, so it is hidden from screen readers.
 */
export function RatioDrawing({ estimate, metric, verdict, axis }: RatioDrawingProps) {
  const better = BETTER[metric];
  const at = (ratio: number) => percent(axis.place(ratio, better));
  const [from, to] = [axis.place(estimate.low, better), axis.place(estimate.high, better)].sort(
    (x, y) => x - y,
  );
  const bar = TOP + estimate.blocks.length * BLOCK_STEP + 8;
  const bottom = bar + BAR + 4;
  const color = COLORS[verdict];
  return (
    <svg width="100%" height={bottom + 18} aria-hidden="true" data-drawing={metric} className="block">
      <text x="0" y="10" className="fill-acid-muted text-2xs">
        ◀ A is better
      </text>
      <text x="100%" y="10" textAnchor="end" className="fill-acid-muted text-2xs">
        B is better ▶
      </text>
      {axis.ticks.map(({ at: place, factor }) => (
        <g key={place}>
          <line
            x1={percent(place)}
            x2={percent(place)}
            y1={TOP - 4}
            y2={bottom}
            strokeOpacity={factor === 1 ? 1 : 0.6}
            strokeDasharray={factor === 1 ? "3 3" : undefined}
            className={factor === 1 ? "stroke-acid-text" : "stroke-acid-border"}
          />
          <text
            x={percent(place)}
            y={bottom + 14}
            textAnchor={place < 0.01 ? "start" : place > 0.99 ? "end" : "middle"}
            className="figure-text fill-acid-muted text-2xs"
          >
            {factor === 1 ? "same" : `${formatTick(factor)}×`}
          </text>
        </g>
      ))}
      {estimate.blocks.map((block, index) => (
        <circle
          // biome-ignore lint/suspicious/noArrayIndexKey: a block is its place in time
          key={index}
          cx={at(block)}
          cy={TOP + index * BLOCK_STEP + 2}
          r="1.75"
          className="fill-acid-muted"
        />
      ))}
      <rect
        x={percent(from ?? 0)}
        y={bar}
        width={percent((to ?? 0) - (from ?? 0))}
        height={BAR}
        rx="3"
        fillOpacity=".35"
        className={color.fill}
      />
      <line
        x1={at(estimate.ratio)}
        x2={at(estimate.ratio)}
        y1={bar - 2}
        y2={bar + BAR + 2}
        strokeWidth="3"
        className={color.stroke}
      />
    </svg>
  );
}

const COLORS: Readonly<Record<Verdict, { fill: string; stroke: string }>> = {
  a: { fill: "fill-acid-link", stroke: "stroke-acid-link" },
  b: { fill: "fill-acid-warning", stroke: "stroke-acid-warning" },
  none: { fill: "fill-acid-muted", stroke: "stroke-acid-text" },
  few: { fill: "fill-acid-muted", stroke: "stroke-acid-text" },
};
