/*
 * Postgres takes no NUL in text or jsonb and no lone surrogate, an integer column ends at int4, and JSON has no
 * NaN or Infinity. What the probe hands over must be storable as it is printed.
 */

/** The largest number that an integer column takes. */
export const INT4_MAX = 2_147_483_647;
const UNSTORABLE = /\0|\p{Surrogate}/gu;
const MAX_NAME_CHARS = 200;

/** The text with each NUL and each lone surrogate replaced by U+FFFD. */
export function storableText(text: string): string {
  return text.replace(UNSTORABLE, "\uFFFD");
}

/** A short text of someone else's making (a finish reason, a name), storable and cut to 200 characters. */
export function storableName(text: string): string {
  return storableText(storableText(text).slice(0, MAX_NAME_CHARS));
}

/** A whole number that an int4 column takes. */
export function storableCount(value: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(Math.round(value), 0), INT4_MAX) : 0;
}

/** Milliseconds or a rate: finite, not negative, to a thousandth. */
export function storableNumber(value: number): number {
  return Number.isFinite(value) ? Math.max(0, Math.round(value * 1_000) / 1_000) : 0;
}

/** Cuts a text to so many bytes of UTF-8, never inside a character. */
export function cutToBytes(text: string, maxBytes: number): { text: string; cut: boolean } {
  if (text.length * 3 <= maxBytes) return { text, cut: false };
  const bytes = new Uint8Array(maxBytes);
  const { read } = new TextEncoder().encodeInto(text, bytes);
  return read >= text.length ? { text, cut: false } : { text: text.slice(0, read), cut: true };
}

/** USD to a trillionth: sums of floats otherwise end in noise far below what anyone charges. */
export function storableCost(usd: number): number {
  return Number.isFinite(usd) ? Math.max(0, Math.round(usd * 1e12) / 1e12) : 0;
}
