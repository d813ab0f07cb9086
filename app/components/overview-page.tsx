import { useNavigation } from "@remix-run/react";
import { formatAgo, formatCount, formatTime } from "../lib/format.ts";
import type { LockableMetric } from "../lib/metrics.ts";
import type { OverviewQuery } from "../lib/search-params.ts";
import { speedBars } from "../lib/speed-bars.ts";
import type { Endpoint, Overview } from "../lib/types.ts";
import { METRICS, type MetricName, WINDOW_NAMES } from "../lib/words.ts";
import { SpeedChart } from "./charts/speed-chart.tsx";
import { LocationFilter } from "./filters/location-filter.tsx";
import { ProviderFilter } from "./filters/provider-filter.tsx";
import { WindowFilter } from "./filters/window-filter.tsx";
import { EndpointTable } from "./metrics/endpoint-table.tsx";
import { StabilityBoard, ValueBoard } from "./metrics/leaderboards.tsx";
import { ProviderSummaries } from "./metrics/provider-summary.tsx";
import { Winners } from "./metrics/winners.tsx";
import { SimulatedBanner, StaleBanner } from "./ui/banner.tsx";
import { EmptyState } from "./ui/empty-state.tsx";
import { EndpointName } from "./ui/endpoint-name.tsx";
import { LockedState } from "./ui/locked-state.tsx";
import { Panel } from "./ui/panel.tsx";
import { RunStatus } from "./ui/run-status.tsx";
import { useRefresh } from "./ui/use-refresh.ts";

export interface OverviewPageProps {
  readonly query: OverviewQuery;
  readonly locked: readonly LockableMetric[];
  readonly overview: Overview;
}

const REFRESH_MS = 60_000;
/** Someone who has just started it waits for the first results. */
const REFRESH_EMPTY_MS = 5_000;

export function OverviewPage({ query, locked, overview }: OverviewPageProps) {
  const measured = overview.endpoints.filter((endpoint) => endpoint.attempts > 0);
  const waiting = overview.endpoints.filter((endpoint) => endpoint.attempts === 0);
  const simulated = measured.filter((endpoint) => endpoint.simulated).length;
  const { newest_result_at: newest } = overview;
  useRefresh(newest === null ? REFRESH_EMPTY_MS : REFRESH_MS);
  const busy = useNavigation().state === "loading";
  return (
    <>
      {simulated > 0 && <SimulatedBanner some={simulated < measured.length} />}
      {overview.stale && newest !== null && (
        <StaleBanner ago={formatAgo(newest, overview.as_of)} time={formatTime(newest)} />
      )}
      <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-3 pt-6 pb-4">
        <div>
          <h1 className="font-semibold text-2xl tracking-tight md:text-3xl">
            How fast are AI providers right now?
          </h1>
          {measured.length > 0 && <Lead measured={measured} overview={overview} query={query} />}
        </div>
        <RunStatus overview={overview} />
      </div>
      <div className="mb-4 flex flex-wrap gap-2">
        <WindowFilter query={query} />
        <ProviderFilter query={query} />
        <LocationFilter query={query} overview={overview} />
      </div>
      {measured.length === 0 ? (
        <EmptyState overview={overview} query={query} />
      ) : (
        <div
          aria-busy={busy}
          className={`grid grid-cols-1 gap-4 transition-opacity ${busy ? "opacity-60" : ""}`}
        >
          <Figures query={query} locked={locked} overview={{ ...overview, endpoints: measured }} />
        </div>
      )}
      {waiting.length > 0 && <Waiting endpoints={waiting} />}
    </>
  );
}

function Lead({
  measured,
  overview,
  query,
}: {
  measured: readonly Endpoint[];
  overview: Overview;
  query: OverviewQuery;
}) {
  const attempts = measured.reduce((sum, endpoint) => sum + endpoint.attempts, 0);
  return (
    <p className="mt-1 text-acid-muted">
      {`${formatCount(attempts, "request", "requests")} to ${formatCount(measured.length, "endpoint", "endpoints")} in the last ${WINDOW_NAMES[query.window]}`}
      {overview.location !== null && `, measured from ${overview.location}`}
    </p>
  );
}

function Figures({ query, locked, overview }: OverviewPageProps) {
  const { endpoints } = overview;
  return (
    <>
      <Winners endpoints={endpoints} window={query.window} locked={locked} />
      <div className="grid grid-cols-1 gap-4 xl:grid-cols-3">
        <div className="grid min-w-0 grid-cols-1 content-start gap-4 xl:col-span-2">
          <Panel title="Time to first token" metric="ttft">
            {locked.includes("ttft") ? (
              <LockedState metric="First token" />
            ) : (
              <SpeedChart bars={speedBars(endpoints)} />
            )}
          </Panel>
          <Panel title="By provider">
            <ProviderSummaries providers={overview.providers} locked={locked} />
          </Panel>
        </div>
        <div className="grid grid-cols-1 content-start gap-4 md:grid-cols-2 xl:grid-cols-1">
          <StabilityBoard endpoints={endpoints} locked={locked} />
          <ValueBoard endpoints={endpoints} locked={locked} />
        </div>
      </div>
      <Panel title="All endpoints">
        <EndpointTable overview={overview} query={query} locked={locked} />
      </Panel>
      <Panel title="What the numbers mean">
        <dl className="grid gap-x-8 gap-y-4 md:grid-cols-2 xl:grid-cols-4">
          {(Object.keys(METRICS) as MetricName[]).map((name) => (
            <div key={name}>
              <dt className="font-medium">
                {METRICS[name].label}
                <span className="ml-2 font-normal text-acid-muted text-xs">
                  {`${METRICS[name].unit}, ${METRICS[name].direction}`}
                </span>
              </dt>
              <dd className="mt-1 text-acid-muted text-xs leading-relaxed">{METRICS[name].sentence}</dd>
            </div>
          ))}
        </dl>
      </Panel>
    </>
  );
}

/** Models that have no results in this window: just switched on, or retired by their provider. */
function Waiting({ endpoints }: { endpoints: readonly Endpoint[] }) {
  return (
    <Panel title="Not measured in this window" className="mt-4">
      <ul className="grid gap-4 sm:grid-cols-2 xl:grid-cols-4">
        {endpoints.map((endpoint) => (
          <li key={`${endpoint.provider}/${endpoint.model}`}>
            <EndpointName endpoint={endpoint} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
