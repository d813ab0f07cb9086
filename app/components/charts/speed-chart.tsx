import { type ReactNode, useCallback, useMemo, useRef, useState } from "react";
import { formatMs } from "../../lib/format.ts";
import { marks, type SpeedBar, speedScale } from "../../lib/speed-bars.ts";
import { Marks } from "../ui/endpoint-name.tsx";
import { KeepDrawing } from "./keep-drawing.tsx";
import { SpeedDrawing } from "./speed-drawing.tsx";
import { useTakeover } from "./use-takeover.ts";

/** The parts of the chart that a reader can switch off. */
export type SpeedPart = "direct" | "proxy" | "p95";

export interface SpeedChartProps {
  readonly bars: readonly SpeedBar[];
  readonly of: number;
  /** Fastest first; without ranks they are in the order of their names. */
  readonly ranked: boolean;
}

/**
 * Time to first token of each endpoint. Drawn on the server; once it is in view Chart.js takes over in the
 * same box with the same geometry, so nothing moves.
 */
export function SpeedChart({ bars, of, ranked }: SpeedChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const Canvas = useTakeover(box, loadCanvas);
  const [drawn, setDrawn] = useState(false);
  const onDrawn = useCallback(() => setDrawn(true), []);
  const [hidden, setHidden] = useState<readonly SpeedPart[]>([]);
  const toggle = (part: SpeedPart) =>
    setHidden((now) => (now.includes(part) ? now.filter((other) => other !== part) : [...now, part]));
  const scale = useMemo(() => speedScale(bars), [bars]);
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
              <Canvas bars={bars} scale={scale} hidden={hidden} onDrawn={onDrawn} />
            </KeepDrawing>
          </div>
        )}
        <ol aria-hidden="true" className="pointer-events-none absolute inset-x-0 top-0">
          {bars.map((bar) => (
            <BarLabel key={bar.key} bar={bar} />
          ))}
        </ol>
      </div>
      <Legend bars={bars} hidden={hidden} onToggle={drawn ? toggle : null} />
      {of > bars.length && (
        <p className="mt-2 text-acid-muted text-xs">
          {`${ranked ? "The fastest" : "By name, the first"} ${bars.length} of ${of}. The table below has them all.`}
        </p>
      )}
      <SpeedTable bars={bars} ranked={ranked} />
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
      <span className="mr-auto flex shrink-0 gap-1">
        <Marks simulated={bar.simulated} unranked={bar.unranked} />
      </span>
      <span className="figure-text shrink-0">
        {formatMs(bar.p50)}
        <span className="hidden text-acid-muted sm:inline">{` · p95 ${formatMs(bar.p95)}`}</span>
      </span>
    </li>
  );
}

interface LegendProps {
  readonly bars: readonly SpeedBar[];
  readonly hidden: readonly SpeedPart[];
  /** Null while there is only the drawing, of which nothing can be switched off. */
  readonly onToggle: ((part: SpeedPart) => void) | null;
}

const PARTS: Readonly<Record<SpeedPart, { readonly text: string; readonly shape: ReactNode }>> = {
  direct: {
    text: "p50, direct: half began sooner",
    shape: <rect y="3" width="20" height="6" rx="2" className="fill-acid-primary" />,
  },
  proxy: {
    text: "p50, proxy (reached through a reseller): half began sooner",
    shape: <rect y="3" width="20" height="6" rx="2" className="fill-acid-muted" />,
  },
  p95: {
    text: "p95: 19 in 20 began sooner",
    shape: <path d="M0 6h19M19 2v8" strokeWidth="1.5" className="stroke-acid-text" />,
  },
};

function Legend({ bars, hidden, onToggle }: LegendProps) {
  const parts: SpeedPart[] = [
    ...(bars.some((bar) => bar.kind !== "proxy") ? (["direct"] as const) : []),
    ...(bars.some((bar) => bar.kind === "proxy") ? (["proxy"] as const) : []),
    ...(bars.some((bar) => bar.p95 !== null) ? (["p95"] as const) : []),
  ];
  return (
    <figcaption className="mt-3 flex flex-wrap gap-x-5 gap-y-1.5 text-acid-muted text-xs">
      {parts.map((part) => (
        <Key
          key={part}
          text={PARTS[part].text}
          shown={!hidden.includes(part)}
          onToggle={onToggle && (() => onToggle(part))}
        >
          {PARTS[part].shape}
        </Key>
      ))}
    </figcaption>
  );
}

/** A key of the legend; with a canvas to act on it is a switch. */
function Key({
  text,
  shown,
  onToggle,
  children,
}: {
  text: string;
  shown: boolean;
  onToggle: (() => void) | null;
  children: ReactNode;
}) {
  const inside = (
    <>
      <svg viewBox="0 0 20 12" className="h-3 w-5 shrink-0" aria-hidden="true">
        {children}
      </svg>
      {text}
    </>
  );
  const looks = `inline-flex min-h-6 items-center gap-2 rounded text-left ${shown ? "" : "line-through"}`;
  if (onToggle === null) return <span className={looks}>{inside}</span>;
  return (
    <button type="button" aria-pressed={shown} onClick={onToggle} className={`${looks} hover:text-acid-text`}>
      {inside}
    </button>
  );
}

/** The chart for whoever does not see it. */
function SpeedTable({ bars, ranked }: Omit<SpeedChartProps, "of">) {
  return (
    // A table cannot be made narrower than its content: what hides it is the box around it.
    <div className="sr-only">
      <table>
        <caption>{`Time to first token by endpoint${ranked ? ", fastest first" : ""}`}</caption>
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
              <th scope="row">{[`${bar.providerName} ${bar.model}`, ...marks(bar)].join(", ")}</th>
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
