import { INT4_MAX } from "./storable.ts";

/* Careful ways into JSON that others wrote. */

export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text as JSON, or undefined where it is none (JSON itself has no undefined). */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The value under a path of keys, or undefined where the path leaves the objects. */
export function at(value: unknown, path: readonly string[]): unknown {
  let current = value;
  for (const key of path) {
    if (!isObject(current)) return undefined;
    current = current[key];
  }
  return current;
}

export function asText(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/**
 * A token count: a whole number from 0 on. Anything else counts as not reported; one beyond int4 is its end, which
 * no request can have.
 */
export function asCount(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value >= 0
    ? Math.min(value, INT4_MAX)
    : undefined;
}

/** A cost in USD; whether it can be true of a request is judged with the request (costOf). */
export function asCost(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 && Number.isFinite(value) ? value : undefined;
}

/** JSON of a value that was parsed; nesting deeper than the stack gives a placeholder instead of an exception. */
export function toJsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "(an error nested too deeply to show)";
  }
}
