import { ListError, type Price } from "./listed.ts";
import { readPrice } from "./price.ts";

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
  // Looked at where it lies: a schema would copy all of it, and it can be hundreds of thousands of values.
  const feed = parseJson(body);
  if (!isRecord(feed)) throw new ListError("the answer is no price feed");
  let providers = 0;
  for (const key in feed) if (own(own(feed, key), "models") !== null) providers++;
  if (providers === 0) throw new ListError("the answer is no price feed: no provider in it has models");
  return {
    price: (provider, model) => {
      const cost = own(own(own(own(feed, provider), "models"), model), "cost");
      if (cost === null) return null;
      const { input, output, cache_read } = cost;
      return readPrice({ input, output, cachedInput: cache_read }, 1_000_000);
    },
  };
}

/** What an object holds under a name of its own, where that is an object too. */
function own(
  value: Readonly<Record<string, unknown>> | null,
  key: string,
): Readonly<Record<string, unknown>> | null {
  const found = value !== null && Object.hasOwn(value, key) ? value[key] : null;
  return isRecord(found) ? found : null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new ListError("the answer is no JSON");
  }
}
