import { formatCount, formatTime } from "../../lib/format.ts";
import { nobodyWords } from "../../lib/leaders.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import type { News } from "../../lib/news.ts";
import type { OverviewQuery } from "../../lib/overview-query.ts";
import type { OverviewView } from "../../lib/overview-view.ts";
import { earlier } from "../../lib/schedule.ts";
import type { Verdict } from "../../lib/verdict.ts";
import { WINDOW_NAMES } from "../../lib/words.ts";
import { Leaders } from "../metrics/leaders.tsx";
import { BudgetBanner, SimulatedBanner, StaleBanner } from "../ui/banner.tsx";
import { Busy } from "../ui/busy.tsx";
import { useRefresh } from "../ui/use-refresh.ts";
import { Charts, Waiting } from "./charts.late.tsx";
import { EmptyState } from "./empty-state.tsx";
import { EndpointTable } from "./endpoint-table.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { RunStatus } from "./run-status.tsx";
import { VerdictLine } from "./verdict-line.tsx";

export interface OverviewPageProps {
  readonly query: OverviewQuery;
  readonly locked: readonly LockableMetric[];
  readonly view: OverviewView;
  readonly verdict: Verdict | null;
  readonly news: News | Promise<News>;
}

const REFRESH_MS = 60_000;
/** Someone who has just started it waits for the first results. */
const REFRESH_EMPTY_MS = 5_000;

export function OverviewPage({ query, locked, view, verdict, news }: OverviewPageProps) {
  const { summary } = view;
  const { newest_result_at: newest, last_run: run } = summary;
  const reached = earlier(newest, summary.as_of);
  const overBudget = run?.skipped.find(({ reason }) => reason === "budget")?.count ?? 0;
  useRefresh(newest === null ? REFRESH_EMPTY_MS : REFRESH_MS);
  return (
    <>
      {view.simulated > 0 && <SimulatedBanner some={view.simulated < view.endpoints} />}
      {summary.stale && reached !== null && <StaleBanner newest={reached} asOf={summary.read_at} />}
      {overBudget > 0 && <BudgetBanner skipped={overBudget} />}
      <div className="overview-head">
        <h1>How fast are AI providers right now?</h1>
        {view.endpoints > 0 && <Lead view={view} query={query} />}
        <RunStatus overview={summary} />
      </div>
      <FilterBar query={query} view={view} />
      {view.endpoints === 0 ? (
        <EmptyState overview={summary} query={query} />
      ) : (
        <Busy className="grid grid-cols-1 gap-3 md:gap-4">
          {verdict !== null && <VerdictLine verdict={verdict} />}
          <Leaders
            leaders={view.leaders}
            locked={locked}
            mix={`of ${query.mix.replace(":", " in, ")} out`}
            nobody={nobodyWords(query.window)}
          />
          <EndpointTable view={view} query={query} locked={locked} />
          <Charts query={query} locked={locked} view={view} news={news} />
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
    <p>
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
