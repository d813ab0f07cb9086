import { formatUsd } from "./format.ts";
import type { PriceSort } from "./prices-query.ts";
import { METRICS, type Measure } from "./words.ts";

/** The columns of the price table; `sort` where it can be sorted by one. */
export const PRICE_COLUMNS = {
  input: {
    label: "Input",
    unit: "$ / 1M tok",
    direction: "lower is better",
    sentence:
      "Price of a million input tokens. Below it that of tokens in the provider's cache, where it differs.",
    sort: "input",
  },
  output: {
    label: "Output",
    unit: "$ / 1M tok",
    direction: "lower is better",
    sentence: "Price of a million generated tokens, reasoning included.",
    sort: "output",
  },
  monthly: {
    label: "Monthly cost",
    unit: "$",
    direction: "lower is better",
    sentence: "Your tokens at these prices. Providers count tokens differently, by up to a fifth.",
    sort: "monthly",
  },
  ttft: { ...METRICS.ttft, sentence: "Median time to first token over the last 24 hours.", sort: "ttft" },
  tps: {
    ...METRICS.tps,
    sentence: "Median tokens per second after the first token, over the last 24 hours.",
    sort: "tps",
  },
  since: {
    label: "Since",
    unit: "date, source",
    direction: "newer is better",
    sentence: "When this price was first seen, and its source.",
    sort: null,
  },
} as const satisfies Record<string, Measure & { readonly sort: PriceSort | null }>;
export type PriceColumn = keyof typeof PRICE_COLUMNS;

/** A list price: "$0.15 in, $0.08 cached, $0.60 out"; per million tokens, which is for its surroundings to say. */
export function priceWords(price: { input: number; output: number; cached: number | null }): string {
  const cached = price.cached === null ? "" : `${formatUsd(price.cached)} cached, `;
  return `${formatUsd(price.input)} in, ${cached}${formatUsd(price.output)} out`;
}

/** Who said a price: a host for an address, the word itself otherwise. */
export function sourceWords(source: string): string {
  const host = /^https?:\/\/(?:www\.)?([^/?#]+)/i.exec(source)?.[1];
  return host ?? (source === "manual" ? "manual entry" : source);
}

/** "+20%", "-33.3%", "no change"; "from free" where it cost nothing. */
export function changeWords(share: number | null): string {
  if (share === null) return "from free";
  const percent = Math.round(share * 1000) / 10;
  if (percent === 0) return share === 0 ? "no change" : share > 0 ? "under +0.1%" : "under -0.1%";
  return `${percent > 0 ? "+" : ""}${percent}%`;
}

/** How far a held price is from the one that stands: "12 times as much", "a 15th". */
export function factorWords(factor: number | null): string {
  if (factor === null) return "previously free";
  if (factor === 0) return "now free";
  if (factor >= 1) return `${Math.round(factor * 10) / 10} times as much`;
  return `1/${Math.round((1 / factor) * 10) / 10} as much`;
}
