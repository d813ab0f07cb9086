import { formatMs } from "../../lib/format.ts";
import type { Scale } from "../../lib/scale.ts";
import { CHART, PROXY_OPACITY, type SpeedBar } from "../../lib/speed-bars.ts";

export interface SpeedDrawingProps {
  readonly bars: readonly SpeedBar[];
  readonly scale: Scale;
  /** The canvas stands in its place; the drawing keeps the box's size. */
  readonly hidden: boolean;
}

/** The chart as SVG: lengths in per cent, so it fits any width without a script. */
export function SpeedDrawing({ bars, scale, hidden }: SpeedDrawingProps) {
  const bottom = bars.length * CHART.row;
  const x = (value: number) => `${(value / scale.max) * 100}%`;
  return (
    <svg
      width="100%"
      height={bottom + CHART.axis}
      aria-hidden="true"
      className={`block overflow-visible ${hidden ? "invisible" : ""}`}
    >
      {scale.ticks.map((tick, index) => (
        <g key={tick}>
          <line
            x1={x(tick)}
            x2={x(tick)}
            y1="0"
            y2={bottom}
            className="stroke-acid-border"
            strokeOpacity=".6"
          />
          <text
            x={x(tick)}
            y={bottom + 16}
            textAnchor={anchor(index, scale.ticks.length)}
            className="figure-text fill-acid-muted text-2xs"
          >
            {formatMs(tick)}
          </text>
        </g>
      ))}
      {bars.map((bar, index) => {
        const middle = (index + 0.5) * CHART.row;
        return (
          <g key={bar.key}>
            <rect
              x="0"
              y={middle - CHART.bar / 2}
              width={x(bar.p50)}
              height={CHART.bar}
              rx="2"
              fill="currentColor"
              fillOpacity={bar.kind === "proxy" ? PROXY_OPACITY : 1}
              className={`sign-${bar.hue}`}
            />
            {bar.p95 !== null && (
              <g className="stroke-acid-text" strokeWidth="1.5" strokeOpacity=".8">
                <line x1={x(bar.p50)} x2={x(bar.p95)} y1={middle} y2={middle} />
                <line x1={x(bar.p95)} x2={x(bar.p95)} y1={middle - 5} y2={middle + 5} />
              </g>
            )}
          </g>
        );
      })}
    </svg>
  );
}

function anchor(index: number, count: number): "start" | "middle" | "end" {
  if (index === 0) return "start";
  return index === count - 1 ? "end" : "middle";
}
