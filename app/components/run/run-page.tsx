import type { RunPage as RunData, SkippedTarget } from "../../data/runs.server.ts";
import { durationWords, formatCount, formatTime, formatUsd } from "../../lib/format.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import { type RunQuery, runHref } from "../../lib/queries.ts";
import { RESULTS_A_PAGE } from "../../lib/runs.ts";
import { groupSkipped, REQUEST_FIGURES, skipWords, triggerWords, untilWords } from "../../lib/runs-words.ts";
import { runState } from "../../lib/schedule.ts";
import { Segments } from "../filters/segments.tsx";
import { Banner, SimulatedBanner } from "../ui/banner.tsx";
import { EmptyPanel } from "../ui/empty-panel.tsx";
import { MetricHint } from "../ui/metric-hint.tsx";
import { Pager } from "../ui/pager.tsx";
import { Panel } from "../ui/panel.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { useRefresh } from "../ui/use-refresh.ts";
import { RequestCard } from "./request-card.tsx";
import { RequestRows } from "./request-rows.tsx";

export interface RunPageProps {
  readonly query: RunQuery;
  readonly locked: readonly LockableMetric[];
  readonly page: RunData;
}

/** One run: what it asked, what came back, what it left out and why. */
export function RunPage({ query, locked, page }: RunPageProps) {
  const { run, counts } = page;
  const state = runState(run, page.as_of);
  useRefresh(state === "running" ? 10_000 : 60_000);
  const overBudget = run.skipped.filter(({ reason }) => reason === "budget").length;
  return (
    <>
      {counts.simulated > 0 && <SimulatedBanner some={counts.simulated < counts.results} />}
      {counts.offline && (
        <Banner tone="warning" title="Our connection was down:">
          no provider could be reached in this run. Its failures are ours and excluded from every figure.
        </Banner>
      )}
      {overBudget > 0 && (
        <Banner tone="warning" title="Spending limit reached:">
          {`${formatCount(overBudget, "endpoint was", "endpoints were")} skipped, because the day's limit (BENCHMARK_BUDGET_USD) was used up.`}
        </Banner>
      )}
      {state === "cut off" && (
        <Banner tone="warning" title="Cut off:">
          this run never finished. Its results are kept; a later run closes it.
        </Banner>
      )}
      <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-3 pt-6 pb-4">
        <div className="min-w-0">
          <p className="text-acid-muted text-xs">
            <TextLink to="/runs">All runs</TextLink>
          </p>
          <h1 className="mt-1 font-semibold text-2xl tracking-tight md:text-3xl">
            {"Run of "}
            <time dateTime={run.started_at}>{formatTime(run.started_at)}</time>
          </h1>
          <Summary page={page} state={state} locked={locked} />
        </div>
        <nav aria-label="Neighbouring runs" className="flex gap-5 text-sm">
          {page.previous !== null && <TextLink to={runHref(page.previous)}>← Previous run</TextLink>}
          {page.next !== null && <TextLink to={runHref(page.next)}>Next run →</TextLink>}
        </nav>
      </div>
      <Choice query={query} page={page} />
      <section aria-labelledby="requests" className="grid grid-cols-1 gap-3">
        <h2 id="requests" className="sr-only">
          Requests
        </h2>
        {page.results.length > 0 && <FigureWords />}
        {page.results.length === 0 && <Nothing query={query} page={page} running={state === "running"} />}
        {query.result === null
          ? page.results.length > 0 && <RequestRows results={page.results} runId={run.id} locked={locked} />
          : page.results.map((result) => (
              <div key={result.id} className="panel p-4 md:p-5">
                <RequestCard result={result} runId={run.id} alone locked={locked} />
              </div>
            ))}
      </section>
      {query.result === null && (
        <Pager
          label="Pages of requests"
          page={query.page}
          pages={Math.ceil(page.matching / RESULTS_A_PAGE)}
          href={(number) => runHref(run.id, { show: query.show, page: number })}
        />
      )}
      {run.skipped.length > 0 && <Skipped skipped={run.skipped} />}
      <p className="mt-4 text-xs">
        <TextLink to="/methodology">Methodology</TextLink>
      </p>
    </>
  );
}

