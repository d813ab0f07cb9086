import type { Delivery, OutboxItem } from "../../workers/benchmark/store/rows.ts";

export type Send = (item: OutboxItem) => Promise<Delivery>;

/** What became of offering several items to the database. */
export interface HandOver {
  /** Items that must be offered again. */
  readonly left: readonly OutboxItem[];
  /** Why the first of them could not be taken now; null when none is left. */
  readonly problem: string | null;
  readonly rejected: readonly Rejection[];
}

/** An item that the database will never take. */
export interface Rejection {
  readonly item: OutboxItem;
  readonly reason: string;
}

/**
 * Offers items to the database, oldest first, up to the first that cannot be taken now. One that it refuses for
 * good holds up nothing behind it. Never throws, since `send` does not.
 */
export async function handOver(items: readonly OutboxItem[], send: Send): Promise<HandOver> {
  const rejected: Rejection[] = [];
  for (const [index, item] of items.entries()) {
    const delivery = await send(item);
    if (delivery.state === "later") return { left: items.slice(index), problem: delivery.reason, rejected };
    if (delivery.state === "rejected") rejected.push({ item, reason: delivery.reason });
  }
  return { left: [], problem: null, rejected };
}
