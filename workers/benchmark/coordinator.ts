import { DurableObject } from "cloudflare:workers";
import { type Config, ConfigError, readConfig } from "./config.ts";
import type { CoordinatorStatus, JobName, RunAnswer, RunRequest } from "./coordinator/api.ts";
import { SqlJournal } from "./coordinator/journal.ts";
import { Outbox } from "./coordinator/outbox.ts";
import { RunBook, type RunRecord } from "./coordinator/run-book.ts";
import { createTables } from "./coordinator/schema.ts";
import { DAY_MS } from "./jobs/budget.ts";
import { readColo } from "./jobs/colo.ts";
import { createMeasure, interruptedRow } from "./jobs/measure-target.ts";
import { orderTargets } from "./jobs/order.ts";
import { planRun } from "./jobs/plan-run.ts";
import { runSlice } from "./jobs/run-slice.ts";
import { syncPrices } from "./jobs/sync-prices.ts";
import { splitByAccess, type Target } from "./jobs/target.ts";
import { consoleWriter, createLog, describeError, type Log } from "./log.ts";
import { findProvider } from "./providers/registry.ts";
import { createStore, type Store } from "./store/index.ts";

/** Runs that find no target to ask, because nothing is known yet and the database is away, try this often. */
const PLAN_ATTEMPTS = 6;
const FAULT_PAUSE_MS = 30_000;

/**
 * One probe: takes runs, asks one target after another, and hands every result to Supabase in order. All
 * work happens in alarms, which Cloudflare fires again after a crash; all state is in its SQLite.
 */
export class Coordinator extends DurableObject<Record<string, unknown>> {
  readonly #runs: RunBook;
  readonly #log: Log;
  #outbox: Outbox | null = null;

  constructor(ctx: DurableObjectState, env: Record<string, unknown>) {
    super(ctx, env);
    createTables(ctx.storage.sql);
    this.#runs = new RunBook(ctx.storage);
    this.#log = createLog(consoleWriter, secretsOf(env));
  }

