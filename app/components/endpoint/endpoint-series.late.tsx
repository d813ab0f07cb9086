import type { ModelSeries } from "../../data/models-page.server.ts";
import { METRICS } from "../../lib/words.ts";
import { SeriesChart } from "../charts/series-chart.tsx";
import { HistogramChart } from "../charts/series-histogram.tsx";
import { LockedState } from "../ui/locked-state.tsx";
import { Panel } from "../ui/panel.tsx";

export interface EndpointSeriesProps {
  readonly metric: "ttft" | "tps" | "latency";
  /** Null where the metric is locked. */
  readonly series: ModelSeries | null;
  readonly format: (value: number) => string;
  readonly formatTick?: (value: number) => string;
  readonly slowName: string;
}

/** One figure over time, and how single answers spread around it. */
export function EndpointSeries({
  metric,
  series,
  format,
  formatTick = format,
  slowName,
}: EndpointSeriesProps) {
  const { label } = METRICS[metric];
  return (
    <Panel title={label} metric={metric}>
      {series === null ? (
        <LockedState metric={label} />
      ) : (
        <div className="grid grid-cols-1 gap-x-8 gap-y-6 lg:grid-cols-3">
          <div className="min-w-0 lg:col-span-2">
            <h3 className="eyebrow">Over time</h3>
            <SeriesChart
              name={label}
              plot={series.over}
              format={format}
              formatTick={formatTick}
              slowName={slowName}
            />
          </div>
          <div className="min-w-0">
            <h3 className="eyebrow">Distribution</h3>
            <HistogramChart
              name={label}
              plot={series.spread}
              n={series.n}
              format={format}
              formatTick={formatTick}
            />
          </div>
        </div>
      )}
    </Panel>
  );
}
