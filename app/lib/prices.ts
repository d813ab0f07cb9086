import { compareNames } from "./collections.ts";
import { readQueryText } from "./query-text.ts";
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

export const DEFAULT_USAGE: Usage = { input: 10_000_000, output: 2_000_000, cachedPercent: 0 };
export const MAX_TOKENS = 1_000_000_000_000;
export const ENDPOINTS_A_PAGE = 75;

/** What /prices says in its address. A field keeps the text it was given where that cannot be read. */
export interface PricesQuery {
  readonly usage: Usage;
  /** One line for each field that could not be read. */
  readonly problems: readonly { readonly field: "in" | "out" | "cached"; readonly line: string }[];
  readonly raw: { readonly in: string; readonly out: string; readonly cached: string };
  readonly show: "measured" | "all";
  readonly search: string;
  readonly page: number;
}

const UNITS: Readonly<Record<string, number>> = { "": 1, k: 1e3, m: 1e6, b: 1e9, g: 1e9, t: 1e12 };

/**
 * A number of tokens as people write it: "10000000", "10,000,000", "10 000 000", "10M", "1.5k", "2b".
 * @returns null where it is none, is negative, or is more than a trillion
 */
export function parseTokens(text: string): number | null {
  const match = /^(\d{1,3}(?:[,_ ]\d{3})+|\d+)(\.\d+)?\s*([kmbgt]?)$/i.exec(text.trim());
  if (match === null) return null;
  const [, whole = "", fraction = "", unit = ""] = match;
  const value = Math.round(Number(whole.replace(/[,_ ]/g, "") + fraction) * (UNITS[unit.toLowerCase()] ?? 1));
  return value <= MAX_TOKENS ? value : null;
}

export function parsePricesQuery(params: URLSearchParams): PricesQuery {
  const raw = {
    in: field(params, "in", String(DEFAULT_USAGE.input)),
    out: field(params, "out", String(DEFAULT_USAGE.output)),
    cached: field(params, "cached", String(DEFAULT_USAGE.cachedPercent)),
  };
  const [input, output] = [parseTokens(raw.in), parseTokens(raw.out)];
  const percent = /^\d{1,3}(\.\d+)?%?$/.test(raw.cached) ? Number.parseFloat(raw.cached) : Number.NaN;
  const cachedPercent = percent <= 100 ? percent : null;
  const problems: PricesQuery["problems"][number][] = [];
  const wanted =
    "must be a number of tokens from 0 to 1,000,000,000,000, such as 10000000, 10,000,000 or 10M.";
  if (input === null) problems.push({ field: "in", line: `Tokens in ${wanted}` });
  if (output === null) problems.push({ field: "out", line: `Tokens out ${wanted}` });
  if (cachedPercent === null) {
    problems.push({ field: "cached", line: "The share of cached input must be a per cent from 0 to 100." });
  }
  const page = Number(params.get("page") ?? 1);
  return {
    usage: {
      input: input ?? DEFAULT_USAGE.input,
      output: output ?? DEFAULT_USAGE.output,
      cachedPercent: cachedPercent ?? DEFAULT_USAGE.cachedPercent,
    },
    problems,
    raw,
    show: params.get("show") === "all" ? "all" : "measured",
    search: readQueryText(params.get("q"), 100) ?? "",
    page: Number.isInteger(page) && page >= 1 && page <= 10_000 ? page : 1,
  };
}

function field(params: URLSearchParams, name: string, fallback: string): string {
  return readQueryText(params.get(name), 40) ?? fallback;
}

/** The one way to write the address: readable figures as plain numbers, defaults left out. */
export function pricesHref(
  query: PricesQuery,
  change: Partial<Pick<PricesQuery, "show" | "page">> = {},
): string {
  const { usage, problems, raw, show, search, page } = { ...query, ...change };
  const broken = new Set(problems.map((problem) => problem.field));
  const params = new URLSearchParams();
  const put = (name: "in" | "out" | "cached", value: number, fallback: number) => {
    if (broken.has(name)) params.set(name, raw[name]);
    else if (value !== fallback) params.set(name, String(value));
  };
  put("in", usage.input, DEFAULT_USAGE.input);
  put("out", usage.output, DEFAULT_USAGE.output);
  put("cached", usage.cachedPercent, DEFAULT_USAGE.cachedPercent);
  if (show !== "measured") params.set("show", show);
  if (search !== "") params.set("q", search);
  if (page > 1) params.set("page", String(page));
  const text = params.toString();
  return text === "" ? "/prices" : `/prices?${text}`;
}

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
