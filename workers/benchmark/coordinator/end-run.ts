import { windowRefreshes } from "../store/rows.ts";
import { layOut } from "./begin-run.ts";
import { journalOf, type Parts } from "./parts.ts";
import type { RunRecord } from "./run-book.ts";

/** Ends a run; what the database must learn of that waits behind the run's results. */
export function endRun(parts: Parts, runId: string): void {
  const { config, log, runs, outbox, storage } = parts;
  const finishedAt = Date.now();
  storage.transactionSync(() => {
    const note = runs.finished(runId, finishedAt);
    parts.ledger.forgetOld(finishedAt);
    const skipped = journalOf(parts, runId).skipped();
    outbox.add({
      kind: "run-end",
      runId,
      patch: { finished_at: new Date(finishedAt).toISOString(), skipped, note },
    });
    for (const refresh of windowRefreshes(runId, config.location)) outbox.add(refresh);
  });
  log.info("run_finished", { run_id: runId, ...runs.tally(runId) });
}

/** Ends a run whose work fails every time: it would stand in the way of all later ones. */
export function giveUpRun(parts: Parts, run: RunRecord, note: string): void {
  // The database has not heard of a run that never began.
  if (run.state === "waiting") layOut(parts, run, [], note);
  parts.runs.annotate(run.id, note);
  journalOf(parts, run.id).abandon();
  endRun(parts, run.id);
}
