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
/** Pairs of headers: what is left of a limit, and when it is filled again. */
const LIMITS = [
  ["x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"],
  ["x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"],
  ["x-ratelimit-remaining", "x-ratelimit-reset"],
  ["anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"],
  ["anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"],
  ["anthropic-ratelimit-input-tokens-remaining", "anthropic-ratelimit-input-tokens-reset"],
  ["anthropic-ratelimit-output-tokens-remaining", "anthropic-ratelimit-output-tokens-reset"],
] as const;

/**
 * Milliseconds to wait after a refusal, 0 to one hour, or null where its headers say nothing usable.
 * `Retry-After` (seconds or a date, https://www.rfc-editor.org/rfc/rfc9110#field.retry-after, or a span like
 * "1m26s") comes first, then `retry-after-ms`, then the reset of a limit that is used up; where no limit says
 * that it is, the reset that is furthest off.
 */
export function retryAfterMs(headers: Headers, now: Date): number | null {
  const direct = parseRetryAfter(headers.get("retry-after"), now);
  if (direct !== null) return direct;
  const inMs = headers.get("retry-after-ms")?.trim();
  if (inMs !== undefined && NUMBER.test(inMs)) return clamp(Number(inMs));
  const resets = LIMITS.flatMap(([remaining, reset]) => {
    const ms = parseRetryAfter(headers.get(reset), now);
    return ms === null ? [] : [{ ms, usedUp: headers.get(remaining)?.trim() === "0" }];
  });
  const usedUp = resets.filter((reset) => reset.usedUp);
  const candidates = usedUp.length > 0 ? usedUp : resets;
  return candidates.length === 0 ? null : Math.max(...candidates.map(({ ms }) => ms));
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
