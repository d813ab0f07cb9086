import type { Price } from "./listed.ts";

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
): Price | null {
  const input = readAmount(raw.input, perTokens);
  const output = readAmount(raw.output, perTokens);
  if (input === null || output === null) return null;
  return { input, output, cachedInput: readAmount(raw.cachedInput, perTokens) };
}

function readAmount(raw: unknown, perTokens: number): number | null {
  const amount =
    typeof raw === "number" ? raw : typeof raw === "string" && raw.trim() !== "" ? Number(raw) : Number.NaN;
  const perMillion = amount * (1_000_000 / perTokens);
  if (!Number.isFinite(perMillion) || perMillion < 0 || perMillion > HIGHEST_USD_PER_M) return null;
  // Lists carry 32-bit floats (seven digits) and sums of floats: 0.20000000298023224, 0.18000000000000002.
  return Number(Number(perMillion.toPrecision(7)).toFixed(6));
}

export function samePrice(a: Price, b: Price): boolean {
  return a.input === b.input && a.output === b.output && a.cachedInput === b.cachedInput;
}

/** Whether an amount became more than ten times what it was, or less than a tenth: more likely an error. */
export function isJump(before: Price, after: Price): boolean {
  const jumps = (from: number | null, to: number | null) =>
    from !== null && to !== null && (to > JUMP * from || from > JUMP * to);
  return (
    jumps(before.input, after.input) ||
    jumps(before.output, after.output) ||
    // One that comes or goes is another way to charge, not a wrong number.
    jumps(before.cachedInput, after.cachedInput)
  );
}
