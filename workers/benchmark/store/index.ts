import type { SupabaseSettings } from "../config.ts";
import { type Ensured, ensureModel, ensureProvider, type NewModel, type NewProvider } from "./catalog.ts";
import { createServiceClient } from "./client.ts";
import { deliverItem } from "./deliver.ts";
import { type PriceRecord, recordPrices } from "./prices.ts";
import { type PruneStep, pruneStep, type Retention } from "./retention.ts";
import type { Delivery, OutboxItem } from "./rows.ts";
import { readSpending, type Spending } from "./spending.ts";
import { readTargets, type StoredTarget } from "./targets.ts";

/** Everything that the measuring Worker and its terminal read from and write to Supabase. */
export interface Store {
  /** Never throws: the answer says whether the database has the item now. */
  deliver(item: OutboxItem): Promise<Delivery>;
  targets(also: readonly string[]): Promise<StoredTarget[]>;
  ensureProvider(provider: NewProvider): Promise<Ensured>;
  ensureModel(model: NewModel): Promise<Ensured>;
  recordPrices(prices: readonly PriceRecord[]): Promise<number>;
  spendingSince(since: Date): Promise<Spending>;
  prune(retention: Retention): Promise<PruneStep>;
}

export function createStore(supabase: SupabaseSettings): Store {
  const client = createServiceClient(supabase);
  return {
    deliver: (item) => deliverItem(client, item),
    targets: (also) => readTargets(client, also),
    ensureProvider: (provider) => ensureProvider(client, provider),
    ensureModel: (model) => ensureModel(client, model),
    recordPrices: (prices) => recordPrices(client, prices),
    spendingSince: (since) => readSpending(client, since),
    prune: (retention) => pruneStep(client, retention),
  };
}
