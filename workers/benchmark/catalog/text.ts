/** Longer is no name, id or address that anybody would read. */
export const MAX_LINE = 500;

/** Control and format characters (among them those that turn the direction of writing), and separators of lines. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;

/**
 * A text from outside as it can be stored and shown: one printable line of at most 500 characters. The database holds
 * every column to the same (`is_line`).
 *
 * @returns null where it is none.
 */
export function readLine(value: unknown): string | null {
  if (typeof value !== "string" || value.length > 4 * MAX_LINE) return null;
  const line = value.trim();
  return line !== "" && line.length <= MAX_LINE && !UNPRINTABLE.test(line) ? line : null;
}
