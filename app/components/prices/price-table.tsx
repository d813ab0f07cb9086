import type { CostedEndpoint } from "../../data/prices.server.ts";
import { formatDate, formatInteger, formatUsd } from "../../lib/format.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import type { PricesQuery } from "../../lib/prices-query.ts";
import { PRICE_WORDS, priceWords, sourceWords } from "../../lib/prices-words.ts";
import { ModelName, ProviderModel, Tag } from "../ui/endpoint-name.tsx";
import { LockedState } from "../ui/locked-state.tsx";
import { MetricHint } from "../ui/metric-hint.tsx";

export interface PriceTableProps {
  readonly endpoints: readonly CostedEndpoint[];
  readonly query: PricesQuery;
  readonly locked: readonly LockableMetric[];
}

/** Each endpoint's price and what the month comes to, cheapest first. */
export function PriceTable({ endpoints, query, locked }: PriceTableProps) {
  const lockedCost = locked.includes("cost");
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: browsers drop the roles of a table whose display is changed
    <table role="table" className="block w-full text-left lg:table">
      <caption className="sr-only">
        {lockedCost ? "Prices by endpoint" : "Prices and monthly cost by endpoint, cheapest first"}
      </caption>
      <thead role="rowgroup" className="column-heads">
        <tr role="row">
          <th role="columnheader" scope="col">
            Endpoint (provider + model)
          </th>
          {PRICE_WORDS.map((measure, index) => (
            <th key={measure.label} role="columnheader" scope="col">
              {measure.label}
              <span className="block text-2xs">
                <MetricHint
                  measure={measure}
                  align={index >= PRICE_WORDS.length - 2 ? "end" : "center"}
                  className="text-acid-muted"
                >
                  {measure.unit}
                </MetricHint>
              </span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup" className="grid grid-cols-1 gap-3 md:grid-cols-2 lg:table-row-group">
        {endpoints.map((endpoint) => (
          <Row
            key={`${endpoint.provider}/${endpoint.model}`}
            endpoint={endpoint}
            broken={[query.in, query.out, query.cached].some(({ problem }) => problem !== null)}
            locked={lockedCost}
          />
        ))}
      </tbody>
    </table>
    // biome-ignore-end lint/a11y/noRedundantRoles: see above
  );
}

function Row({ endpoint, broken, locked }: { endpoint: CostedEndpoint; broken: boolean; locked: boolean }) {
  const price = endpoint.history[0];
  const figures = [
    price === undefined ? "unknown" : formatUsd(price.input),
    price === undefined ? "unknown" : price.cached === null ? "as input" : formatUsd(price.cached),
    price === undefined ? "unknown" : formatUsd(price.output),
    price === undefined ? "n/a" : formatDate(price.since),
  ];
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: see above
    <tr role="row" className="endpoint-row">
      <th role="rowheader" scope="row" className="endpoint-head lg:max-w-96">
        <ProviderModel
          endpoint={{ ...endpoint, simulated: false }}
          model={<ModelName>{endpoint.model}</ModelName>}
        >
          {endpoint.held !== null && <Tag tone="warning">price in doubt</Tag>}
        </ProviderModel>
        <History endpoint={endpoint} />
      </th>
      {figures.map((figure, index) => (
        <td
          key={PRICE_WORDS[index]?.label}
          role="cell"
          data-label={PRICE_WORDS[index]?.label}
          className="endpoint-figure"
        >
          <span className="endpoint-main figure-text">{figure}</span>
          {index === 3 && price !== undefined && (
            <span className="endpoint-sub [overflow-wrap:anywhere] lg:ml-auto lg:max-w-40">
              {sourceWords(price.source)}
            </span>
          )}
        </td>
      ))}
      <td role="cell" data-label="Monthly cost" data-monthly="" className="endpoint-figure">
        {locked ? (
          <LockedState metric="Monthly cost" />
        ) : (
          <span className="endpoint-main figure-text font-semibold">
            {broken ? "n/a" : endpoint.monthly === null ? "unknown" : formatUsd(endpoint.monthly)}
          </span>
        )}
      </td>
    </tr>
    // biome-ignore-end lint/a11y/noRedundantRoles: see above
  );
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
