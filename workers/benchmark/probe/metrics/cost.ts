import type { Price } from "../types.ts";
import type { SeenText, TokenCounts } from "./tokens.ts";

export interface Cost {
  readonly usd: number;
  /** provider: what it says it charged; price: tokens times price; unknown: neither is known. */
  readonly source: "provider" | "price" | "unknown";
  /** True when the provider said that it charged what this request cannot cost. */
  readonly implausible: boolean;
}

/** Where no price is known, the dearest that any chat model has had is the measure, USD per million tokens. */
const DEAREST: Price = { input: 150, output: 600, cachedInput: null };
/** Prices change, and searches and tools cost beside tokens. */
const MARGIN = 10;
const MARGIN_USD = 0.1;

/** What the request cost. `reported` is the provider's own word in USD, which beats any price list. */
export function costOf(
  reported: number | undefined,
  tokens: TokenCounts,
  price: Price | null,
  mostUsd: number,
): Cost {
  const implausible = reported !== undefined && reported > mostUsd;
  if (reported !== undefined && !implausible) return { usd: reported, source: "provider", implausible };
  if (price === null) return { usd: 0, source: "unknown", implausible };
  const cached = tokens.cached ?? 0;
  const perMillion =
    (tokens.input - cached) * price.input +
    cached * (price.cachedInput ?? price.input) +
    tokens.output * price.output;
  return { usd: perMillion / 1_000_000, source: "price", implausible };
}

/** The most that this request can have cost, far beyond its worst case. USD. */
export function mostUsd(
  { promptChars, maxOutputTokens }: SeenText,
  price: Price | null,
  feeUsd: number,
): number {
  const { input, output } = price ?? DEAREST;
  // A token a character is more than any tokenizer makes of the prompt.
  const worst = feeUsd + (promptChars * input + maxOutputTokens * output) / 1_000_000;
  return worst * MARGIN + MARGIN_USD;
}
