import type { SeriesPlot } from "../../lib/series.ts";

/** Paths are drawn on a sheet of this size and stretched to the box; strokes keep their width. */
const SHEET = 4_000;

/** A series as SVG that fits any width without a script. */
export function SeriesDrawing({ plot, invisible }: { plot: SeriesPlot; invisible: boolean }) {
  return (
    <svg
      width="100%"
      height="100%"
      viewBox={`0 0 ${SHEET} ${SHEET}`}
      preserveAspectRatio="none"
      className={`absolute inset-0 overflow-visible ${invisible ? "invisible" : ""}`}
      aria-hidden="true"
    >
      <Dots
        dots={plot.dots.filter(({ over }) => !over)}
        size={3.5}
        className="stroke-acid-muted opacity-65"
      />
      <Dots dots={plot.dots.filter(({ over }) => over)} size={6} className="stroke-acid-warning" />
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
  );
}

/**
 * Dots of one size, px, as a single path: one element for each of a day's answers would be most of a page. A round cap
 * makes a dot of a line of no length.
 */
function Dots({ dots, size, className }: { dots: SeriesPlot["dots"]; size: number; className: string }) {
  if (dots.length === 0) return null;
  return (
    <path
      d={dots.map(({ x, y }) => `M${place(x, y)}h0`).join("")}
      strokeWidth={size}
      strokeLinecap="round"
      className={className}
      vectorEffect="non-scaling-stroke"
    />
  );
}

function place(x: number, y: number): string {
  return `${Math.round(x * SHEET)} ${Math.round((1 - y) * SHEET)}`;
}
