import { isEmpty, NO_CHANGE, ruleChanges } from "../catalog/changes.ts";
import { type PriceFeed, readFeed } from "../catalog/feed.ts";
import type { ListPage, Price } from "../catalog/listed.ts";
import { peerPrices } from "../catalog/peers.ts";
import { decidePrice, type PriceDecision, priceChanges } from "../catalog/price-decision.ts";
import { providerIn } from "../config.ts";
import { describeError } from "../log.ts";
import type { DatedPrice, Provider } from "../providers/types.ts";
import { benchmarkSettings } from "../settings.ts";
import type { ProviderCatalog, StoredModel } from "../store/catalog-sync.ts";
import { MANUAL } from "../store/manual-prices.ts";
import type { SyncEnvironment } from "./discover-models.ts";
import { fetchAnswer } from "./fetch-answer.ts";
import { fetchList, listAccess, listSource } from "./models-list.ts";

export interface PriceSync {
  readonly checked: number;
  readonly written: number;
  readonly held: number;
  /** Lists and feeds that could be read, and that could not. */
  readonly sources: { readonly read: number; readonly unreadable: number };
  /** Slugs of providers whose prices could not be written; the others' are. */
  readonly failed: readonly string[];
}

/**
 * Brings the prices of all offered models up to date, one provider after the other: from the provider's own list where
 * it has prices, else from the public feed, else from the dated table in the provider's file. A source that cannot be
 * read costs the models that have their price from it one day; none of them is priced from a lesser source meanwhile.
 *
 * @throws StoreError when the database cannot be read.
 */
export async function syncPrices(env: SyncEnvironment): Promise<PriceSync> {
  const catalog = await env.store.catalog(null);
  const sources = { read: 0, unreadable: 0 };
  const decide = priceDecider(env, catalog, sources);
  const total = { checked: 0, written: 0, held: 0 };
  const failed: string[] = [];
  for (const { provider, models } of catalog) {
    try {
      const offered = models.filter(({ available, active }) => available || active);
      const decisions = await decide(provider, offered);
      const change = { ...NO_CHANGE, ...priceChanges(decisions), ...ruleChanges(provider, models) };
      const written = isEmpty(change)
        ? null
        : await env.store.applyCatalog(change, { provider: null, source: null, at: env.now() });
      total.checked += decisions.length;
      total.written += written?.price ?? 0;
      total.held += written?.priceHeld ?? 0;
    } catch (error) {
      failed.push(provider);
      env.log.error("prices_sync_failed", { provider, reason: describeError(error) });
    }
  }
  env.log.info("prices_synced", { ...total, failed: failed.length });
  return { ...total, sources, failed };
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
  const decide = priceDecider(env, catalog, { read: 0, unreadable: 0 });
  const found = new Map<string, Price>();
  for (const { provider, models } of catalog) {
    const wanted = models.filter(({ id, price }) => modelIds.includes(id) && price === null);
    const { prices } = priceChanges(await decide(provider, wanted));
    if (prices.length === 0) continue;
    await env.store.applyCatalog({ ...NO_CHANGE, prices }, { provider: null, source: null, at: env.now() });
    for (const { id, source: _source, at: _at, ...price } of prices) found.set(id, price);
  }
  return found;
}

type Decide = (slug: string, models: readonly StoredModel[]) => Promise<PriceDecision[]>;

/** @param sources counts what is asked for prices. */
function priceDecider(
  env: SyncEnvironment,
  catalog: readonly ProviderCatalog[],
  sources: { read: number; unreadable: number },
): Decide {
  const feed = feedOnDemand(env, (isRead) => {
    sources[isRead ? "read" : "unreadable"] += 1;
  });
  return async (slug, offered) => {
    const provider = providerIn(env.config, slug);
    const models = offered.filter(({ price }) => price?.source !== MANUAL);
    if (!provider || models.length === 0) return [];
    const list = await ownPrices(provider, env);
    if (list !== null) sources[list === "unreadable" ? "unreadable" : "read"] += 1;
    const source = listSource(provider, env.config);
    const peers = peerPrices(catalog, slug);
    const decisions: PriceDecision[] = [];
    for (const model of models) {
      const context = { now: env.now(), peers: peers.of(model) };
      const fedPrice = async () => {
        if (provider.feedKey === null) return null;
        const fed = await feed();
        return fed === "unreadable" ? null : fed.price(provider.feedKey, model.name);
      };
      const own = list === "unreadable" ? null : (list?.get(model.name) ?? null);
      if (own) {
        const decision = decidePrice(model, own, { ...context, source });
        // Only a price in doubt is worth a look at what a second source says.
        const inDoubt = decision.hold !== null || (model.heldPrice !== null && decision.record === null);
        decisions.push(
          inDoubt ? decidePrice(model, own, { ...context, source, second: await fedPrice() }) : decision,
        );
        continue;
      }
      // Yesterday's price from the better source is nearer than today's from another.
      if (list === "unreadable" && model.price?.source === source) continue;
      const fed = await fedPrice();
      if (fed === null && model.price?.source === feedSource(env) && (await feed()) === "unreadable")
        continue;
      decisions.push(
        fed
          ? decidePrice(model, fed, { ...context, source: feedSource(env) })
          : datedDecision(provider, model, context),
      );
    }
    return decisions;
  };
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
  // An alias costs what its model does, where it is not listed with a price itself.
  const byAlias = list.models.flatMap(({ aliases, price }) =>
    price ? aliases.map((alias) => [alias, price] as const) : [],
  );
  const byName = list.models.flatMap(({ name, price }) => (price ? [[name, price] as const] : []));
  return new Map([...byAlias, ...byName]);
}

/** Fetches the feed when it is first needed, once. */
function feedOnDemand(
  env: SyncEnvironment,
  onRead: (isRead: boolean) => void,
): () => Promise<PriceFeed | "unreadable"> {
  let feed: Promise<PriceFeed | "unreadable"> | null = null;
  const read = async (): Promise<PriceFeed | "unreadable"> => {
    try {
      const { text } = await fetchAnswer(env.config.lists.priceFeedUrl, {
        headers: {},
        timeoutMs: env.config.lists.timeoutMs,
        secrets: env.config.secrets,
        fetch: env.fetch,
      });
      return readFeed(text);
    } catch (error) {
      env.log.warn("price_feed_unreadable", { source: feedSource(env), reason: describeError(error) });
      return "unreadable";
    }
  };
  return () => {
    feed ??= read().then((answer) => {
      onRead(answer !== "unreadable");
      return answer;
    });
    return feed;
  };
}

function feedSource({ config }: SyncEnvironment): string {
  // The default's address is public, one that was set by hand perhaps not.
  const { priceFeedUrl } = config.lists;
  return priceFeedUrl === benchmarkSettings.PRICE_FEED_URL.unset ? priceFeedUrl : "price feed";
}

function datedDecision(
  provider: Provider,
  model: StoredModel,
  context: { readonly now: Date; readonly peers: readonly Price[] },
): PriceDecision {
  const nothing: PriceDecision = { id: model.id, record: null, hold: null, release: false };
  const dated = provider.prices.find((price) => price.model === model.name);
  const at = `${dated?.date}T00:00:00Z`;
  if (!dated || (model.price && Date.parse(model.price.at) >= Date.parse(at))) return nothing;
  const decision = decidePrice(model, priceOf(dated), { ...context, source: dated.source });
  return { ...decision, record: decision.record && { ...decision.record, at } };
}

function priceOf({ input, output, cachedInput }: DatedPrice): Price {
  return { input, output, cachedInput: cachedInput ?? null };
}
