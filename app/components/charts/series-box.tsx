import type { ReactNode, RefObject } from "react";
import { percent } from "../../lib/scale.ts";

export interface SeriesBoxProps {
  readonly box: RefObject<HTMLDivElement>;
  /** A canvas has taken the drawing's place. */
  readonly live: boolean;
  /** Lines across, 0 at the bottom to 1 at the top. */
  readonly rows: readonly { readonly y: number; readonly text: string }[];
  /** Words below, 0 at the left to 1 at the right. */
  readonly columns: readonly { readonly x: number; readonly text: string }[];
  readonly children: ReactNode;
}

/**
 * The plot's frame: lines and words, the same under the server's drawing and under the canvas, so nothing moves
 * when one takes the other's place. Inside are only the figures, from edge to edge.
 */
export function SeriesBox({ box, live, rows, columns, children }: SeriesBoxProps) {
  return (
    <div aria-hidden="true" data-chart={live ? "live" : "drawn"}>
      <div className="relative mt-6 h-44">
        <svg width="100%" height="100%" aria-hidden="true" className="absolute inset-0 overflow-visible">
          {rows.map(({ y, text }) => (
            <g key={y}>
              <line
                x1="0"
                x2="100%"
                y1={percent(1 - y)}
                y2={percent(1 - y)}
                className="stroke-acid-border"
                strokeOpacity=".6"
              />
              <text x="0" y={percent(1 - y)} dy="-4" className="figure-text fill-acid-muted text-2xs">
                {text}
              </text>
            </g>
          ))}
        </svg>
        <div ref={box} className="absolute inset-0">
          {children}
        </div>
      </div>
      <svg width="100%" height="20" aria-hidden="true" className="block overflow-visible">
        {columns.map(({ x, text }) => (
          <text
            key={x}
            x={percent(x)}
            y="15"
            textAnchor={x < 0.02 ? "start" : x > 0.98 ? "end" : "middle"}
            className="figure-text fill-acid-muted text-2xs"
          >
            {text}
          </text>
        ))}
      </svg>
    </div>
  );
}
