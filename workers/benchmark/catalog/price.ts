import type { Price, TokenPrice } from "./listed.ts";

/** Dearer than any model by orders of magnitude: such a number is an error in a list. */
const HIGHEST_USD_PER_M = 100_000;
const JUMP = 10;

/**
 * A price from outside, as numbers or numeric strings, in USD per `perTokens` tokens.
 *
 * @returns null where input or output is missing, negative (a router's -1 says that there is none) or beyond belief.
 */
export function readPrice(
  raw: { readonly input: unknown; readonly output: unknown; readonly cachedInput?: unknown },
  perTokens: number,
): TokenPrice | null {
  const input = readAmount(raw.input, perTokens);
  const output = readAmount(raw.output, perTokens);
  if (input === null || output === null) return null;
  return { input, output, cachedInput: readAmount(raw.cachedInput, perTokens) };
}

function readAmount(raw: unknown, perTokens: number): number | null {
  const amount =
    typeof raw === "number"
      ? raw
      : typeof raw === "string" && raw.length <= 64 && raw.trim() !== ""
        ? Number(raw)
        : Number.NaN;
  const perMillion = amount * (1_000_000 / perTokens);
  if (!Number.isFinite(perMillion) || perMillion < 0 || perMillion > HIGHEST_USD_PER_M) return null;
  // Lists carry 32-bit floats (seven digits) and sums of floats: 0.20000000298023224, 0.18000000000000002.
  return Number(Number(perMillion.toPrecision(7)).toFixed(6));
}

/** What a token costs at a time. */
export function priceAt({ hours = [], ...base }: Price, at: Date): TokenPrice {
  const time = at.toISOString().slice(11, 16);
  const now = hours.find(({ from, to }) =>
    from < to ? from <= time && time < to : from <= time || time < to,
  );
  return now ? { input: now.input, output: now.output, cachedInput: now.cachedInput } : base;
}

/** The most that a token costs at any hour, part by part. */
export function dearestHour({ hours = [], ...base }: Price): { input: number; output: number } {
  return {
    input: Math.max(base.input, ...hours.map(({ input }) => input)),
    output: Math.max(base.output, ...hours.map(({ output }) => output)),
  };
}

export function samePrice(a: Price, b: Price): boolean {
  const [first = [], second = []] = [a.hours, b.hours];
  return (
    sameTokenPrice(a, b) &&
    first.length === second.length &&
    first.every((hours, n) => {
      const other = second[n];
      return (
        other !== undefined &&
        hours.from === other.from &&
        hours.to === other.to &&
        sameTokenPrice(hours, other)
      );
    })
  );
}

export function sameTokenPrice(a: TokenPrice, b: TokenPrice): boolean {
  return a.input === b.input && a.output === b.output && a.cachedInput === b.cachedInput;
}

export const PRICE_PARTS = ["input", "output", "cachedInput"] as const;
export type PricePart = (typeof PRICE_PARTS)[number];

/**
 * The parts that became more than ten times what they were at some hour, or less than a tenth: more likely an error.
 * A part that comes or goes is another way to charge, not a wrong number.
 */
export function jumpingParts(before: Price, after: Price): readonly PricePart[] {
  const times = [before, after].flatMap(({ hours = [] }) => hours.flatMap(({ from, to }) => [from, to]));
  const moments = ["00:00", ...new Set(times)].map((time) => new Date(`2000-01-01T${time}:00Z`));
  return PRICE_PARTS.filter((part) =>
    moments.some((at) => jumps(priceAt(before, at)[part], priceAt(after, at)[part])),
  );
}

function jumps(from: number | null, to: number | null): boolean {
  return from !== null && to !== null && (to > JUMP * from || from > JUMP * to);
}

/** Whether two sources mean the same: within a tenth, in all that both name. */
export function agree(a: TokenPrice, b: TokenPrice): boolean {
  return PRICE_PARTS.every((part) => {
    const [first, second] = [a[part], b[part]];
    if (first === null || second === null) return part === "cachedInput";
    return Math.abs(first - second) <= 0.1 * Math.max(first, second);
  });
}
