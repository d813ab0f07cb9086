import * as z from "zod";
import { DAY_MS } from "../jobs/budget.ts";
import { type Target, targetSchema } from "../jobs/target.ts";
import type { RunAnswer, RunRequest } from "./api.ts";
import type { Documents } from "./documents.ts";

/** All times in ms since the epoch. */
const runSchema = z.object({
  id: z.string(),
  runName: z.string(),
  triggeredBy: z.string(),
  scheduledFor: z.number().nullable(),
  state: z.enum(["waiting", "running"]),
  /** When the run begins, or goes on; a jittered or postponed one is late. */
  beginsAt: z.number(),
  startedAt: z.number().nullable(),
  /** Vain attempts to learn what to ask. */
  planAttempts: z.number(),
  /** Of our own, in a row. */
  faults: z.number(),
  /** Why it ends otherwise than by reaching its last target. */
  note: z.string().nullable(),
});
export type RunRecord = Readonly<z.infer<typeof runSchema>>;
export const RUN = "run";

/** Cron times that have had their run, oldest first. */
export const pastRunsSchema = z.array(z.object({ scheduledFor: z.number(), runId: z.string() }));
export const PAST_RUNS = "past-runs";
/** Two days of the schedule: Cloudflare delivers a cron event twice, but not days later. */
export const KEPT_PAST_RUNS = 200;

export const KNOWN_TARGETS = "known-targets";

const LAST_START = "last-start";

const lookupSchema = z.object({ at: z.number(), modelIds: z.array(z.string()) });
export const PRICE_LOOKUP = "price-lookup";

/** Which run is going on, which have been, and what the last run knew. */
export class RunState {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  current(): RunRecord | null {
    return this.#documents.read(RUN, runSchema);
  }

  request(request: RunRequest, beginsAt: number, id: string): RunAnswer {
    const running = this.current();
    if (running) return { state: "already_running", runId: running.id };
    const { scheduledFor } = request;
    const same = this.#past().find((run) => run.scheduledFor === scheduledFor);
    if (same) return { state: "already_done", runId: same.runId };
    this.#documents.write<RunRecord>(RUN, {
      id,
      ...request,
      state: "waiting",
      beginsAt: Math.round(beginsAt),
      startedAt: null,
      planAttempts: 0,
      faults: 0,
      note: null,
    });
    return { state: "accepted", runId: id };
  }

  /** Counts a vain attempt to learn what to ask. @returns how many there have been. */
  planFailed(): number {
    const planAttempts = (this.current()?.planAttempts ?? 0) + 1;
    this.#change({ planAttempts });
    return planAttempts;
  }

  /** Counts a fault of our own in the run's work. @returns how many there have been in a row. */
  faulted(): number {
    const faults = (this.current()?.faults ?? 0) + 1;
    this.#change({ faults });
    return faults;
  }

  /** An invocation's share of the run was done without a fault. */
  succeeded(): void {
    if (this.current()?.faults) this.#change({ faults: 0 });
  }

  /** Why the run ends otherwise than by reaching its last target. */
  annotate(note: string): void {
    this.#change({ note });
  }

  /** The run goes on no earlier than this (ms since the epoch). */
  postpone(beginsAt: number): void {
    this.#change({ beginsAt: Math.round(beginsAt) });
  }

  started(at: number, note: string | null): void {
    this.#change({ state: "running", startedAt: at, note });
    this.#documents.write(LAST_START, at);
  }

  /** When the newest run began, ms since the epoch; null before the first. */
  lastStart(): number | null {
    return this.#documents.read(LAST_START, z.number());
  }

  /** Ends the run. @returns the note it ends with. */
  finished(): string | null {
    const run = this.current();
    if (!run) return null;
    const { id: runId, scheduledFor, note } = run;
    if (scheduledFor !== null) {
      this.#documents.write(PAST_RUNS, [...this.#past(), { scheduledFor, runId }].slice(-KEPT_PAST_RUNS));
    }
    this.#documents.remove(RUN);
    return note;
  }

  remember(targets: readonly Target[]): void {
    const known = this.#documents.read(KNOWN_TARGETS, z.unknown());
    if (JSON.stringify(known) !== JSON.stringify(targets)) this.#documents.write(KNOWN_TARGETS, targets);
  }

  /** The targets of the last run that could read them, or null. @throws ZodError over another version's. */
  recall(): readonly Target[] | null {
    return z.array(targetSchema).nullable().parse(this.#documents.read(KNOWN_TARGETS, z.unknown()));
  }

  /**
   * Whether prices of these models should be looked for now; asking counts as looking. Those that were looked for
   * within a day, and are asked for again, had none.
   */
  isLookupDue(modelIds: readonly string[], now: number): boolean {
    const last = this.#documents.read(PRICE_LOOKUP, lookupSchema);
    const recent = last !== null && now - last.at < DAY_MS;
    if (recent && modelIds.every((id) => last.modelIds.includes(id))) return false;
    this.#documents.write(PRICE_LOOKUP, { at: now, modelIds });
    return true;
  }

  #past() {
    return this.#documents.read(PAST_RUNS, pastRunsSchema) ?? [];
  }

  #change(change: Partial<RunRecord>): void {
    const run = this.current();
    if (run) this.#documents.write<RunRecord>(RUN, { ...run, ...change });
  }
}
