import { windowRefreshes } from "../store/rows.ts";
import { layOut } from "./begin-run.ts";
import { type Context, journalOf } from "./context.ts";
import type { RunRecord } from "./run-state.ts";

/** Ends a run; what the database must learn of that waits behind the run's results. */
export function endRun(context: Context, runId: string): void {
  const { alerts, config, log, runs, outbox, documents, watch } = context;
  const finishedAt = Date.now();
  const journal = journalOf(context, runId);
  const skipped = journal.skipped();
  documents.transaction(() => {
    const note = runs.finished();
    outbox.add({
      kind: "run-end",
      runId,
      patch: { finished_at: new Date(finishedAt).toISOString(), skipped, note },
    });
    watch.report(journal.names(), runId, config);
    watch.forget(finishedAt, runId, config);
    // A note says why a run ended otherwise than by reaching its last target.
    alerts.beat(note === null ? "ok" : "fail", config.alerts, finishedAt);
    if (config.telemetry) alerts.push(finishedAt);
    for (const refresh of windowRefreshes(runId, config.location)) outbox.add(refresh);
  });
  const { measured } = journal.tally();
  log.info("run_finished", { run_id: runId, measured, skipped: skipped.length });
}

/** Ends a run whose work fails every time: it would stand in the way of all later ones. */
export function giveUpRun(context: Context, run: RunRecord, note: string): void {
  // The database has not heard of a run that never began.
  if (run.state === "waiting") layOut(context, run, [], note);
  context.runs.annotate(note);
  journalOf(context, run.id).abandon();
  endRun(context, run.id);
}
