import { useCallback, useRef, useState } from "react";
import { formatCount } from "../../lib/format.ts";
import type { HistogramPlot } from "../../lib/series.ts";
import { KeepDrawing } from "./keep-drawing.tsx";
import { percent, SeriesBox } from "./series-box.tsx";
import { useTakeover } from "./use-takeover.ts";

export interface HistogramChartProps {
  /** What is counted, for the table's caption. */
  readonly name: string;
  /** From `plotHistogram`, made where the data is read; null where there are too few values. */
  readonly plot: HistogramPlot | null;
  /** How many values there are. */
  readonly n: number;
  readonly format: (value: number) => string;
  readonly formatTick: (value: number) => string;
}

/** How values spread: a column for each step, as high as there are answers in it. */
export function HistogramChart({ name, plot, n, format, formatTick }: HistogramChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const Canvas = useTakeover(box, loadCanvas);
  const [drawn, setDrawn] = useState(false);
  const onDrawn = useCallback(() => setDrawn(true), []);
  if (plot === null) {
    return (
      <p className="py-12 text-center text-acid-muted">
        {n === 0 ? "Nothing was measured in this window." : `Too few answers to show how they spread: ${n}.`}
      </p>
    );
  }
  const beyond = plot.bars.find((bar) => bar.to === null);
  const most = Math.max(...plot.bars.map((bar) => bar.n));
  return (
    <figure>
      <SeriesBox
        box={box}
        live={drawn}
        rows={[
          { y: 0, text: "" },
          { y: 1, text: formatCount(most, "answer", "answers") },
        ]}
        columns={plot.ticks.map(({ x, value }) => ({ x, text: formatTick(value) }))}
      >
        <HistogramDrawing plot={plot} invisible={drawn} />
        {Canvas !== null && (
          <div className="absolute inset-0 overflow-hidden">
            <KeepDrawing>
              <Canvas plot={plot} format={format} onDrawn={onDrawn} />
            </KeepDrawing>
          </div>
        )}
      </SeriesBox>
      <figcaption className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-acid-muted text-xs">
        <span>{`n ${plot.n}, ${format(plot.step)} a column`}</span>
        {beyond !== undefined && (
          <span>
            <span aria-hidden="true" className="mr-1.5 inline-block size-2 rounded-[1px] bg-acid-warning" />
            {`${beyond.n} at ${format(beyond.from)} and more`}
          </span>
        )}
      </figcaption>
      <div className="sr-only">
        <table>
          <caption>{`${name}: how answers spread`}</caption>
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">Answers</th>
            </tr>
          </thead>
          <tbody>
            {plot.bars.map((bar) => (
              <tr key={bar.place}>
                <th scope="row">{bar.to === null ? `${format(bar.from)} and more` : format(bar.from)}</th>
                <td>{bar.n}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

async function loadCanvas() {
  const { HistogramCanvas } = await import("./series-canvas.client.tsx");
  return HistogramCanvas;
}

function HistogramDrawing({ plot, invisible }: { plot: HistogramPlot; invisible: boolean }) {
  const width = 1 / plot.places;
  return (
    <svg
      width="100%"
      height="100%"
      className={`absolute inset-0 ${invisible ? "invisible" : ""}`}
      aria-hidden="true"
    >
      {plot.bars.map((bar) => (
        <rect
          key={bar.place}
          x={percent((bar.place + 0.05) * width)}
          y={percent(1 - bar.height)}
          width={percent(0.9 * width)}
          height={percent(bar.height)}
          className={bar.to === null ? "fill-acid-warning" : "fill-acid-primary"}
        />
      ))}
    </svg>
  );
}
