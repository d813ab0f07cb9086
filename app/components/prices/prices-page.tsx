import { Link, useNavigation } from "@remix-run/react";
import { formatCount, formatInteger } from "../../lib/format.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import { ENDPOINTS_A_PAGE, type PriceList } from "../../lib/prices.ts";
import { type PricesQuery, pricesHref } from "../../lib/queries.ts";
import { Segments } from "../filters/segments.tsx";
import { Panel } from "../ui/panel.tsx";
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
  const busy = useNavigation().state === "loading";
  return (
    <>
      <div className="pt-6 pb-4">
        <h1 className="font-semibold text-2xl tracking-tight md:text-3xl">What it costs</h1>
        <p className="mt-1 max-w-3xl text-acid-muted leading-relaxed">
          List prices in US dollars per million tokens, as each provider or a public list states them.
          Discounts, tiers and fees are not in them. They are real, also where results are simulated.
        </p>
      </div>
      <Panel title="Your month">
        <UsageForm key={pricesHref(query)} query={query} locked={locked} />
      </Panel>
      {list.held.length > 0 && <Held endpoints={list.held} />}
      <div className="my-4 flex flex-wrap items-center gap-3">
        <Segments
          label="Which endpoints"
          options={[
            {
              text: `measured (${list.measured})`,
              title: "Endpoints that every run asks",
              to: pricesHref(query, { show: "measured", page: 1 }),
              chosen: query.show === "measured",
            },
            {
              text: `all known (${list.models})`,
              title: "Also those that are offered, or were, and are not measured",
              to: pricesHref(query, { show: "all", page: 1 }),
              chosen: query.show === "all",
            },
          ]}
        />
        <p className="text-acid-muted text-xs">
          {formatCount(list.matching, "endpoint", "endpoints")}
          {query.search !== "" && " match the search"}
          {list.unknown > 0 && `, ${formatInteger(list.unknown)} without a known price`}
        </p>
      </div>
      <Panel title="Prices and monthly cost">
        {list.endpoints.length === 0 ? (
          <Nothing query={query} list={list} />
        ) : (
          <div aria-busy={busy} className={busy ? "opacity-60" : ""}>
            <PriceTable endpoints={list.endpoints} query={query} locked={locked} />
          </div>
        )}
        <Pages query={query} list={list} />
      </Panel>
      <Panel title="Changes" className="mt-4">
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
          ? "There are fewer pages than that."
          : query.search !== ""
            ? "No endpoint has these words in its name."
            : "No model is known yet. They come with the first run, or with npm run sync-models."}
      </p>
      {(beyond || query.search !== "") && (
        <Link
          to={pricesHref({ ...query, search: "", page: 1 })}
          className="text-acid-link underline underline-offset-4"
        >
          Show all
        </Link>
      )}
    </div>
  );
}

function Pages({ query, list }: { query: PricesQuery; list: PriceList }) {
  const pages = Math.ceil(list.matching / ENDPOINTS_A_PAGE);
  if (pages < 2) return null;
  const link = "text-acid-link underline underline-offset-4";
  return (
    <nav aria-label="Pages of prices" className="mt-4 flex flex-wrap items-center gap-x-5 gap-y-2 text-sm">
      {query.page > 1 && (
        <Link to={pricesHref(query, { page: query.page - 1 })} className={link}>
          ← Before
        </Link>
      )}
      <span className="text-acid-muted">{`Page ${query.page} of ${pages}`}</span>
      {query.page < pages && (
        <Link to={pricesHref(query, { page: query.page + 1 })} className={link}>
          Next →
        </Link>
      )}
    </nav>
  );
}
