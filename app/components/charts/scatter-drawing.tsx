import type { ScatterPlot } from "../../lib/price-speed.ts";

/** The plot as SVG: places in per cent, so it fits any box without a script. */
export function ScatterDrawing({ plot, hidden }: { plot: ScatterPlot; hidden: boolean }) {
  return (
    <svg
      width="100%"
      height="100%"
      aria-hidden="true"
      className={`scatter block overflow-visible ${hidden ? "invisible" : ""}`}
    >
      {plot.speedTicks.map(({ value, at }) => (
        <line key={value} x1="0" x2="100%" y1={percent(1 - at)} y2={percent(1 - at)} />
      ))}
      {plot.priceTicks.map(({ value, at }) => (
        <line key={value} x1={percent(at)} x2={percent(at)} y1="0" y2="100%" />
      ))}
      {plot.points.map((point) =>
        point.kind === "proxy" ? (
          // A square on its corner: turned around its own middle, since a path knows no per cent.
          <rect
            key={`${point.name} ${point.model}`}
            x={percent(point.x)}
            y={percent(1 - point.y)}
            width="7"
            height="7"
          />
        ) : (
          <circle
            key={`${point.name} ${point.model}`}
            cx={percent(point.x)}
            cy={percent(1 - point.y)}
            r="4"
          />
        ),
      )}
    </svg>
  );
}

function percent(share: number): string {
  return `${Math.round(share * 10_000) / 100}%`;
}
