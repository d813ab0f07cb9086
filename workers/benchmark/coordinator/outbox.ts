import type { Log } from "../log.ts";
import type { Delivery, OutboxItem } from "../store/rows.ts";

export interface Backoff {
  readonly minMs: number;
  readonly maxMs: number;
}

/** Items read at once: a result can weigh 400 kB. */
const PAGE = 20;
/** The most that handing over one item may take, see store/deliver.ts. */
const SUBREQUESTS_PER_ITEM = 2;

/** records: what was measured; errands: also what only follows from it and can take long. */
export type Share = "records" | "records and errands";

/**
 * What is measured but not yet in Supabase, in the order it happened. An item leaves only when the database
 * has it, or has said that it will never take it (then it is kept aside and an error says so). Sending one
 * twice does no harm: ids are made before the request. An errand waits behind all of that, once, however many
 * runs have asked for it meanwhile.
 */
export class Outbox {
  readonly #sql: SqlStorage;
  readonly #backoff: Backoff;
  readonly #log: Log;
  #failures = 0;
  #retryAt = 0;

  constructor(sql: SqlStorage, backoff: Backoff, log: Log) {
    this.#sql = sql;
    this.#backoff = backoff;
    this.#log = log;
  }

  add(item: OutboxItem): void {
    this.#sql.exec(
      "insert or replace into outbox (item, errand) values (?, ?)",
      JSON.stringify(item),
      errandOf(item),
    );
  }

  get size(): number {
    return count(this.#sql, "select count(*) as n from outbox");
  }

  get rejected(): number {
    return count(this.#sql, "select count(*) as n from rejected");
  }

  /** When the next attempt makes sense, ms since the epoch; null when nothing waits. */
  nextAttempt(now: number): number | null {
    return this.size === 0 ? null : Math.max(now, this.#retryAt);
  }

  /**
   * Offers what waits to the database, oldest first, and stops at the first item it cannot take now or when
   * `maxSubrequests` are spent. Errands go only when nothing else waits.
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
    const records = this.#page("errand is null");
    const errandsToo = records.length === 0 && share === "records and errands";
    const page = errandsToo ? this.#page("errand is not null") : records;
    for (const row of page) {
      if (spent + SUBREQUESTS_PER_ITEM > maxSubrequests) break;
      // Written by add() above and by nothing else.
      const item = JSON.parse(String(row.item)) as OutboxItem;
      const delivery = await send(item);
      spent += delivery.subrequests;
      if (delivery.state === "later") {
        this.#failures += 1;
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
        this.#sql.exec(
          "insert or replace into rejected select seq, item, ? from outbox where seq = ?",
          delivery.reason,
          row.seq,
        );
        this.#log.error("delivery_rejected", { ...naming(item), reason: delivery.reason });
      } else if (delivery.state === "dropped") {
        this.#log.warn("delivery_dropped", { ...naming(item), reason: delivery.reason });
      } else if (item.kind !== "refresh-windows") {
        this.#log.info("delivered", naming(item));
      }
      this.#sql.exec("delete from outbox where seq = ?", row.seq);
      if (this.#failures > 0) this.#log.info("delivery_recovered", { after_failures: this.#failures });
      this.#failures = 0;
      this.#retryAt = 0;
    }
    return spent;
  }

  #page(where: string) {
    return this.#sql.exec(`select seq, item from outbox where ${where} order by seq limit ?`, PAGE).toArray();
  }
}

/** What makes two errands one; null for an item that must be delivered for its own sake. */
function errandOf(item: OutboxItem): string | null {
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

function count(sql: SqlStorage, query: string): number {
  return Number(sql.exec(query).one().n);
}
