import { Form } from "@remix-run/react";
import type { EndpointRow } from "../../data/endpoint-list.server.ts";
import {
  formatInteger,
  formatMs,
  formatSeconds,
  formatShare,
  formatTps,
  formatUsd,
} from "../../lib/format.ts";
import { STATE_WORDS } from "../../lib/incidents.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import { endpointKey } from "../../lib/models-path.ts";
import { formatPricePair } from "../../lib/models-words.ts";
import { MOST_COMPARED, type SortKey } from "../../lib/queries.ts";
import { METRICS, type MetricName } from "../../lib/words.ts";
import { SparkEnd, Sparkline } from "../charts/sparkline.tsx";
import { TONES } from "../incidents/state-line.tsx";
import { EndpointName, ModelLink, Tag } from "../ui/endpoint-name.tsx";
import { useWays } from "../ui/kept.ts";
import { Link } from "../ui/link.tsx";
import { LockedState } from "../ui/locked-state.tsx";
import { MetricHint } from "../ui/metric-hint.tsx";

export interface EndpointListProps {
  readonly caption: string;
  readonly rows: readonly EndpointRow[];
  readonly locked: readonly LockableMetric[];
  readonly sort: SortKey;
  /** The page sorted by another figure. */
  readonly href: (sort: SortKey) => string;
  /** What else the comparison's address says: window, span, place. */
  readonly keep: Readonly<Record<string, string | null>>;
  /** One provider's: models are told apart, each with the way to it at all its providers. */
  readonly byModel?: boolean;
}

interface Column {
  readonly name: MetricName & SortKey;
  readonly label?: string;
  readonly metric: LockableMetric | null;
  readonly main: (row: EndpointRow) => string;
  readonly sub: (row: EndpointRow) => string | null;
}

const COLUMNS: readonly Column[] = [
  {
    name: "ttft",
    metric: "ttft",
    main: ({ endpoint: e }) => formatMs(e.ttft?.p50),
    sub: ({ endpoint: e }) => (e.ttft?.p95 == null ? null : `p95 ${formatMs(e.ttft.p95)}`),
  },
  {
    name: "tps",
    label: "TPS",
    metric: "tps",
    main: ({ endpoint: e }) => formatTps(e.tps?.p50),
    sub: () => null,
  },
  {
    name: "latency",
    metric: "latency",
    main: ({ endpoint: e }) => formatSeconds(e.latency?.p50),
    sub: ({ endpoint: e }) => (e.latency?.p95 == null ? null : `p95 ${formatSeconds(e.latency.p95)}`),
  },
  {
    name: "success",
    metric: "uptime",
    main: ({ endpoint: e }) => formatShare(e.success_rate),
    sub: ({ endpoint: e }) => `n ${formatInteger(e.attempts)}`,
  },
  {
    name: "cost",
    label: "Cost per 1,000",
    metric: "cost",
    main: ({ endpoint: e }) => formatUsd(e.cost?.per_request == null ? null : e.cost.per_request * 1_000),
    sub: ({ endpoint: e }) =>
      e.cost?.per_million == null ? null : `${formatUsd(e.cost.per_million)} / 1M tok`,
  },
];

/**
 * Endpoints in a table that is a form: those that are ticked are compared. Below `lg` each row becomes a card; the roles are
 * spelt out because browsers drop those of a table whose display is changed.
 */
