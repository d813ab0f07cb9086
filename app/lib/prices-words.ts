/** The columns of the price table. */
export const PRICE_WORDS = [
  {
    label: "Input",
    unit: "$ / 1M tok",
    direction: "lower is better",
    sentence: "What a million tokens cost that you send.",
  },
  {
    label: "Cached input",
    unit: "$ / 1M tok",
    direction: "lower is better",
    sentence:
      "The same for input that the provider still has in its cache; “as input” where it has no price of its own.",
  },
  {
    label: "Output",
    unit: "$ / 1M tok",
    direction: "lower is better",
    sentence: "What a million tokens cost that the model writes, thoughts included.",
  },
  {
    label: "Since",
    unit: "date, source",
    direction: "newer is surer",
    sentence: "Since when this price is known, and who said so.",
  },
  {
    label: "A month",
    unit: "$",
    direction: "lower is better",
    sentence: "Your tokens at these prices. Each provider counts tokens in its own way, up to a fifth apart.",
  },
] as const;

/** Who said a price: a host for an address, the word itself otherwise. */
export function sourceWords(source: string): string {
  const host = /^https?:\/\/(?:www\.)?([^/?#]+)/i.exec(source)?.[1];
  return host ?? (source === "manual" ? "entered by hand" : source);
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
  if (factor === null) return "where the price was free or unknown";
  if (factor === 0) return "free, where it had a price";
  if (factor >= 1) return `${Math.round(factor * 10) / 10} times as much`;
  return `1/${Math.round((1 / factor) * 10) / 10} of it`;
}
