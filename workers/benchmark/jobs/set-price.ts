import { NO_CHANGE } from "../catalog/changes.ts";
import type { Store } from "../store/index.ts";
import { MANUAL } from "../store/manual-prices.ts";

/** A person's own price, USD per million tokens. @throws StoreError */
export async function setPrice(
  store: Store,
  modelId: string,
  price: { readonly input: number; readonly output: number; readonly cachedInput: number | null },
  at: Date,
): Promise<void> {
  const prices = [{ id: modelId, ...price, source: MANUAL, at: at.toISOString() }];
  await store.applyCatalog({ ...NO_CHANGE, prices }, { provider: null, source: null, at });
}