export function EndpointList({
  caption,
  rows,
  locked,
  sort,
  href,
  keep,
  byModel = false,
}: EndpointListProps) {
  return (
    <Form action="/compare">
      {Object.entries(keep).map(
        ([name, value]) => value !== null && <input key={name} type="hidden" name={name} value={value} />,
      )}
      <SparkEnd />
      {/* biome-ignore-start lint/a11y/noRedundantRoles: see above */}
      <table role="table" className="block w-full text-left lg:table">
        <caption className="sr-only">{caption}</caption>
        <thead role="rowgroup" className="column-heads">
          <tr role="row">
            <th role="columnheader" scope="col" aria-sort={sort === "name" ? "ascending" : undefined}>
              <SortLink to={href("name")} chosen={sort === "name"} label="Endpoint" />
            </th>
            <th role="columnheader" scope="col">
              <span className="inline-block py-1.5">State</span>
            </th>
            {COLUMNS.map(({ name, label, metric }, index) => {
              const { direction, unit, label: full } = METRICS[name];
              const chosen = sort === name;
              const order = direction === "lower is better" ? "ascending" : "descending";
              return (
                <th key={name} role="columnheader" scope="col" aria-sort={chosen ? order : undefined}>
                  {metric !== null && locked.includes(metric) ? (
                    <span className="inline-block py-1.5">{label ?? full}</span>
                  ) : (
                    <SortLink to={href(name)} chosen={chosen} label={label ?? full} />
                  )}
                  <span className="block text-2xs">
                    <MetricHint
                      measure={METRICS[name]}
                      align={index >= COLUMNS.length - 2 ? "end" : "center"}
                      className="py-1 text-acid-muted"
                    >
                      {name === "cost" ? "$" : unit}
                    </MetricHint>
                  </span>
                </th>
              );
            })}
            <th role="columnheader" scope="col" className="max-xl:hidden">
              {METRICS.trend.label}
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup" className="grid grid-cols-1 gap-3 md:grid-cols-2 lg:table-row-group">
          {rows.map((row) => (
            <tr
              key={endpointKey(row.endpoint)}
              role="row"
              className="figure-row"
              data-endpoint={endpointKey(row.endpoint)}
            >
              <th role="rowheader" scope="row">
                <Head row={row} byModel={byModel} />
              </th>
              <td role="cell" data-label="State">
                <div>
                  <State row={row} />
                </div>
              </td>
              {COLUMNS.map(({ name, label, metric, main, sub }) => (
                <td key={name} role="cell" data-label={label ?? METRICS[name].label} data-metric={name}>
                  {metric !== null && locked.includes(metric) ? (
                    <LockedState metric={label ?? METRICS[name].label} />
                  ) : (
                    <>
                      <div>{main(row)}</div>
                      <small>{sub(row)}</small>
                    </>
                  )}
                </td>
              ))}
              <td role="cell" data-label="Trend" className="endpoint-trend">
                <span className="flex xl:justify-end">
                  {locked.includes("ttft") ? (
                    <LockedState metric="Trend" />
                  ) : (
                    <Sparkline path={row.spark?.path ?? null} />
                  )}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {/* biome-ignore-end lint/a11y/noRedundantRoles: see above */}
      {rows.length > 1 && (
        <p className="mt-4 flex flex-wrap items-center gap-x-4 gap-y-2 text-xs">
          <button
            type="submit"
            className="rounded-lg border border-acid-border bg-acid-surface px-3 py-2 hover:border-acid-muted"
          >
            Compare selected
          </button>
          <span className="text-acid-muted">{`Select 2 to ${MOST_COMPARED}.`}</span>
        </p>
      )}
    </Form>
  );
}

function Head({
  row: { endpoint, identity, quantization, price },
  byModel,
}: {
  row: EndpointRow;
  byModel: boolean;
}) {
  const ways = useWays();
  const notes = [
    endpoint.attempts + endpoint.probe_failures === 0 ? "not measured in this window" : null,
    quantization,
    price === null ? null : `list price ${formatPricePair(price.input, price.output)} / 1M`,
  ].filter((note) => note !== null);
  return (
    <span className="flex items-start gap-2.5">
      <input
        type="checkbox"
        name="with"
        value={endpointKey(endpoint)}
        aria-label={`Compare ${endpoint.provider_name} ${endpoint.model}`}
        className="mt-2 size-4 shrink-0 accent-acid-primary"
      />
      <span className="min-w-0">
        {byModel ? (
          <span className="flex flex-wrap items-center gap-x-2">
            <ModelLink endpoint={endpoint} />
            {endpoint.retired_at !== null && <Tag>retired</Tag>}
            {endpoint.simulated && <Tag tone="warning">simulated</Tag>}
          </span>
        ) : (
          <EndpointName endpoint={endpoint} />
        )}
        <span
          className={`block text-2xs text-acid-muted [overflow-wrap:anywhere] ${byModel ? "" : "pl-[2.375rem]"}`}
        >
          {notes.join(" · ")}
          {byModel && identity !== null && (
            <>
              {notes.length > 0 && " · "}
              <Link
                to={ways.identity(identity)}
                className="inline-block py-1 underline underline-offset-4 hover:text-acid-text"
              >
                {`${identity} at all providers`}
              </Link>
            </>
          )}
        </span>
      </span>
    </span>
  );
}

function State({ row: { state } }: { row: EndpointRow }) {
  if (state === null) return <span className="text-acid-muted">n/a</span>;
  const { sign, text, tone } = STATE_WORDS[state];
  return (
    <span className={TONES[tone]}>
      <span aria-hidden="true">{`${sign} `}</span>
      {text}
    </span>
  );
}

function SortLink({ to, chosen, label }: { to: string; chosen: boolean; label: string }) {
  return (
    <Link
      to={to}
      preventScrollReset
      className={`inline-block whitespace-nowrap rounded py-1.5 text-acid-text text-xs hover:underline ${chosen ? "font-semibold" : ""}`}
    >
      {label}
      {chosen && <span aria-hidden="true">{" ↓"}</span>}
    </Link>
  );
}
