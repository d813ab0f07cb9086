import * as z from "zod";
import { waitAfter } from "../jobs/retry.ts";
import { JOB_NAMES, type JobName } from "./api.ts";

const state = z.object({ attempts: z.number(), notBefore: z.number() });

/** Which jobs besides runs wait to be done, and when they may be tried again. */
export class JobBook {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec("create table if not exists job (name text primary key, state text not null)");
  }

  /** Asking again for a job that waits changes nothing but that it may be tried at once. */
  request(name: JobName): void {
    this.#write(name, 0, 0);
  }

  /** A job that can be tried now, or null. */
  due(now: number): JobName | null {
    return this.#all().find(({ notBefore }) => notBefore <= now)?.name ?? null;
  }

  /** When the next job may be tried, ms since the epoch; null when none waits. */
  nextAttempt(): number | null {
    const times = this.#all().map(({ notBefore }) => notBefore);
    return times.length === 0 ? null : Math.min(...times);
  }

  done(name: JobName): void {
    this.#sql.exec("delete from job where name = ?", name);
  }

  /** @returns when it is tried again, or null when it has failed too often; its next cron asks for it anew. */
  failed(name: JobName, now: number, backoffMs: number): number | null {
    const attempts = (this.#all().find((job) => job.name === name)?.attempts ?? 0) + 1;
    const wait = waitAfter(attempts, backoffMs);
    if (wait === null) {
      this.done(name);
      return null;
    }
    const notBefore = now + wait;
    this.#write(name, attempts, notBefore);
    return notBefore;
  }

  #all(): { name: JobName; attempts: number; notBefore: number }[] {
    return this.#sql
      .exec("select name, state from job order by rowid")
      .toArray()
      .flatMap((row) => {
        const name = JOB_NAMES.find((known) => known === row.name);
        return name ? [{ name, ...state.parse(JSON.parse(String(row.state))) }] : [];
      });
  }

  #write(name: JobName, attempts: number, notBefore: number): void {
    this.#sql.exec(
      "insert or replace into job (name, state) values (?, ?)",
      name,
      JSON.stringify({ attempts, notBefore }),
    );
  }
}
