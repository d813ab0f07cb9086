import type { RunResult } from "../../data/runs.server.ts";
import { formatMs, formatSeconds, formatTick, formatTps } from "../../lib/format.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import { linearScale, percent, type Scale } from "../../lib/scale.ts";
import { ModelName, ProviderModel } from "../ui/endpoint-name.tsx";
import { LockedState } from "../ui/locked-state.tsx";
import { Outcome, RequestCard } from "./request-card.tsx";

export interface RequestRowsProps {
  readonly results: readonly RunResult[];
  readonly runId: string;
  readonly locked: readonly LockableMetric[];
}

const ROW =
  "grid gap-x-4 gap-y-1.5 lg:grid-cols-[minmax(0,1.5fr)_minmax(0,1fr)_minmax(0,2fr)_18rem] lg:items-center";

/** The requests of a run, one line each on one scale of time; what came back opens below its line. */
export function RequestRows({ results, runId, locked }: RequestRowsProps) {
  const latencies = results.flatMap(({ latency }) => (latency === null ? [] : [latency.total_ms]));
  // Not even the length of a bar where one of its two times is locked.
  const scale =
    locked.includes("latency") || locked.includes("ttft") ? null : linearScale(Math.max(0, ...latencies));
  return (
    <div className="panel min-w-0 p-2 md:p-3">
      <div aria-hidden="true" className={`${ROW} px-2 pb-1 text-2xs text-acid-muted max-lg:hidden`}>
        <span>Endpoint</span>
        <span>Outcome</span>
        {scale === null ? <span /> : <Axis scale={scale} />}
        <span className="grid grid-cols-3 text-right">
          <span>TTFT</span>
          <span>Total latency</span>
          <span>TPS</span>
        </span>
      </div>
      <ul className="grid gap-1">
        {results.map((result) => (
          <li key={result.id}>
            <details className="rounded-lg border border-acid-border/60 bg-acid-bg/40">
              <summary className={`${ROW} cursor-pointer rounded-lg px-2 py-2 hover:bg-acid-surface/60`}>
                <ProviderModel isPlain endpoint={result} model={<ModelName>{result.model}</ModelName>} />
                <Outcome result={result} />
                {scale === null ? <span /> : <TimeBar result={result} scale={scale} />}
                <Figures result={result} locked={locked} />
              </summary>
              <div className="border-acid-border border-t p-3 md:p-4">
                <RequestCard result={result} runId={runId} alone={false} locked={locked} />
              </div>
            </details>
          </li>
        ))}
      </ul>
      {scale !== null && (
        <p className="mt-2 flex flex-wrap gap-x-5 gap-y-1 px-2 text-2xs text-acid-muted">
          <span className="lg:hidden">{`Bars end at ${formatSeconds(scale.max)}.`}</span>
          <Key className="fill-acid-muted" text="waiting for the first token" />
          <Key className="fill-acid-primary" text="streaming" />
          <Key className="fill-acid-danger" text="failed" />
        </p>
      )}
    </div>
  );
}

function Key({ className, text }: { className: string; text: string }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <svg viewBox="0 0 12 8" aria-hidden="true" className="h-2 w-3">
        <rect width="12" height="8" rx="2" className={className} />
      </svg>
      {text}
    </span>
  );
}

function Axis({ scale }: { scale: Scale }) {
  return (
    <svg width="100%" height="14" aria-hidden="true" className="block overflow-visible">
      {scale.ticks.map((ms) => (
        <text
          key={ms}
          x={percent(ms / scale.max)}
          y="11"
          textAnchor={ms === 0 ? "start" : ms === scale.max ? "end" : "middle"}
          className="figure-text fill-acid-muted text-2xs"
        >
          {`${formatTick(ms / 1_000)} s`}
        </text>
      ))}
    </svg>
  );
}

/** From sending to the end: waiting, then streaming. The figures beside it say the same in numbers. */
function TimeBar({ result: { success, ttft, latency }, scale }: { result: RunResult; scale: Scale }) {
  if (latency === null) return <span />;
  const total = latency.total_ms / scale.max;
  const wait = Math.min(total, (ttft?.first_ms ?? latency.total_ms) / scale.max);
  return (
    <svg width="100%" height="14" aria-hidden="true" className="block">
      {scale.ticks.map((ms) => (
        <line
          key={ms}
          x1={percent(ms / scale.max)}
          x2={percent(ms / scale.max)}
          y2="14"
          className="stroke-acid-border"
        />
      ))}
      <rect width={percent(wait)} y="3" height="8" rx="2" className="fill-acid-muted" />
      {total > wait && (
        <rect
          x={percent(wait)}
          width={percent(total - wait)}
          y="3"
          height="8"
          rx="2"
          className={success ? "fill-acid-primary" : "fill-acid-danger"}
        />
      )}
      {!success && total <= wait && (
        <rect width={percent(Math.max(total, 0.01))} y="3" height="8" rx="2" className="fill-acid-danger" />
      )}
    </svg>
  );
}

function Figures({
  result: { ttft, latency, tps },
  locked,
}: {
  result: RunResult;
  locked: readonly LockableMetric[];
}) {
  const figures = [
    { metric: "ttft", label: "TTFT", text: formatMs(ttft?.first_ms) },
    { metric: "latency", label: "Total latency", text: formatSeconds(latency?.total_ms) },
    { metric: "tps", label: "TPS", text: formatTps(tps?.value) },
  ] as const;
  return (
    <span className="grid grid-cols-3 gap-x-2 text-xs">
      {figures.map(({ metric, label, text }) => (
        <span key={metric} className="lg:text-right">
          <span className="block text-2xs text-acid-muted lg:sr-only">{label}</span>{" "}
          {locked.includes(metric) ? (
            <LockedState metric={label} />
          ) : (
            <span className="figure-text">{text}</span>
          )}
        </span>
      ))}
    </span>
  );
}
