import type { ProviderError } from "./errors/provider-error.ts";
import { isObject, type JsonObject, parseJson } from "./json.ts";

const MAX_MS = 3_600_000;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;
const DURATION_PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;
const NUMBER = /^-?\d+(?:\.\d+)?$/;
/** A date starts with a weekday (RFC 9110) or a full year (RFC 3339); Date.parse alone takes nearly anything. */
const DATE = /^(?:[A-Z][a-z]{2,8},? |\d{4}-\d{2}-\d{2}T)/;
/** Numbers beyond this are points in time, not spans: seconds, or ms beyond the second bound. */
const EPOCH_S = 1_000_000_000;
const EPOCH_MS = 1_000_000_000_000;
/** What providers call the time at which a limit is filled again, and beside it what is left of the limit. */
const RESET = /^(?=.*rate-?limit).*reset/;
/** A retry time inside a body, under the names that Google, OpenRouter and gateways give it; seconds unless in ms. */
const IN_BODY = /^(?:retry[-_]?(?:delay|after)(?:[-_]?(?:seconds|secs?|ms))?)$/i;
const IN_WORDS =
  /(?:try again|retry|wait|available)[^.!]{0,40}?\b(?:in|after|for)\s+(?:about\s+)?(\d[\d.]*)\s?(ms|milliseconds?|s|secs?|seconds?|m(?:in(?:ute)?s?)?|h(?:ours?)?)?(?:(\d[\d.]*)(m?s))?(?![\w])/i;