  /** Takes a run, unless one is going on or this cron time has had its own. */
  async requestRun(request: RunRequest): Promise<RunAnswer> {
    const config = this.#config();
    const jitter = request.scheduledFor === null ? 0 : Math.random() * config.run.startJitterMs;
    const answer = this.#runs.request(request, Date.now() + jitter, crypto.randomUUID());
    if (answer.state !== "accepted") {
      this.#log.info("run_not_started", {
        run_id: answer.runId,
        reason: answer.state,
        triggered_by: request.triggeredBy,
      });
    }
    await this.#armAlarm();
    return answer;
  }

  /** Asks for a job to be done in an alarm; asking twice before it is done is asking once. */
  async requestJob(job: JobName): Promise<void> {
    this.#runs.requestJob(job);
    await this.#armAlarm();
  }

  async status(): Promise<CoordinatorStatus> {
    await this.#armAlarm();
    const config = this.#config();
    const current = this.#runs.current();
    const journal = current && this.#journal(current.id, config);
    const queue = journal?.queue() ?? [];
    const outbox = this.#getOutbox(config);
    return {
      run:
        current === null
          ? null
          : {
              id: current.id,
              state: current.state,
              done: queue.filter((item) => item.state === "done").length,
              of: queue.filter((item) => item.state !== "skipped").length,
              startedAt: current.startedAt === null ? null : new Date(current.startedAt).toISOString(),
            },
      waitingForDelivery: outbox.size,
      rejectedByDatabase: outbox.rejected,
      spentLast24hUsd: this.#runs.spentSince(Date.now() - DAY_MS),
      budgetUsd: config.budgetUsd,
    };
  }

  override async alarm(): Promise<void> {
    try {
      await this.#work();
    } catch (error) {
      // Thrown out of an alarm it would be retried six times and then forgotten; this way it goes on.
      this.#log.error("coordinator_fault", { reason: describeError(error) });
      await this.ctx.storage.setAlarm(Date.now() + FAULT_PAUSE_MS);
    }
  }

  async #work(): Promise<void> {
    const config = this.#config();
    const store = createStore(config.supabase);
    const outbox = this.#getOutbox(config);
    const deliver = (maxSubrequests: number) =>
      outbox.deliver((item) => store.deliver(item), Date.now, maxSubrequests);
    let spent = 0;

    const run = this.#runs.current();
    if (run && run.beginsAt <= Date.now()) {
      if (run.state === "waiting") spent += await this.#plan(run, config, store);
      if (this.#runs.current()?.state === "running") {
        const resumeAt = await this.#slice(run.id, config, deliver, spent);
        const deliverAt = outbox.nextAttempt(Date.now()) ?? resumeAt;
        await this.ctx.storage.setAlarm(Math.min(resumeAt, deliverAt));
        return;
      }
    }
    spent += await deliver(config.run.sliceSubrequests - spent);
    if (this.#runs.current() === null) await this.#jobs(config, store);
    await this.#armAlarm();
  }

  /** Decides what the run asks; without a database, what the last run knew. @returns subrequests spent. */
  async #plan(run: RunRecord, config: Config, store: Store): Promise<number> {
    const plan = await planRun(store, config, this.#log);
    if (plan.targets) {
      this.#runs.remember(plan.targets);
      this.#begin(run, config, plan.targets, null);
      return plan.subrequests;
    }
    const remembered = this.#runs.recall();
    if (remembered) {
      this.#log.warn("targets_remembered", {
        run_id: run.id,
        reason: plan.reason,
        targets: remembered.length,
      });
      this.#begin(run, config, remembered, null);
    } else {
      const attempt = this.#runs.planFailed(run.id);
      const wait = Math.min(config.run.backoffMaxMs, config.run.backoffMinMs * 2 ** attempt);
      this.#log.error("targets_unknown", { run_id: run.id, reason: plan.reason, attempt, retry_in_ms: wait });
      if (attempt >= PLAN_ATTEMPTS) {
        this.#begin(run, config, [], `No targets known, and the database could not be read: ${plan.reason}`);
      } else {
        this.#runs.postpone(run.id, Date.now() + wait);
      }
    }
    return plan.subrequests;
  }

  #begin(run: RunRecord, config: Config, targets: readonly Target[], note: string | null): void {
    const { ready, unreachable } = splitByAccess(targets, config);
    for (const { target, reason } of unreachable) {
      this.#log.warn("target_skipped", {
        run_id: run.id,
        provider: target.provider,
        model: target.model,
        reason,
      });
    }
    const startedAt = Date.now();
    this.ctx.storage.transactionSync(() => {
      this.#journal(run.id, config).plan(orderTargets(ready, run.id), unreachable);
      this.#runs.started(run.id, startedAt, note);
      const outbox = this.#getOutbox(config);
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
        },
      });
      outbox.add({
        kind: "close-abandoned",
        runId: run.id,
        location: config.location,
        before: new Date(startedAt - config.run.abandonedAfterMs).toISOString(),
      });
    });
    this.#log.info("run_started", {
      run_id: run.id,
      run_name: run.runName,
      triggered_by: run.triggeredBy,
      targets: ready.length,
      skipped: unreachable.length,
      location: config.location,
    });
  }

  /** One invocation's share of a run. @returns when the next alarm is due. */
  async #slice(
    runId: string,
    config: Config,
    deliver: (maxSubrequests: number) => Promise<number>,
    spent: number,
  ): Promise<number> {
    const journal = this.#journal(runId, config);
    this.#dropUnreachable(journal, config);
    for (const { item, requestId, askedAt } of journal.cutOff()) {
      const row = await interruptedRow(item.target, requestId, new Date(askedAt), runId, config);
      // What the provider charged for it is unknown: the sum set aside stays counted.
      journal.complete(item, row, journal.reserved(requestId));
      this.#log.error("target_interrupted", {
        run_id: runId,
        request_id: requestId,
        provider: item.target.provider,
        model: item.target.model,
      });
    }
    const colo = await readColo(config.location, fetch);
    const delivered = await deliver(config.run.sliceSubrequests - spent - 1);
    const end = await runSlice(
      journal,
      config.run,
      config.budgetUsd,
      {
        measure: createMeasure(config, { colo, prompt: "standard" }),
        deliver: () => deliver(4),
        minimumGapMs: (provider) => findProvider(provider)?.minimumGapMs ?? 0,
        now: Date.now,
        newId: () => crypto.randomUUID(),
        log: this.#log,
      },
      spent + delivered + 1,
    );
    if (end.state === "paused") return end.resumeAt;

    const finishedAt = Date.now();
    const skipped = journal.skipped();
    this.ctx.storage.transactionSync(() => {
      const note = this.#runs.finished(runId, finishedAt);
      this.#getOutbox(config).add({
        kind: "run-end",
        runId,
        patch: { finished_at: new Date(finishedAt).toISOString(), skipped: [...skipped], note },
      });
    });
    this.#log.info("run_finished", { run_id: runId, ...this.#runs.tally(runId) });
    return finishedAt;
  }

  /** A key may be taken away between two invocations of one run. */
  #dropUnreachable(journal: SqlJournal, config: Config): void {
    for (const item of journal.queue()) {
      if (item.state !== "pending") continue;
      const reason = splitByAccess([item.target], config).unreachable[0]?.reason;
      if (!reason) continue;
      journal.skip([item], reason, () => null);
      this.#log.warn("target_skipped", {
        run_id: journal.runId,
        provider: item.target.provider,
        model: item.target.model,
        reason,
      });
    }
  }

  async #jobs(config: Config, store: Store): Promise<void> {
    for (const job of this.#runs.pendingJobs()) {
      if (job === "sync-prices") await syncPrices(store, this.#log);
      else this.#log.error("unknown_job", { job, location: config.location });
      this.#runs.jobDone(job);
    }
  }

  /** Whatever asked: work that waits has an alarm. */
  async #armAlarm(): Promise<void> {
    const now = Date.now();
    const run = this.#runs.current();
    const due = [
      run ? Math.max(now, run.beginsAt) : null,
      this.#getOutbox(this.#config()).nextAttempt(now),
      this.#runs.pendingJobs().length > 0 ? now : null,
    ].filter((time): time is number => time !== null);
    if (due.length === 0) return;
    const next = Math.min(...due);
    const armed = await this.ctx.storage.getAlarm();
    if (armed === null || armed > next) await this.ctx.storage.setAlarm(next);
  }

  #config(): Config & { supabase: NonNullable<Config["supabase"]> } {
    const config = readConfig(this.env);
    if (!config.supabase) {
      throw new ConfigError(
        "SUPABASE_URL is missing: set it, and SUPABASE_SERVICE_ROLE, to your Supabase project's.",
      );
    }
    return { ...config, supabase: config.supabase };
  }

  #getOutbox(config: Config): Outbox {
    this.#outbox ??= new Outbox(
      this.ctx.storage.sql,
      { minMs: config.run.backoffMinMs, maxMs: config.run.backoffMaxMs },
      this.#log,
    );
    return this.#outbox;
  }

  #journal(runId: string, config: Config): SqlJournal {
    return new SqlJournal(runId, this.ctx.storage, this.#getOutbox(config));
  }
}

function secretsOf(env: Record<string, unknown>): readonly string[] {
  try {
    return readConfig(env).secrets;
  } catch {
    // Reported by the first call that needs the configuration.
    return [];
  }
}
