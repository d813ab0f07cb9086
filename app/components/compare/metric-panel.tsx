import type { ReactNode } from "react";
import type { ComparedEndpoint, Comparison } from "../../data/compare.server.ts";
import type { RatioAxis } from "../../lib/comparison-axis.ts";
import type { ComparedMetric, Difference } from "../../lib/comparison-result.ts";
import { describeDifference, verdictOf, wordsOf } from "../../lib/comparison-words.ts";
import {
  formatCount,
  formatInteger,
  formatMs,
  formatSeconds,
  formatTps,
  formatUsd,
} from "../../lib/format.ts";
import { Panel } from "../ui/panel.tsx";
import { RatioDrawing } from "./ratio-drawing.tsx";
import { SideLetter } from "./side-letter.tsx";

export interface MetricPanelProps {
  readonly metric: ComparedMetric;
  readonly comparison: Comparison;
  /** Null where the two are not compared. */
  readonly difference: Difference | null;
  readonly axis: RatioAxis;
}

/** One figure of both, and the difference as a drawing and in words. */
export function MetricPanel({ metric, comparison, difference, axis }: MetricPanelProps) {
  const words = wordsOf(metric, comparison.thinks);
  return (
    <Panel title={words.label} measure={words} className="flex flex-col gap-4 [&>div:first-child]:mb-0">
      <dl className="grid grid-cols-2 gap-4">
        {(["a", "b"] as const).map((side) => (
          <div key={side} className="flex min-w-0 gap-2.5">
            <dt className="mt-1">
              <SideLetter side={side} />
            </dt>
            <dd className="min-w-0">
              <Figure {...figureOf(metric, comparison[side])} />
            </dd>
          </div>
        ))}
      </dl>
      {difference !== null && (
        <>
          {difference.estimate !== null && (
            <RatioDrawing
              estimate={difference.estimate}
              metric={metric}
              verdict={difference.verdict}
              axis={axis}
            />
          )}
          <div className="mt-auto">
            <p className="font-medium">{verdictOf(metric, difference.verdict)}</p>
            <p className="mt-0.5 text-acid-muted text-xs leading-relaxed">
              {difference.verdict === "few" || <>{describeDifference(difference)} </>}
              <span className="figure-text">{`n ${formatCount(difference.pairs, "pair", "pairs")}`}</span>
              {difference.without > 0 &&
                `, ${formatInteger(difference.without)} more without this figure for one of the two`}
            </p>
          </div>
        </>
      )}
    </Panel>
  );
}

function Figure({ main, subs }: { main: string; subs: readonly string[] }): ReactNode {
  return (
    <>
      <span className="figure-text block text-xl">{main}</span>
      {subs.map((sub) => (
        <span key={sub} className="figure-text block text-acid-muted text-xs">
          {sub}
        </span>
      ))}
    </>
  );
}

/** A locked figure never gets here. */
function figureOf(metric: ComparedMetric, endpoint: ComparedEndpoint): { main: string; subs: string[] } {
  switch (metric) {
    case "first":
      return {
        main: formatMs(endpoint.first?.p50),
        subs: [`p95 ${formatMs(endpoint.first?.p95)}`, `n ${formatInteger(endpoint.first?.n)}`],
      };
    case "latency":
      return {
        main: formatSeconds(endpoint.latency?.p50),
        subs: [`p95 ${formatSeconds(endpoint.latency?.p95)}`, `n ${formatInteger(endpoint.latency?.n)}`],
      };
    case "tps":
      return { main: formatTps(endpoint.tps?.p50), subs: [`n ${formatInteger(endpoint.tps?.n)}`] };
    case "cost":
      return { main: formatUsd(endpoint.cost?.per_request), subs: [`n ${formatInteger(endpoint.cost?.n)}`] };
  }
}
