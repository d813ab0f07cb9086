import type { Status } from "../../data/status.server.ts";
import { formatAgo, formatCount, formatTime } from "../../lib/format.ts";
import { runHref } from "../../lib/queries.ts";
import { skipWords } from "../../lib/runs-words.ts";
import { runState } from "../../lib/schedule.ts";
import { Panel } from "../ui/panel.tsx";
import { TextLink } from "../ui/text-link.tsx";

interface EngineLine {
  readonly text: string;
  /** It says that figures are fewer or older than they should be. */
  readonly bad: boolean;
}

/** Whether the engine measures: its last run, what that left out, and the day's runs. */
export function engineLines(engine: Status["engine"], asOf: string): readonly EngineLine[] {
  const { last_run: run, newest_result_at: newest, runs_24h: day } = engine;
  const lines: EngineLine[] = [];
  if (newest === null) lines.push({ text: "No result is stored yet.", bad: false });
  else {
    lines.push({
      text: `Newest result ${formatAgo(newest, asOf)}, ${formatTime(newest)}${engine.stale ? ": stale, a run is due every 15 minutes" : ""}.`,
      bad: engine.stale,
    });
  }
  if (run !== null) {
    const state = runState(run, asOf);
    if (state === "cut off") lines.push({ text: "The last run never finished: it was cut off.", bad: true });
    if (run.results === 0 && state !== "running") {
      lines.push({
        text: `The last run stored no result${run.note === null ? "" : `: ${run.note}`}.`,
        bad: true,
      });
    }
    for (const { reason, count } of run.skipped) {
      lines.push({
        text: `${formatCount(count, "endpoint", "endpoints")} skipped in the last run. ${skipWords(reason).sentence}`,
        bad: reason === "budget",
      });
    }
  }
  if (day.over_budget > 0) {
    lines.push({
      text: `The spending limit cut ${formatCount(day.over_budget, "run", "runs")} short in the last 24 hours: figures of that time are based on fewer results.`,
      bad: true,
    });
  }
  lines.push({
    text: `${formatCount(day.started, "run", "runs")} in the last 24 hours, ${day.finished} finished; 96 expected.`,
    bad: false,
  });
  return lines;
}

export function Engine({ lines, run }: { lines: readonly EngineLine[]; run: Status["engine"]["last_run"] }) {
  return (
    <Panel title="Probe health">
      <ul className="grid gap-1.5 text-sm leading-relaxed">
        {lines.map(({ text, bad }) => (
          <li key={text} className={`flex gap-2 ${bad ? "" : "text-acid-muted"}`}>
            <span aria-hidden="true" className={bad ? "text-acid-warning" : "text-acid-success"}>
              {bad ? "▲" : "·"}
            </span>
            <span className="min-w-0 [overflow-wrap:anywhere]">
              {bad && <span className="sr-only">Attention: </span>}
              {text}
            </span>
          </li>
        ))}
      </ul>
      {run !== null && (
        <p className="mt-3 text-xs">
          <TextLink to={runHref(run.id)}>View last run</TextLink>
        </p>
      )}
    </Panel>
  );
}
