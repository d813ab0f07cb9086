import * as z from "zod";
import { waitAfter } from "../jobs/retry.ts";
import { isJobName, type JobName } from "./api.ts";
import type { Documents } from "./documents.ts";

export const JOBS = "jobs";
export const jobsSchema = z.array(
  z.object({ name: z.string(), attempts: z.number(), notBefore: z.number() }),
);

interface Job {
  readonly name: JobName;
  readonly attempts: number;
  /** ms since the epoch. */
  readonly notBefore: number;
}

/** Which jobs besides runs wait to be done, and when they may be tried again. */
export class JobQueue {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  /** Asking again for jobs that wait changes nothing but that they may be tried at once. */
  request(names: readonly JobName[]): void {
    const others = this.#all().filter(({ name }) => !names.includes(name));
    this.#write([...others, ...names.map((name) => ({ name, attempts: 0, notBefore: 0 }))]);
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
    this.#write(this.#all().filter((job) => job.name !== name));
  }

  /** @returns when it is tried again, or null when it has failed too often; its next cron asks for it anew. */
  failed(name: JobName, now: number, backoffMs: number): number | null {
    const attempts = (this.#all().find((job) => job.name === name)?.attempts ?? 0) + 1;
    const wait = waitAfter(attempts, backoffMs);
    const others = this.#all().filter((job) => job.name !== name);
    const notBefore = wait === null ? null : now + wait;
    this.#write(notBefore === null ? others : [...others, { name, attempts, notBefore }]);
    return notBefore;
  }

  /** In the order in which they were asked for, without those that another version knew. */
  #all(): readonly Job[] {
    return (this.#documents.read(JOBS, jobsSchema) ?? []).flatMap(({ name, ...job }) =>
      isJobName(name) ? [{ ...job, name }] : [],
    );
  }

  #write(jobs: readonly Job[]): void {
    this.#documents.write(JOBS, jobs);
  }
}