/** The headings of every request's figures, explained once for all of them. */
function FigureWords() {
  return (
    <p className="flex flex-wrap gap-x-5 gap-y-1">
      {REQUEST_FIGURES.map((measure, index) => (
        <MetricHint key={measure.label} measure={measure} align={index % 2 === 0 ? "start" : "end"}>
          {`${measure.label}: ${measure.unit}, ${measure.direction}`}
        </MetricHint>
      ))}
    </p>
  );
}

function Summary({
  page,
  state,
  locked,
}: {
  page: RunData;
  state: string;
  locked: readonly LockableMetric[];
}) {
  const { run, counts } = page;
  const took = durationWords(run.started_at, run.finished_at);
  const answered = counts.results - counts.failures;
  const parts = [
    `${formatCount(counts.results, "request", "requests")}${run.targets === null ? "" : ` of ${run.targets}`}: ${answered} succeeded, ${counts.failures} failed`,
    ...(run.skipped.length > 0 ? [`${run.skipped.length} skipped`] : []),
    state === "finished" ? (took === "" ? "finished" : `took ${took}`) : state,
    `trigger: ${triggerWords(run.triggered_by)}`,
    ...(run.location === null ? [] : [`measured from ${run.location}`]),
    ...(locked.includes("cost") || counts.results === 0 ? [] : [cost(counts)]),
  ];
  return (
    <>
      <p className="mt-1 max-w-4xl text-acid-muted leading-relaxed">{parts.join(" · ")}</p>
      <p className="figure-text mt-1 text-acid-muted text-xs [overflow-wrap:anywhere]">
        {[run.run_name, run.id, run.note].filter(Boolean).join(" · ")}
      </p>
    </>
  );
}

function cost({ cost_usd, cost_unknown, results }: RunData["counts"]): string {
  if (cost_usd === null) return results > 0 ? "cost unknown" : "";
  return `cost ${formatUsd(cost_usd)}${cost_unknown > 0 ? ` and ${cost_unknown} at an unknown price` : ""}`;
}

function Choice({ query, page }: { query: RunQuery; page: RunData }) {
  const { id } = page.run;
  if (query.result !== null) {
    return (
      <p className="mb-4 text-sm">
        <TextLink to={runHref(id)}>{`Show all ${page.counts.results} requests of this run`}</TextLink>
      </p>
    );
  }
  if (page.counts.failures === 0 && query.show === "all") return null;
  return (
    <div className="mb-4">
      <Segments
        label="Which requests"
        options={(["all", "failed"] as const).map((show) => ({
          text: show,
          title: show === "all" ? "All requests" : "Requests that failed",
          to: runHref(id, { show }),
          chosen: query.show === show,
        }))}
      />
    </div>
  );
}

function Nothing({ query, page, running }: { query: RunQuery; page: RunData; running: boolean }) {
  const beyond = page.matching > 0;
  const title = beyond
    ? "No such page"
    : query.show === "failed"
      ? "No request of this run failed"
      : running
        ? "No results yet; this page updates by itself"
        : "This run has no results, or they were deleted";
  return (
    <EmptyPanel title={title}>
      {(beyond || query.show === "failed") && (
        <TextLink to={runHref(page.run.id)}>Show all requests</TextLink>
      )}
    </EmptyPanel>
  );
}

function Skipped({ skipped }: { skipped: readonly SkippedTarget[] }) {
  return (
    <Panel title={`Skipped: ${formatCount(skipped.length, "endpoint", "endpoints")}`} className="mt-4">
      <ul className="grid gap-4">
        {groupSkipped(skipped).map(({ reason, targets }) => (
          <li key={reason}>
            <p className="font-medium [overflow-wrap:anywhere]">
              {`${skipWords(reason).title} (${targets.length})`}
            </p>
            <p className="mt-0.5 text-acid-muted text-xs [overflow-wrap:anywhere]">
              {skipWords(reason).sentence}
            </p>
            <details open={targets.length <= 12} className="mt-1">
              <summary className="w-fit cursor-pointer text-acid-link text-xs">Which</summary>
              <ul className="figure-text mt-1 grid gap-x-6 gap-y-0.5 text-acid-muted text-xs md:grid-cols-2">
                {targets.map((target, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a target may be named twice, and nothing is reordered
                  <li key={index} className="[overflow-wrap:anywhere]">
                    <bdi>{`${target.provider} ${target.model}`}</bdi>
                    {untilWords(target)}
                  </li>
                ))}
              </ul>
            </details>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
