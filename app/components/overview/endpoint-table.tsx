import { STATE_WORDS } from "../../lib/incidents.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import { endpointKey } from "../../lib/models-path.ts";
import type { FigureKey } from "../../lib/overview-figures.ts";
import { EXTRAS, type OverviewQuery, overviewHref, type TableSort } from "../../lib/overview-query.ts";
import type { Row } from "../../lib/overview-rows.ts";
import type { OverviewView } from "../../lib/overview-view.ts";
import { METRICS, type Measure } from "../../lib/words.ts";
import { SparkEnd, Sparkline } from "../charts/sparkline.tsx";
import { Segments } from "../filters/segments.tsx";
import { TONES } from "../incidents/state-line.tsx";
import { Tag } from "../ui/endpoint-name.tsx";
import { useWays } from "../ui/kept.ts";
import { Link } from "../ui/link.tsx";
import { MetricHint } from "../ui/metric-hint.tsx";
import { Pager } from "../ui/pager.tsx";

export interface EndpointTableProps {
  readonly view: OverviewView;
  readonly query: OverviewQuery;
  readonly locked: readonly LockableMetric[];
}

/** What a column is headed by. */
const HEADS: Readonly<Record<FigureKey, Measure & { readonly metric: LockableMetric | null }>> = {
  ttft: METRICS.ttft,
  p95: METRICS.ttft,
  now: {
    label: "Now",
    unit: "× usual",
    direction: "lower is better",
    sentence: "Median TTFT of the last hour divided by that of the last 7 days.",
    metric: "ttft",
  },
  tps: { ...METRICS.tps, label: "TPS" },
  latency: METRICS.latency,
  success: { ...METRICS.success, metric: "uptime" },
  cost: {
    label: "Cost",
    unit: "$ / 1,000",
    direction: "lower is better",
    sentence: "Cost of 1,000 requests at list prices, for the input and output tokens set in the filter bar.",
    metric: "cost",
  },
  attempts: {
    label: "n",
    unit: "requests",
    direction: "higher is better",
    sentence: "Requests in this window, probe failures excluded.",
    metric: null,
  },
  p99: {
    label: "p99",
    unit: "s",
    direction: "lower is better",
    sentence: "99% of requests had a shorter total latency; from 100 requests on.",
    metric: "latency",
  },
  stability: METRICS.stability,
  uptime: METRICS.uptime,
  value: METRICS.value,
  measured: METRICS.cost,
};

/**
 * Every endpoint with every figure. Below `lg` each row becomes a card; the roles are spelt out because
 * browsers drop those of a table whose display is changed (https://adrianroselli.com/2018/02/tables-css-display-properties.html).
 */
export function EndpointTable({ view, query, locked }: EndpointTableProps) {
  const span = view.columns.length + 5;
  const ways = useWays();
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: see above
    <section aria-labelledby="all-endpoints" className="panel listing-panel">
      <Toolbar view={view} query={query} />
      <SparkEnd />
      <table role="table" className="listing">
        <caption className="sr-only">All figures by endpoint</caption>
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col" className="tick">
              <span className="sr-only">Compare</span>
            </th>
            <th role="columnheader" scope="col" aria-sort={sorted(query, "state", "descending")}>
              <SortLink query={query} sort="state" label="State" />
            </th>
            <th role="columnheader" scope="col" aria-sort={sorted(query, "name", "ascending")}>
              <SortLink query={query} sort="name" label="Endpoint" />
            </th>
            {view.columns.map((key, index) => (
              <Head key={key} column={key} query={query} last={index > 2} />
            ))}
            <th role="columnheader" scope="col" className="trend">
              <span>TTFT trend</span>
            </th>
            <th role="columnheader" scope="col" className="more">
              <span className="sr-only">Details</span>
            </th>
          </tr>
        </thead>
        {view.groups.map(({ title, of, note, rows }) => (
          <tbody key={title ?? ""} role="rowgroup">
            {title !== null && (
              <tr role="row" className="group-row">
                <th scope="rowgroup" colSpan={span}>
                  {of === null ? (
                    <bdi>{title}</bdi>
                  ) : (
                    <Link to={query.by === "model" ? ways.identity(of) : ways.provider(of)}>
                      <bdi>{title}</bdi>
                    </Link>
                  )}
                  <small>{note}</small>
                </th>
              </tr>
            )}
            {rows.map((row) => (
              <EndpointRow key={endpointKey(row)} row={row} columns={view.columns} locked={locked} />
            ))}
          </tbody>
        ))}
      </table>
      <Pager
        label="Pages of the table"
        page={view.page}
        pages={view.pages}
        href={(page) => overviewHref(query, { page })}
      />
    </section>
    // biome-ignore-end lint/a11y/noRedundantRoles: see above
  );
}

