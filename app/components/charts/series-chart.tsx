import { type ReactNode, useCallback, useRef, useState } from "react";
import { formatTime } from "../../lib/format.ts";
import type { SeriesPlot } from "../../lib/series.ts";
import { KeepDrawing } from "./keep-drawing.tsx";
import { SeriesBox } from "./series-box.tsx";
import { SeriesDrawing } from "./series-drawing.tsx";
import { useTakeover } from "./use-takeover.ts";

/** The parts of a series that a reader can switch off. */
export type SeriesPart = "p50" | "slow" | "answers";

export interface SeriesChartProps {
  /** What is drawn, for the table's caption: "Time to first token". */
  readonly name: string;
  /** From `plotSeries`, made where the data is read: a browser need not place anything. Null: nothing to draw. */
  readonly plot: SeriesPlot | null;
  readonly format: (value: number) => string;
  /** The same on the axis, where there is less room. */
  readonly formatTick: (value: number) => string;
  /** What the slow end of this figure is called: p95 of times, p5 of rates. */
  readonly slowName: string;
}

/**
 * A figure over time: the median of each step, a band to its slow end where there are enough answers, and single
 * answers as dots where there are few. Drawn on the server; a canvas takes the drawing's place once it is in view.
 */
export function SeriesChart({ name, plot, format, formatTick, slowName }: SeriesChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const Canvas = useTakeover(box, loadCanvas);
  const [drawn, setDrawn] = useState(false);
  const onDrawn = useCallback(() => setDrawn(true), []);
  const [hidden, setHidden] = useState<readonly SeriesPart[]>([]);
  if (plot === null) {
    return <p className="py-12 text-center text-acid-muted">Nothing was measured in this window.</p>;
  }
  const parts: SeriesPart[] = ["p50"];
  if (plot.bands.length > 0) parts.push("slow");
  if (plot.dots.length > 0) parts.push("answers");
  const over = plot.dots.filter((dot) => dot.over).length;
  const toggle = (part: SeriesPart) =>
    setHidden((now) => (now.includes(part) ? now.filter((other) => other !== part) : [...now, part]));
  return (
    <figure>
      <SeriesBox
        box={box}
        live={drawn}
        rows={plot.scale.ticks.map((value) => ({ y: value / plot.scale.max, text: formatTick(value) }))}
        columns={plot.ticks}
      >
        <SeriesDrawing plot={plot} invisible={drawn} />
        {Canvas !== null && (
          <div className="absolute inset-0 overflow-hidden">
            <KeepDrawing>
              <Canvas plot={plot} hidden={hidden} format={format} slowName={slowName} onDrawn={onDrawn} />
            </KeepDrawing>
          </div>
        )}
      </SeriesBox>
      <figcaption className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-acid-muted text-xs">
        {parts.map((part) => (
          <Key
            key={part}
            part={part}
            text={
              {
                p50: "p50: half were faster",
                slow: `${slowName}: 19 in 20 were faster`,
                answers: "one answer",
              }[part]
            }
            shown={!hidden.includes(part)}
            onToggle={drawn ? () => toggle(part) : null}
          />
        ))}
        {over > 0 && <span>{`▲ ${over} above ${format(plot.scale.max)}`}</span>}
      </figcaption>
      <SeriesTable name={name} plot={plot} format={format} slowName={slowName} />
    </figure>
  );
}

async function loadCanvas() {
  const { SeriesCanvas } = await import("./series-canvas.client.tsx");
  return SeriesCanvas;
}

const SHAPES: Readonly<Record<SeriesPart, ReactNode>> = {
  p50: <path d="M1 6h18" strokeWidth="2" className="stroke-acid-link" />,
  slow: <rect y="1" width="20" height="10" className="fill-acid-primary" fillOpacity=".3" />,
  answers: <circle cx="10" cy="6" r="2.5" className="fill-acid-muted" />,
};

/** A key of the legend; with a canvas to act on it is a switch. */
function Key({
  part,
  text,
  shown,
  onToggle,
}: {
  part: SeriesPart;
  text: string;
  shown: boolean;
  onToggle: (() => void) | null;
}) {
  const inside = (
    <>
      <svg viewBox="0 0 20 12" className="h-3 w-5 shrink-0" aria-hidden="true">
        {SHAPES[part]}
      </svg>
      {text}
    </>
  );
  const looks = `inline-flex min-h-6 items-center gap-1.5 rounded text-left ${shown ? "" : "line-through opacity-60"}`;
  if (onToggle === null) return <span className={looks}>{inside}</span>;
  return (
    <button type="button" aria-pressed={shown} onClick={onToggle} className={`${looks} hover:text-acid-text`}>
      {inside}
    </button>
  );
}

/** The chart for whoever does not see it. */
function SeriesTable({
  name,
  plot,
  format,
  slowName,
}: Omit<SeriesChartProps, "plot" | "formatTick"> & { plot: SeriesPlot }) {
  return (
    <div className="sr-only">
      <table>
        <caption>{`${name} over time`}</caption>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">p50</th>
            <th scope="col">{slowName}</th>
            <th scope="col">Answers</th>
          </tr>
        </thead>
        <tbody>
          {plot.buckets.map(([at, n, p50, slow]) => (
            <tr key={at}>
              <th scope="row">{formatTime(new Date(at).toISOString())}</th>
              <td>{p50 === null ? "none" : format(p50)}</td>
              <td>{slow === null ? "too few" : format(slow)}</td>
              <td>{n}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
