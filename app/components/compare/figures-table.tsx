import type { ReactNode } from "react";
import type { ComparedEndpoint, Comparison } from "../../data/compare.server.ts";
import type { ComparedMetric } from "../../lib/comparison-result.ts";
import {
  formatInteger,
  formatMs,
  formatSeconds,
  formatShare,
  formatTps,
  formatUsd,
} from "../../lib/format.ts";
import type { LineLook } from "../../lib/line-looks.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import { METRICS, type Measure } from "../../lib/words.ts";
import { LineMark } from "../charts/line-key.tsx";
import { ValueScore } from "../metrics/value-score.tsx";
import { EndpointName } from "../ui/endpoint-name.tsx";
import { LockedState } from "../ui/locked-state.tsx";
import { MetricHint } from "../ui/metric-hint.tsx";

interface Column {
  readonly words: Measure;
  readonly lock: LockableMetric;
  /** The figure whose leader is marked. */
  readonly metric: ComparedMetric | null;
  readonly figure: (endpoint: ComparedEndpoint) => { main: ReactNode; sub: readonly string[] };
}

function columns({ words, notes, endpoints }: Comparison): readonly Column[] {
  return [
    {
      words: words.first,
      lock: "ttft",
      metric: "first",
      figure: (e) => ({
        main: formatMs(e.first?.p50),
        sub: [`p95 ${formatMs(e.first?.p95)}`, ...ownN(e, e.first)],
      }),
    },
    {
      words: LAST_RUNS,
      lock: "ttft",
      metric: null,
      figure: (e) => ({
        main: formatMs(e.recent?.value),
        sub: e.recent === null ? [] : [notes.usual[endpoints.indexOf(e)] ?? "", `n ${e.recent.runs}`],
      }),
    },
    {
      words: words.latency,
      lock: "latency",
      metric: "latency",
      figure: (e) => ({
        main: formatSeconds(e.latency?.p50),
        sub: [`p95 ${formatSeconds(e.latency?.p95)}`, ...ownN(e, e.latency)],
      }),
    },
    {
      words: words.tps,
      lock: "tps",
      metric: "tps",
      figure: (e) => ({ main: formatTps(e.tps?.p50), sub: ownN(e, e.tps) }),
    },
    {
      words: METRICS.success,
      lock: "uptime",
      metric: null,
      figure: (e) => ({ main: formatShare(e.success_rate), sub: [`n ${formatInteger(e.attempts)}`] }),
    },
    {
      words: METRICS.stability,
      lock: "stability",
      metric: null,
      figure: (e) => ({
        main: formatMs(e.stability?.latency_stddev),
        sub: e.jitter === null ? [] : [e.jitter],
      }),
    },
    {
      words: { ...words.cost, unit: "$ / 1,000 requests" },
      lock: "cost",
      metric: "cost",
      figure: (e) => ({
        main: e.cost?.per_request == null ? "unknown" : formatUsd(e.cost.per_request * 1_000),
        sub: [`${formatUsd(e.cost?.per_million)} per 1M tok`, ...ownN(e, e.cost)],
      }),
    },
    {
      words: METRICS.value,
      lock: "value",
      metric: null,
      figure: (e) => ({
        main: <ValueScore score={e.value?.score ?? null} free={e.value?.free ?? false} />,
        sub: ownN(e, e.value),
      }),
    },
  ];
}

const LAST_RUNS: Measure = {
  label: "Last 4 runs",
  unit: "ms",
  direction: "lower is better",
  sentence:
    "Median TTFT of the last four runs that succeeded, and how many times that is of its usual: its median over the last 7 days.",
};

/** Every figure of every endpoint; below `lg` each row is a card. Who leads a figure beyond doubt is marked. */
export function FiguresTable({
  comparison,
  looks,
  locked,
}: {
  comparison: Comparison;
  looks: readonly LineLook[];
  locked: readonly LockableMetric[];
}) {
  const shown = columns(comparison);
  const leads = (metric: ComparedMetric | null, place: number) =>
    comparison.standings.some((standing) => standing.metric === metric && standing.leader === place);
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: browsers drop the roles of a table whose display is changed
    <table role="table" className="block w-full text-left lg:table">
      <caption className="sr-only">All figures by endpoint</caption>
      <thead role="rowgroup" className="column-heads">
        <tr role="row">
          <th role="columnheader" scope="col">
            Endpoint
          </th>
          {shown.map(({ words }, index) => (
            <th key={words.label} role="columnheader" scope="col">
              <span className="block">{words.label.replace(/ \(.*\)$/, "")}</span>
              <MetricHint
                measure={words}
                align={index > shown.length - 4 ? "end" : "center"}
                className="py-1 text-2xs text-acid-muted"
              >
                {words.unit}
              </MetricHint>
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup" className="grid grid-cols-1 gap-3 md:grid-cols-2 lg:table-row-group">
        {comparison.endpoints.map((endpoint, place) => (
          <tr key={`${endpoint.provider}/${endpoint.model}`} role="row" className="endpoint-row">
            <th role="rowheader" scope="row" className="endpoint-head">
              <span className="flex min-w-0 items-start gap-2">
                <span className="mt-2">
                  <LineMark look={looks[place]} />
                </span>
                <EndpointName endpoint={endpoint} />
              </span>
            </th>
            {shown.map(({ words, lock, metric, figure }) => {
              const { main, sub } = figure(endpoint);
              return (
                <td
                  key={words.label}
                  role="cell"
                  data-label={words.label.replace(/ \(.*\)$/, "")}
                  className="endpoint-figure"
                >
                  {locked.includes(lock) ? (
                    <LockedState metric={words.label} />
                  ) : (
                    <>
                      <span
                        className={`endpoint-main figure-text ${leads(metric, place) ? "text-acid-success" : ""}`}
                      >
                        {main}
                      </span>
                      {leads(metric, place) && <span className="endpoint-sub text-acid-success!">leads</span>}
                      {sub.map((line) => (
                        <span key={line} className="endpoint-sub figure-text">
                          {line}
                        </span>
                      ))}
                    </>
                  )}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
    // biome-ignore-end lint/a11y/noRedundantRoles: see above
  );
}

/** How many results a figure rests on, where that is not the number of attempts, which stands beside the success rate. */
function ownN({ attempts }: ComparedEndpoint, figure: { readonly n: number } | null): string[] {
  return figure === null || figure.n === attempts ? [] : [`n ${formatInteger(figure.n)}`];
}
