import {
  BarElement,
  CategoryScale,
  Chart as ChartJs,
  type ChartOptions,
  Filler,
  LinearScale,
  LineElement,
  PointElement,
  Tooltip,
  type TooltipItem,
} from "chart.js";
import { useEffect, useMemo } from "react";
import { Bar, Line } from "react-chartjs-2";
import { formatCount, formatTime } from "../../lib/format.ts";
import type { HistogramPlot, SeriesBucket, SeriesPlot } from "../../lib/series.ts";
import { ACID } from "../../lib/theme.ts";
import { MEDIANS } from "./hit-or-median.ts";
import type { SeriesPart } from "./series-chart.tsx";
import { SpanDrag } from "./span-drag.tsx";
import { TOOLTIP_LOOK } from "./tooltip-look.ts";

// Only what these charts draw with; react-chartjs-2 registers the controllers itself.
ChartJs.register(BarElement, CategoryScale, Filler, LinearScale, LineElement, PointElement, Tooltip);

/** A place on the plot, with what it says when pointed at. */
interface Point {
  readonly x: number;
  readonly y: number;
  readonly title?: string;
  readonly lines?: readonly string[];
}

export interface SeriesCanvasProps {
  readonly plot: SeriesPlot;
  readonly hidden: readonly SeriesPart[];
  readonly format: (value: number) => string;
  readonly slowName: string;
  readonly page: string | undefined;
  /** The first picture stands. */
  readonly onDrawn: () => void;
}

/** The series in Chart.js: the same plot from edge to edge. */
export function SeriesCanvas({ plot, hidden, format, slowName, page, onDrawn }: SeriesCanvasProps) {
  const data = useMemo(() => {
    const describe = (bucket: SeriesBucket) => describeBucket(bucket, plot.stepS, format, slowName);
    return {
      datasets: [
        {
          ...QUIET,
          data: joined(plot.bands, (at) => ({ x: at.x, y: at.slow })),
          hidden: hidden.includes("slow"),
          borderColor: `${ACID.primary}4d`,
          borderWidth: 1,
          backgroundColor: `${ACID.primary}4d`,
          fill: 1,
        },
        {
          ...QUIET,
          data: joined(plot.bands, (at) => ({ x: at.x, y: at.p50 })),
          hidden: hidden.includes("slow"),
          borderWidth: 0,
        },
        {
          ...QUIET,
          label: MEDIANS,
          data: joined(plot.lines, (at) => ({ x: at.x, y: at.y, ...describe(at.bucket) })),
          hidden: hidden.includes("p50"),
          borderColor: ACID.link,
          borderWidth: 2,
          pointRadius: plot.lines.flatMap((line) => [...line.map(() => (line.length === 1 ? 2.5 : 0)), 0]),
          pointBackgroundColor: ACID.link,
          pointHitRadius: 14,
          pointHoverRadius: 4,
        },
        {
          ...QUIET,
          data: plot.dots.map((dot) => ({
            x: dot.x,
            y: dot.y,
            title: formatTime(new Date(dot.at).toISOString()),
            lines: [`one request: ${format(dot.value)}`],
          })),
          hidden: hidden.includes("answers"),
          showLine: false,
          pointRadius: plot.dots.map((dot) => (dot.over ? 3 : 1.75)),
          pointBackgroundColor: plot.dots.map((dot) => (dot.over ? ACID.warning : `${ACID.muted}a6`)),
          pointHitRadius: 4,
          pointHoverRadius: 4,
        },
      ],
    };
  }, [plot, hidden, format, slowName]);
  useEffect(onDrawn, [onDrawn]);
  return (
    <SpanDrag since={plot.since} until={plot.until} page={page}>
      <Line data={data} options={LINE_OPTIONS} aria-hidden="true" role="presentation" />
    </SpanDrag>
  );
}

export interface HistogramCanvasProps {
  readonly plot: HistogramPlot;
  readonly format: (value: number) => string;
  readonly onDrawn: () => void;
}

