import type { Overview } from "../../data/overview.server.ts";
import { formatAgo, formatTime } from "../../lib/format.ts";
import { runState } from "../../lib/schedule.ts";

/** When the last run was, and how it went. */
export function RunStatus({ overview }: { overview: Pick<Overview, "last_run" | "read_at"> }) {
  const run = overview.last_run;
  if (run === null) return <p className="text-acid-muted text-xs">No run yet</p>;
  const state = runState(run, overview.read_at);
  const going = state === "running";
  const of = run.targets === null ? "" : ` of ${run.targets}`;
  const results = `${run.results}${of} ${(run.targets ?? run.results) === 1 ? "result" : "results"}`;
  const skipped = run.skipped.reduce((sum, { count }) => sum + count, 0);
  return (
    <dl className="grid gap-0.5 text-acid-muted text-xs md:text-right">
      <div>
        <dt className="sr-only">Last run</dt>
        <dd className="text-acid-text">
          {going && (
            <span
              aria-hidden="true"
              className="mr-1.5 inline-block size-2 rounded-full bg-acid-success motion-safe:animate-pulse"
            />
          )}
          {going ? "Run in progress since " : "Last run "}
          <time dateTime={run.started_at} title={formatTime(run.started_at)}>
            {formatAgo(run.started_at, overview.read_at)}
          </time>
          {`, ${results}`}
          {skipped > 0 && `, ${skipped} skipped`}
          {state === "cut off" && ", cut off"}
        </dd>
      </div>
      <div className="max-md:hidden">
        <dt className="sr-only">Details</dt>
        <dd className="figure-text">
          {[formatTime(run.started_at), run.run_name, run.note].filter(Boolean).join(" · ")}
        </dd>
      </div>
    </dl>
  );
}
