import * as z from "zod";
import { type Client, StoreError } from "./client.ts";

/** USD per million tokens, as read at a time from a source. */
export interface PriceRecord {
  readonly providerId: string;
  readonly modelId: string;
  readonly input: number;
  readonly output: number;
  readonly cachedInput: number | null;
  readonly source: string;
  /** ISO time at which it was read; null for now. */
  readonly at: string | null;
}

/**
 * Adds a row for each price that differs from the newest known one of its model and is not older than it.
 *
 * @returns how many rows were added.
 * @throws StoreError
 */
export async function recordPrices(client: Client, prices: readonly PriceRecord[]): Promise<number> {
  if (prices.length === 0) return 0;
  const answer = await client.rpc("engine_record_prices", { entries: prices.map((price) => ({ ...price })) });
  StoreError.throwIf(answer, "record prices");
  return z.number().int().parse(answer.data);
}
