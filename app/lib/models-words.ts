import { formatDate, formatUsd } from "./format.ts";

/** The catalogue's events. */
export const EVENT_WORDS = {
  new: { one: "new model", many: "new models" },
  retired: { one: "retired", many: "models retired" },
  returned: { one: "available again", many: "models available again" },
  price: { one: "price changed", many: "prices changed" },
  price_held: { one: "price awaiting review", many: "prices awaiting review" },
  context: { one: "context window changed", many: "context windows changed" },
  retirement_announced: { one: "retirement announced", many: "retirements announced" },
  served_model: { one: "served by another model", many: "models served by another model" },
  taken_out: { one: "no longer measured", many: "models no longer measured" },
} as const;
export type CatalogEventKind = keyof typeof EVENT_WORDS;
export const CATALOG_EVENT_KINDS = Object.keys(EVENT_WORDS) as CatalogEventKind[];

/** A context window as "128k" or "1M" tokens. */
export function formatContext(tokens: number): string {
  if (tokens >= 1_000_000) return `${trim(tokens / 1_000_000)}M`;
  return tokens >= 1_000 ? `${trim(tokens / 1_000)}k` : String(tokens);
}

/** Prices in and out, as "$0.15 / $0.60". */
export function formatPricePair(input: number, output: number): string {
  return `${formatUsd(input)} / ${formatUsd(output)}`;
}

/** What changed, from the event's two sides; null where there is nothing to add to its name. */
export function describeChange(kind: CatalogEventKind, before: unknown, after: unknown): string | null {
  if (kind === "price" || kind === "price_held") {
    const [old, now] = [pricePair(before), pricePair(after)];
    if (now === null) return null;
    const notes = `${Array.isArray(member(after, "hours")) ? ", varies by hour" : ""}${
      typeof member(after, "revertedAt") === "string" ? ", reverted" : ""
    }`;
    return `${old === null ? now : `${old} → ${now}`} per 1M tokens${notes}`;
  }
  if (kind === "served_model") {
    const [old, now] = [member(before, "servedModel"), member(after, "servedModel")];
    return typeof old === "string" && typeof now === "string" ? `${old} → ${now}` : null;
  }
  if (kind === "context") {
    const [old, now] = [member(before, "contextWindow"), member(after, "contextWindow")];
    const say = (tokens: unknown) =>
      typeof tokens === "number" ? `${formatContext(tokens)} tokens` : "unknown";
    return `${say(old)} → ${say(now)}`;
  }
  if (kind === "retired" || kind === "retirement_announced" || kind === "taken_out") {
    const [at, successor] = [member(after, "retiresAt"), member(after, "successor")];
    const parts = [
      kind === "taken_out" ? "unknown to its provider" : null,
      kind === "retirement_announced" && at === null && typeof member(before, "retiresAt") === "string"
        ? "date withdrawn"
        : null,
      typeof at === "string" ? `on ${formatDate(at)}` : null,
      typeof successor === "string" ? `succeeded by ${successor}` : null,
    ].filter((part) => part !== null);
    return parts.length === 0 ? null : parts.join(", ");
  }
  return null;
}

function pricePair(side: unknown): string | null {
  const [input, output] = [member(side, "input"), member(side, "output")];
  return typeof input === "number" && typeof output === "number" ? formatPricePair(input, output) : null;
}

function member(side: unknown, name: string): unknown {
  return typeof side === "object" && side !== null ? Reflect.get(side, name) : undefined;
}

function trim(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toFixed(1)));
}
