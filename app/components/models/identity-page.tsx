import type { IdentityPage as Page } from "../../data/identity-page.server.ts";
import { formatCount, formatUsd } from "../../lib/format.ts";
import { nobodyWords } from "../../lib/leaders.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import { identityPath } from "../../lib/models-path.ts";
import { formatContext } from "../../lib/models-words.ts";
import { IDENTITY_QUERY, type IdentityQuery, MOST_COMPARED } from "../../lib/queries.ts";
import { earlier } from "../../lib/schedule.ts";
import { inWindow, timeWords } from "../../lib/span.ts";
import { LocationFilter } from "../filters/location-filter.tsx";
import { SpanForm } from "../filters/span-form.tsx";
import { WindowFilter } from "../filters/window-filter.tsx";
import { Leaders } from "../metrics/leaders.tsx";
import { SimulatedBanner, StaleBanner } from "../ui/banner.tsx";
import { Busy } from "../ui/busy.tsx";
import { useWays } from "../ui/kept.ts";
import { PageHeading } from "../ui/page-heading.tsx";
import { Panel } from "../ui/panel.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { useRefresh } from "../ui/use-refresh.ts";
import { ChangeList } from "./change-list.tsx";
import { EndpointList } from "./endpoint-list.tsx";

export interface IdentityPageProps {
  readonly query: IdentityQuery;
  readonly locked: readonly LockableMetric[];
  readonly page: Page;
}

/** One model at all its providers. */
export function IdentityPage({ query, locked, page }: IdentityPageProps) {
  useRefresh(60_000);
  const ways = useWays();
  const newest = earlier(page.newest_result_at, page.as_of);
  const href = (change: Partial<IdentityQuery>) =>
    identityPath(page.identity) + IDENTITY_QUERY.format({ ...query, ...change });
  const measured = page.rows.filter(({ endpoint }) => endpoint.attempts > 0);
  const { window, from, to, location } = query;
  const keep = { window: from === null && window !== "24h" ? window : null, from, to, location };
  return (
    <>
      {page.rows.some(({ endpoint }) => endpoint.simulated) && (
        <SimulatedBanner some={measured.some(({ endpoint }) => !endpoint.simulated)} />
      )}
      {page.stale && newest !== null && <StaleBanner newest={newest} asOf={page.read_at} />}
      <PageHeading title={`${page.identity} at ${formatCount(page.total, "endpoint", "endpoints")}`}>
        {`One model across providers, matched by model name. ${formatCount(measured.length, "endpoint", "endpoints")} measured ${timeWords(query)}`}
        {page.location !== null && `, from ${page.location}`}.
      </PageHeading>
      <div className="mb-4 flex flex-wrap items-start gap-2">
        <WindowFilter chosen={from === null ? window : null} href={(chosen) => href(inWindow(chosen))} />
        <SpanForm query={query} action={identityPath(page.identity)} keep={{ location }} />
        <LocationFilter
          known={page.locations}
          shown={page.location}
          asked={location}
          href={(chosen) => href({ location: chosen })}
        />
      </div>
      <Busy className="grid grid-cols-1 gap-4">
        {measured.length > 1 && (
          <Leaders leaders={page.leaders} locked={locked} mix="as measured" nobody={nobodyWords(window)} />
        )}
        <Panel title="Providers">
          <EndpointList
            caption={`${page.identity} by provider`}
            rows={page.rows}
            locked={locked}
            sort={query.sort}
            href={(sort) => href({ sort })}
            keep={keep}
          />
          {measured.length > 1 && (
            <p className="mt-3 flex flex-wrap gap-x-4 gap-y-1 text-xs">
              {toCompare(measured.length).map(([count, text]) => (
                <TextLink
                  key={count}
                  to={ways.compare(...measured.slice(0, count).map(({ endpoint }) => endpoint))}
                >
                  {text}
                </TextLink>
              ))}
            </p>
          )}
          {page.total > page.rows.length && (
            <p className="mt-3 text-acid-muted text-xs">{`${page.rows.length} of ${page.total} endpoints.`}</p>
          )}
        </Panel>
        <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-2">
          <Panel title="List prices and context">
            <Facts page={page} />
          </Panel>
          <Panel title="Changes">
            <ChangeList changes={page.changes} />
          </Panel>
        </div>
      </Busy>
    </>
  );
}

/** How many of the endpoints, from the first on, are worth a comparison, and what it is called. */
function toCompare(measured: number): readonly (readonly [count: number, text: string])[] {
  if (measured === 2) return [[2, "Compare both"]];
  const all = [
    Math.min(measured, MOST_COMPARED),
    measured > MOST_COMPARED ? `Compare the first ${MOST_COMPARED}` : `Compare all ${measured}`,
  ] as const;
  return measured > 3 ? [[3, "Compare the first 3"], all] : [all];
}

function Facts({ page: { prices, context, family } }: { page: Page }) {
  const range = ([low, high]: readonly [number, number]) =>
    low === high ? formatUsd(low) : `${formatUsd(low)} to ${formatUsd(high)}`;
  const lines = [
    ["Input", prices === null ? "unknown" : `${range(prices.input)} per 1M tokens`],
    ["Output", prices === null ? "unknown" : `${range(prices.output)} per 1M tokens`],
    ["Known prices", prices === null ? "none" : `at ${formatCount(prices.n, "endpoint", "endpoints")}`],
    [
      "Context window",
      context === null
        ? "unknown"
        : context[0] === context[1]
          ? `${formatContext(context[0])} tokens`
          : `${formatContext(context[0])} to ${formatContext(context[1])} tokens`,
    ],
    ["Family", family],
  ] as const;
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 text-xs leading-relaxed">
      {lines.map(
        ([name, text]) =>
          text !== null && (
            <div key={name} className="contents">
              <dt className="text-acid-muted">{name}</dt>
              <dd className="figure-text [overflow-wrap:anywhere]">{text}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
