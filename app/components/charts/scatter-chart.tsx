import { useCallback, useRef, useState } from "react";
import { formatCount, formatTick, formatTps, formatUsd } from "../../lib/format.ts";
import type { ScatterPlot } from "../../lib/price-speed.ts";
import { explain, METRICS } from "../../lib/words.ts";
import { Hint } from "../ui/hint.tsx";
import { KeepDrawing } from "./keep-drawing.tsx";
import { ScatterDrawing, ScatterLabels } from "./scatter-drawing.tsx";
import { useTakeover } from "./use-takeover.ts";

/** Speed against price: the upper left is fast and cheap. Drawn on the server; Chart.js takes over in view. */
export function ScatterChart({ plot }: { plot: ScatterPlot | null }) {
  const box = useRef<HTMLDivElement>(null);
  const Canvas = useTakeover(box, loadCanvas);
  const [drawn, setDrawn] = useState(false);
  const onDrawn = useCallback(() => setDrawn(true), []);
  if (plot === null) {
    return (
      <p className="py-10 text-center text-acid-muted">
        No endpoint has both a rate and a known price in this window.
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
          {Canvas !== null && (
            <div className="absolute inset-0 overflow-hidden">
              <KeepDrawing>
                <Canvas plot={plot} onDrawn={onDrawn} />
              </KeepDrawing>
            </div>
          )}
        </div>
        <span />
        <div className="figure-text relative mt-1 h-4 text-2xs text-acid-muted">
          <svg width="100%" height="16" aria-hidden="true" className="block overflow-visible">
            {plot.points.some((point) => point.price === 0) && (
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
      <figcaption className="mt-2 flex flex-wrap gap-x-5 gap-y-1.5 text-acid-muted text-xs">
        <Axes />
        <Key text="direct">
          <circle cx="6" cy="6" r="4" className="fill-acid-primary" />
        </Key>
        <Key text="proxy: reached through a reseller">
          <path d="M6 1 11 6 6 11 1 6Z" className="fill-acid-muted" />
        </Key>
        {plot.points.length > LISTED && <span className="sr-only">The table below has all figures.</span>}
        {plot.left > 0 && (
          <span>{`${formatCount(plot.left, "endpoint", "endpoints")} without a rate or a known price`}</span>
        )}
      </figcaption>
      {plot.points.length <= LISTED && <ScatterTable plot={plot} />}
    </figure>
  );
}

/** The plot for whoever does not see it; with more endpoints than this the page's table is the one to read. */
const LISTED = 60;

function ScatterTable({ plot }: { plot: ScatterPlot }) {
  return (
    <div className="sr-only">
      <table>
        <caption>Speed and price by endpoint</caption>
        <thead>
          <tr>
            <th scope="col">Endpoint</th>
            <th scope="col">Median speed</th>
            <th scope="col">Price per million tokens</th>
          </tr>
        </thead>
        <tbody>
          {plot.points.map((point) => (
            <tr key={`${point.name} ${point.model}`}>
              <th scope="row">{`${point.name} ${point.model}${point.simulated ? ", simulated" : ""}`}</th>
              <td>{formatTps(point.tps)}</td>
              <td>{formatUsd(point.price)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

async function loadCanvas() {
  const { ScatterCanvas } = await import("./scatter-canvas.client.tsx");
  return ScatterCanvas;
}

/** What each axis measures; both are explained. */
function Axes() {
  const looks = "py-1 text-left underline decoration-dotted underline-offset-4";
  return (
    <span>
      {"Up: "}
      <Hint text={explain("tps")} align="start" className={looks}>
        {`tokens per second, ${METRICS.tps.direction}`}
      </Hint>
      {". Right: "}
      <Hint text={explain("cost")} align="start" className={looks}>
        {`$ per million tokens, ${METRICS.cost.direction}`}
      </Hint>
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

function Key({ text, children }: { text: string; children: JSX.Element }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <svg viewBox="0 0 12 12" className="size-3" aria-hidden="true">
        {children}
      </svg>
      {text}
    </span>
  );
}
