import { useMemo } from "react";
import { groupBy } from "../../lib/collections.ts";
import { type ScatterPlot, unpackPoint } from "../../lib/price-speed.ts";
import { percent } from "../../lib/scale.ts";

/** The plot as SVG: places in per cent, so it fits any box without a script. */
export function ScatterDrawing({ plot, hidden }: { plot: ScatterPlot; hidden: boolean }) {
  const dots = useMemo(() => drawDots(plot), [plot]);
  return (
    <svg
      width="100%"
      height="100%"
      viewBox="0 0 100 100"
      preserveAspectRatio="none"
      aria-hidden="true"
      className={`scatter block overflow-visible ${hidden ? "invisible" : ""}`}
    >
      {plot.speedTicks.map(({ value, at }) => (
        <line key={value} x1="0" x2="100%" y1={percent(1 - at)} y2={percent(1 - at)} />
      ))}
      {plot.priceTicks.map(({ value, at }) => (
        <line key={value} x1={percent(at)} x2={percent(at)} y1="0" y2="100%" />
      ))}
      {dots.map(([looks, path]) => (
        <path key={looks} className={looks} d={path} vectorEffect="non-scaling-stroke" />
      ))}
    </svg>
  );
}

/** A dot is a line without length, as wide as its stroke: all of a provider's are one path. */
function drawDots(plot: ScatterPlot): readonly (readonly [looks: string, path: string])[] {
  const place = (share: number) => Number((share * 100).toFixed(1));
  const groups = groupBy(
    plot.points.map(unpackPoint),
    ({ hue, kind }) => `sign-${hue}${kind === "proxy" ? " proxy" : ""}`,
  );
  return [...groups].map(([looks, points]) => [
    looks,
    points.map(({ x, y }) => `M${place(x)} ${place(1 - y)}h0`).join(""),
  ]);
}

/** The frontier, and the names that fit, over drawing and canvas alike. */
export function ScatterLabels({ plot: { frontier, labels } }: { plot: ScatterPlot }) {
  return (
    <svg
      width="100%"
      height="100%"
      aria-hidden="true"
      className="pointer-events-none absolute inset-0 block overflow-visible text-2xs"
    >
      {frontier.slice(1).map(([x, y], index) => {
        const [fromX, fromY] = frontier[index] ?? [x, y];
        return (
          <line
            key={x}
            x1={percent(fromX)}
            y1={percent(1 - fromY)}
            x2={percent(x)}
            y2={percent(1 - y)}
            strokeWidth="1.5"
            strokeDasharray="4 3"
            className="stroke-acid-success"
          />
        );
      })}
      {labels.map(({ x, y, text, side, isBelow, isWide }) => (
        <text
          key={`${x} ${y} ${text}`}
          x={percent(x)}
          y={percent(1 - y)}
          dx={side === "left" ? -8 : 8}
          dy={isBelow ? 14 : -5}
          textAnchor={side === "left" ? "end" : "start"}
          className={`fill-acid-muted ${isWide ? "max-sm:hidden" : ""}`}
        >
          {text}
        </text>
      ))}
    </svg>
  );
}
