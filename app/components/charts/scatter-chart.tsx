import { formatCount, formatTick, formatTps, formatUsd } from "../../lib/format.ts";
import { type ScatterPlot, unpackPoint } from "../../lib/price-speed.ts";
import { METRICS } from "../../lib/words.ts";
import { HiddenTable } from "../ui/hidden-table.tsx";
import { MetricHint } from "../ui/metric-hint.tsx";
import { LEGEND, LegendKey } from "./legend.tsx";
import { ScatterDrawing, ScatterLabels } from "./scatter-drawing.tsx";
import { useCanvas } from "./use-canvas.tsx";

/** Speed against price: the upper left is fast and cheap. Drawn on the server; Chart.js takes over in view. */
export function ScatterChart({ plot }: { plot: ScatterPlot | null }) {
  const { box, drawn, canvas } = useCanvas(loadCanvas);
  if (plot === null) {
    return (
      <p className="py-10 text-center text-acid-muted">
        No endpoint has both an output speed and a known price in this window.
      </p>
    );
  }
  return (
    <figure>
      <div className="grid grid-cols-[auto_1fr] gap-x-2">
        <Axis plot={plot} />
        <div ref={box} className="relative h-72" data-chart={drawn ? "live" : "drawn"}>
          <ScatterDrawing plot={plot} hidden={drawn} />
          <ScatterLabels plot={plot} />
          {canvas({ plot })}
        </div>
        <span />
        <div className="figure-text relative mt-1 h-4 text-2xs text-acid-muted">
          <svg width="100%" height="16" aria-hidden="true" className="block overflow-visible">
            {plot.points.some((line) => unpackPoint(line).price === 0) && (
              <text x="0" y="12" className="fill-acid-muted">
                free
              </text>
            )}
            {plot.priceTicks.map(({ value, at }) => (
              <text key={value} x={`${at * 100}%`} y="12" textAnchor="middle" className="fill-acid-muted">
                {formatUsd(value)}
              </text>
            ))}
          </svg>
        </div>
      </div>
      {plot.points.length <= LISTED && (
        <HiddenTable
          caption="Output speed and price by endpoint"
          columns={["Endpoint", "Median output speed", "Price per million tokens"]}
          rows={plot.points
            .map(unpackPoint)
            .map(({ name, model, simulated, tps, price }) => [
              `${name} ${model}${simulated ? ", simulated" : ""}`,
              formatTps(tps),
              formatUsd(price),
            ])}
        />
      )}
      <figcaption className={LEGEND}>
        <Axes />
        <LegendKey text="direct" shape={<circle cx="10" cy="6" r="4" className="fill-acid-text" />} />
        <LegendKey
          text="proxy (reseller)"
          shape={<rect x="6.5" y="2.5" width="7" height="7" className="fill-acid-text" />}
        />
        {plot.frontier.length > 1 && (
          <LegendKey
            text="frontier: nothing is both faster and cheaper"
            shape={
              <path d="M0 6h20" strokeWidth="1.5" strokeDasharray="4 3" className="stroke-acid-success" />
            }
          />
        )}
        {plot.points.length > LISTED && <span className="sr-only">The table above has all figures.</span>}
        {plot.left > 0 && (
          <span>{`${formatCount(plot.left, "endpoint", "endpoints")} without a speed or a known price`}</span>
        )}
      </figcaption>
    </figure>
  );
}

/** The plot for whoever does not see it; with more endpoints than this the page's table is the one to read. */
const LISTED = 60;

async function loadCanvas() {
  const { ScatterCanvas } = await import("./scatter-canvas.client.tsx");
  return ScatterCanvas;
}

/** What each axis measures; both are explained. */
function Axes() {
  return (
    <span>
      {"Up: "}
      <MetricHint measure={METRICS.tps} align="start" className="py-1">
        {`tokens per second, ${METRICS.tps.direction}`}
      </MetricHint>
      {". Right: "}
      <MetricHint measure={METRICS.cost} align="start" className="py-1">
        {`$ per million tokens, ${METRICS.cost.direction}`}
      </MetricHint>
      . Both axes are logarithmic.
    </span>
  );
}

function Axis({ plot }: { plot: ScatterPlot }) {
  return (
    <svg aria-hidden="true" width="40" height="100%" className="figure-text block overflow-visible text-2xs">
      {plot.speedTicks.map(({ value, at }) => (
        <text
          key={value}
          x="40"
          y={`${(1 - at) * 100}%`}
          dy=".35em"
          textAnchor="end"
          className="fill-acid-muted"
        >
          {formatTick(value)}
        </text>
      ))}
    </svg>
  );
}
