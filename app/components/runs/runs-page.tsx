import { Link, useNavigation } from "@remix-run/react";
import { formatAgo, formatCount, formatInteger, formatTime } from "../../lib/format.ts";
import { type RunsQuery, runHref, runsHref } from "../../lib/queries.ts";
import type { RunLine, RunList } from "../../lib/runs.ts";
import { durationWords, triggerWords } from "../../lib/runs-words.ts";
import { runState } from "../../lib/schedule.ts";
import { SimulatedBanner, StaleBanner } from "../ui/banner.tsx";
import { Tag } from "../ui/endpoint-name.tsx";
import { Panel } from "../ui/panel.tsx";
import { useRefresh } from "../ui/use-refresh.ts";

export interface RunsPageProps {
  readonly query: RunsQuery;
  readonly list: RunList;
  /** When the newest result came, ISO, where that is too long ago. */
  readonly stale: string | null;
}

/** Every run, newest first. */
export function RunsPage({ query, list, stale }: RunsPageProps) {
  useRefresh(list.total === 0 ? 5_000 : 60_000);
  const busy = useNavigation().state === "loading";
  const simulated = list.runs.filter((run) => run.simulated > 0);
  const allSimulated = list.runs.every((run) => run.simulated === run.results);
  return (
    <>
      {stale !== null && <StaleBanner ago={formatAgo(stale, list.as_of)} time={formatTime(stale)} />}
      {simulated.length > 0 && <SimulatedBanner some={!allSimulated} />}
      <div className="pt-6 pb-4">
        <h1 className="font-semibold text-2xl tracking-tight md:text-3xl">Runs</h1>
        <p className="mt-1 max-w-3xl text-acid-muted leading-relaxed">
          {list.total === 0
            ? "A run asks every measured endpoint once, one after the other."
            : `${formatCount(list.total, "run", "runs")} so far. A run asks every measured endpoint once, one after the other; open one to see each answer.`}
        </p>
      </div>
      {list.runs.length === 0 ? (
        <NoRuns query={query} />
      ) : (
        <Panel title={title(query)}>
          <div aria-busy={busy} className={busy ? "opacity-60" : ""}>
            <RunsTable list={list} />
          </div>
          <Pages list={list} />
        </Panel>
      )}
    </>
  );
}

function title({ before, after }: RunsQuery): string {
  return before !== null || after !== null ? "Earlier runs" : "Newest runs";
}

function NoRuns({ query }: { query: RunsQuery }) {
  const edge = query.before !== null || query.after !== null;
  return (
    <section className="panel mt-2 grid justify-items-center gap-3 px-6 py-16 text-center">
      <h2 className="font-semibold text-xl">{edge ? "No run beyond this one" : "No runs yet"}</h2>
      {edge ? (
        <Link to="/runs" className="text-acid-link underline underline-offset-4">
          Show the newest runs
        </Link>
      ) : (
        <p className="max-w-md text-acid-muted leading-relaxed">
          A run starts every 15 minutes and this page fills by itself. To measure now, run{" "}
          <code className="figure-text text-acid-text">npm run benchmark</code>.
        </p>
      )}
    </section>
  );
}

const COLUMNS = ["Asked by", "Measured from", "Targets", "Results", "Failures", "Skipped", "Took"] as const;

function RunsTable({ list }: { list: RunList }) {
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: browsers drop the roles of a table whose display is changed
    <table role="table" className="block w-full text-left lg:table">
      <caption className="sr-only">Runs, newest first</caption>
      <thead role="rowgroup" className="hidden lg:table-header-group">
        <tr role="row" className="border-acid-border border-b text-xs">
          <th role="columnheader" scope="col" className="pr-3 pb-2 font-normal">
            Started
          </th>
          {COLUMNS.map((name) => (
            <th key={name} role="columnheader" scope="col" className="pb-2 pl-3 text-right font-normal">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup" className="grid grid-cols-1 gap-3 md:grid-cols-2 lg:table-row-group">
        {list.runs.map((run) => (
          <Row key={run.id} run={run} asOf={list.as_of} />
        ))}
      </tbody>
    </table>
    // biome-ignore-end lint/a11y/noRedundantRoles: see above
  );
}

function Row({ run, asOf }: { run: RunLine; asOf: string }) {
  const state = runState(run, asOf);
  const figures = [
    triggerWords(run.triggered_by),
    run.location ?? "n/a",
    formatInteger(run.targets),
    formatInteger(run.results),
    formatInteger(run.failures),
    formatInteger(run.skipped),
    state === "finished" ? durationWords(run.started_at, run.finished_at) || "n/a" : state,
  ];
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: see above
    <tr role="row" className="endpoint-row">
      <th role="rowheader" scope="row" className="endpoint-head lg:max-w-none">
        <span className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
          <Link to={runHref(run.id)} prefetch="none" className="font-semibold text-acid-link hover:underline">
            <time dateTime={run.started_at}>{formatTime(run.started_at)}</time>
          </Link>
          <span className="text-acid-muted text-xs">{formatAgo(run.started_at, asOf)}</span>
          {state === "running" && <Tag>running</Tag>}
          {state === "cut off" && <Tag tone="warning">cut off</Tag>}
          {run.over_budget && <Tag tone="warning">spending limit</Tag>}
          {run.offline && <Tag tone="warning">our line was down</Tag>}
          {run.simulated > 0 && <Tag tone="warning">simulated</Tag>}
        </span>
        <span className="block text-acid-muted text-xs [overflow-wrap:anywhere]">
          {run.run_name}
          {run.note !== null && `: ${run.note}`}
        </span>
      </th>
      {COLUMNS.map((name, index) => (
        <td key={name} role="cell" data-label={name} className="endpoint-figure">
          <span
            className={`endpoint-main figure-text ${name === "Failures" && run.failures > 0 ? "text-acid-warning" : ""}`}
          >
            {figures[index]}
          </span>
        </td>
      ))}
    </tr>
    // biome-ignore-end lint/a11y/noRedundantRoles: see above
  );
}

function Pages({ list }: { list: RunList }) {
  const [first, last] = [list.runs[0], list.runs.at(-1)];
  if (first === undefined || last === undefined || (!list.newer && !list.older)) return null;
  return (
    <nav aria-label="Pages of runs" className="mt-4 flex flex-wrap justify-between gap-3 text-sm">
      {list.newer ? (
        <span className="flex gap-5">
          <Link to="/runs" className="text-acid-link underline underline-offset-4">
            Newest
          </Link>
          <Link to={runsHref({ after: first.id })} className="text-acid-link underline underline-offset-4">
            ← Newer runs
          </Link>
        </span>
      ) : (
        <span />
      )}
      {list.older && (
        <Link to={runsHref({ before: last.id })} className="text-acid-link underline underline-offset-4">
          Older runs →
        </Link>
      )}
    </nav>
  );
}
