import { type ReactNode, useMemo } from "react";
import { formatMs } from "../../lib/format.ts";
import { marks, PROXY_OPACITY, type SpeedBar, speedScale } from "../../lib/speed-bars.ts";
import { Marks } from "../ui/endpoint-name.tsx";
import { HiddenTable } from "../ui/hidden-table.tsx";
import { useWays } from "../ui/kept.ts";
import { Link } from "../ui/link.tsx";
import { LEGEND, LegendKey, useHidden } from "./legend.tsx";
import { SpeedDrawing } from "./speed-drawing.tsx";
import { useCanvas } from "./use-canvas.tsx";

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
  const { box, drawn, canvas } = useCanvas(loadCanvas);
  const { hidden, toggle } = useHidden<SpeedPart>();
  const scale = useMemo(() => speedScale(bars), [bars]);
  if (bars.length === 0) {
    return <p className="py-10 text-center text-acid-muted">No endpoint generated a token in this window.</p>;
  }
  return (
    <figure>
      <div ref={box} className="relative" data-chart={drawn ? "live" : "drawn"}>
        <SpeedDrawing bars={bars} scale={scale} hidden={drawn} />
        {canvas({ bars, scale, hidden })}
        <ol className="pointer-events-none absolute inset-x-0 top-0">
          {bars.map((bar) => (
            <BarLabel key={bar.key} bar={bar} />
          ))}
        </ol>
      </div>
      {of > bars.length && (
        <p className="mt-2 text-acid-muted text-xs">
          {`${ranked ? "Lowest TTFT:" : "By name: the first"} ${bars.length} of ${of}. The table above has them all.`}
        </p>
      )}
      <HiddenTable
        caption={`Time to first token by endpoint${ranked ? ", lowest first" : ""}`}
        columns={["Endpoint", "p50", "p95", "Requests"]}
        rows={bars.map((bar) => [
          [`${bar.providerName} ${bar.model}`, ...marks(bar)].join(", "),
          formatMs(bar.p50),
          formatMs(bar.p95),
          bar.n,
        ])}
      />
      <Legend bars={bars} hidden={hidden} onToggle={drawn ? toggle : null} />
    </figure>
  );
}

async function loadCanvas() {
  const { SpeedCanvas } = await import("./speed-canvas.client.tsx");
  return SpeedCanvas;
}

function BarLabel({ bar }: { bar: SpeedBar }) {
  return (
    <li className="flex h-[2.375rem] items-start justify-between gap-3 text-xs leading-4">
      <Link
        to={useWays().endpoint(bar)}
        className="pointer-events-auto min-w-0 truncate underline-offset-4 hover:underline"
      >
        <b className={`sign-${bar.hue}`}>{bar.mark}</b> <bdi className="font-medium">{bar.providerName}</bdi>{" "}
        <bdi className="figure-text text-acid-muted">{bar.model}</bdi>
      </Link>
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
    text: "p50 (median), direct",
    shape: <rect y="3" width="20" height="6" rx="2" className="fill-acid-text" />,
  },
  proxy: {
    text: "p50 (median), proxy (reseller)",
    shape: <rect y="3" width="20" height="6" rx="2" fillOpacity={PROXY_OPACITY} className="fill-acid-text" />,
  },
  p95: {
    text: "p95: 95% were faster",
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
    <figcaption className={LEGEND}>
      {parts.map((part) => (
        <LegendKey
          key={part}
          {...PARTS[part]}
          shown={!hidden.includes(part)}
          onToggle={onToggle && (() => onToggle(part))}
        />
      ))}
    </figcaption>
  );
}
