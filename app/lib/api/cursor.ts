import { z } from "zod";

/**
 * Where a page ended, as text that callers hand back untouched: base64url of a JSON array whose first entry names
 * the list it belongs to. It holds nothing that the page did not show.
 */
export function encodeCursor(list: string, key: readonly (string | number)[]): string {
  const bytes = new TextEncoder().encode(JSON.stringify([list, ...key]));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

/** @returns the key, or null where the text is no cursor of this list with this shape. */
export function decodeCursor<T extends readonly (string | number)[]>(
  list: string,
  shape: z.ZodType<T>,
  text: string,
): T | null {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) =>
      c.charCodeAt(0),
    );
    const parsed = z
      .tuple([z.literal(list)], z.unknown())
      .safeParse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
    if (!parsed.success) return null;
    const key = shape.safeParse(parsed.data.slice(1));
    // In the one spelling that the list writes: a cache would keep each of the others.
    return key.success && encodeCursor(list, key.data) === text ? key.data : null;
  } catch {
    return null; // Not base64, not UTF-8 or not JSON.
  }
}

/** A time that the database can read too: it knows no year 0 and no offset beyond 15 hours. */
const moment = z.iso
  .datetime({ offset: true })
  .max(35)
  .regex(/^(?!0000)\d{4}-.*(?:Z|[+-](?:0\d|1[0-4]):\d\d)$/);
/** Text that the database can hold, as long as a name may be there. */
const text = z
  .string()
  .max(500)
  .refine((name) => !/\0|\p{Surrogate}/u.test(name));

/** The key of a list that is ordered by time: microseconds matter, so the time stays text. */
export const timeKey = z.tuple([moment, z.guid()]);
/** The key of a list that is ordered by provider and model. */
export const nameKey = z.tuple([text, text]);
/** The key of a list that is sorted by a figure: the endpoint shown last, and how many were shown by then. */
export const rankKey = z.tuple([text, text, z.int().nonnegative().max(1_000_000)]);
