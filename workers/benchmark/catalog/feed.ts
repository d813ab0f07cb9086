import * as z from "zod";
import { ListError, type Price } from "./listed.ts";
import { readPrice } from "./price.ts";

const feed = z.record(z.string(), z.unknown());
const provider = z.object({ models: z.record(z.string(), z.unknown()) });
const model = z.object({ cost: z.record(z.string(), z.unknown()) });

export interface PriceFeed {
  /** The price of a provider's model, or null where the feed has none. */
  price(provider: string, model: string): Price | null;
}

/**
 * Reads a price feed in the form of https://models.dev/api.json:
 * `{<provider>: {models: {<model>: {cost: {input, output, cache_read}}}}}`, USD per million tokens. Only what is
 * asked for is looked at.
 *
 * @throws ListError where it is none, one line for a person.
 */
export function readFeed(body: string): PriceFeed {
  const parsed = feed.safeParse(parseJson(body));
  if (!parsed.success) throw new ListError("the answer is no price feed");
  const byProvider = new Map<string, Readonly<Record<string, unknown>>>();
  for (const [key, value] of Object.entries(parsed.data)) {
    const entry = provider.safeParse(value);
    if (entry.success) byProvider.set(key, entry.data.models);
  }
  if (byProvider.size === 0) throw new ListError("the answer is no price feed: no provider in it has models");
  return {
    price: (key, name) => {
      const models = byProvider.get(key);
      const entry = models && Object.hasOwn(models, name) ? model.safeParse(models[name]) : null;
      if (!entry?.success) return null;
      const { input, output, cache_read } = entry.data.cost;
      return readPrice({ input, output, cachedInput: cache_read }, 1_000_000);
    },
  };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new ListError("the answer is no JSON");
  }
}
