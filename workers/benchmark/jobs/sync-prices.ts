import type { Log } from "../log.ts";
import { findProvider } from "../providers/registry.ts";
import type { Store } from "../store/index.ts";
import type { PriceRecord } from "../store/prices.ts";

/**
 * Brings `prices` up to date with the dated tables in the providers' files: a row is added only where a
 * price differs from the newest known one and was read later than it.
 *
 * @throws StoreError when the database cannot be read or written.
 */
export async function syncPrices(store: Store, log: Log): Promise<{ written: number; checked: number }> {
  const records = datedPriceRecords(await store.targets([]));
  const written = await store.recordPrices(records);
  log.info("prices_synced", { checked: records.length, written });
  return { checked: records.length, written };
}

/** The prices that the providers' own files give for these models. */
export function datedPriceRecords(
  models: readonly { provider: string; providerId: string; model: string; modelId: string }[],
): PriceRecord[] {
  return models.flatMap(({ provider, providerId, model, modelId }) => {
    const dated = findProvider(provider)?.prices.find((price) => price.model === model);
    if (!dated) return [];
    return {
      providerId,
      modelId,
      input: dated.input,
      output: dated.output,
      cachedInput: dated.cachedInput ?? null,
      source: dated.source,
      at: `${dated.date}T00:00:00Z`,
    };
  });
}
