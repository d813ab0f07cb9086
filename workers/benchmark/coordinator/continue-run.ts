import { notice } from "../alerts/messages.ts";
import { providerIn } from "../config.ts";
import { readColo } from "../jobs/colo.ts";
import { createMeasure, interruptedRow, routeOf } from "../jobs/measure-target.ts";
import { runSlice, SUBREQUESTS_PER_ROUND } from "../jobs/run-slice.ts";
import { splitByAccess } from "../jobs/target.ts";
import { askDue } from "./ask-again.ts";
import { type Context, deliver, journalOf } from "./context.ts";
import { endRun } from "./end-run.ts";
import type { SqlJournal } from "./journal.ts";

/**
 * One invocation's share of a run: closes what a restart cut off, then asks on.
 *
 * @param spent subrequests that this invocation has used already.
 * @returns subrequests that this invocation has used by now.
 */
export async function continueRun(context: Context, runId: string, spent: number): Promise<number> {
  const { config, log, runs } = context;
  const journal = journalOf(context, runId);
  dropUnreachable(context, journal);
  context.watch.expect(
    journal.queue().flatMap(({ target, state }) => (state === "skipped" ? [] : target.provider)),
  );
  await closeCutOff(context, journal);
  const colo = await readColo(config.location, fetch);
  const delivered = await deliver(context, config.run.sliceSubrequests - spent - 1, "records");
  const end = await runSlice(
    journal,
    config.run,
    config.budgetUsd,
    {
      route: (target) => routeOf(target, config),
      measure: createMeasure(config, { colo, prompt: "standard" }),
      deliver: () => {
        context.sendAlerts();
        return deliver(context, SUBREQUESTS_PER_ROUND, "records");
      },
      outOfTurn: (subrequests) => askDue(context, colo, subrequests),
      onBudget: (spentUsd, skipped) => tellOfBudget(context, spentUsd, skipped),
      minimumGapMs: (provider) => providerIn(config, provider)?.minimumGapMs ?? 0,
      now: Date.now,
      newId: () => crypto.randomUUID(),
      log,
    },
    spent + delivered + 1,
  );
  if (end.state === "paused") runs.postpone(end.resumeAt);
  else endRun(context, runId);
  return end.subrequests;
}

/** A request that was under way when the last invocation ended is a result too. */
async function closeCutOff({ config, log }: Context, journal: SqlJournal): Promise<void> {
  const found = journal.cutOff();
  if (!found) return;
  const { item, cutOff, reservedUsd } = found;
  const row = await interruptedRow(item.target, cutOff, journal.runId, config);
  // What the provider charged for it is unknown: the sum set aside stays counted.
  journal.complete(item, row, reservedUsd);
  log.error("target_interrupted", {
    run_id: journal.runId,
    request_id: cutOff.requestId,
    provider: item.target.provider,
    model: item.target.model,
  });
}

/** A key may be taken away between two invocations of one run. */
function dropUnreachable({ config, log }: Context, journal: SqlJournal): void {
  for (const item of journal.queue()) {
    if (item.state !== "pending") continue;
    const reason = splitByAccess([item.target], config).unreachable[0]?.reason;
    if (!reason) continue;
    journal.skip([item], reason, () => null);
    log.warn("target_skipped", {
      run_id: journal.runId,
      provider: item.target.provider,
      model: item.target.model,
      reason,
    });
  }
}

/** Once a day: at the limit every run ends this way. */
function tellOfBudget({ alerts, config }: Context, spentUsd: number, skipped: number): void {
  const now = Date.now();
  const alert = notice(
    {
      kind: "budget.reached",
      key: `${config.location}-${new Date(now).toISOString().slice(0, 10)}`,
      provider: null,
      title: "The budget of 24 hours is used up",
      lines: [
        `$${spentUsd.toFixed(2)} of $${config.budgetUsd.toFixed(2)} are spent or set aside; ${skipped} endpoints were not asked.`,
      ],
      page: "/runs",
    },
    now,
    config.alerts.dashboardUrl,
  );
  alerts.tell(alert, config.alerts, now);
}
