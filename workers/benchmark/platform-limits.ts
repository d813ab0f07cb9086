import { describeError, type Log } from "./log.ts";

/** A limit of Cloudflare's that stopped us. */
export interface PlatformLimit {
  /** What a person can do about it. */
  readonly hint: string;
  /** Whether it is one of a day, which ends at 00:00 UTC. */
  readonly daily: boolean;
}

/** By what Cloudflare throws. https://developers.cloudflare.com/durable-objects/observability/troubleshooting/ */
const LIMITS: readonly (readonly [RegExp, PlatformLimit])[] = [
  [
    /exceeded allowed .+ in durable objects free tier/i,
    {
      hint: "The Free plan's share of today is used up: measuring goes on after 00:00 UTC; measure fewer models, or take the Paid plan (docs/runs.md)",
      daily: true,
    },
  ],
  [
    /too many subrequests/i,
    {
      hint: "Set RUN_SLICE_SUBREQUESTS below what the plan allows an invocation (docs/runs.md)",
      daily: false,
    },
  ],
  [
    /exceeded (its )?(cpu|memory)/i,
    { hint: "Lower RUN_SLICE_SUBREQUESTS, so that an invocation does less (docs/runs.md)", daily: false },
  ],
];

/** The limit that a text speaks of, or null. */
export function platformLimitIn(text: string): PlatformLimit | null {
  return LIMITS.find(([words]) => words.test(text))?.[1] ?? null;
}

/** Logs a limit of the platform as what it is, in one line, and anything else as the event named. */
export function logFault(
  log: Log,
  event: string,
  error: unknown,
  fields: Readonly<Record<string, unknown>> = {},
): PlatformLimit | null {
  const reason = describeError(error);
  const limit = platformLimitIn(reason);
  if (limit) log.error("platform_limit", { during: event, reason, hint: limit.hint, ...fields });
  else log.error(event, { reason, ...fields });
  return limit;
}

/** ms since the epoch at which a limit reached `now` is worth another try. */
export function retryAfterLimit({ daily }: PlatformLimit, now: number, pauseMs: number): number {
  const day = 24 * 3_600_000;
  // A minute late, since clocks differ.
  return daily ? (Math.floor(now / day) + 1) * day + 60_000 : now + pauseMs;
}