const QUOTED =
  /["']?\b((?:retry-after|x-)[\w-]{1,60}|retry-after|ratelimit-reset)["']?\s{0,2}[:=]\s{0,2}["']?([^"',;{}\]\n]{1,60})/gi;
const MAX_DEPTH = 6;
const MAX_VALUES = 200;

type Fields = readonly (readonly [name: string, value: string])[];

/**
 * Milliseconds to wait after a refusal, 0 to one hour, or null where it says nothing usable. In this order:
 * `Retry-After` (seconds or a date, https://www.rfc-editor.org/rfc/rfc9110#field.retry-after, or a span like
 * "1m26s") and `retry-after-ms`; a retry time in the body (`RetryInfo.retryDelay`, `retry_after`, headers that it
 * quotes); the reset of a limit that is used up, or of the one furthest off where none says that it is; and what
 * the message says in words.
 */
export function retryAfterMs(headers: Headers, now: Date, error: ProviderError | null = null): number | null {
  const own: [string, string][] = [];
  headers.forEach((value, name) => {
    own.push([name, value]);
  });
  const body = error === null ? NOTHING_SAID : waitsIn(error);
  return (
    statedWait(own, now) ??
    body.values.map((value) => value(now)).find((ms) => ms !== null) ??
    statedWait(body.headers, now) ??
    resetOf(own, now) ??
    resetOf(body.headers, now) ??
    waitInWords(error?.message ?? "")
  );
}

function statedWait(fields: Fields, now: Date): number | null {
  const get = (wanted: string) => fields.find(([name]) => name.toLowerCase() === wanted)?.[1];
  const direct = parseRetryAfter(get("retry-after") ?? null, now);
  if (direct !== null) return direct;
  const inMs = get("retry-after-ms")?.trim();
  return inMs !== undefined && NUMBER.test(inMs) ? clamp(Number(inMs)) : null;
}

/** The reset of a limit that is used up; where none says that it is, the one that is furthest off. */
function resetOf(fields: Fields, now: Date): number | null {
  const all = new Map(fields.map(([name, value]) => [name.toLowerCase(), value.trim()]));
  const resets = Array.from(all).flatMap(([name, value]) => {
    if (!RESET.test(name)) return [];
    const ms = parseRetryAfter(value, now);
    return ms === null ? [] : [{ ms, usedUp: all.get(name.replace("reset", "remaining")) === "0" }];
  });
  const draft = combined(all.get("ratelimit") ?? "", now);
  if (draft !== null) resets.push(draft);
  const usedUp = resets.filter((reset) => reset.usedUp);
  const candidates = usedUp.length > 0 ? usedUp : resets;
  return candidates.length === 0 ? null : Math.max(...candidates.map(({ ms }) => ms));
}

/** `RateLimit: limit=100, remaining=0, reset=30` and its newer form `"default";r=0;t=30` (IETF drafts). */
function combined(value: string, now: Date): { ms: number; usedUp: boolean } | null {
  const text = value.slice(0, 500);
  const ms = parseRetryAfter(/\b(?:reset|t)=(\d{1,12})/.exec(text)?.[1] ?? null, now);
  return ms === null ? null : { ms, usedUp: /\b(?:remaining|r)=0\b/.test(text) };
}

interface Waits {
  readonly values: ((now: Date) => number | null)[];
  readonly headers: [string, string][];
}

const NOTHING_SAID: Waits = { values: [], headers: [] };

/** Retry times and quoted headers anywhere in the JSON of an error, and in its words. */
function waitsIn(error: ProviderError): Waits {
  const found: Waits = { values: [], headers: [] };
  let left = MAX_VALUES;
  const walk = (value: unknown, depth: number): void => {
    if (depth > MAX_DEPTH || left <= 0) return;
    left -= 1;
    if (Array.isArray(value)) {
      for (const item of value.slice(0, MAX_VALUES)) walk(item, depth + 1);
    } else if (isObject(value)) {
      for (const [key, inner] of Object.entries(value)) {
        if (IN_BODY.test(key)) found.values.push((now) => bodyWait(key, inner, now));
        else if (/headers$/i.test(key) && isObject(inner)) found.headers.push(...textFields(inner));
        else walk(inner, depth + 1);
      }
    } else if (typeof value === "string" && value.length < 20_000 && /^\s*[[{]/.test(value)) {
      walk(parseJson(value), depth + 1);
    }
  };
  walk(error.source, 0);
  for (const [, name, value] of error.message.slice(0, 4_000).matchAll(QUOTED)) {
    if (name !== undefined && value !== undefined) found.headers.push([name, value.trim()]);
  }
  return found;
}

function textFields(fields: JsonObject): [string, string][] {
  return Object.entries(fields).flatMap(([name, value]): [string, string][] => {
    const text = Array.isArray(value) ? value[0] : value;
    return typeof text === "string" || typeof text === "number" ? [[name, String(text)]] : [];
  });
}

/** "21s", 21, "21" or Google's `{seconds, nanos}`; a name that ends with ms says so. */
function bodyWait(name: string, value: unknown, now: Date): number | null {
  const plain = isObject(value) ? value.seconds : value;
  if (typeof plain !== "string" && typeof plain !== "number") return null;
  if (/ms$/i.test(name)) return NUMBER.test(String(plain)) ? clamp(Number(plain)) : null;
  return parseRetryAfter(String(plain), now);
}

/** "Please try again in 1m26.4s", "retry after 20 seconds". */
function waitInWords(message: string): number | null {
  const said = IN_WORDS.exec(message.slice(0, 4_000));
  if (said === null) return null;
  const unit = (said[2] ?? "s").toLowerCase();
  const short = unit.startsWith("ms") || unit.startsWith("milli") ? "ms" : unit.charAt(0);
  const ms = Number(said[1]) * (UNIT_MS[short] ?? 0) + Number(said[3] ?? 0) * (UNIT_MS[said[4] ?? "s"] ?? 0);
  return Number.isFinite(ms) ? clamp(ms) : null;
}

/** One header's value in milliseconds from `now`, clamped to 0 .. 1 h; null for nonsense. */
export function parseRetryAfter(value: string | null, now: Date): number | null {
  const text = value?.trim() ?? "";
  if (NUMBER.test(text)) {
    const number = Number(text);
    if (number >= EPOCH_MS) return clamp(number - now.getTime());
    if (number >= EPOCH_S) return clamp(number * 1_000 - now.getTime());
    return clamp(number * 1_000);
  }
  if (DURATION.test(text)) {
    let total = 0;
    for (const [, amount, unit] of text.matchAll(DURATION_PART))
      total += Number(amount) * (UNIT_MS[unit ?? ""] ?? 0);
    return clamp(total);
  }
  const date = DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : clamp(date - now.getTime());
}

function clamp(ms: number): number {
  return Math.round(Math.min(Math.max(ms, 0), MAX_MS));
}
