import type { Price, PricedEndpoint } from "../data/prices.server.ts";
import { compareNames } from "./collections.ts";
import type { PriceSort } from "./prices-query.ts";

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

/** An endpoint with what its month costs and how fast it is; null: not known, or locked. */
export interface CostedAndTimed {
  readonly provider: string;
  readonly model: string;
  readonly history: readonly Pick<Price, "input" | "output">[];
  /** USD a month. */
  readonly monthly: number | null;
  readonly speed: { readonly ttft: number | null; readonly tps: number | null };
}

const SORT_FIGURES: Readonly<Record<Exclude<PriceSort, "name">, (e: CostedAndTimed) => number | null>> = {
  monthly: ({ monthly }) => monthly,
  input: ({ history }) => history[0]?.input ?? null,
  output: ({ history }) => history[0]?.output ?? null,
  ttft: ({ speed }) => speed.ttft,
  // The higher, the better.
  tps: ({ speed }) => (speed.tps === null ? null : -speed.tps),
};

/** Best first, or worst; those without the figure come last either way, by name. */
export function sortPrices<T extends CostedAndTimed>(
  endpoints: readonly T[],
  sort: PriceSort,
  dir: "best" | "worst",
): T[] {
  const sign = dir === "best" ? 1 : -1;
  if (sort === "name") return endpoints.toSorted((a, b) => sign * compareNames(a, b));
  const figure = SORT_FIGURES[sort];
  return endpoints.toSorted((a, b) => {
    const [left, right] = [figure(a), figure(b)];
    if (left === null || right === null) {
      return Number(left === null) - Number(right === null) || compareNames(a, b);
    }
    return sign * (left - right) || compareNames(a, b);
  });
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
