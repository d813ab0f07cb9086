import type { CatalogChange } from "../catalog/changes.ts";
import type { HeldList } from "../catalog/guard.ts";
import type { SupabaseSettings } from "../config.ts";
import { type Ensured, ensureModel, ensureProvider, type NewModel, type NewProvider } from "./catalog.ts";
import {
  acceptList,
  acceptPrice,
  applyCatalog,
  type ChangeOrigin,
  type ProviderCatalog,
  pinUpstream,
  readCatalog,
  type StoredPrice,
  setActive,
  type Written,
} from "./catalog-sync.ts";
import { createServiceClient } from "./client.ts";
import { deliverItem } from "./deliver.ts";
import { unsetPrice } from "./manual-prices.ts";
import {
  type ProviderRecord,
  providerNamed,
  type Removed,
  readStoredProviders,
  removeProvider,
  saveProvider,
} from "./providers.ts";
import { type PruneStep, pruneStep, type Retention } from "./retention.ts";
import type { Delivery, OutboxItem } from "./rows.ts";
import {
  noteSpending,
  readSpending,
  type Spenders,
  type Spending,
  type UnsavedSpending,
} from "./spending.ts";
import { readTargets, type StoredTarget } from "./targets.ts";
import { readWatchMemory, type StoredWatchMemory } from "./watch-memory.ts";

/** Everything that the measuring Worker and its terminal read from and write to Supabase. */
export interface Store {
  /** Never throws: the answer says whether the database has the item now. */
  deliver(item: OutboxItem): Promise<Delivery>;
  targets(also: readonly string[]): Promise<StoredTarget[]>;
  storedProviders(): Promise<readonly unknown[]>;
  providerNamed(name: string): Promise<string | null>;
  saveProvider(provider: ProviderRecord): Promise<string>;
  removeProvider(slug: string): Promise<Removed | null>;
  ensureProvider(provider: NewProvider): Promise<Ensured>;
  ensureModel(model: NewModel): Promise<Ensured>;
  catalog(provider: string | null): Promise<ProviderCatalog[]>;
  applyCatalog(change: CatalogChange, origin: ChangeOrigin): Promise<Written>;
  setActive(modelId: string, active: boolean): Promise<void>;
  pinUpstream(modelId: string, upstream: string, pinned: boolean): Promise<boolean>;
  acceptPrice(modelId: string): Promise<StoredPrice | null>;
  unsetPrice(modelId: string): Promise<number>;
  acceptList(provider: string, held: HeldList): Promise<void>;
  spendingSince(since: Date, of: Spenders): Promise<Spending>;
  noteSpending(entries: readonly UnsavedSpending[]): Promise<void>;
  watchMemory(location: string, since: Date): Promise<StoredWatchMemory>;
  prune(retention: Retention): Promise<PruneStep>;
}

export function createStore(supabase: SupabaseSettings): Store {
  const client = createServiceClient(supabase);
  return {
    deliver: (item) => deliverItem(client, item, supabase.takesSimulated),
    targets: (also) => readTargets(client, also),
    storedProviders: () => readStoredProviders(client),
    providerNamed: (name) => providerNamed(client, name),
    saveProvider: (provider) => saveProvider(client, provider),
    removeProvider: (slug) => removeProvider(client, slug),
    ensureProvider: (provider) => ensureProvider(client, provider),
    ensureModel: (model) => ensureModel(client, model),
    catalog: (provider) => readCatalog(client, provider),
    applyCatalog: (change, origin) => applyCatalog(client, change, origin),
    setActive: (modelId, active) => setActive(client, modelId, active),
    pinUpstream: (modelId, upstream, pinned) => pinUpstream(client, modelId, upstream, pinned),
    unsetPrice: (modelId) => unsetPrice(client, modelId),
    acceptPrice: (modelId) => acceptPrice(client, modelId),
    acceptList: (provider, held) => acceptList(client, provider, held),
    spendingSince: (since, of) => readSpending(client, since, of),
    noteSpending: (entries) => noteSpending(client, entries),
    watchMemory: (location, since) => readWatchMemory(client, location, since),
    prune: (retention) => pruneStep(client, retention),
  };
}
