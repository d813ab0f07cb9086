import { INT4_MAX } from "./storable.ts";

/* Careful ways into JSON that others wrote. */

export type JsonObject = { readonly [key: string]: unknown };

/** One request never costs this much (USD); a report beyond it is a mistake that would close the budget. */
const COST_MAX = 1_000;

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

/** A token count that can be true: a whole number from 0 to int4's end. Anything else counts as not reported. */
export function asCount(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= INT4_MAX
    ? value
    : undefined;
}

/** A cost in USD that can be true. */
export function asCost(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 && value <= COST_MAX ? value : undefined;
}

/** JSON of a value that was parsed; nesting deeper than the stack gives a placeholder instead of an exception. */
export function toJsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "(an error nested too deeply to show)";
  }
}
