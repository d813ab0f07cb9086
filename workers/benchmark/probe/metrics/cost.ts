import type { Price } from "../types.ts";
import type { TokenCounts } from "./tokens.ts";

export interface Cost {
  readonly usd: number;
  /** provider: what it says it charged; price: tokens times price; unknown: neither is known. */
  readonly source: "provider" | "price" | "unknown";
}

/** What the request cost. `reported` is the provider's own word in USD, which beats any price list. */
export function costOf(reported: number | undefined, tokens: TokenCounts, price: Price | null): Cost {
  if (reported !== undefined) return { usd: reported, source: "provider" };
  if (price === null) return { usd: 0, source: "unknown" };
  const cached = tokens.cached ?? 0;
  const perMillion =
    (tokens.input - cached) * price.input +
    cached * (price.cachedInput ?? price.input) +
    tokens.output * price.output;
  return { usd: perMillion / 1_000_000, source: "price" };
}
