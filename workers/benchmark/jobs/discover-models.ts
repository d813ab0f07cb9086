import { compareList, isEmpty } from "../catalog/changes.ts";
import { ListError, type ListPage } from "../catalog/listed.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import type { Provider } from "../providers/types.ts";
import type { Written } from "../store/catalog-sync.ts";
import type { Store } from "../store/index.ts";
import { PassingListError } from "./fetch-text.ts";
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
 * believed changes nothing and ends as "failed", with one line in the log.
 *
 * @throws PassingListError where another try may help, StoreError when the database cannot be used.
 */
export async function discoverModels(
  provider: Provider,
  env: SyncEnvironment,
  options: { readonly acceptShrink: boolean } = { acceptShrink: false },
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
  const known = (await store.catalog(provider.slug))[0]?.models ?? [];
  const source = listSource(provider, config);
  const now = env.now();
  const comparison = compareList(known, list, {
    provider: provider.slug,
    source,
    now,
    acceptShrink: options.acceptShrink,
  });
  if (!comparison.believed) return fail(comparison.reason);
  const { change, retirementsPutOff } = comparison;
  const written = isEmpty(change)
    ? NOTHING
    : await store.applyCatalog(change, { provider: rowOf(provider), source, at: now });
  const chat = list.models.filter(({ kind }) => kind === "chat").length;
  log.info("models_synced", { provider: provider.slug, listed: list.models.length, chat, ...written });
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
  };
}

export function rowOf({ slug, name, kind, baseUrl, logoUrl }: Provider) {
  return { slug, name, kind, baseUrl, logoUrl };
}
