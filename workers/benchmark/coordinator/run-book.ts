import * as z from "zod";
import { DAY_MS } from "../jobs/budget.ts";
import { type Target, targetSchema } from "../jobs/target.ts";
import type { RunAnswer, RunRequest } from "./api.ts";

export interface RunRecord {
  readonly id: string;
  readonly runName: string;
  readonly triggeredBy: string;
  readonly scheduledFor: number | null;
  readonly state: "waiting" | "running" | "finished";
  /** ms since the epoch: when the run begins, or goes on; a jittered or postponed one is late. */
  readonly beginsAt: number;
  readonly startedAt: number | null;
}

const lookupSchema = z.object({ at: z.number(), modelIds: z.array(z.string()) });

const KEPT_RUNS = 500;

/** Which run is going on, which have been, what jobs wait, and what the last run knew. */
export class RunBook {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  get #sql(): SqlStorage {
    return this.#storage.sql;
  }

  current(): RunRecord | null {
    const row = this.#sql
      .exec("select * from run where state <> 'finished' order by requested_at limit 1")
      .toArray()[0];
    if (!row) return null;
    return {
      id: String(row.id),
      runName: String(row.run_name),
      triggeredBy: String(row.triggered_by),
      scheduledFor: row.scheduled_for === null ? null : Number(row.scheduled_for),
      state: row.state as RunRecord["state"],
      beginsAt: Number(row.begins_at),
      startedAt: row.started_at === null ? null : Number(row.started_at),
    };
  }

  request(request: RunRequest, beginsAt: number, id: string): RunAnswer {
    return this.#storage.transactionSync((): RunAnswer => {
      const running = this.current();
      if (running) return { state: "already_running", runId: running.id };
      const same =
        request.scheduledFor === null
          ? undefined
          : this.#sql.exec("select id from run where scheduled_for = ?", request.scheduledFor).toArray()[0];
      if (same) return { state: "already_done", runId: String(same.id) };
      this.#sql.exec(
        `insert into run (id, run_name, triggered_by, scheduled_for, state, requested_at, begins_at)
         values (?, ?, ?, ?, 'waiting', ?, ?)`,
        id,
        request.runName,
        request.triggeredBy,
        request.scheduledFor,
        Date.now(),
        Math.round(beginsAt),
      );
      return { state: "accepted", runId: id };
    });
  }

  /** Counts a vain attempt to learn what to ask. @returns how many there have been. */
  planFailed(id: string): number {
    this.#sql.exec("update run set plan_attempts = plan_attempts + 1 where id = ?", id);
    return Number(this.#sql.exec("select plan_attempts from run where id = ?", id).one().plan_attempts);
  }

  /** Counts a fault of our own in a run's work. @returns how many there have been in a row. */
  faulted(id: string): number {
    this.#sql.exec("update run set faults = faults + 1 where id = ?", id);
    return Number(this.#sql.exec("select faults from run where id = ?", id).one().faults);
  }

  /** An invocation's share of the run was done without a fault. */
  wentWell(id: string): void {
    this.#sql.exec("update run set faults = 0 where id = ? and faults > 0", id);
  }

  /** Why the run ends otherwise than by reaching its last target. */
  annotate(id: string, note: string): void {
    this.#sql.exec("update run set note = ? where id = ?", note, id);
  }

  /** The run goes on no earlier than this (ms since the epoch). */
  postpone(id: string, beginsAt: number): void {
    this.#sql.exec("update run set begins_at = ? where id = ?", Math.round(beginsAt), id);
  }

  started(id: string, at: number, note: string | null): void {
    this.#sql.exec("update run set state = 'running', started_at = ?, note = ? where id = ?", at, note, id);
  }

  /** Ends a run and forgets what is too old to matter. @returns the note it ends with. */
  finished(id: string, at: number): string | null {
    this.#sql.exec("update run set state = 'finished', finished_at = ? where id = ?", at, id);
    const note = this.#sql.exec("select note from run where id = ?", id).one().note;
    this.#sql.exec(
      `delete from run where state = 'finished' and id not in
         (select id from run order by requested_at desc limit ${KEPT_RUNS})`,
    );
    this.#sql.exec(
      "delete from queue where run_id <> ? and run_id not in (select id from run where state <> 'finished')",
      id,
    );
    this.#sql.exec("delete from hold where until < ?", at);
    return note === null ? null : String(note);
  }

  tally(id: string): { measured: number; skipped: number } {
    const row = this.#sql
      .exec(
        `select coalesce(sum(state = 'done'), 0) as measured, coalesce(sum(state = 'skipped'), 0) as skipped
           from queue where run_id = ?`,
        id,
      )
      .one();
    return { measured: Number(row.measured), skipped: Number(row.skipped) };
  }

  remember(targets: readonly Target[]): void {
    this.#setMemory("targets", JSON.stringify(targets));
  }

  /** The targets of the last run that could read them, or null. */
  recall(): readonly Target[] | null {
    const value = this.#getMemory("targets");
    return value === null ? null : z.array(targetSchema).parse(JSON.parse(value));
  }

  /**
   * Whether prices of these models should be looked for now; asking counts as looking. Those that were looked for
   * within a day, and are asked for again, had none.
   */
  isLookupDue(modelIds: readonly string[], now: number): boolean {
    const last = lookupSchema.safeParse(JSON.parse(this.#getMemory("price-lookup") ?? "null")).data;
    const recent = last !== undefined && now - last.at < DAY_MS;
    if (recent && modelIds.every((id) => last.modelIds.includes(id))) return false;
    this.#setMemory("price-lookup", JSON.stringify({ at: now, modelIds }));
    return true;
  }

  #setMemory(key: string, value: string): void {
    this.#sql.exec("insert or replace into memory (key, value) values (?, ?)", key, value);
  }

  #getMemory(key: string): string | null {
    const row = this.#sql.exec("select value from memory where key = ?", key).toArray()[0];
    return row ? String(row.value) : null;
  }
}
