import type { Price, PricedEndpoint } from "../data/prices.server.ts";
import { compareNames } from "./collections.ts";

/** A month's use in tokens; cachedPercent of the input comes from the provider's cache. */
export interface Usage {
  readonly input: number;
  readonly output: number;
  readonly cachedPercent: number;
}

export const ENDPOINTS_A_PAGE = 75;

/**
 * USD for a month's tokens at a list price. Cached input is charged at its own price, and as other input where it
 * has none. Discounts, tiers and fees are not in list prices.
 */
export function monthlyCost(price: Pick<Price, "input" | "output" | "cached">, usage: Usage): number {
  const cached = usage.input * (usage.cachedPercent / 100);
  const input = (usage.input - cached) * price.input + cached * (price.cached ?? price.input);
  return (input + usage.output * price.output) / 1_000_000;
}

/** Each endpoint with its cost in USD a month, cheapest first; those without a known price (null) last, by name. */
export function rankByCost(endpoints: readonly PricedEndpoint[], usage: Usage) {
  return endpoints
    .map((endpoint) => {
      const price = endpoint.history[0];
      return { ...endpoint, monthly: price === undefined ? null : monthlyCost(price, usage) };
    })
    .sort(
      (a, b) =>
        Number(a.monthly === null) - Number(b.monthly === null) ||
        (a.monthly ?? 0) - (b.monthly ?? 0) ||
        compareNames(a, b),
    );
}

/** Endpoints in whose provider or model every word of the search stands. */
export function searchEndpoints<T extends Pick<PricedEndpoint, "provider" | "provider_name" | "model">>(
  endpoints: readonly T[],
  search: string,
): T[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return endpoints.filter((endpoint) => {
    const text = `${endpoint.provider} ${endpoint.provider_name} ${endpoint.model}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** By how much a price changed, as a share of what it was; null where it was 0. */
export function priceChange(before: number, now: number): number | null {
  return before > 0 ? now / before - 1 : null;
}
