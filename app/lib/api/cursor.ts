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
export function decodeCursor<T>(list: string, shape: z.ZodType<T>, text: string): T | null {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) =>
      c.charCodeAt(0),
    );
    const parsed = z
      .tuple([z.literal(list)], z.unknown())
      .safeParse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
    if (!parsed.success) return null;
    const key = shape.safeParse(parsed.data.slice(1));
    return key.success ? key.data : null;
  } catch {
    return null; // Not base64, not UTF-8 or not JSON.
  }
}

/** The key of a list that is ordered by time: microseconds matter, so the time stays text. */
export const timeKey = z.tuple([z.iso.datetime({ offset: true }), z.guid()]);
/** The key of a list that is ordered by provider and model. */
export const nameKey = z.tuple([z.string(), z.string()]);
/** The key of a list that is sorted by a figure: the endpoint shown last, and how many were shown by then. */
export const rankKey = z.tuple([z.string(), z.string(), z.int().nonnegative()]);
