import * as z from "zod";
import type { Log } from "../log.ts";
import type { Delivery, OutboxItem } from "../store/rows.ts";
import type { Documents } from "./documents.ts";

export interface Backoff {
  readonly minMs: number;
  readonly maxMs: number;
}

/** Items read at once: a result can weigh 400 kB. */
const PAGE = 20;
/** The most that handing over one item may take, see store/deliver.ts. */
const SUBREQUESTS_PER_ITEM = 2;

/** records: what was measured; background calls: also what only follows from it and can take long. */
export type Share = "records" | "records and background calls";

/** Written by add() below and by nothing else. */
export const backgroundCallsSchema = z.array(z.custom<OutboxItem>((item) => typeof item === "object"));
export const BACKGROUND_CALLS = "background-calls";

/**
 * What is measured but not yet in Supabase, in the order it happened. An item leaves only when the database
 * has it, or has said that it will never take it (then it is kept aside and an error says so). Sending one
 * twice does no harm: ids are made before the request. A background call waits behind all of that, once, however
 * many runs have asked for it meanwhile.
 */
export class Outbox {
  readonly #sql: SqlStorage;
  readonly #documents: Documents;
  readonly #backoff: Backoff;
  readonly #log: Log;
  #failures = 0;
  #failingSince: number | null = null;
  #retryAt = 0;

  constructor(sql: SqlStorage, documents: Documents, backoff: Backoff, log: Log) {
    this.#sql = sql;
    this.#documents = documents;
    this.#backoff = backoff;
    this.#log = log;
  }

  add(item: OutboxItem): void {
    const call = backgroundCallOf(item);
    if (call === null) this.#sql.exec("insert into delivery (item) values (?)", JSON.stringify(item));
    else this.#setCalls([...this.#calls().filter((other) => backgroundCallOf(other) !== call), item]);
  }

  get size(): number {
    // Counted from both ends: to read a backlog row by row would use up a day's rows.
    const end = (order: "asc" | "desc") =>
      this.#sql.exec(`select seq from delivery order by seq ${order} limit 1`).toArray()[0]?.seq;
    const last = end("desc");
    const waiting = last === undefined ? 0 : Number(last) - Number(end("asc")) + 1;
    return waiting + this.#calls().length;
  }

  /** Since when the database takes nothing, as far as this instance knows; ms since the epoch. */
  get failingSince(): number | null {
    return this.#failingSince;
  }

  get rejected(): number {
    return Number(this.#sql.exec("select count(*) as n from rejected").one().n);
  }

  /** When the next attempt makes sense, ms since the epoch; null when nothing waits. */
  nextAttempt(now: number): number | null {
    const isEmpty = this.#page(1).length === 0 && this.#calls().length === 0;
    return isEmpty ? null : Math.max(now, this.#retryAt);
  }

  /**
   * Offers what waits to the database, oldest first, and stops at the first item it cannot take now or when
   * `maxSubrequests` are spent. Background calls go only when nothing else waits.
   *
   * @returns subrequests spent.
   */
  async deliver(
    send: (item: OutboxItem) => Promise<Delivery>,
    now: () => number,
    maxSubrequests: number,
    share: Share,
  ): Promise<number> {
    if (now() < this.#retryAt) return 0;
    let spent = 0;
    const records = this.#page(Math.min(PAGE, maxSubrequests));
    const callsToo = records.length === 0 && share === "records and background calls";
    const page = callsToo ? this.#calls().map((item) => ({ seq: null, item })) : records;
    for (const { seq, item } of page) {
      if (spent + SUBREQUESTS_PER_ITEM > maxSubrequests) break;
      const delivery = await send(item);
      spent += delivery.subrequests;
      if (delivery.state === "later") {
        this.#failures += 1;
        this.#failingSince ??= now();
        const wait = Math.min(
          this.#backoff.maxMs,
          this.#backoff.minMs * 2 ** Math.min(this.#failures - 1, 20),
        );
        this.#retryAt = now() + wait;
        this.#log.error("delivery_failed", {
          ...naming(item),
          reason: delivery.reason,
          retry_in_ms: wait,
          waiting: this.size,
        });
        return spent;
      }
      if (delivery.state === "rejected") {
        const { reason } = delivery;
        this.#sql.exec("insert into rejected (item, reason) values (?, ?)", JSON.stringify(item), reason);
        this.#log.error("delivery_rejected", { ...naming(item), reason: delivery.reason });
      } else if (delivery.state === "dropped") {
        this.#log.warn("delivery_dropped", { ...naming(item), reason: delivery.reason });
      } else if (item.kind !== "refresh-windows") {
        this.#log.info("delivered", naming(item));
      }
      if (seq === null) this.#setCalls(this.#calls().filter((other) => other !== item));
      else this.#sql.exec("delete from delivery where seq = ?", seq);
      if (this.#failures > 0) this.#log.info("delivery_recovered", { after_failures: this.#failures });
      this.#failures = 0;
      this.#failingSince = null;
      this.#retryAt = 0;
    }
    return spent;
  }

  /** The oldest records. */
  #page(limit: number): { seq: number; item: OutboxItem }[] {
    return this.#sql
      .exec("select seq, item from delivery order by seq limit ?", limit)
      .toArray()
      .map(({ seq, item }) => ({ seq: Number(seq), item: JSON.parse(String(item)) as OutboxItem }));
  }

  #calls(): readonly OutboxItem[] {
    return this.#documents.read(BACKGROUND_CALLS, backgroundCallsSchema) ?? [];
  }

  #setCalls(calls: readonly OutboxItem[]): void {
    this.#documents.write(BACKGROUND_CALLS, calls);
  }
}

/** What makes two background calls one; null for an item that must be delivered for its own sake. */
export function backgroundCallOf(item: OutboxItem): string | null {
  if (item.kind !== "refresh-windows") return null;
  return `${item.kind} ${item.window} ${item.part} ${item.location}`;
}

function naming(item: OutboxItem): Record<string, unknown> {
  if (item.kind === "result") {
    return {
      kind: item.kind,
      run_id: item.row.run_id,
      request_id: item.row.id,
      provider: item.row.provider,
      model: item.row.model,
    };
  }
  const window = item.kind === "refresh-windows" ? { window: item.window, part: item.part } : {};
  return { kind: item.kind, run_id: item.kind === "run" ? item.row.id : item.runId, ...window };
}
