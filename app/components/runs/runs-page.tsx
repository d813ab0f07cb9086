import type { RunList } from "../../data/runs.server.ts";
import { durationWords, formatAgo, formatInteger, formatTime } from "../../lib/format.ts";
import { type RunsQuery, runHref, runsHref } from "../../lib/queries.ts";
import { countRuns, triggerWords } from "../../lib/runs-words.ts";
import { runState } from "../../lib/schedule.ts";
import { spanWords } from "../../lib/span.ts";
import { SpanForm } from "../filters/span-form.tsx";
import { SimulatedBanner, StaleBanner } from "../ui/banner.tsx";
import { Busy } from "../ui/busy.tsx";
import { EmptyPanel } from "../ui/empty-panel.tsx";
import { Tag } from "../ui/endpoint-name.tsx";
import { Link } from "../ui/link.tsx";
import { PageHeading } from "../ui/page-heading.tsx";
import { Panel } from "../ui/panel.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { useRefresh } from "../ui/use-refresh.ts";

export interface RunsPageProps {
  readonly query: RunsQuery;
  readonly list: RunList;
  /** When the newest result came, ISO, where that is too long ago. */
  readonly stale: string | null;
}

/** Every run, newest first. */
export function RunsPage({ query, list, stale }: RunsPageProps) {
  useRefresh(list.total === 0 && query.from === null ? 5_000 : 60_000);
  const simulated = list.runs.filter((run) => run.simulated > 0);
  const allSimulated = list.runs.every((run) => run.simulated === run.results);
  return (
    <>
      {stale !== null && <StaleBanner newest={stale} asOf={list.as_of} />}
      {simulated.length > 0 && <SimulatedBanner some={!allSimulated} />}
      <PageHeading title="Runs">
        {`${list.total === 0 ? "" : `${countRuns(list.total)} ${query.from === null ? "so far" : spanWords(query)}. `}A run sends one request to every measured endpoint, one at a time.`}
      </PageHeading>
      <div className="mb-4 flex flex-wrap gap-2">
        <SpanForm query={query} action="/runs" keep={{}} />
      </div>
      {list.runs.length === 0 ? (
        <NoRuns query={query} />
      ) : (
        <Panel title={title(query)}>
          <Busy>
            <RunsTable list={list} />
          </Busy>
          <Pages list={list} query={query} />
        </Panel>
      )}
    </>
  );
}

function title({ before, after }: RunsQuery): string {
  return before !== null || after !== null ? "Earlier runs" : "Newest runs";
}

function NoRuns({ query }: { query: RunsQuery }) {
  if (query.before !== null || query.after !== null || query.from !== null) {
    return (
      <EmptyPanel title={query.from === null ? "No more runs" : "No runs in this period"}>
        <TextLink to="/runs">Show the newest runs</TextLink>
      </EmptyPanel>
    );
  }
  return (
    <EmptyPanel title="No runs yet">
      <p>
        A run starts every 15 minutes and this page updates by itself. To measure now, run{" "}
        <code className="figure-text text-acid-text">npm run benchmark</code>.
      </p>
    </EmptyPanel>
  );
}

const COLUMNS = [
  "Trigger",
  "Measured from",
  "Targets",
  "Results",
  "Failures",
  "Skipped",
  "Duration",
] as const;

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
      <tbody role="rowgroup" className="grid grid-cols-1 gap-1.5 md:grid-cols-2 lg:table-row-group">
        {list.runs.map((run) => (
          <Row key={run.id} run={run} asOf={list.as_of} />
        ))}
      </tbody>
    </table>
    // biome-ignore-end lint/a11y/noRedundantRoles: see above
  );
}

function Row({ run, asOf }: { run: RunList["runs"][number]; asOf: string }) {
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
    <tr role="row" className="endpoint-row max-lg:px-3 max-lg:py-2">
      <th role="rowheader" scope="row" className="endpoint-head lg:max-w-none">
        <span className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
          <Link to={runHref(run.id)} className="font-semibold text-acid-link hover:underline">
            <time dateTime={run.started_at}>{formatTime(run.started_at)}</time>
          </Link>
          <span className="text-acid-muted text-xs">{formatAgo(run.started_at, asOf)}</span>
          {state === "running" && <Tag>running</Tag>}
          {state === "cut off" && <Tag tone="warning">cut off</Tag>}
          {run.over_budget && <Tag tone="warning">spending limit</Tag>}
          {run.offline && <Tag tone="warning">connection down</Tag>}
          {run.simulated > 0 && <Tag tone="warning">simulated</Tag>}
        </span>
        <span className="block text-acid-muted text-xs [overflow-wrap:anywhere]">
          {run.run_name}
          {run.note !== null && `: ${run.note}`}
        </span>
        {/* Below the table's width the columns stand in one line: fifty runs are no longer than a few screens. */}
        <span className="mt-0.5 block text-xs lg:hidden">
          {brief(run, figures.at(-1) ?? "")}
          {run.failures > 0 && (
            <span className="text-acid-warning">{`, ${formatInteger(run.failures)} failed`}</span>
          )}
        </span>
      </th>
      {COLUMNS.map((name, index) => (
        <td key={name} role="cell" data-label={name} className="endpoint-figure max-lg:hidden">
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

function brief(run: RunList["runs"][number], duration: string): string {
  const parts = [
    duration,
    triggerWords(run.triggered_by),
    ...(run.location === null ? [] : [run.location]),
    ...(run.skipped > 0 ? [`${formatInteger(run.skipped)} skipped`] : []),
    `${formatInteger(run.results)} of ${run.targets === null ? "n/a" : formatInteger(run.targets)} results`,
  ];
  return parts.join(" · ");
}

function Pages({ list, query: { from, to } }: { list: RunList; query: RunsQuery }) {
  const [first, last] = [list.runs[0], list.runs.at(-1)];
  if (first === undefined || last === undefined || (!list.newer && !list.older)) return null;
  return (
    <nav aria-label="Pages of runs" className="mt-4 flex flex-wrap justify-between gap-3 text-sm">
      {list.newer ? (
        <span className="flex gap-5">
          <TextLink to={runsHref({ from, to })}>Newest</TextLink>
          <TextLink to={runsHref({ from, to, after: first.id })}>← Newer runs</TextLink>
        </span>
      ) : (
        <span />
      )}
      {list.older && <TextLink to={runsHref({ from, to, before: last.id })}>Older runs →</TextLink>}
    </nav>
  );
}
