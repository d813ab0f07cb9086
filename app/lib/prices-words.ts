import { formatUsd } from "./format.ts";
import type { Measure } from "./words.ts";

/** The columns of the price table. */
export const PRICE_WORDS: readonly Measure[] = [
  {
    label: "Input",
    unit: "$ / 1M tok",
    direction: "lower is better",
    sentence: "Price of a million input tokens.",
  },
  {
    label: "Cached input",
    unit: "$ / 1M tok",
    direction: "lower is better",
    sentence: "Price of a million input tokens that are in the provider's cache.",
  },
  {
    label: "Output",
    unit: "$ / 1M tok",
    direction: "lower is better",
    sentence: "Price of a million generated tokens, reasoning included.",
  },
  {
    label: "Since",
    unit: "date, source",
    direction: "newer is better",
    sentence: "When this price was first seen, and its source.",
  },
  {
    label: "Monthly cost",
    unit: "$",
    direction: "lower is better",
    sentence: "Your tokens at these prices. Providers count tokens differently, by up to a fifth.",
  },
];

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
