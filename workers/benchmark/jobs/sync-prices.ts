import {
  decidePrice,
  isEmpty,
  NO_CHANGE,
  type PriceDecision,
  priceChanges,
  ruleChanges,
} from "../catalog/changes.ts";
import type { PriceFeed } from "../catalog/feed.ts";
import { readFeed } from "../catalog/feed.ts";
import type { ListPage, Price } from "../catalog/listed.ts";
import { describeError } from "../log.ts";
import { findProvider } from "../providers/registry.ts";
import type { DatedPrice, Provider } from "../providers/types.ts";
import { benchmarkSettings } from "../settings.ts";
import type { ProviderCatalog, StoredModel } from "../store/catalog-sync.ts";
import type { SyncEnvironment } from "./discover-models.ts";
import { fetchText } from "./fetch-text.ts";
import { fetchList, listAccess, listSource } from "./models-list.ts";

/** models.dev is about 3 MB; see models-list.ts for the limit. */
const MAX_FEED_BYTES = 12 * 1024 * 1024;

export interface PriceSync {
  readonly checked: number;
  readonly written: number;
  readonly held: number;
}

/**
 * Brings the prices of all offered models up to date: from the provider's own list where it has prices, else from
 * the public feed, else from the dated table in the provider's file. A source that cannot be read costs the models
 * that have their price from it one day; none of them is priced from a lesser source meanwhile.
 *
 * @throws StoreError when the database cannot be read or written.
 */
export async function syncPrices(env: SyncEnvironment): Promise<PriceSync> {
  const catalog = await env.store.catalog(null);
  const wanted = catalog.map(({ provider, models }) => ({
    provider,
    models: models.filter(({ available, active }) => available || active),
  }));
  const decisions = await decidePrices(env, wanted);
  // Models that were added by hand have no identity yet.
  const byRule = catalog.map(({ provider, models }) => ruleChanges(provider, models));
  const change = {
    ...NO_CHANGE,
    ...priceChanges(decisions),
    identities: byRule.flatMap(({ identities }) => identities),
    reasonings: byRule.flatMap(({ reasonings }) => reasonings),
  };
  const written = isEmpty(change)
    ? null
    : await env.store.applyCatalog(change, { provider: null, source: null, at: env.now() });
  const result = {
    checked: decisions.length,
    written: written?.price ?? 0,
    held: written?.priceHeld ?? 0,
  };
  env.log.info("prices_synced", { ...result });
  return result;
}

/**
 * Looks for the prices of models that have none, and writes them down.
 *
 * @returns the prices found, by model id.
 * @throws StoreError when the database cannot be read or written.
 */
export async function findMissingPrices(
  env: SyncEnvironment,
  modelIds: readonly string[],
): Promise<ReadonlyMap<string, Price>> {
  const catalog = await env.store.catalog(null);
  const wanted = catalog.map(({ provider, models }) => ({
    provider,
    models: models.filter(({ id, price }) => modelIds.includes(id) && price === null),
  }));
  const changes = priceChanges(await decidePrices(env, wanted));
  if (changes.prices.length > 0) {
    await env.store.applyCatalog(
      { ...NO_CHANGE, prices: changes.prices },
      {
        provider: null,
        source: null,
        at: env.now(),
      },
    );
  }
  return new Map(
    changes.prices.map(({ id, input, output, cachedInput }) => [id, { input, output, cachedInput }]),
  );
}

async function decidePrices(
  env: SyncEnvironment,
  catalog: readonly ProviderCatalog[],
): Promise<PriceDecision[]> {
  const decisions: PriceDecision[] = [];
  const feed = feedOnDemand(env);
  for (const { provider: slug, models } of catalog) {
    const provider = findProvider(slug);
    if (!provider || models.length === 0) continue;
    const list = await ownPrices(provider, env);
    const source = listSource(provider, env.config);
    for (const model of models) {
      const own = list === "unreadable" ? null : (list?.get(model.name) ?? null);
      if (own) {
        decisions.push(decidePrice(model, own, source));
        continue;
      }
      // Yesterday's price from the better source is nearer than today's from another.
      if (list === "unreadable" && model.price?.source === source) continue;
      const offered = await feed();
      if (offered === "unreadable" && model.price?.source === feedSource(env)) continue;
      const fed = offered === "unreadable" ? null : offered.price(provider.feedKey, model.name);
      decisions.push(fed ? decidePrice(model, fed, feedSource(env)) : datedDecision(provider, model));
    }
  }
  return decisions;
}

/** Prices in the provider's own list; null where it has none or cannot be asked. */
async function ownPrices(
  provider: Provider,
  { config, log, fetch: fetcher }: SyncEnvironment,
): Promise<ReadonlyMap<string, Price> | null | "unreadable"> {
  const access = listAccess(provider, config);
  if (!provider.modelsList?.hasPrices || access.state === "closed") return null;
  let list: ListPage;
  try {
    list = await fetchList(provider, access, config, fetcher);
  } catch (error) {
    log.warn("price_list_unreadable", { provider: provider.slug, reason: describeError(error) });
    return "unreadable";
  }
  return new Map(list.models.flatMap(({ name, price }) => (price ? [[name, price] as const] : [])));
}

/** Fetches the feed when it is first needed, once. */
function feedOnDemand(env: SyncEnvironment): () => Promise<PriceFeed | "unreadable"> {
  let feed: Promise<PriceFeed | "unreadable"> | null = null;
  const read = async (): Promise<PriceFeed | "unreadable"> => {
    try {
      const body = await fetchText(env.config.lists.priceFeedUrl, {
        headers: {},
        timeoutMs: env.config.lists.timeoutMs,
        maxBytes: MAX_FEED_BYTES,
        secrets: env.config.secrets,
        fetch: env.fetch,
      });
      return readFeed(body);
    } catch (error) {
      env.log.warn("price_feed_unreadable", { source: feedSource(env), reason: describeError(error) });
      return "unreadable";
    }
  };
  return () => {
    feed ??= read();
    return feed;
  };
}

function feedSource({ config }: SyncEnvironment): string {
  // The default's address is public, one that was set by hand perhaps not.
  const { priceFeedUrl } = config.lists;
  return priceFeedUrl === benchmarkSettings.PRICE_FEED_URL.unset ? priceFeedUrl : "price feed";
}

function datedDecision(provider: Provider, model: StoredModel): PriceDecision {
  const dated = provider.prices.find((price) => price.model === model.name);
  const at = `${dated?.date}T00:00:00Z`;
  if (!dated || (model.price && Date.parse(model.price.at) >= Date.parse(at))) {
    return { id: model.id, do: "nothing", price: null };
  }
  const decision = decidePrice(model, priceOf(dated), dated.source);
  return decision.price ? { ...decision, price: { ...decision.price, at } } : decision;
}

function priceOf({ input, output, cachedInput }: DatedPrice): Price {
  return { input, output, cachedInput: cachedInput ?? null };
}
