import type { Evidence } from "../../data/evidence.server.ts";
import type { ModelPage } from "../../data/models-page.server.ts";
import { formatCount, formatInteger, formatMs, formatSeconds, formatTps } from "../../lib/format.ts";
import type { StateNow } from "../../lib/incidents.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import { endpointPath } from "../../lib/models-path.ts";
import { MODEL_QUERY, type ModelQuery } from "../../lib/queries.ts";
import { earlier } from "../../lib/schedule.ts";
import { inWindow, timeWords } from "../../lib/span.ts";
import { LocationFilter } from "../filters/location-filter.tsx";
import { SpanForm } from "../filters/span-form.tsx";
import { WindowFilter } from "../filters/window-filter.tsx";
import { StateLine } from "../incidents/state-line.tsx";
import { SimulatedBanner, StaleBanner } from "../ui/banner.tsx";
import { Busy } from "../ui/busy.tsx";
import { EmptyPanel } from "../ui/empty-panel.tsx";
import { ProviderLink, ProviderSign, Tag } from "../ui/endpoint-name.tsx";
import { useWays } from "../ui/kept.ts";
import { Link } from "../ui/link.tsx";
import { Panel } from "../ui/panel.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { useRefresh } from "../ui/use-refresh.ts";
import { EndpointElsewhere } from "./endpoint-elsewhere.late.tsx";
import { EndpointFacts } from "./endpoint-facts.tsx";
import { EndpointFigures } from "./endpoint-figures.tsx";
import { EndpointPrices } from "./endpoint-prices.tsx";
import { EndpointSeries } from "./endpoint-series.late.tsx";
import { EndpointUpstreams } from "./endpoint-upstreams.tsx";
import { EvidenceStrip } from "./evidence-strip.tsx";
import { FailureList } from "./failure-list.tsx";
import { RequestList } from "./request-list.late.tsx";

export interface EndpointPageProps {
  readonly query: ModelQuery;
  readonly locked: readonly LockableMetric[];
  readonly page: ModelPage;
  /** Null where nobody knows it, or it is locked. */
  readonly state: StateNow | null;
  /** What shows it, where it is down or degraded. */
  readonly evidence: Evidence | null;
}

/** All that is known of one provider + model. */
export function EndpointPage({ query, locked, page, state, evidence }: EndpointPageProps) {
  const { endpoint } = page;
  const newest = earlier(page.newest_result_at, page.as_of);
  useRefresh(60_000);
  const measured = endpoint.attempts + endpoint.probe_failures > 0;
  const href = (change: Partial<ModelQuery>) =>
    `${endpointPath(endpoint)}${MODEL_QUERY.format({ ...query, ...change })}`;
  const simulated = [endpoint, ...page.elsewhere.map((other) => other.endpoint)].some(
    (each) => each.simulated,
  );
  return (
    <>
      {simulated && <SimulatedBanner some />}
      {page.stale && newest !== null && <StaleBanner newest={newest} asOf={page.read_at} />}
      <Heading page={page} query={query} />
      {state !== null && evidence === null && <StateLine now={state} />}
      {state !== null && evidence !== null && (
        <EvidenceStrip
          now={state}
          evidence={evidence}
          listHref={`${href({ show: evidence.failed > 0 ? "failed" : "slowest" })}#requests`}
        />
      )}
      <div className="mb-4 flex flex-wrap gap-2">
        <WindowFilter
          chosen={query.from === null ? query.window : null}
          href={(window) => href(inWindow(window))}
        />
        <SpanForm query={query} action={endpointPath(endpoint)} keep={{ location: query.location }} />
        <LocationFilter
          known={page.locations}
          shown={page.location}
          asked={query.location}
          href={(location) => href({ location })}
        />
      </div>
      <Busy className={`grid grid-cols-1 gap-4 ${measured ? "in-steps" : ""}`}>
        {measured ? (
          <>
            <EndpointFigures endpoint={endpoint} few={page.few} locked={locked} />
            <EndpointSeries metric="ttft" series={page.ttft} format={formatMs} slowName="p95" />
            <EndpointSeries
              metric="tps"
              series={page.tps}
              format={formatTps}
              formatTick={formatTpsTick}
              slowName="p5"
            />
            <EndpointSeries metric="latency" series={page.latency} format={formatSeconds} slowName="p95" />
            <Panel title="Failures">
              <FailureList failures={page.failures} attempts={endpoint.attempts} asOf={page.as_of} />
            </Panel>
          </>
        ) : (
          <Unmeasured page={page} query={query} href={href} />
        )}
        {page.upstreams.length > 0 && (
          <Panel title="Served by">
            <EndpointUpstreams upstreams={page.upstreams} />
          </Panel>
        )}
        <Panel title="The same model elsewhere">
          <EndpointElsewhere page={page} locked={locked} />
        </Panel>
        <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-2">
          <Panel title="Price history">
            <EndpointPrices prices={page.prices} />
          </Panel>
          <Panel title="Details">
            <EndpointFacts page={page} />
          </Panel>
        </div>
        <RequestList page={page} query={query} locked={locked} href={href} />
      </Busy>
    </>
  );
}

function formatTpsTick(value: number): string {
  return `${formatInteger(value)} tok/s`;
}

function Heading({ page, query }: { page: ModelPage; query: ModelQuery }) {
  const { endpoint } = page;
  const best = page.elsewhere.find((other) => other.endpoint.attempts > 0)?.endpoint ?? null;
  return (
    <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-3 pt-6 pb-4">
      <div className="min-w-0">
        <p className="mb-1 flex flex-wrap items-center gap-2 text-acid-muted">
          <ProviderSign slug={endpoint.provider} className="size-6" />
          <ProviderLink provider={endpoint.provider} name={endpoint.provider_name} />
          {endpoint.kind === "proxy" && <span>proxy (reseller)</span>}
          {endpoint.retired_at !== null && <Tag>retired</Tag>}
          {endpoint.simulated && <Tag tone="warning">simulated</Tag>}
        </p>
        <h1 className="figure-text font-semibold text-xl [overflow-wrap:anywhere] md:text-3xl">
          <bdi>{endpoint.model}</bdi>
        </h1>
        {endpoint.attempts > 0 && (
          <p className="mt-1 text-acid-muted">
            {`${formatCount(endpoint.attempts, "request", "requests")} ${timeWords(query)}`}
            {page.location !== null && `, measured from ${page.location}`}
          </p>
        )}
      </div>
      <Link
        to={useWays().compare(endpoint, ...(best === null ? [] : [best]))}
        className="rounded-lg border border-acid-border bg-acid-surface px-3 py-2 text-xs hover:border-acid-muted"
      >
        Compare
      </Link>
    </div>
  );
}

function Unmeasured({
  page,
  query,
  href,
}: {
  page: ModelPage;
  query: ModelQuery;
  href: (change: Partial<ModelQuery>) => string;
}) {
  return (
    <EmptyPanel title={page.newest_at === null ? "Not measured yet" : `No results ${timeWords(query)}`}>
      <p>{page.nothing}</p>
      {page.newest_at !== null && query.window !== "30d" && (
        <TextLink to={href(inWindow("30d"))}>Show the last 30 days</TextLink>
      )}
    </EmptyPanel>
  );
}
