import type { PriceList } from "../../data/prices.server.ts";
import { formatCount, formatInteger } from "../../lib/format.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import { ENDPOINTS_A_PAGE } from "../../lib/prices.ts";
import { type PricesQuery, pricesHref } from "../../lib/prices-query.ts";
import { Segments } from "../filters/segments.tsx";
import { SimulatedBanner } from "../ui/banner.tsx";
import { Busy } from "../ui/busy.tsx";
import { PageHeading } from "../ui/page-heading.tsx";
import { Pager } from "../ui/pager.tsx";
import { Panel } from "../ui/panel.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { useRefresh } from "../ui/use-refresh.ts";
import { Changes, Held } from "./changes.tsx";
import { PriceTable } from "./price-table.tsx";
import { UsageForm } from "./usage-form.tsx";

export interface PricesPageProps {
  readonly query: PricesQuery;
  readonly locked: readonly LockableMetric[];
  readonly list: PriceList;
}

/** What it costs, what it did cost, and what it would cost the reader. */
export function PricesPage({ query, locked, list }: PricesPageProps) {
  useRefresh(60_000);
  return (
    <>
      {list.simulated && <SimulatedBanner some />}
      <PageHeading title="Prices">
        List prices in US dollars per million tokens, as stated by each provider or a public list, without
        discounts, tiers and fees. They are real even where results are simulated. Speeds are medians of the
        last 24 hours{list.location === null ? "" : `, measured from ${list.location}`}.
      </PageHeading>
      <Panel title="Monthly cost">
        <UsageForm key={pricesHref(query)} query={query} locked={locked} />
      </Panel>
      {list.held.length > 0 && <Held endpoints={list.held} />}
      <div className="my-4 flex flex-wrap items-center gap-3">
        <Segments
          label="Which endpoints"
          options={[
            {
              text: `measured (${list.measured})`,
              title: "Endpoints measured in every run",
              to: pricesHref(query, { show: "measured", page: 1 }),
              chosen: query.show === "measured",
            },
            {
              text: `all known (${list.models})`,
              title: "Also available or retired endpoints that are not measured",
              to: pricesHref(query, { show: "all", page: 1 }),
              chosen: query.show === "all",
            },
          ]}
        />
        <p className="text-acid-muted text-xs">
          {formatCount(list.matching, "endpoint", "endpoints")}
          {query.search !== "" && " match"}
          {list.unknown > 0 && `, ${formatInteger(list.unknown)} without a known price`}
        </p>
      </div>
      <Panel title="All prices">
        {list.endpoints.length === 0 ? (
          <Nothing query={query} list={list} />
        ) : (
          <Busy>
            <PriceTable endpoints={list.endpoints} query={query} locked={locked} />
          </Busy>
        )}
        <Pager
          label="Pages of prices"
          page={query.page}
          pages={Math.ceil(list.matching / ENDPOINTS_A_PAGE)}
          href={(page) => pricesHref(query, { page })}
        />
      </Panel>
      <Panel title="Price changes" className="mt-4">
        <Changes changes={list.changes} asOf={list.as_of} />
      </Panel>
    </>
  );
}

function Nothing({ query, list }: { query: PricesQuery; list: PriceList }) {
  const beyond = list.matching > 0;
  return (
    <div className="grid justify-items-center gap-3 py-10 text-center text-acid-muted">
      <p>
        {beyond
          ? "No such page."
          : query.search !== ""
            ? "No endpoint matches."
            : "No models yet. They are added by the first run, or by npm run sync-models."}
      </p>
      {(beyond || query.search !== "") && (
        <TextLink to={pricesHref({ ...query, search: "", page: 1 })}>Show all</TextLink>
      )}
    </div>
  );
}
