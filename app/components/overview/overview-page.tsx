import { formatCount, formatTime } from "../../lib/format.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import type { News } from "../../lib/news.ts";
import type { OverviewView } from "../../lib/overview-view.ts";
import { type OverviewQuery, overviewHref } from "../../lib/queries.ts";
import { earlier } from "../../lib/schedule.ts";
import { WINDOW_NAMES } from "../../lib/words.ts";
import { LocationFilter } from "../filters/location-filter.tsx";
import { ProviderFilter } from "../filters/provider-filter.tsx";
import { WindowFilter } from "../filters/window-filter.tsx";
import { BudgetBanner, SimulatedBanner, StaleBanner } from "../ui/banner.tsx";
import { Busy } from "../ui/busy.tsx";
import { EndpointName } from "../ui/endpoint-name.tsx";
import { MetricList } from "../ui/metric-hint.tsx";
import { Panel } from "../ui/panel.tsx";
import { useRefresh } from "../ui/use-refresh.ts";
import { Charts } from "./charts.late.tsx";
import { ChoiceFilter } from "./choice-filter.tsx";
import { EmptyState } from "./empty-state.tsx";
import { EndpointTable } from "./endpoint-table.tsx";
import { NewsPanel } from "./news.tsx";
import { RunStatus } from "./run-status.tsx";
import { Winners } from "./winners.tsx";

export interface OverviewPageProps {
  readonly query: OverviewQuery;
  readonly locked: readonly LockableMetric[];
  readonly view: OverviewView;
  readonly news: News | Promise<News>;
}

const REFRESH_MS = 60_000;
/** Someone who has just started it waits for the first results. */
const REFRESH_EMPTY_MS = 5_000;

export function OverviewPage({ query, locked, view, news }: OverviewPageProps) {
  const { summary } = view;
  const { newest_result_at: newest, last_run: run } = summary;
  const reached = earlier(newest, summary.as_of);
  useRefresh(newest === null ? REFRESH_EMPTY_MS : REFRESH_MS);
  return (
    <>
      {view.simulated > 0 && <SimulatedBanner some={view.simulated < view.endpoints} />}
      {summary.stale && reached !== null && <StaleBanner newest={reached} asOf={summary.read_at} />}
      {run !== null && run.skipped_for_budget > 0 && <BudgetBanner skipped={run.skipped_for_budget} />}
      <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-3 pt-6 pb-4">
        <div>
          <h1 className="font-semibold text-2xl tracking-tight md:text-3xl">
            How fast are AI providers right now?
          </h1>
          {view.endpoints > 0 && <Lead view={view} query={query} />}
        </div>
        <RunStatus overview={summary} />
      </div>
      <div className="mb-4 flex flex-wrap gap-2">
        <WindowFilter chosen={query.window} href={(window) => overviewHref(query, { window })} />
        <ProviderFilter query={query} />
        <ChoiceFilter query={query} choices={view.choices} />
        <LocationFilter
          known={summary.locations.map((place) => place.location)}
          shown={summary.location}
          asked={query.location}
          href={(location) => overviewHref(query, { location })}
        />
      </div>
      {view.endpoints === 0 ? (
        <EmptyState overview={summary} query={query} />
      ) : (
        <Busy className="grid grid-cols-1 gap-4">
          <Figures query={query} locked={locked} view={view} news={news} />
        </Busy>
      )}
      {view.waiting.length > 0 && <Waiting view={view} />}
    </>
  );
}

/** A window made ahead lags behind a little; a minute is not worth a word. */
const LAG_WORTH_SAYING_MS = 60_000;

function Lead({ view, query }: { view: OverviewView; query: OverviewQuery }) {
  const { location, as_of, read_at } = view.summary;
  const lags = Date.parse(read_at) - Date.parse(as_of) > LAG_WORTH_SAYING_MS;
  return (
    <p className="mt-1 text-acid-muted">
      {`${formatCount(view.attempts, "request", "requests")} to ${formatCount(view.endpoints, "endpoint", "endpoints")} in the last ${WINDOW_NAMES[query.window]}`}
      {location !== null && `, measured from ${location}`}
      {lags && (
        <>
          {", as of "}
          <time dateTime={as_of}>{formatTime(as_of)}</time>
        </>
      )}
    </p>
  );
}

function Figures({ query, locked, view, news }: OverviewPageProps) {
  return (
    <>
      <Winners leaders={view.leaders} window={query.window} locked={locked} />
      <NewsPanel news={news} window={query.window} readAt={view.summary.read_at} />
      <Charts query={query} locked={locked} view={view} />
      <Panel title="All endpoints" className="in-steps">
        <EndpointTable view={view} query={query} locked={locked} />
      </Panel>
      <Panel title="Metrics" className="in-steps">
        <MetricList className="xl:grid-cols-3" />
      </Panel>
    </>
  );
}

/** Models that have no results in this window: just switched on, or retired by their provider. */
function Waiting({ view }: { view: OverviewView }) {
  return (
    <Panel title="Not measured in this window" className="mt-4">
      <ul className="grid gap-4 sm:grid-cols-2 xl:grid-cols-4">
        {view.waiting.map((endpoint) => (
          <li key={`${endpoint.provider}/${endpoint.model}`}>
            <EndpointName endpoint={endpoint} />
          </li>
        ))}
      </ul>
      {view.waitingOf > view.waiting.length && (
        <p className="mt-3 text-acid-muted text-xs">{`and ${view.waitingOf - view.waiting.length} more`}</p>
      )}
    </Panel>
  );
}
