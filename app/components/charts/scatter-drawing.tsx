import type { ScatterPlot, ScatterPoint } from "../../lib/price-speed.ts";
import { percent } from "../../lib/scale.ts";

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

/** The names of few points beside them; many are told apart by pointing at them. Stays when the canvas has come. */
export function ScatterLabels({ plot }: { plot: ScatterPlot }) {
  if (plot.points.length > NAMED) return null;
  return (
    <svg
      width="100%"
      height="100%"
      aria-hidden="true"
      className="pointer-events-none absolute inset-0 block overflow-visible text-2xs"
    >
      {plot.points.map((point) => {
        const toTheLeft = point.x > 0.6;
        return (
          <text
            key={`${point.name} ${point.model}`}
            x={percent(point.x)}
            y={percent(1 - point.y)}
            dx={toTheLeft ? -8 : 8}
            dy={isCrowdedAbove(point, plot) ? 13 : -5}
            textAnchor={toTheLeft ? "end" : "start"}
            className="fill-acid-muted"
          >
            {`${point.name} ${shorten(point.model)}${point.simulated ? ", simulated" : ""}`}
          </text>
        );
      })}
    </svg>
  );
}

/** More names than this would cover each other. */
const NAMED = 10;

/** Whether another point's name stands where this one's would. */
function isCrowdedAbove(point: ScatterPoint, plot: ScatterPlot): boolean {
  return plot.points.some(
    (other) =>
      other !== point &&
      Math.abs(other.x - point.x) < 0.3 &&
      other.y - point.y < 0.09 &&
      (other.y > point.y || (other.y === point.y && other.model > point.model)),
  );
}

/** A model's name without its maker, cut to what fits. */
function shorten(model: string): string {
  const name = [...(model.split("/").at(-1) || model)];
  return name.length > 20 ? `${name.slice(0, 19).join("")}…` : name.join("");
}
