import type { ReactNode } from "react";
import { formatTime } from "../../lib/format.ts";
import type { SeriesPlot } from "../../lib/series.ts";
import { HiddenTable } from "../ui/hidden-table.tsx";
import { LEGEND, LegendKey, useHidden } from "./legend.tsx";
import { SeriesBox } from "./series-box.tsx";
import { SeriesDrawing } from "./series-drawing.tsx";
import { useCanvas } from "./use-canvas.tsx";

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
  /** The address of the page that shows a span which is dragged over, where it is not the one that is on. */
  readonly page?: string;
}

/**
 * A figure over time: the median of each step, a band to its slow end where there are enough requests, and single
 * requests as dots where there are few. Drawn on the server; a canvas takes the drawing's place once it is in view. Dragging
 * over that one shows its span.
 */
export function SeriesChart({ name, plot, format, formatTick, slowName, page }: SeriesChartProps) {
  const { box, drawn, canvas } = useCanvas(loadCanvas);
  const { hidden, toggle } = useHidden<SeriesPart>();
  if (plot === null) {
    return <p className="py-12 text-center text-acid-muted">Nothing was measured in this window.</p>;
  }
  const parts: SeriesPart[] = ["p50"];
  if (plot.bands.length > 0) parts.push("slow");
  if (plot.dots.length > 0) parts.push("answers");
  const over = plot.dots.filter((dot) => dot.over).length;
  return (
    <figure>
      <SeriesBox
        box={box}
        live={drawn}
        rows={plot.scale.ticks.map((value) => ({ y: value / plot.scale.max, text: formatTick(value) }))}
        columns={plot.ticks}
      >
        <SeriesDrawing plot={plot} invisible={drawn} />
        {canvas({ plot, hidden, format, slowName, page })}
      </SeriesBox>
      <HiddenTable
        caption={`${name} over time`}
        columns={["From", "p50", slowName, "Requests"]}
        rows={plot.buckets.map(([at, n, p50, slow]) => [
          formatTime(new Date(at).toISOString()),
          p50 === null ? "none" : format(p50),
          slow === null ? "too few" : format(slow),
          n,
        ])}
      />
      <figcaption className={LEGEND}>
        {parts.map((part) => (
          <LegendKey
            key={part}
            text={{ p50: "p50 (median)", slow: `${slowName}: 95% were faster`, answers: "one request" }[part]}
            shape={SHAPES[part]}
            shown={!hidden.includes(part)}
            onToggle={drawn ? () => toggle(part) : null}
          />
        ))}
        {over > 0 && <span>{`▲ ${over} above ${format(plot.scale.max)}`}</span>}
      </figcaption>
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
