import { Link } from "@remix-run/react";
import type { ReactNode } from "react";
import type { LockableMetric } from "../../lib/metrics.ts";
import { sortEndpoints } from "../../lib/ranking.ts";
import { type OverviewQuery, overviewHref } from "../../lib/search-params.ts";
import type { Overview } from "../../lib/types.ts";
import { explain, METRICS } from "../../lib/words.ts";
import { Sparkline } from "../charts/sparkline.tsx";
import { EndpointName } from "../ui/endpoint-name.tsx";
import { Hint } from "../ui/hint.tsx";
import { LockedState } from "../ui/locked-state.tsx";
import { COLUMNS, type Column } from "./columns.tsx";

export interface EndpointTableProps {
  readonly overview: Overview;
  readonly query: OverviewQuery;
  readonly locked: readonly LockableMetric[];
}

/**
 * Every endpoint with every figure. Below `lg` each row becomes a card; the roles are spelt out because
 * browsers drop those of a table whose display is changed (https://adrianroselli.com/2018/02/tables-css-display-properties.html).
 */
export function EndpointTable({ overview, query, locked }: EndpointTableProps) {
  const rows = sortEndpoints(overview.endpoints, query.sort);
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: see above
    <table role="table" className="block w-full text-left lg:table">
      <caption className="sr-only">All figures by endpoint</caption>
      <thead role="rowgroup" className="hidden lg:table-header-group">
        <tr role="row" className="border-acid-border border-b align-bottom">
          <th
            role="columnheader"
            scope="col"
            className="pr-3 pb-2 font-normal"
            aria-sort={query.sort === "name" ? "ascending" : undefined}
          >
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
          <th
            role="columnheader"
            scope="col"
            className="hidden pb-2 pl-3 text-right font-normal xl:table-cell"
          >
            <span className="text-xs">First token over time</span>
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup" className="grid grid-cols-1 gap-3 md:grid-cols-2 lg:table-row-group">
        {rows.map((endpoint) => (
          <tr key={`${endpoint.provider}/${endpoint.model}`} role="row" className="endpoint-row">
            <th role="rowheader" scope="row" className="endpoint-head">
              <EndpointName endpoint={endpoint} />
            </th>
            {COLUMNS.map((column) => (
              <td
                key={column.name}
                role="cell"
                data-label={METRICS[column.name].label}
                data-metric={column.name}
                className="endpoint-figure"
              >
                {column.metric !== null && locked.includes(column.metric) ? (
                  <LockedState metric={METRICS[column.name].label} />
                ) : (
                  <Figure {...column.figure(endpoint)} />
                )}
              </td>
            ))}
            <td role="cell" data-label="Trend" className="endpoint-figure endpoint-trend">
              <span className="flex xl:justify-end">
                {locked.includes("ttft") ? (
                  <LockedState metric="Trend" />
                ) : (
                  <Sparkline
                    points={endpoint.trend}
                    since={overview.since}
                    until={overview.as_of}
                    stepS={overview.step_s}
                  />
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
      scope="col"
      className="pb-2 pl-3 text-right font-normal"
      aria-sort={chosen ? (direction === "lower is better" ? "ascending" : "descending") : undefined}
    >
      <SortLink query={query} sort={sort} label={label} />
      <span className="block text-2xs">
        <Hint
          text={explain(column.name)}
          align={last ? "end" : "center"}
          className="text-acid-muted underline decoration-dotted underline-offset-2"
        >
          {unit}
        </Hint>
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
      className={`whitespace-nowrap rounded text-xs hover:underline ${chosen ? "font-semibold text-acid-text" : "text-acid-text"}`}
    >
      {label}
      {chosen && <span aria-hidden="true">{" ↓"}</span>}
    </Link>
  );
}

function Figure({ main, sub }: { main: ReactNode; sub?: readonly string[] | undefined }) {
  return (
    <>
      <span className="endpoint-main figure-text">{main}</span>
      {sub?.map((line) => (
        <span key={line} className="endpoint-sub figure-text">
          {line}
        </span>
      ))}
    </>
  );
}
