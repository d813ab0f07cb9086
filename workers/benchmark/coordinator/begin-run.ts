import { DAY_MS, spentBefore } from "../jobs/budget.ts";
import { orderTargets } from "../jobs/order.ts";
import { planRun } from "../jobs/plan-run.ts";
import { findMissingPrices } from "../jobs/sync-prices.ts";
import { splitByAccess, type Target } from "../jobs/target.ts";
import { describeError } from "../log.ts";
import { behindAlert } from "./behind.ts";
import { type Context, journalOf, syncEnvironment } from "./context.ts";
import type { RunRecord } from "./run-state.ts";

/** A run that finds no target to ask, because nothing is known yet and the database is away, tries this often. */
const PLAN_ATTEMPTS = 6;
/** What a series is judged by, ms. */
const WATCHED_MS = 7 * DAY_MS;

/**
 * Decides what a run asks and lays it out; without a database, what the last run knew. A run that can learn
 * neither is put off, and in the end closed with a note that says why.
 *
 * @returns subrequests spent.
 */
export async function beginRun(context: Context, run: RunRecord): Promise<number> {
  const { config, store, log, runs } = context;
  const plan = await planRun(store, config, log, async (modelIds) => {
    // A model that no source has a price for is looked up once a day, not at every run.
    if (!runs.isLookupDue(modelIds, Date.now())) return new Map();
    return findMissingPrices(syncEnvironment(context), modelIds);
  });
  let spent = plan.subrequests;
  let problem = plan.targets ? null : plan.reason;
  const targets = plan.targets ?? runs.recall();
  if (targets) {
    spent += context.ledger.isOpen ? 1 : 2;
    problem = (await readSpent(context, targets)) ?? problem;
  }
  if (plan.targets) {
    runs.remember(plan.targets);
    if (!context.watch.isRestored(config.location)) {
      spent += 1;
      await restoreWatch(context);
    }
  }
  // Money is not spent while nobody knows how much has been.
  if (targets && context.ledger.isOpen) {
    if (!plan.targets)
      log.warn("targets_remembered", { run_id: run.id, reason: problem, targets: targets.length });
    layOut(context, run, targets, null);
    return spent;
  }
  const attempt = runs.planFailed();
  const wait = Math.min(config.run.backoffMaxMs, config.run.backoffMinMs * 2 ** attempt);
  log.error("targets_unknown", { run_id: run.id, reason: problem, attempt, retry_in_ms: wait });
  if (attempt >= PLAN_ATTEMPTS) {
    layOut(context, run, [], `No targets known, and the database could not be read: ${problem}`);
  } else {
    runs.postpone(Date.now() + wait);
  }
  return spent;
}

/** A watch that remembers nothing of this place learns what the database knows; where it cannot, the next run tries. */
async function restoreWatch({ config, log, store, watch }: Context): Promise<void> {
  try {
    const since = new Date(Date.now() - WATCHED_MS);
    watch.restore(await store.watchMemory(config.location, since), config.location);
  } catch (error) {
    log.warn("watch_not_restored", { reason: describeError(error) });
  }
}

/**
 * Takes what a terminal and other tools have spent meanwhile: the budget is one. What the probe itself spent is read once;
 * then its own ledger knows better.
 *
 * @returns what went wrong, or null; a ledger that is open goes on with what it knows.
 */
async function readSpent({ store, ledger, log }: Context, known: readonly Target[]): Promise<string | null> {
  const now = Date.now();
  try {
    const byOthers = await spentBefore(now, store, known, "others");
    if (!ledger.isOpen) ledger.open(Math.max(0, (await spentBefore(now, store, known)) - byOthers), now);
    ledger.noteOthers(byOthers, now);
    return null;
  } catch (error) {
    const reason = describeError(error);
    if (ledger.isOpen) log.warn("spending_not_read", { reason });
    return reason;
  }
}

/** Starts a run: its queue, and the news of it for the database. */
export function layOut(
  context: Context,
  run: RunRecord,
  targets: readonly Target[],
  note: string | null,
): void {
  const { documents, config, log, runs, outbox, asks } = context;
  const { ready, unreachable } = splitByAccess(targets, config);
  for (const { target, reason } of unreachable) {
    log.warn("target_skipped", { run_id: run.id, provider: target.provider, model: target.model, reason });
  }
  const startedAt = Date.now();
  documents.transaction(() => {
    tellIfBehind(context, startedAt);
    // It asks everybody anyway.
    asks.clear();
    journalOf(context, run.id).plan(orderTargets(ready, run.id), unreachable);
    runs.started(startedAt, note);
    outbox.add({
      kind: "run",
      row: {
        id: run.id,
        run_name: run.runName,
        triggered_by: run.triggeredBy,
        started_at: new Date(startedAt).toISOString(),
        scheduled_for: run.scheduledFor === null ? null : new Date(run.scheduledFor).toISOString(),
        targets: ready.length,
        location: config.location,
        watched: true,
      },
    });
    outbox.add({
      kind: "close-abandoned",
      runId: run.id,
      location: config.location,
      before: new Date(startedAt - config.run.abandonedAfterMs).toISOString(),
    });
  });
  log.info("run_started", {
    run_id: run.id,
    run_name: run.runName,
    triggered_by: run.triggeredBy,
    targets: ready.length,
    skipped: unreachable.length,
    location: config.location,
  });
}

function tellIfBehind({ alerts, config, outbox, runs }: Context, now: number): void {
  const { failingSince, size } = outbox;
  const alert = behindAlert({ lastStart: runs.lastStart(), failingSince, waiting: size }, now, config);
  if (alert) alerts.tell(alert, config.alerts, now);
}
