import { formatUsd } from "../format.ts";

export function formatMoney(value: unknown): string {
  return formatUsd(typeof value === "number" ? value : null);
}

/** A list price in words, with what leads up to it; "" where there is none. */
export function pricesText(price: unknown, lead: string): string {
  if (typeof price !== "object" || price === null || !("input" in price) || !("output" in price)) return "";
  const cached =
    "cachedInput" in price && typeof price.cachedInput === "number"
      ? `, ${formatMoney(price.cachedInput)} cached in`
      : "";
  const hours = "hours" in price && Array.isArray(price.hours) ? ", varying by hour" : "";
  return `${lead}${formatMoney(price.input)} in, ${formatMoney(price.output)} out${cached}, each per million tokens${hours}.`;
}