function Toolbar({ view, query }: Pick<EndpointTableProps, "view" | "query">) {
  return (
    <div className="listing-bar">
      <h2 id="all-endpoints">{view.endpoints === 1 ? "1 endpoint" : `${view.endpoints} endpoints`}</h2>
      <Segments
        label="Group by"
        options={(["none", "model", "provider"] as const).map((by) => ({
          text: by === "none" ? "list" : `by ${by}`,
          title: by === "none" ? "No groups" : `Grouped by ${by}`,
          to: overviewHref(query, { by }),
          chosen: query.by === by,
        }))}
      />
      <Link
        to={overviewHref(query, { sort: "state", order: "best" })}
        preventScrollReset
        aria-current={query.sort === "state" && query.order === "best" ? "true" : undefined}
        className="filter-link"
      >
        Worst first
      </Link>
      <details className="extra-columns">
        <summary className="filter-link">Columns</summary>
        <ul>
          {EXTRAS.map((name) => {
            const isShown = query.columns.includes(name);
            const columns = isShown ? query.columns.filter((one) => one !== name) : [...query.columns, name];
            return (
              <li key={name}>
                <Link
                  to={overviewHref(query, { columns: EXTRAS.filter((one) => columns.includes(one)) })}
                  preventScrollReset
                  aria-current={isShown ? "true" : undefined}
                >
                  {`${isShown ? "✓ " : "+ "}${name === "measured" ? "measured cost" : name}`}
                </Link>
              </li>
            );
          })}
        </ul>
      </details>
      <form id="ticked" action="/compare" className="compare-ticked">
        {query.window !== "24h" && <input type="hidden" name="window" value={query.window} />}
        {query.location !== null && <input type="hidden" name="location" value={query.location} />}
        <button type="submit">Compare selected</button>
      </form>
    </div>
  );
}

function Head({ column, query, last }: { column: FigureKey; query: OverviewQuery; last: boolean }) {
  const head = HEADS[column];
  return (
    <th
      // biome-ignore lint/a11y/noRedundantRoles: see above
      role="columnheader"
      scope="col"
      aria-sort={sorted(query, column, head.direction === "lower is better" ? "ascending" : "descending")}
    >
      <SortLink query={query} sort={column} label={head.label} />
      <MetricHint
        measure={head}
        align={last ? "end" : "center"}
        className="min-w-6 py-1 text-2xs text-acid-muted"
      >
        {head.unit}
      </MetricHint>
    </th>
  );
}

function sorted(query: OverviewQuery, sort: TableSort, best: "ascending" | "descending") {
  if (query.sort !== sort) return undefined;
  if (query.order === "best") return best;
  return best === "ascending" ? "descending" : "ascending";
}

/** Sorts best first; a second time, worst first. */
function SortLink({ query, sort, label }: { query: OverviewQuery; sort: TableSort; label: string }) {
  const isChosen = query.sort === sort;
  const order = isChosen && query.order === "best" ? "worst" : "best";
  return (
    <Link to={overviewHref(query, { sort, order })} preventScrollReset className="sort-link">
      {label}
      {isChosen && <span aria-hidden="true">{query.order === "best" ? " ↓" : " ↑"}</span>}
    </Link>
  );
}

interface EndpointRowProps {
  readonly row: Row;
  readonly columns: readonly FigureKey[];
  readonly locked: readonly LockableMetric[];
}

function EndpointRow({ row, columns, locked }: EndpointRowProps) {
  const ways = useWays();
  const state = row.state === null ? null : STATE_WORDS[row.state];
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: see above
    <tr role="row" data-state={row.state ?? undefined}>
      <td role="cell" className="tick">
        <input
          type="checkbox"
          form="ticked"
          name="with"
          value={endpointKey(row)}
          aria-label={`${row.name} ${row.model}`}
        />
      </td>
      <td role="cell" className="state">
        {state !== null && (
          <span className={TONES[state.tone]}>
            {state.sign}
            <span className={row.state === "up" ? "sr-only" : ""}>{` ${state.text}`}</span>
          </span>
        )}
      </td>
      <th role="rowheader" scope="row">
        <b aria-hidden="true" className={`sign sign-${row.hue}`}>
          {row.mark}
        </b>
        <Link to={ways.provider(row.provider)}>
          <bdi>{row.name}</bdi>
        </Link>
        {row.tags.map((tag) => (
          <Tag key={tag} tone={tag === "simulated" ? "warning" : "plain"}>
            {tag}
          </Tag>
        ))}
        <Link to={ways.endpoint(row)} className="model">
          <bdi>{row.model}</bdi>
        </Link>
      </th>
      {columns.map((key, index) => (
        <td key={key} role="cell" data-metric={key} className={looksOf(row, key, index)}>
          {row.cells[index] ?? "locked"}
          {key === "ttft" && row.bar !== null && <Range bar={row.bar} p95={row.p95} />}
        </td>
      ))}
      <td role="cell" className="trend">
        {locked.includes("ttft") ? "locked" : <Sparkline path={row.spark} />}
      </td>
      <td role="cell" className="more">
        <details>
          <summary aria-label="Details">⋯</summary>
          <p>{row.facts}</p>
        </details>
      </td>
    </tr>
    // biome-ignore-end lint/a11y/noRedundantRoles: see above
  );
}

function looksOf(row: Row, key: FigureKey, index: number): string | undefined {
  if (row.best.includes(index)) return "best";
  return key === "now" && row.isSlow ? "slow" : undefined;
}

/** p50 as a bar, p95 as the line behind it, on one scale for all rows. */
function Range({ bar: [p50, p95], p95: words }: { bar: NonNullable<Row["bar"]>; p95: string }) {
  return (
    <>
      {words !== "" && <small>{words}</small>}
      <svg aria-hidden="true">
        <rect width={`${p95}%`} />
        <rect width={`${p50}%`} />
      </svg>
    </>
  );
}