/** A distribution in Chart.js, in the drawing's columns. */
export function HistogramCanvas({ plot, format, onDrawn }: HistogramCanvasProps) {
  const data = useMemo(
    () => ({
      labels: Array.from({ length: plot.places }, (_, index) => index),
      datasets: [
        {
          data: plot.bars.map((bar) => ({
            x: bar.place,
            y: bar.height,
            title:
              bar.to === null ? `${format(bar.from)} and more` : `${format(bar.from)} to ${format(bar.to)}`,
            lines: [`${bar.n} of ${formatCount(plot.n, "request", "requests")}`],
          })),
          backgroundColor: plot.bars.map((bar) => (bar.to === null ? ACID.warning : ACID.primary)),
          hoverBackgroundColor: ACID.link,
          categoryPercentage: 1,
          barPercentage: 0.9,
        },
      ],
    }),
    [plot, format],
  );
  useEffect(onDrawn, [onDrawn]);
  return <Bar data={data} options={BAR_OPTIONS} aria-hidden="true" role="presentation" />;
}

function describeBucket(
  [at, n, p50, slow]: SeriesBucket,
  stepS: number,
  format: (value: number) => string,
  slowName: string,
): { title: string; lines: string[] } {
  const width = stepS >= 3_600 ? `${stepS / 3_600} h` : `${stepS / 60} min`;
  return {
    title: `${width} from ${formatTime(new Date(at).toISOString())}`,
    lines: [
      p50 === null ? "p50 n/a" : `p50 ${format(p50)} (median)`,
      slow === null ? `${slowName} n/a: needs 20 requests` : `${slowName} ${format(slow)}: 95% were faster`,
      `n ${n}`,
    ],
  };
}

/** One list of points for all pieces; NaN breaks the line between them. */
function joined<T>(pieces: readonly (readonly T[])[], point: (at: T) => Point): Point[] {
  return pieces.flatMap((piece) => [...piece.map(point), { x: Number.NaN, y: Number.NaN }]);
}

function pointOf(item: TooltipItem<"line"> | TooltipItem<"bar"> | undefined): Point | undefined {
  // What was handed in as the point comes back as it was: nothing is parsed.
  return item?.raw as Point | undefined;
}

const QUIET = {
  pointRadius: 0,
  pointHitRadius: 0,
  pointHoverRadius: 0,
  pointBorderWidth: 0,
  clip: false,
  fill: false,
} as const;
const EDGE_TO_EDGE = { display: false, min: 0, max: 1 } as const;
const SHARED = {
  maintainAspectRatio: false,
  animation: false,
  parsing: false,
  normalized: true,
  layout: { autoPadding: false, padding: 0 },
} as const;

const LINE_OPTIONS: ChartOptions<"line"> = {
  ...SHARED,
  spanGaps: false,
  interaction: { mode: "hitOrMedian" },
  scales: { x: { ...EDGE_TO_EDGE, type: "linear" }, y: { ...EDGE_TO_EDGE, type: "linear" } },
  plugins: {
    tooltip: {
      ...TOOLTIP_LOOK,
      // One point at a time: where several lie on each other the median speaks.
      filter: (item, index) => index === 0 && pointOf(item)?.lines !== undefined,
      callbacks: {
        title: ([item]) => pointOf(item)?.title ?? "",
        label: (item) => [...(pointOf(item)?.lines ?? [])],
      },
    },
  },
};
const BAR_OPTIONS: ChartOptions<"bar"> = {
  ...SHARED,
  interaction: { mode: "index", axis: "x", intersect: false },
  scales: { x: { display: false, type: "category" }, y: { ...EDGE_TO_EDGE, type: "linear" } },
  plugins: {
    tooltip: {
      ...TOOLTIP_LOOK,
      callbacks: {
        title: ([item]) => pointOf(item)?.title ?? "",
        label: (item) => [...(pointOf(item)?.lines ?? [])],
      },
    },
  },
};
