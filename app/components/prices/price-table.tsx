import type { CostedEndpoint } from "../../data/prices.server.ts";
import { formatDate, formatInteger, formatMs, formatTps, formatUsd } from "../../lib/format.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import { type PriceSort, type PricesQuery, pricesHref } from "../../lib/prices-query.ts";
import { PRICE_COLUMNS, type PriceColumn, priceWords, sourceWords } from "../../lib/prices-words.ts";
import { ModelLink, ProviderModel, Tag } from "../ui/endpoint-name.tsx";
import { Link } from "../ui/link.tsx";
import { LockedState } from "../ui/locked-state.tsx";
import { MetricHint } from "../ui/metric-hint.tsx";

export interface PriceTableProps {
  readonly endpoints: readonly CostedEndpoint[];
  readonly query: PricesQuery;
  readonly locked: readonly LockableMetric[];
}

const COLUMNS = Object.keys(PRICE_COLUMNS) as PriceColumn[];
const LOCKS: Readonly<Partial<Record<PriceColumn, LockableMetric>>> = {
  monthly: "cost",
  ttft: "ttft",
  tps: "tps",
};

/** Each endpoint's price, what the month comes to, and how fast it is. */
export function PriceTable({ endpoints, query, locked }: PriceTableProps) {
  const broken = [query.in, query.out, query.cached].some(({ problem }) => problem !== null);
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: browsers drop the roles of a table whose display is changed
    <table role="table" className="block w-full text-left lg:table">
      <caption className="sr-only">Prices, monthly cost and speed by endpoint</caption>
      <thead role="rowgroup" className="column-heads">
        <tr role="row">
          <th role="columnheader" scope="col" aria-sort={ariaSort(query, "name")}>
            <SortLink query={query} sort="name" label="Endpoint" />
          </th>
          {COLUMNS.map((column, index) => {
            const { label, unit, sort } = PRICE_COLUMNS[column];
            const name = label.replace(/ \(.*\)$/, "");
            return (
              <th
                key={column}
                role="columnheader"
                scope="col"
                aria-sort={sort === null ? undefined : ariaSort(query, sort)}
              >
                {sort === null ? (
                  <span className="inline-block py-1.5">{name}</span>
                ) : (
                  <SortLink query={query} sort={sort} label={name} />
                )}
                <span className="block text-2xs">
                  <MetricHint
                    measure={PRICE_COLUMNS[column]}
                    align={index >= COLUMNS.length - 3 ? "end" : "center"}
                    className="py-1 text-acid-muted"
                  >
                    {unit}
                  </MetricHint>
                </span>
              </th>
            );
          })}
        </tr>
      </thead>
      <tbody role="rowgroup" className="grid grid-cols-1 gap-3 md:grid-cols-2 lg:table-row-group">
        {endpoints.map((endpoint) => (
          <tr key={`${endpoint.provider}/${endpoint.model}`} role="row" className="endpoint-row">
            <th role="rowheader" scope="row" className="endpoint-head lg:max-w-96">
              <ProviderModel
                endpoint={{ ...endpoint, simulated: false }}
                model={<ModelLink endpoint={endpoint} />}
              >
                {endpoint.held !== null && <Tag tone="warning">price awaiting review</Tag>}
              </ProviderModel>
              <History endpoint={endpoint} />
            </th>
            {COLUMNS.map((column) => {
              const lock = LOCKS[column];
              const { main, sub } = figureOf(column, endpoint, broken);
              return (
                <td
                  key={column}
                  role="cell"
                  data-label={PRICE_COLUMNS[column].label}
                  data-column={column}
                  className="endpoint-figure"
                >
                  {lock !== undefined && locked.includes(lock) ? (
                    <LockedState metric={PRICE_COLUMNS[column].label} />
                  ) : (
                    <>
                      <span
                        className={`endpoint-main figure-text ${column === "monthly" ? "font-semibold" : ""}`}
                      >
                        {main}
                      </span>
                      {sub !== null && (
                        <span className="endpoint-sub [overflow-wrap:anywhere] lg:ml-auto lg:max-w-40">
                          {sub}
                        </span>
                      )}
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

/** The order of the column's figures as they stand. */
function ariaSort(query: PricesQuery, sort: PriceSort): "ascending" | "descending" | undefined {
  if (query.sort !== sort) return undefined;
  return (sort === "tps") === (query.dir === "best") ? "descending" : "ascending";
}

/** Best first; a second time, worst first. */
function SortLink({ query, sort, label }: { query: PricesQuery; sort: PriceSort; label: string }) {
  const chosen = query.sort === sort;
  const dir = chosen && query.dir === "best" ? "worst" : "best";
  return (
    <Link
      to={pricesHref(query, { sort, dir })}
      preventScrollReset
      className={`inline-block whitespace-nowrap rounded py-1.5 hover:underline ${chosen ? "font-semibold" : ""}`}
    >
      {label}
      {chosen && <span aria-hidden="true">{ariaSort(query, sort) === "ascending" ? " ↑" : " ↓"}</span>}
    </Link>
  );
}

function figureOf(
  column: PriceColumn,
  { history: [price], monthly, speed }: CostedEndpoint,
  broken: boolean,
): { main: string; sub: string | null } {
  switch (column) {
    case "input":
      return {
        main: price === undefined ? "unknown" : formatUsd(price.input),
        sub: price === undefined || price.cached === null ? null : `cached ${formatUsd(price.cached)}`,
      };
    case "output":
      return { main: price === undefined ? "unknown" : formatUsd(price.output), sub: null };
    case "monthly":
      return { main: broken ? "n/a" : monthly === null ? "unknown" : formatUsd(monthly), sub: null };
    case "ttft":
      return { main: formatMs(speed.ttft), sub: speed.ttft === null ? null : speedWords(speed) };
    case "tps":
      return { main: formatTps(speed.tps), sub: speed.tps === null ? null : speedWords(speed) };
    case "since":
      return price === undefined
        ? { main: "n/a", sub: null }
        : { main: formatDate(price.since), sub: sourceWords(price.source) };
  }
}

function speedWords({ n, simulated }: CostedEndpoint["speed"]): string {
  return `n ${formatInteger(n)}${simulated ? ", simulated" : ""}`;
}

function History({ endpoint }: { endpoint: CostedEndpoint }) {
  const earlier = endpoint.history.slice(1);
  if (earlier.length === 0) return null;
  const more = endpoint.prices - endpoint.history.length;
  return (
    <details className="mt-1.5 pl-9">
      <summary className="w-fit cursor-pointer rounded text-2xs text-acid-link">
        {`${formatInteger(endpoint.prices - 1)} earlier ${endpoint.prices === 2 ? "price" : "prices"}`}
      </summary>
      <ul className="figure-text mt-1 grid gap-0.5 text-2xs text-acid-muted">
        {earlier.map((price) => (
          <li key={price.since}>{`from ${formatDate(price.since)}: ${priceWords(price)}`}</li>
        ))}
        {more > 0 && <li>{`and ${more} before`}</li>}
      </ul>
    </details>
  );
}
