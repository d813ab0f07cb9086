import { compareNames } from "./collections.ts";
import type { EndpointKind } from "./types.ts";

/** USD per million tokens, as a provider or a list states it. */
export interface Price {
  readonly input: number;
  readonly output: number;
  /** Null where cached input costs what other input costs. */
  readonly cached: number | null;
  readonly since: string;
  readonly source: string;
}

export interface HeldPrice extends Price {
  /** How far the dearer of input and output is from the price that stands: 12 is twelve times as much. */
  readonly factor: number | null;
}

export interface PricedEndpoint {
  readonly provider: string;
  readonly provider_name: string;
  readonly kind: EndpointKind | null;
  readonly model: string;
  readonly active: boolean;
  readonly available: boolean;
  readonly retired_at: string | null;
  readonly successor: string | null;
  /** Newest first; at most four. */
  readonly history: readonly Price[];
  /** How many prices are known in all. */
  readonly prices: number;
  /** A price that jumped too far to be believed before a person has looked at it. */
  readonly held: HeldPrice | null;
}

export interface PriceChange {
  readonly provider: string;
  readonly provider_name: string;
  readonly model: string;
  readonly at: string;
  readonly now: { readonly input: number; readonly output: number; readonly cached: number | null };
  readonly before: { readonly input: number; readonly output: number; readonly cached: number | null };
  readonly source: string;
}

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

export interface CostedEndpoint extends PricedEndpoint {
  /** USD a month; null where no price is known. */
  readonly monthly: number | null;
}

/** What the page of prices shows. */
export interface PriceList {
  readonly as_of: string;
  /** Models known at all, and measured in every run. */
  readonly models: number;
  readonly measured: number;
  /** How many match the search, over all pages, and how many of these have no known price. */
  readonly matching: number;
  readonly unknown: number;
  /** This page of them, cheapest first; `monthly` is null for all where cost is locked. */
  readonly endpoints: readonly CostedEndpoint[];
  readonly held: readonly PricedEndpoint[];
  readonly changes: readonly PriceChange[];
}

/** Each endpoint with its cost, cheapest first; those without a known price last, by name. */
export function rankByCost(endpoints: readonly PricedEndpoint[], usage: Usage): CostedEndpoint[] {
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
