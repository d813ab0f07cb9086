import { Link } from "@remix-run/react";
import type { ReactNode } from "react";
import type { LockableMetric } from "../../lib/locks.ts";
import { type OverviewView, ROWS_SHOWN } from "../../lib/overview-view.ts";
import { type OverviewQuery, overviewHref } from "../../lib/queries.ts";
import { METRICS } from "../../lib/words.ts";
import { Sparkline } from "../charts/sparkline.tsx";
import { COLUMNS, type Column } from "../metrics/columns.tsx";
import { EndpointName } from "../ui/endpoint-name.tsx";
import { LockedState } from "../ui/locked-state.tsx";
import { MetricHint } from "../ui/metric-hint.tsx";

export interface EndpointTableProps {
  readonly view: OverviewView;
  readonly query: OverviewQuery;
  readonly locked: readonly LockableMetric[];
}

/**
 * Every endpoint with every figure. Below `lg` each row becomes a card; the roles are spelt out because
 * browsers drop those of a table whose display is changed (https://adrianroselli.com/2018/02/tables-css-display-properties.html).
 */
export function EndpointTable({ view, query, locked }: EndpointTableProps) {
  return (
    <>
      <Rows view={view} query={query} locked={locked} />
      {view.pages > 1 && <Pages view={view} query={query} />}
    </>
  );
}

/** The way to the other rows. */
function Pages({ view: { page, pages, endpoints }, query }: Omit<EndpointTableProps, "locked">) {
  const first = (page - 1) * ROWS_SHOWN + 1;
  return (
    <nav aria-label="Pages of the table" className="mt-4 flex flex-wrap items-center gap-x-4 gap-y-2 text-xs">
      <span className="text-acid-muted">
        {`${first} to ${Math.min(page * ROWS_SHOWN, endpoints)} of ${endpoints} endpoints`}
      </span>
      <ul className="flex flex-wrap gap-1">
        {Array.from({ length: pages }, (_, index) => index + 1).map((number) => (
          <li key={number}>
            <Link
              to={overviewHref(query, { page: number })}
              preventScrollReset
              aria-label={`Page ${number}`}
              aria-current={number === page ? "page" : undefined}
              className="figure-text block min-w-7 rounded border border-acid-border px-2 py-1 text-center text-acid-muted hover:text-acid-text aria-[current]:border-acid-primary aria-[current]:text-acid-text"
            >
              {number}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Rows({ view, query, locked }: EndpointTableProps) {
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: see above
    <table role="table" className="block w-full text-left lg:table">
      <caption className="sr-only">All figures by endpoint</caption>
      <thead role="rowgroup" className="column-heads">
        <tr role="row">
          <th role="columnheader" scope="col" aria-sort={query.sort === "name" ? "ascending" : undefined}>
            <SortLink query={query} sort="name" label="Endpoint" />
          </th>
          {COLUMNS.map((column, index) => (
            <ColumnHeading
              key={column.name}
              column={column}
              query={query}
              last={index >= COLUMNS.length - 3}
            />
          ))}
          <th role="columnheader" scope="col" className="max-xl:hidden">
            {METRICS.trend.label}
            <span className="block text-2xs">
              <MetricHint measure={METRICS.trend} align="end" className="py-1 text-acid-muted">
                {METRICS.trend.unit}
              </MetricHint>
            </span>
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup" className="grid grid-cols-1 gap-3 md:grid-cols-2 lg:table-row-group">
        {view.rows.map((endpoint) => (
          <tr key={`${endpoint.provider}/${endpoint.model}`} role="row" className="figure-row">
            <th role="rowheader" scope="row">
              <EndpointName endpoint={endpoint} />
            </th>
            {COLUMNS.map((column) => (
              <td
                key={column.name}
                role="cell"
                data-label={METRICS[column.name].label}
                data-metric={column.name}
              >
                {column.metric !== null && locked.includes(column.metric) ? (
                  <LockedState metric={METRICS[column.name].label} />
                ) : (
                  <Figure {...column.figure(endpoint)} />
                )}
              </td>
            ))}
            <td role="cell" data-label="Trend" className="endpoint-trend">
              <span className="flex xl:justify-end">
                {locked.includes("ttft") ? (
                  <LockedState metric="Trend" />
                ) : (
                  <Sparkline spark={endpoint.spark} />
                )}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
    // biome-ignore-end lint/a11y/noRedundantRoles: see above
  );
}

function ColumnHeading({ column, query, last }: { column: Column; query: OverviewQuery; last: boolean }) {
  const { sort, label, unit, direction } = METRICS[column.name];
  const chosen = query.sort === sort;
  return (
    <th
      // biome-ignore lint/a11y/noRedundantRoles: see above
      role="columnheader"
      scope="col"
      aria-sort={chosen ? (direction === "lower is better" ? "ascending" : "descending") : undefined}
    >
      {/* The unit below says what stands in brackets. */}
      <SortLink query={query} sort={sort} label={label.replace(/ \(.*\)$/, "")} />
      <span className="block text-2xs">
        <MetricHint
          measure={METRICS[column.name]}
          align={last ? "end" : "center"}
          className="py-1 text-acid-muted"
        >
          {unit}
        </MetricHint>
      </span>
    </th>
  );
}

function SortLink({
  query,
  sort,
  label,
}: {
  query: OverviewQuery;
  sort: OverviewQuery["sort"];
  label: string;
}) {
  const chosen = query.sort === sort;
  return (
    <Link
      to={overviewHref(query, { sort })}
      preventScrollReset
      className={`inline-block whitespace-nowrap rounded py-1.5 text-xs hover:underline ${chosen ? "font-semibold text-acid-text" : "text-acid-text"}`}
    >
      {label}
      {chosen && <span aria-hidden="true">{" ↓"}</span>}
    </Link>
  );
}

function Figure({ main, sub }: { main: ReactNode; sub?: readonly string[] | undefined }) {
  return (
    <>
      {/* Looks come from the row's class: named in every figure they would weigh as much as the figures. */}
      <div>{main}</div>
      {sub?.map((line) => (
        <small key={line}>{line}</small>
      ))}
    </>
  );
}
