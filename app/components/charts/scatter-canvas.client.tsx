import { Chart as ChartJs, type ChartOptions, LinearScale, PointElement, Tooltip } from "chart.js";
import { useEffect, useMemo } from "react";
import { Scatter } from "react-chartjs-2";
import { formatTps, formatUsd } from "../../lib/format.ts";
import { endpointPath } from "../../lib/models-path.ts";
import { type ScatterPlot, type ScatterPoint, unpackPoint } from "../../lib/price-speed.ts";
import { PALETTE } from "../../lib/provider-marks.ts";
import { keptTime } from "../../lib/queries.ts";
import { ACID } from "../../lib/theme.ts";
import { TOOLTIP_LOOK } from "./tooltip-look.ts";

// Only what this chart draws with; react-chartjs-2 registers the scatter controller itself.
ChartJs.register(LinearScale, PointElement, Tooltip);

/** The plot in Chart.js, with the geometry of the drawing it replaces: places are shares of the box already. */
export function ScatterCanvas({ plot, onDrawn }: { plot: ScatterPlot; onDrawn: () => void }) {
  const points = useMemo(() => plot.points.map(unpackPoint), [plot]);
  const data = useMemo(
    () => ({
      datasets: [
        {
          data: points.map(({ x, y }) => ({ x, y })),
          pointStyle: points.map(({ kind }) => (kind === "proxy" ? "rect" : "circle")),
          backgroundColor: points.map(({ hue }) => PALETTE[hue] ?? ACID.muted),
          borderWidth: 0,
          radius: points.map(({ kind }) => (kind === "proxy" ? 5 : 4)),
          hoverRadius: 7,
          clip: 10,
        },
      ],
    }),
    [points],
  );
  const options = useMemo(() => chartOptions(plot, points), [plot, points]);
  useEffect(onDrawn, [onDrawn]);
  return <Scatter data={data} options={options} aria-hidden="true" role="presentation" />;
}

function chartOptions(plot: ScatterPlot, points: readonly ScatterPoint[]): ChartOptions<"scatter"> {
  const axis = (ticks: ScatterPlot["priceTicks"]) => ({
    type: "linear" as const,
    min: 0,
    max: 1,
    border: { display: false },
    grid: { color: `${ACID.border}99`, drawTicks: false },
    ticks: { display: false },
    afterBuildTicks(scale: { ticks: { value: number }[] }) {
      scale.ticks = ticks.map(({ at }) => ({ value: at }));
    },
    afterFit(scale: { width: number; height: number; isHorizontal(): boolean }) {
      if (scale.isHorizontal()) scale.height = 0;
      else scale.width = 0;
    },
  });
  return {
    maintainAspectRatio: false,
    animation: false,
    layout: { autoPadding: false, padding: 0 },
    onClick(_, [element]) {
      const point = points[element?.index ?? -1];
      if (point !== undefined) location.assign(endpointPath(point) + keptTime(location.search));
    },
    interaction: { mode: "nearest", intersect: true },
    scales: { x: axis(plot.priceTicks), y: axis(plot.speedTicks) },
    plugins: {
      tooltip: {
        ...TOOLTIP_LOOK,
        callbacks: {
          title: (items) => {
            const point = points[items[0]?.dataIndex ?? -1];
            return point === undefined ? "" : `${point.name} ${point.model}`;
          },
          label: ({ dataIndex }) => {
            const point = points[dataIndex];
            if (point === undefined) return [];
            return [
              `${formatTps(point.tps)} (median)`,
              `${point.price === 0 ? "free" : formatUsd(point.price)} per million tokens`,
              `n ${point.n}${point.kind === null ? "" : `, ${point.kind}`}${point.simulated ? ", simulated" : ""}`,
            ];
          },
        },
      },
    },
  };
}
