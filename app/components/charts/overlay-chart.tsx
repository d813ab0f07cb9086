import { type PointerEvent, useId, useRef, useState } from "react";
import { formatTime } from "../../lib/format.ts";
import type { LineLook } from "../../lib/line-looks.ts";
import type { OverlayPlot } from "../../lib/overlay.ts";
import { percent } from "../../lib/scale.ts";
import { HiddenTable } from "../ui/hidden-table.tsx";
import { LineMark } from "./line-key.tsx";
import { SeriesBox } from "./series-box.tsx";
import { SpanDrag } from "./span-drag.tsx";

export interface OverlayChartProps {
  /** What is drawn, for the table's caption. */
  readonly name: string;
  /** Null: nothing to draw. */
  readonly plot: OverlayPlot | null;
  /** By line. */
  readonly names: readonly string[];
  readonly looks: readonly LineLook[];
  readonly format: (value: number) => string;
  /** The same on the axis, where there is less room. */
  readonly formatTick: (value: number) => string;
}

/** Paths are drawn on a sheet of this size and stretched to the box; strokes keep their width. */
const SHEET = 1_000;

/**
 * Several endpoints' medians as lines on one plot, told apart by colour and mark. Drawn on the server and left so; dragging
 * over it sets the page's span.
 */
export function OverlayChart({ name, plot, names, looks, format, formatTick }: OverlayChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<Pointed | null>(null);
  if (plot === null) {
    return <p className="py-12 text-center text-acid-muted">Nothing was measured in this window.</p>;
  }
  const timeOf = (step: number) => formatTime(new Date(plot.steps[step] ?? 0).toISOString());
  // A finger that swipes over the page means the page.
  const point = (event: PointerEvent<HTMLDivElement>) => {
    if (event.pointerType === "touch" || box.current === null) return;
    const { left, width } = box.current.getBoundingClientRect();
    setPointed(nearest(plot, (event.clientX - left) / width));
  };
  return (
    <figure onPointerMove={point} onPointerLeave={() => setPointed(null)} className="relative">
      <SeriesBox
        box={box}
        live={false}
        rows={plot.rows.map(({ y, value }) => ({ y, text: formatTick(value) }))}
        columns={plot.columns}
      >
        <SpanDrag since={plot.since} until={plot.until}>
          <Lines plot={plot} looks={looks} pointed={pointed} />
        </SpanDrag>
      </SeriesBox>
      {pointed !== null && (
        <div
          aria-hidden="true"
          // Set by a script, which the page's policy allows; the server never writes it.
          style={pointed.x < 0.5 ? { left: percent(pointed.x) } : { right: percent(1 - pointed.x) }}
          className="pointer-events-none absolute top-0 z-20 mx-3 grid gap-0.5 rounded-lg border border-acid-border bg-acid-surface p-2.5 text-xs shadow-black/50 shadow-xl"
        >
          <span className="text-acid-muted">{`from ${timeOf(pointed.step)}`}</span>
          {pointsOf(plot, pointed.step).map(({ line, value, n }) => (
            <span key={line} className="flex items-center gap-2 whitespace-nowrap">
              <LineMark look={looks[line]} />
              <span className="max-w-48 truncate">{names[line]}</span>
              <span className="figure-text ml-auto pl-3">{format(value)}</span>
              <span className="figure-text text-acid-muted">{`n ${n}`}</span>
            </span>
          ))}
        </div>
      )}
      {plot.logarithmic && (
        <p className="mt-1 text-2xs text-acid-muted">Logarithmic scale: equal steps are equal factors.</p>
      )}
      <HiddenTable
        caption={`${name} over time`}
        columns={["From", ...names]}
        rows={plot.steps.map((_, step) => [
          timeOf(step),
          ...names.map((_, line) => cellOf(plot, line, step, format)),
        ])}
      />
    </figure>
  );
}

function Lines({
  plot,
  looks,
  pointed,
}: {
  plot: OverlayPlot;
  looks: readonly LineLook[];
  pointed: Pointed | null;
}) {
  const id = useId();
  return (
    <svg width="100%" height="100%" className="absolute inset-0 overflow-visible" aria-hidden="true">
      <defs>
        {looks.map(({ color, mark }, line) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place in the list
          <path key={line} id={`${id}${line}`} d={mark} fill={color} />
        ))}
      </defs>
      {pointed !== null && (
        <line
          x1={percent(pointed.x)}
          x2={percent(pointed.x)}
          y1="0"
          y2="100%"
          strokeDasharray="3 3"
          className="stroke-acid-muted"
        />
      )}
      <svg
        width="100%"
        height="100%"
        viewBox={`0 0 ${SHEET} ${SHEET}`}
        preserveAspectRatio="none"
        className="overflow-visible"
        aria-hidden="true"
      >
        {plot.lines.map((pieces, line) => (
          <path
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place in the list
            key={line}
            d={pieces
              .map(
                (piece) =>
                  `M${piece.map(([, x, y]) => `${Math.round(x * SHEET)} ${Math.round((1 - y) * SHEET)}`).join("L")}`,
              )
              .join("")}
            fill="none"
            stroke={looks[line]?.color}
            strokeWidth="2"
            strokeLinejoin="round"
            vectorEffect="non-scaling-stroke"
          />
        ))}
      </svg>
      {plot.lines.map((pieces, line) =>
        pieces.flat().map(([step, x, y]) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place in the list
          <use key={`${line} ${step}`} href={`#${id}${line}`} x={percent(x)} y={percent(1 - y)} />
        )),
      )}
    </svg>
  );
}

/** The step that is pointed at, and where the point lies that was nearest. */
interface Pointed {
  readonly step: number;
  readonly x: number;
}

function nearest({ lines }: OverlayPlot, at: number): Pointed | null {
  const all = lines.flat(2).map(([step, x]) => ({ step, x }));
  return all.reduce<Pointed | null>(
    (best, one) => (best === null || Math.abs(one.x - at) < Math.abs(best.x - at) ? one : best),
    null,
  );
}

/** Each line's point in a step, the highest first as they stand in the plot. */
function pointsOf({ lines }: OverlayPlot, wanted: number) {
  return lines
    .flatMap((pieces, line) =>
      pieces.flat().flatMap(([step, , y, value, n]) => (step === wanted ? [{ line, y, value, n }] : [])),
    )
    .sort((a, b) => b.y - a.y);
}

function cellOf(plot: OverlayPlot, line: number, step: number, format: (value: number) => string): string {
  const point = plot.lines[line]?.flat().find(([at]) => at === step);
  return point === undefined ? "none" : `${format(point[3])}, n ${point[4]}`;
}
