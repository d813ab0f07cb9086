import { type Query, search } from "./queries.ts";
import { changed, defineQuery, type Field, oneOf, pageNumber, readText } from "./query.ts";

/** A figure that a reader typed. What cannot be read keeps its text, and its value is the default. */
export interface Amount {
  readonly value: number;
  readonly raw: string;
  /** Why it cannot be read. */
  readonly problem: string | null;
}

function amount(fallback: number, parse: (text: string) => number | null, problem: string): Field<Amount> {
  return {
    read(value) {
      const raw = readText(value, 40) ?? String(fallback);
      const parsed = parse(raw);
      return { value: parsed ?? fallback, raw, problem: parsed === null ? problem : null };
    },
    write: ({ value, raw, problem }) =>
      problem === null ? (value === fallback ? null : String(value)) : raw,
  };
}

const TOKENS = "must be a number of tokens from 0 to 1,000,000,000,000, such as 10000000, 10,000,000 or 10M.";

const UNITS: Readonly<Record<string, number>> = { "": 1, k: 1e3, m: 1e6, b: 1e9, g: 1e9, t: 1e12 };

/** What the prices can be sorted by; each has its best first, and the other way round with `dir=worst`. */
export const PRICE_SORTS = ["monthly", "input", "output", "ttft", "tps", "name"] as const;
export type PriceSort = (typeof PRICE_SORTS)[number];

/** Tokens a month in and out, and how many per cent of the input come from the provider's cache. */
export const PRICES_QUERY = defineQuery({
  in: amount(10_000_000, parseTokens, `Tokens in ${TOKENS}`),
  out: amount(2_000_000, parseTokens, `Tokens out ${TOKENS}`),
  cached: amount(0, parsePercent, "Cached input must be a percentage from 0 to 100."),
  show: oneOf(["measured", "all"]),
  search,
  sort: oneOf(PRICE_SORTS),
  dir: oneOf(["best", "worst"]),
  page: pageNumber(),
});
export type PricesQuery = Query<typeof PRICES_QUERY>;

export function pricesHref(query: PricesQuery, change: Partial<PricesQuery> = {}): string {
  return `/prices${PRICES_QUERY.format(changed(query, change))}`;
}

/**
 * A number of tokens as people write it: "10000000", "10,000,000", "10 000 000", "10M", "1.5k", "2b".
 * @returns null where it is none, is negative, or is more than a trillion
 */
export function parseTokens(written: string): number | null {
  const match = /^(\d{1,3}(?:[,_ ]\d{3})+|\d+)(\.\d+)?\s*([kmbgt]?)$/i.exec(written.trim());
  if (match === null) return null;
  const [, whole = "", fraction = "", unit = ""] = match;
  const value = Math.round(Number(whole.replace(/[,_ ]/g, "") + fraction) * (UNITS[unit.toLowerCase()] ?? 1));
  return value <= 1e12 ? value : null;
}

function parsePercent(written: string): number | null {
  const percent = /^\d{1,3}(\.\d+)?%?$/.test(written) ? Number.parseFloat(written) : Number.NaN;
  return percent <= 100 ? percent : null;
}
