import { percent } from "../../lib/scale.ts";
import type { SeriesPlot } from "../../lib/series.ts";

/** Paths are drawn on a sheet of this size and stretched to the box; strokes keep their width. */
const SHEET = 1_000;

/** A series as SVG that fits any width without a script. */
export function SeriesDrawing({ plot, invisible }: { plot: SeriesPlot; invisible: boolean }) {
  return (
    <svg
      width="100%"
      height="100%"
      className={`absolute inset-0 overflow-visible ${invisible ? "invisible" : ""}`}
      aria-hidden="true"
    >
      {plot.dots.map((dot) => (
        <circle
          key={`${dot.at} ${dot.value}`}
          cx={percent(dot.x)}
          cy={percent(1 - dot.y)}
          r={dot.over ? 3 : 1.75}
          className={dot.over ? "fill-acid-warning" : "fill-acid-muted"}
          fillOpacity={dot.over ? 1 : 0.65}
        />
      ))}
      <svg
        width="100%"
        height="100%"
        viewBox={`0 0 ${SHEET} ${SHEET}`}
        preserveAspectRatio="none"
        className="overflow-visible"
        aria-hidden="true"
      >
        {plot.bands.map((band) => (
          <path
            key={band[0]?.x}
            d={`M${[...band.map((at) => place(at.x, at.slow)), ...band.toReversed().map((at) => place(at.x, at.p50))].join("L")}Z`}
            className="fill-acid-primary stroke-acid-primary"
            fillOpacity=".3"
            strokeOpacity=".3"
            strokeWidth="1"
            vectorEffect="non-scaling-stroke"
          />
        ))}
        {plot.lines.map((line) => (
          <path
            key={line[0]?.x}
            // A line of no length: a round cap makes it a dot.
            d={`M${line.map((at) => place(at.x, at.y)).join("L")}${line.length === 1 ? "h0" : ""}`}
            fill="none"
            strokeWidth={line.length === 1 ? 5 : 2}
            strokeLinecap="round"
            strokeLinejoin="round"
            className="stroke-acid-link"
            vectorEffect="non-scaling-stroke"
          />
        ))}
      </svg>
    </svg>
  );
}

function place(x: number, y: number): string {
  return `${Math.round(x * SHEET)} ${Math.round((1 - y) * SHEET)}`;
}
