import { compareList, isEmpty } from "../catalog/changes.ts";
import { ACCEPT_NOTHING, type Accept } from "../catalog/guard.ts";
import { ListError, type ListPage } from "../catalog/listed.ts";
import { peerPrices } from "../catalog/peers.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import type { Provider } from "../providers/types.ts";
import type { StoredModel, Written } from "../store/catalog-sync.ts";
import type { Store } from "../store/index.ts";
import { PassingListError } from "./fetch-answer.ts";
import { fetchList, listAccess, listSource } from "./models-list.ts";

export interface SyncEnvironment {
  readonly store: Store;
  readonly config: Config;
  readonly log: Log;
  readonly now: () => Date;
  readonly fetch: typeof fetch;
}

/** What became of one provider's sync. */
export type Discovery =
  | {
      readonly state: "synced";
      readonly listed: number;
      readonly chat: number;
      readonly written: Written;
      /** Items that could not be read. */
      readonly unreadable: number;
      /** Models that are missing, and may be among those items. */
      readonly retirementsPutOff: number;
      /** What of the list is not believed yet, and the way to say that it is right; null where all is. */
      readonly held: string | null;
    }
  | { readonly state: "skipped" | "failed"; readonly reason: string };

const NOTHING: Written = {
  new: 0,
  retired: 0,
  returned: 0,
  context: 0,
  announced: 0,
  price: 0,
  priceHeld: 0,
};

/**
 * Asks one provider what it offers and writes what changed, all of it or nothing. A list that cannot be read or
 * used changes nothing and ends as "failed", with one line in the log; of one that lost or gained too much, the part
 * in doubt waits.
 *
 * @throws PassingListError where another try may help, StoreError when the database cannot be used.
 */
export async function discoverModels(
  provider: Provider,
  env: SyncEnvironment,
  accept: Accept = ACCEPT_NOTHING,
): Promise<Discovery> {
  const { store, config, log } = env;
  const access = listAccess(provider, config);
  if (access.state === "closed") {
    log.info("models_not_synced", { provider: provider.slug, reason: access.reason });
    return { state: "skipped", reason: access.reason };
  }
  const fail = (reason: string): Discovery => {
    log.error("models_sync_failed", { provider: provider.slug, reason });
    return { state: "failed", reason };
  };
  let list: ListPage;
  try {
    list = await fetchList(provider, access, config, env.fetch);
  } catch (error) {
    if (error instanceof PassingListError || !(error instanceof ListError)) throw error;
    return fail(error.message);
  }
  const before = (await store.catalog(provider.slug))[0];
  const known = before?.models ?? [];
  const source = listSource(provider, config);
  const now = env.now();
  const comparison = compareList(known, list, {
    provider: provider.slug,
    source,
    now,
    held: before?.heldList ?? null,
    accept,
    ...(hasFirstPrices(list, known) ? { peers: peerPrices(await store.catalog(null), provider.slug) } : {}),
  });
  if (!comparison.believed) return fail(comparison.reason);
  const { change, retirementsPutOff, held } = comparison;
  const written = isEmpty(change)
    ? NOTHING
    : await store.applyCatalog(change, { provider: rowOf(provider), source, at: now });
  const chat = list.models.filter(({ kind }) => kind === "chat").length;
  log.info("models_synced", { provider: provider.slug, listed: list.models.length, chat, ...written });
  if (held) log.warn("models_list_held", { provider: provider.slug, syncs: held.syncs, reason: held.reason });
  if (list.broken > 0) {
    log.warn("models_unreadable", {
      provider: provider.slug,
      items: list.broken,
      retirements_put_off: retirementsPutOff,
    });
  }
  if (written.priceHeld > 0) {
    log.warn("prices_held", {
      provider: provider.slug,
      models: written.priceHeld,
      hint: "npm run models -- list shows them; npm run models -- accept-price takes one",
    });
  }
  return {
    state: "synced",
    listed: list.models.length,
    chat,
    written,
    unreadable: list.broken,
    retirementsPutOff,
    held: held?.reason ?? null,
  };
}

/** Prices of models that have none yet are held against what others charge for the same. */
function hasFirstPrices(list: ListPage, known: readonly StoredModel[]): boolean {
  const priced = new Set(known.flatMap(({ name, price }) => (price ? [name] : [])));
  return list.models.some(({ name, kind, price }) => kind === "chat" && price !== null && !priced.has(name));
}

export function rowOf({ slug, name, kind, baseUrl, logoUrl }: Provider) {
  return { slug, name, kind, baseUrl, logoUrl };
}
