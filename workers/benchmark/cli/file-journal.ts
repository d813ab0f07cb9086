import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Holds, QueueItem } from "../jobs/queue.ts";
import type { RunJournal } from "../jobs/run-slice.ts";
import type { SkippedTarget, SkipReason, Target, Unreachable } from "../jobs/target.ts";
import type { Delivery, OutboxItem, ResultRow } from "../store/rows.ts";

const FILE = /^unsaved-[0-9a-f-]{36}\.jsonl$/;

type Send = (item: OutboxItem) => Promise<Delivery>;

/**
 * A terminal run's memory. What is to be saved is first appended to `logs/unsaved-<run>.jsonl`, so that not
 * even a killed process loses a result; the file goes when the database has everything in it.
 */
export class FileJournal implements RunJournal {
  readonly runId: string;
  readonly #file: string | null;
  readonly #queue: QueueItem[];
  readonly #skipped: SkippedTarget[];
  readonly #holds = new Map<string, number>();
  readonly #ledger = new Map<string, { at: number; usd: number }>();
  #waiting: OutboxItem[] = [];

  /** @param directory where the unsaved file goes; null when nothing is to be saved. */
  constructor(
    runId: string,
    directory: string | null,
    targets: readonly Target[],
    unreachable: readonly Unreachable[],
  ) {
    this.runId = runId;
    this.#queue = targets.map((target, position) => ({ position, target, state: "pending" }));
    this.#skipped = unreachable.map(({ target, reason }) => skippedTarget(target, reason, null));
    if (directory) mkdirSync(directory, { recursive: true });
    this.#file = directory && join(directory, `unsaved-${runId}.jsonl`);
  }

  /** Starts the ledger with what was spent before this process. */
  openLedger(usd: number, at: number): void {
    this.#ledger.set("before", { at, usd });
  }

  queue(): readonly QueueItem[] {
    return this.#queue;
  }

  holds(): Holds {
    return this.#holds;
  }

  spentSince(since: number): number {
    let usd = 0;
    for (const entry of this.#ledger.values()) if (entry.at >= since) usd += entry.usd;
    return usd;
  }

  begin(item: QueueItem, requestId: string, reservedUsd: number): void {
    this.#setState(item, "asking");
    this.#ledger.set(requestId, { at: Date.now(), usd: reservedUsd });
  }

  complete(item: QueueItem, row: ResultRow, spentUsd: number): void {
    this.#setState(item, "done");
    this.#ledger.set(row.id, { at: Date.parse(row.created_at), usd: spentUsd });
    this.add({ kind: "result", row });
  }

  skip(items: readonly QueueItem[], reason: SkipReason, until: (item: QueueItem) => number | null): void {
    for (const item of items) {
      this.#setState(item, "skipped");
      this.#skipped.push(skippedTarget(item.target, reason, until(item)));
    }
  }

  hold(provider: string, until: number): void {
    this.#holds.set(provider, Math.max(until, this.#holds.get(provider) ?? 0));
  }

  skipped(): readonly SkippedTarget[] {
    return this.#skipped;
  }

  add(item: OutboxItem): void {
    if (!this.#file) return;
    appendFileSync(this.#file, `${JSON.stringify(item)}\n`);
    this.#waiting.push(item);
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get file(): string | null {
    return this.#file;
  }

  /** Offers what waits, oldest first, up to the first that cannot be taken now. @returns what went wrong. */
  async deliver(send: Send): Promise<string | null> {
    if (!this.#file) return null;
    const { left, problem } = await sendAll(this.#waiting, this.#file, send);
    this.#waiting = left;
    if (left.length === 0) rmSync(this.#file, { force: true });
    return problem;
  }

  #setState(item: QueueItem, state: QueueItem["state"]): void {
    this.#queue[item.position] = { ...item, state };
  }
}

/**
 * Delivers what earlier terminal runs could not. Sending something twice does no harm.
 *
 * @returns how many items went, and what went wrong, if anything did.
 */
export async function deliverUnsaved(
  directory: string,
  send: Send,
): Promise<{ sent: number; problem: string | null }> {
  let sent = 0;
  for (const name of unsavedFiles(directory)) {
    const path = join(directory, name);
    const items = readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line.trim() !== "")
      .flatMap((line) => parseLine(line, path));
    const { left, problem } = await sendAll(items, path, send);
    sent += items.length - left.length;
    if (problem) return { sent, problem: `${name}: ${problem}` };
    rmSync(path, { force: true });
  }
  return { sent, problem: null };
}

/** What the database refuses for good goes to `rejected-….jsonl` beside the file, so that it blocks nothing else. */
async function sendAll(
  items: readonly OutboxItem[],
  file: string,
  send: Send,
): Promise<{ left: OutboxItem[]; problem: string | null }> {
  let problem: string | null = null;
  for (const [index, item] of items.entries()) {
    const delivery = await send(item);
    if (delivery.state === "later") return { left: items.slice(index), problem: delivery.reason };
    if (delivery.state === "rejected") {
      setAside(file, JSON.stringify(item));
      problem = `the database refuses a ${item.kind} for good (${delivery.reason}); it is kept in ${rejectedFile(file)}`;
    }
  }
  return { left: [], problem };
}

function rejectedFile(file: string): string {
  return join(dirname(file), basename(file).replace("unsaved-", "rejected-"));
}

function setAside(file: string, line: string): void {
  appendFileSync(rejectedFile(file), `${line}\n`);
}

function unsavedFiles(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => FILE.test(name));
  } catch {
    // No directory: nothing was ever left unsaved.
    return [];
  }
}

/** A line torn by a crash in the middle of its writing cannot be read back; it is kept for a person to see. */
function parseLine(line: string, path: string): OutboxItem[] {
  try {
    return [JSON.parse(line) as OutboxItem];
  } catch {
    setAside(path, line);
    return [];
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
