import type { ReactNode } from "react";
import type { ModelPage } from "../../data/models-page.server.ts";
import {
  formatInteger,
  formatMs,
  formatSeconds,
  formatShare,
  formatTps,
  formatUsd,
} from "../../lib/format.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import { METRICS, type MetricName } from "../../lib/words.ts";
import { EndpointName } from "../ui/endpoint-name.tsx";
import { useWays } from "../ui/kept.ts";
import { LockedState } from "../ui/locked-state.tsx";
import { MetricHint } from "../ui/metric-hint.tsx";
import { TextLink } from "../ui/text-link.tsx";

type Elsewhere = ModelPage["elsewhere"][number];

interface Column {
  readonly label: string;
  readonly hint: MetricName | null;
  readonly metric: LockableMetric | null;
  /** The figure, and what stands small below it. */
  readonly figure: (other: Elsewhere) => string;
  readonly sub?: (other: Elsewhere) => string | null;
}

const COLUMNS: readonly Column[] = [
  { label: "TTFT", hint: "ttft", metric: "ttft", figure: (o) => formatMs(o.endpoint.ttft?.p50) },
  { label: "TPS", hint: "tps", metric: "tps", figure: (o) => formatTps(o.endpoint.tps?.p50) },
  {
    label: "Total latency",
    hint: "latency",
    metric: "latency",
    figure: (o) => formatSeconds(o.endpoint.latency?.p50),
  },
  {
    label: "Success rate",
    hint: "success",
    metric: "uptime",
    figure: (o) => formatShare(o.endpoint.success_rate),
  },
  {
    label: "Input price",
    hint: null,
    // A list price: published, not measured.
    metric: null,
    figure: (o) => formatUsd(o.price?.input),
    sub: (o) => (o.price === null ? null : `output ${formatUsd(o.price.output)}`),
  },
];

/** Who else serves this model, with the same figures over the same window. */
export function EndpointElsewhere({ page, locked }: { page: ModelPage; locked: readonly LockableMetric[] }) {
  const { endpoint, elsewhere, identity } = page;
  const ways = useWays();
  if (elsewhere.length === 0) {
    return <p className="text-acid-muted">No other provider is known to offer this model.</p>;
  }
  const here: Elsewhere = { endpoint, quantization: page.quantization, price: page.price };
  return (
    <>
      <p className="mb-3 text-acid-muted text-xs leading-relaxed">
        {identity === null ? (
          "Endpoints with the same model name. "
        ) : (
          <>
            Endpoints that serve <TextLink to={ways.identity(identity)}>{identity}</TextLink>, matched by
            model name.{" "}
          </>
        )}
        Medians of the same window and location. Compare two to see whether a difference is significant.
      </p>
      {/* biome-ignore-start lint/a11y/noRedundantRoles: browsers drop the roles of a table whose display is changed */}
      <table role="table" className="block w-full text-left lg:table">
        <caption className="sr-only">The same model elsewhere</caption>
        <thead role="rowgroup" className="column-heads">
          <tr role="row">
            <th role="columnheader" scope="col">
              Provider + model
            </th>
            {COLUMNS.map((column) => (
              <th key={column.label} role="columnheader" scope="col">
                {column.label}
                <span className="block text-2xs text-acid-muted">
                  {column.hint === null ? (
                    "$ / 1M tok"
                  ) : (
                    <MetricHint measure={METRICS[column.hint]} align="end" className="text-acid-muted">
                      {METRICS[column.hint].unit}
                    </MetricHint>
                  )}
                </span>
              </th>
            ))}
            <th role="columnheader" scope="col">
              Difference
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup" className="grid grid-cols-1 gap-3 md:grid-cols-2 lg:table-row-group">
          {[here, ...elsewhere].map((other) => (
            <Row key={`${other.endpoint.provider}/${other.endpoint.model}`} other={other} locked={locked}>
              {other === here ? (
                <span className="text-acid-muted">this page</span>
              ) : (
                <TextLink
                  to={ways.compare(endpoint, other.endpoint)}
                  aria-label={`Compare with ${other.endpoint.provider_name} ${other.endpoint.model}`}
                >
                  compare
                </TextLink>
              )}
            </Row>
          ))}
        </tbody>
      </table>
      {/* biome-ignore-end lint/a11y/noRedundantRoles: see above */}
    </>
  );
}

function Row({
  other,
  locked,
  children,
}: {
  other: Elsewhere;
  locked: readonly LockableMetric[];
  children: ReactNode;
}) {
  const { attempts } = other.endpoint;
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: see above
    <tr role="row" className="endpoint-row">
      <th role="rowheader" scope="row" className="endpoint-head">
        <EndpointName endpoint={other.endpoint} brief />
        <span className="block pl-[2.375rem] text-2xs text-acid-muted">
          {attempts === 0 ? "not measured in this window" : `n ${formatInteger(attempts)}`}
          {other.quantization !== null && ` · ${other.quantization}`}
        </span>
      </th>
      {COLUMNS.map((column) => (
        <td key={column.label} role="cell" data-label={column.label} className="endpoint-figure">
          {column.metric !== null && locked.includes(column.metric) ? (
            <LockedState metric={column.label} />
          ) : (
            <>
              <span className="endpoint-main figure-text">{column.figure(other)}</span>
              <span className="endpoint-sub figure-text">{column.sub?.(other)}</span>
            </>
          )}
        </td>
      ))}
      <td role="cell" data-label="Difference" className="endpoint-figure text-xs">
        {children}
      </td>
    </tr>
    // biome-ignore-end lint/a11y/noRedundantRoles: see above
  );
}
