import type { DrawnRatio, RatioAxis } from "../../lib/comparison-axis.ts";
import type { ComparedMetric } from "../../lib/comparison-result.ts";
import { formatTick } from "../../lib/format.ts";
import { percent } from "../../lib/scale.ts";

export interface RatioDrawingProps {
  readonly drawn: DrawnRatio;
  readonly metric: ComparedMetric;
  readonly ticks: RatioAxis["ticks"];
  /** Who is better on either side. */
  readonly left: string;
  readonly right: string;
  /** Of the one that is better; null where none is. */
  readonly color: string | null;
  /** Without the axis's words and lines: one of many. */
  readonly brief: boolean;
}

const TOP = 20;
const BLOCK_STEP = 4;
const BAR = 14;

/**
 * The difference on an axis around "the same": to the left the first is better, to the right the second. The words beside
 * it say the same, so it is hidden from screen readers.
 */
export function RatioDrawing({ drawn, metric, ticks, left, right, color, brief }: RatioDrawingProps) {
  const bar = TOP + drawn.blocks.length * BLOCK_STEP + (drawn.blocks.length > 0 ? 8 : 2);
  const bottom = bar + BAR + 4;
  const span = { x: percent(drawn.from), width: percent(drawn.to - drawn.from) };
  if (brief) {
    return (
      <svg width="100%" height="14" aria-hidden="true" data-drawing={metric}>
        <path d="M0 7H4000" className="stroke-acid-border" />
        <line x1="50%" x2="50%" y2="14" className="stroke-acid-text" />
        <rect {...span} y="3" height="8" rx="2" fill={color ?? "#94a3b8"} />
      </svg>
    );
  }
  const paint = color === null ? { className: "fill-acid-muted" } : { fill: color };
  return (
    <svg
      width="100%"
      height={bottom + 18}
      aria-hidden="true"
      data-drawing={metric}
      className="block overflow-hidden"
    >
      <text x="0" y="10" className="fill-acid-muted text-2xs">
        {`◀ ${shorten(left)}`}
      </text>
      <text x="100%" y="10" textAnchor="end" className="fill-acid-muted text-2xs">
        {`${shorten(right)} ▶`}
      </text>
      {ticks.map(({ at: place, factor }) => (
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
      {drawn.blocks.map((block, index) => (
        <circle
          // biome-ignore lint/suspicious/noArrayIndexKey: a block is its place in time
          key={index}
          cx={percent(block)}
          cy={TOP + index * BLOCK_STEP + 2}
          r="1.75"
          className="fill-acid-muted"
        />
      ))}
      <rect {...span} y={bar} height={BAR} rx="3" fillOpacity=".35" {...paint} />
      <line
        x1={percent(drawn.at)}
        x2={percent(drawn.at)}
        y1={bar - 2}
        y2={bar + BAR + 2}
        strokeWidth="3"
        stroke={color ?? undefined}
        className={color === null ? "stroke-acid-text" : undefined}
      />
    </svg>
  );
}

/** Two names share the width of a column. */
function shorten(name: string): string {
  const characters = [...name];
  return characters.length <= 16 ? name : `${characters.slice(0, 15).join("")}…`;
}
