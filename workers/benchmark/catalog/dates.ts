const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/i;

/** Zero values of programming languages and "never" written as a date far away: neither is an end of anything. */
const FIRST_END = Date.parse("2010-01-01T00:00:00Z");
const LAST_END = Date.parse("2090-01-01T00:00:00Z");

/**
 * When an item of a list says that its model ends, as ISO 8601 or in seconds or milliseconds since 1970.
 *
 * @returns ISO time; null where it says that there is no end; undefined where nothing readable is said.
 */
export function readEnd(value: unknown): string | null | undefined {
  if (value === null) return null;
  const time = typeof value === "number" ? fromNumber(value) : fromText(value);
  if (Number.isNaN(time)) return undefined;
  return time < FIRST_END || time >= LAST_END ? null : new Date(time).toISOString();
}

function fromText(value: unknown): number {
  if (typeof value !== "string" || value.length > 40 || !ISO.test(value.trim())) return Number.NaN;
  const text = value.trim().replace(" ", "T");
  // A time without a zone is UTC, wherever this runs.
  return Date.parse(/T.*(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) || !text.includes("T") ? text : `${text}Z`);
}

/** Small numbers may be anything; those that are dates of our time are believed. */
function fromNumber(value: number): number {
  const inMs = value > 1e11 ? value : value * 1_000;
  return inMs >= FIRST_END && inMs < LAST_END ? inMs : Number.NaN;
}
