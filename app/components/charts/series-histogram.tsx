import { formatCount } from "../../lib/format.ts";
import { percent } from "../../lib/scale.ts";
import type { HistogramPlot } from "../../lib/series.ts";
import { HiddenTable } from "../ui/hidden-table.tsx";
import { LEGEND, LegendKey } from "./legend.tsx";
import { SeriesBox } from "./series-box.tsx";
import { useCanvas } from "./use-canvas.tsx";

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

/** The distribution: a bin for each step, as high as there are requests in it. */
export function HistogramChart({ name, plot, n, format, formatTick }: HistogramChartProps) {
  const { box, drawn, canvas } = useCanvas(loadCanvas);
  if (plot === null) {
    return (
      <p className="py-12 text-center text-acid-muted">
        {n === 0 ? "Nothing was measured in this window." : `Too few requests to show a distribution: ${n}.`}
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
          { y: 1, text: formatCount(most, "request", "requests") },
        ]}
        columns={plot.ticks.map(({ x, value }) => ({ x, text: formatTick(value) }))}
      >
        <HistogramDrawing plot={plot} invisible={drawn} />
        {canvas({ plot, format })}
      </SeriesBox>
      <HiddenTable
        caption={`${name}: distribution`}
        columns={["From", "Requests"]}
        rows={plot.bars.map((bar) => [
          bar.to === null ? `${format(bar.from)} and more` : format(bar.from),
          bar.n,
        ])}
      />
      <figcaption className={LEGEND}>
        <span>{`n ${plot.n}, ${format(plot.step)} bins`}</span>
        {beyond !== undefined && (
          <LegendKey
            text={`${beyond.n} at ${format(beyond.from)} or more`}
            shape={<rect x="6" y="2" width="8" height="8" rx="1" className="fill-acid-warning" />}
          />
        )}
      </figcaption>
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
