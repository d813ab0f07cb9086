import {
  BarElement,
  CategoryScale,
  Chart as ChartJs,
  type ChartOptions,
  LinearScale,
  type Plugin,
  Tooltip,
} from "chart.js";
import { useEffect, useMemo } from "react";
import { Bar } from "react-chartjs-2";
import { formatMs } from "../../lib/format.ts";
import { PALETTE } from "../../lib/provider-marks.ts";
import type { Scale } from "../../lib/scale.ts";
import { CHART, describeBar, PROXY_OPACITY, type SpeedBar } from "../../lib/speed-bars.ts";
import { ACID, MONO } from "../../lib/theme.ts";
import type { SpeedPart } from "./speed-chart.tsx";
import { TOOLTIP_LOOK } from "./tooltip-look.ts";

// Only what this chart draws with; react-chartjs-2 registers the bar controller itself.
ChartJs.register(BarElement, CategoryScale, LinearScale, Tooltip);

export interface SpeedCanvasProps {
  readonly bars: readonly SpeedBar[];
  readonly scale: Scale;
  readonly hidden: readonly SpeedPart[];
  /** The first picture stands. */
  readonly onDrawn: () => void;
}

/** The first-token chart in Chart.js, with the geometry of the drawing it replaces. */
export function SpeedCanvas({ bars, scale, hidden, onDrawn }: SpeedCanvasProps) {
  const data = useMemo(
    () => ({
      labels: bars.map((bar) => `${bar.providerName} ${bar.model}`),
      datasets: [
        {
          data: bars.map((bar) => (isShown(bar, hidden) ? bar.p50 : null)),
          backgroundColor: bars.map(colorOf),
          barThickness: CHART.bar,
          borderRadius: 2,
          borderSkipped: false,
        },
      ],
    }),
    [bars, hidden],
  );
  const options = useMemo(() => chartOptions(bars, scale, hidden), [bars, scale, hidden]);
  // Chart.js keeps the plugins it was made with: this one reads the bars of the moment from the options.
  useEffect(onDrawn, [onDrawn]);
  return <Bar data={data} options={options} plugins={PLUGINS} aria-hidden="true" role="presentation" />;
}

/** Draws the line from p50 to p95 behind each bar's end. */
const whiskers: Plugin<"bar", { p95?: readonly (number | null)[] }> = {
  id: "whiskers",
  afterDatasetsDraw(chart, _, { p95 = [] }) {
    const { ctx, scales } = chart;
    const [x, y] = [scales.x, scales.y];
    if (x === undefined || y === undefined) return;
    ctx.save();
    ctx.strokeStyle = ACID.text;
    ctx.globalAlpha = 0.8;
    ctx.lineWidth = 1.5;
    p95.forEach((value, index) => {
      const start = chart.data.datasets[0]?.data[index];
      if (value === null || typeof start !== "number") return;
      const middle = y.getPixelForValue(index);
      const end = x.getPixelForValue(value);
      ctx.beginPath();
      ctx.moveTo(x.getPixelForValue(start), middle);
      ctx.lineTo(end, middle);
      ctx.moveTo(end, middle - 5);
      ctx.lineTo(end, middle + 5);
      ctx.stroke();
    });
    ctx.restore();
  },
};
const PLUGINS = [whiskers];

/** The provider's colour. */
function colorOf({ hue, kind }: SpeedBar): string {
  const color = PALETTE[hue] ?? ACID.muted;
  const alpha = Math.round(PROXY_OPACITY * 255).toString(16);
  return kind === "proxy" ? color + alpha : color;
}

function isShown(bar: SpeedBar, hidden: readonly SpeedPart[]): boolean {
  return !hidden.includes(bar.kind === "proxy" ? "proxy" : "direct");
}

function chartOptions(
  bars: readonly SpeedBar[],
  scale: Scale,
  hidden: readonly SpeedPart[],
): ChartOptions<"bar"> {
  const plugins = {
    whiskers: { p95: bars.map((bar) => (hidden.includes("p95") ? null : bar.p95)) },
    tooltip: {
      ...TOOLTIP_LOOK,
      callbacks: {
        label: ({ dataIndex }: { dataIndex: number }) => {
          const bar = bars[dataIndex];
          return bar === undefined ? [] : describeBar(bar);
        },
      },
    },
  };
  return {
    indexAxis: "y",
    maintainAspectRatio: false,
    animation: false,
    layout: { autoPadding: false },
    interaction: { mode: "index", axis: "y", intersect: false },
    scales: {
      y: { display: false },
      x: {
        min: 0,
        max: scale.max,
        border: { display: false },
        // Ticks without colour set the labels apart; padding would move the bars to the right instead.
        grid: { color: `${ACID.border}99`, tickColor: "transparent", tickLength: 7 },
        ticks: {
          stepSize: scale.step,
          align: "inner",
          padding: 0,
          color: ACID.muted,
          font: { family: MONO, size: 11 },
          callback: (value) => formatMs(Number(value)),
        },
        afterFit(axis) {
          axis.height = CHART.axis;
        },
      },
    },
    plugins,
  };
}
