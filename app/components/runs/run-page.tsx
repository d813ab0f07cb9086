import { Link } from "@remix-run/react";
import { formatCount, formatTime, formatUsd } from "../../lib/format.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import { type RunQuery, runHref } from "../../lib/queries.ts";
import { RESULTS_A_PAGE, type RunPage as RunData, type SkippedTarget } from "../../lib/runs.ts";
import {
  durationWords,
  groupSkipped,
  REQUEST_FIGURES,
  skipWords,
  triggerWords,
  untilWords,
} from "../../lib/runs-words.ts";
import { runState } from "../../lib/schedule.ts";
import { Segments } from "../filters/segments.tsx";
import { SimulatedBanner } from "../ui/banner.tsx";
import { Hint } from "../ui/hint.tsx";
import { Panel } from "../ui/panel.tsx";
import { useRefresh } from "../ui/use-refresh.ts";
import { Notice } from "./notice.tsx";
import { RequestCard } from "./request-card.tsx";

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
        <Notice title="Our line was down:">
          no provider could be reached in this run. Its failures are ours and count in no figure.
        </Notice>
      )}
      {overBudget > 0 && (
        <Notice title="Spending limit reached:">
          {`${formatCount(overBudget, "endpoint was", "endpoints were")} not asked, because the day's limit (BENCHMARK_BUDGET_USD) had been spent.`}
        </Notice>
      )}
      {state === "cut off" && (
        <Notice title="Cut off:">
          this run has not ended. What it measured is kept; a later run closes it.
        </Notice>
      )}
      <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-3 pt-6 pb-4">
        <div className="min-w-0">
          <p className="text-acid-muted text-xs">
            <Link to="/runs" className="text-acid-link underline underline-offset-4">
              All runs
            </Link>
          </p>
          <h1 className="mt-1 font-semibold text-2xl tracking-tight md:text-3xl">
            {"Run of "}
            <time dateTime={run.started_at}>{formatTime(run.started_at)}</time>
          </h1>
          <Summary page={page} state={state} locked={locked} />
        </div>
        <nav aria-label="Neighbouring runs" className="flex gap-5 text-sm">
          {page.previous !== null && (
            <Link to={runHref(page.previous)} className="text-acid-link underline underline-offset-4">
              ← Run before
            </Link>
          )}
          {page.next !== null && (
            <Link to={runHref(page.next)} className="text-acid-link underline underline-offset-4">
              Run after →
            </Link>
          )}
        </nav>
      </div>
      <Choice query={query} page={page} />
      <section aria-labelledby="requests" className="grid grid-cols-1 gap-4">
        <h2 id="requests" className="sr-only">
          Requests
        </h2>
        {page.results.length > 0 && <FigureWords />}
        {page.results.length === 0 && <Nothing query={query} page={page} running={state === "running"} />}
        {page.results.map((result) => (
          <RequestCard
            key={result.id}
            result={result}
            runId={run.id}
            alone={query.result !== null}
            locked={locked}
          />
        ))}
      </section>
      <Pages query={query} page={page} />
      {run.skipped.length > 0 && <Skipped skipped={run.skipped} />}
      <p className="mt-4 text-xs">
        <Link to="/methodology" className="text-acid-link underline underline-offset-4">
          How it is measured, in full
        </Link>
      </p>
    </>
  );
}

/** The headings of every request's figures, explained once for all of them. */
function FigureWords() {
  return (
    <p className="flex flex-wrap gap-x-5 gap-y-1 text-acid-muted text-xs">
      {REQUEST_FIGURES.map(({ label, unit, direction, sentence }, index) => (
        <Hint
          key={label}
          text={`${sentence} Unit: ${unit}, ${direction}.`}
          align={index % 2 === 0 ? "start" : "end"}
          className="underline decoration-dotted underline-offset-4"
        >
          {`${label}: ${unit}, ${direction}`}
        </Hint>
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
    `${formatCount(counts.results, "request", "requests")}${run.targets === null ? "" : ` of ${run.targets}`}: ${answered} answered, ${counts.failures} failed`,
    ...(run.skipped.length > 0 ? [`${run.skipped.length} skipped`] : []),
    state === "finished" ? (took === "" ? "finished" : `took ${took}`) : state,
    `asked for by the ${triggerWords(run.triggered_by)}`,
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
        <Link to={runHref(id)} className="text-acid-link underline underline-offset-4">
          {`Show all ${page.counts.results} requests of this run`}
        </Link>
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
  return (
    <div className="panel grid justify-items-center gap-3 px-6 py-12 text-center">
      <p className="text-acid-muted">
        {beyond
          ? "There are fewer pages than that."
          : query.show === "failed"
            ? "No request of this run failed."
            : running
              ? "No answer is stored yet; this page fills by itself."
              : "This run asked nothing, or its results have been deleted."}
      </p>
      {(beyond || query.show === "failed") && (
        <Link to={runHref(page.run.id)} className="text-acid-link underline underline-offset-4">
          Show all requests
        </Link>
      )}
    </div>
  );
}

function Pages({ query, page }: { query: RunQuery; page: RunData }) {
  const pages = Math.ceil(page.matching / RESULTS_A_PAGE);
  if (query.result !== null || pages < 2) return null;
  const to = (number: number) => runHref(page.run.id, { show: query.show, page: number });
  return (
    <nav aria-label="Pages of requests" className="mt-4 flex flex-wrap items-center gap-x-5 gap-y-2 text-sm">
      {query.page > 1 && (
        <Link to={to(query.page - 1)} className="text-acid-link underline underline-offset-4">
          ← Before
        </Link>
      )}
      <span className="text-acid-muted">{`Page ${query.page} of ${pages}`}</span>
      {query.page < pages && (
        <Link to={to(query.page + 1)} className="text-acid-link underline underline-offset-4">
          Next →
        </Link>
      )}
    </nav>
  );
}

function Skipped({ skipped }: { skipped: readonly SkippedTarget[] }) {
  return (
    <Panel title={`Not asked: ${formatCount(skipped.length, "endpoint", "endpoints")}`} className="mt-4">
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
                    {`${target.provider} ${target.model}${untilWords(target)}`}
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
