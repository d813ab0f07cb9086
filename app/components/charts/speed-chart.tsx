import { type ReactNode, useCallback, useMemo, useRef, useState } from "react";
import { formatMs } from "../../lib/format.ts";
import { type SpeedBar, speedScale } from "../../lib/speed-bars.ts";
import { KeepDrawing } from "./keep-drawing.tsx";
import { SpeedDrawing } from "./speed-drawing.tsx";
import { useTakeover } from "./use-takeover.ts";

/** More bars than this are no longer compared by eye. */
const SHOWN = 24;

/**
 * Time to first token of each endpoint. Drawn on the server; once it is in view Chart.js takes over in the
 * same box with the same geometry, so nothing moves.
 */
export function SpeedChart({ bars: all }: { bars: readonly SpeedBar[] }) {
  const bars = useMemo(() => all.slice(0, SHOWN), [all]);
  const box = useRef<HTMLDivElement>(null);
  const Canvas = useTakeover(box, loadCanvas);
  const [drawn, setDrawn] = useState(false);
  const onDrawn = useCallback(() => setDrawn(true), []);
  const scale = speedScale(bars);
  if (bars.length === 0) {
    return (
      <p className="py-10 text-center text-acid-muted">No endpoint has sent a first token in this window.</p>
    );
  }
  return (
    <figure>
      <div ref={box} className="relative" data-chart={drawn ? "live" : "drawn"}>
        <SpeedDrawing bars={bars} scale={scale} hidden={drawn} />
        {Canvas !== null && (
          <div className="absolute inset-0 overflow-hidden">
            <KeepDrawing>
              <Canvas bars={bars} scale={scale} onDrawn={onDrawn} />
            </KeepDrawing>
          </div>
        )}
        <ol aria-hidden="true" className="pointer-events-none absolute inset-x-0 top-0">
          {bars.map((bar) => (
            <BarLabel key={bar.key} bar={bar} />
          ))}
        </ol>
      </div>
      <Legend />
      {all.length > SHOWN && (
        <p className="mt-2 text-acid-muted text-xs">
          {`The fastest ${SHOWN} of ${all.length}. The table below has them all.`}
        </p>
      )}
      <SpeedTable bars={bars} />
    </figure>
  );
}

async function loadCanvas() {
  const { SpeedCanvas } = await import("./speed-canvas.client.tsx");
  return SpeedCanvas;
}

function BarLabel({ bar }: { bar: SpeedBar }) {
  return (
    <li className="flex h-11 items-start justify-between gap-3 text-xs leading-4">
      <span className="min-w-0 truncate">
        <span className="font-medium">{bar.providerName}</span>{" "}
        <span className="figure-text text-acid-muted">{bar.model}</span>
      </span>
      <span className="figure-text shrink-0">
        {formatMs(bar.p50)}
        <span className="hidden text-acid-muted sm:inline">{` · p95 ${formatMs(bar.p95)}`}</span>
      </span>
    </li>
  );
}

function Legend() {
  return (
    <figcaption className="mt-3 flex flex-wrap gap-x-5 gap-y-1.5 text-acid-muted text-xs">
      <Key text="p50, direct: half began sooner">
        <rect y="3" width="20" height="6" rx="2" className="fill-acid-primary" />
      </Key>
      <Key text="p50, proxy">
        <rect y="3" width="20" height="6" rx="2" className="fill-acid-muted" />
      </Key>
      <Key text="p95: 19 in 20 began sooner">
        <path d="M0 6h19M19 2v8" strokeWidth="1.5" className="stroke-acid-text" />
      </Key>
    </figcaption>
  );
}

function Key({ text, children }: { text: string; children: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-2">
      <svg viewBox="0 0 20 12" className="h-3 w-5" aria-hidden="true">
        {children}
      </svg>
      {text}
    </span>
  );
}

/** The chart for whoever does not see it. */
function SpeedTable({ bars }: { bars: readonly SpeedBar[] }) {
  return (
    // A table cannot be made narrower than its content: what hides it is the box around it.
    <div className="sr-only">
      <table>
        <caption>Time to first token by endpoint, fastest first</caption>
        <thead>
          <tr>
            <th scope="col">Endpoint</th>
            <th scope="col">p50</th>
            <th scope="col">p95</th>
            <th scope="col">Results</th>
          </tr>
        </thead>
        <tbody>
          {bars.map((bar) => (
            <tr key={bar.key}>
              <th scope="row">{`${bar.providerName} ${bar.model}`}</th>
              <td>{formatMs(bar.p50)}</td>
              <td>{formatMs(bar.p95)}</td>
              <td>{bar.n}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
