import type { Holds, QueueItem } from "../../workers/benchmark/jobs/queue.ts";
import type { RunJournal } from "../../workers/benchmark/jobs/run-slice.ts";
import type { SkippedTarget, SkipReason, Target, Unreachable } from "../../workers/benchmark/jobs/target.ts";
import type { OutboxItem, ResultRow } from "../../workers/benchmark/store/rows.ts";
import type { DatabaseIdentity } from "./database-identity.ts";
import { handOver, type Rejection, type Send } from "./hand-over.ts";
import type { Spending } from "./spending.ts";
import { type Begin, type Header, UnsavedFile } from "./unsaved-file.ts";

/** One request of the run, and the row that it comes to when nobody sees its end. */
export interface PlannedRequest {
  readonly target: Target;
  readonly ifCutOff: ResultRow;
}

/** Where a run's file goes, and the database that it waits for. */
export interface Keeping {
  readonly directory: string;
  readonly database: DatabaseIdentity;
}

/**
 * A terminal run's memory. Whatever is to be saved stands in the run's file before it is offered to the
 * database, and so does each request before it is sent: a killed process loses no result, and the next start
 * closes its run (see earlier-runs.ts). The file goes when the database has everything, the run's end included.
 */
export class FileJournal implements RunJournal {
  readonly runId: string;
  readonly #keeping: { readonly file: UnsavedFile; readonly database: DatabaseIdentity } | null;
  readonly #spending: Pick<Spending, "setAside" | "settle">;
  readonly #requests: readonly PlannedRequest[];
  readonly #queue: QueueItem[];
  readonly #skipped: SkippedTarget[];
  readonly #holds = new Map<string, number>();
  readonly #rejected: Rejection[] = [];
  #waiting: readonly OutboxItem[] = [];
  #underWay: Begin | null = null;
  #written = false;
  #ended = false;

  /** @param keeping null when nothing is to be saved. */
  constructor(
    runId: string,
    keeping: Keeping | null,
    requests: readonly PlannedRequest[],
    unreachable: readonly Unreachable[],
    spending: Pick<Spending, "setAside" | "settle">,
  ) {
    this.runId = runId;
    this.#spending = spending;
    this.#requests = requests;
    this.#queue = requests.map(({ target }, position) => ({ position, target, state: "pending" }));
    this.#skipped = unreachable.map(({ target, reason }) => skippedTarget(target, reason, null));
    this.#keeping = keeping && {
      file: UnsavedFile.ofThisProcess(keeping.directory, runId),
      database: keeping.database,
    };
  }

  queue(): readonly QueueItem[] {
    return this.#queue;
  }

  holds(): Holds {
    return this.#holds;
  }

  spentWithout(requestId: string, reservedUsd: number): Promise<number> {
    return this.#spending.setAside(requestId, reservedUsd);
  }

  begin(item: QueueItem, requestId: string): void {
    const now = Date.now();
    this.#setState(item, "asking");
    const planned = this.#requests[item.position];
    if (!planned) throw new Error(`The queue has no position ${item.position}.`);
    const row = { ...planned.ifCutOff, id: requestId, created_at: new Date(now).toISOString() };
    this.#underWay = { kind: "begin", position: item.position, row };
    if (this.#written) this.#keeping?.file.append(this.#underWay);
  }

  complete(item: QueueItem, row: ResultRow, spentUsd: number): void {
    this.#setState(item, "done");
    this.#spending.settle(row.id, spentUsd);
    this.add({ kind: "result", row });
    this.#underWay = null;
  }

  skip(items: readonly QueueItem[], reason: SkipReason, until: (item: QueueItem) => number | null): void {
    for (const item of items) {
      this.#setState(item, "skipped");
      this.#skipped.push(skippedTarget(item.target, reason, until(item)));
    }
    if (this.#written) this.#write();
  }

  hold(provider: string, until: number): void {
    this.#holds.set(provider, Math.max(until, this.#holds.get(provider) ?? 0));
  }

  skipped(): readonly SkippedTarget[] {
    return this.#skipped;
  }

  add(item: OutboxItem): void {
    if (!this.#keeping) return;
    this.#waiting = [...this.#waiting, item];
    if (item.kind === "run-end") this.#ended = true;
    if (this.#written) this.#keeping.file.append(item);
    else this.#write();
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** What the database refused for good. */
  get rejected(): readonly Rejection[] {
    return this.#rejected;
  }

  /** Where refused rows are kept; null when nothing is to be saved. */
  get rejectedFile(): string | null {
    return this.#keeping?.file.rejectedPath ?? null;
  }

  /**
   * Offers what waits, oldest first.
   *
   * @returns what went wrong, if anything did, and what was refused for good.
   */
  async deliver(send: Send): Promise<{ problem: string | null; rejected: readonly Rejection[] }> {
    if (!this.#keeping) return { problem: null, rejected: [] };
    const before = this.#waiting.length;
    const { left, problem, rejected } = await handOver(this.#waiting, send);
    for (const { item, reason } of rejected) this.#keeping.file.reject(item, reason);
    this.#rejected.push(...rejected);
    this.#waiting = left;
    if (this.#ended && left.length === 0) this.#keeping.file.remove();
    else if (left.length < before) this.#write();
    return { problem, rejected };
  }

  /** Leaves the file to the next start. @returns where it is; null when nothing waits. */
  release(): string | null {
    if (!this.#keeping || this.#waiting.length === 0) return null;
    this.#keeping.file.release();
    return this.#keeping.file.path;
  }

  #write(): void {
    if (!this.#keeping) return;
    const { file, database } = this.#keeping;
    const planned = this.#queue
      .filter(({ state }) => state === "pending")
      .map(({ position, target }) => ({ position, ifNeverAsked: skippedTarget(target, "stopped", null) }));
    const header: Header = { kind: "file", runId: this.runId, database, skipped: this.#skipped, planned };
    file.replace(header, [...this.#waiting, ...(this.#underWay ? [this.#underWay] : [])]);
    this.#written = true;
  }

  #setState(item: QueueItem, state: QueueItem["state"]): void {
    this.#queue[item.position] = { ...item, state };
  }
}

function skippedTarget(target: Target, reason: SkipReason, until: number | null): SkippedTarget {
  return {
    provider: target.provider,
    model: target.model,
    reason,
    until: until === null ? null : new Date(until).toISOString(),
  };
}
