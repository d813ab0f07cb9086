import type { Incident } from "./incidents.ts";
import type { EndpointKind, RunHead } from "./types.ts";

/** Successes and provider failures of one UTC day; null where nothing was measured. */
export interface DayCount {
  readonly successes: number;
  readonly failures: number;
}
export type Day = DayCount | null;

/** How a day is drawn: no result, no provider failure, some, or more than one in ten. */
export type DayGrade = "none" | "up" | "some" | "bad";

/** Above this share of provider failures a day is drawn as a bad one. */
export const BAD_DAY_SHARE = 0.1;
export const DAYS = 30;
/** An open incident whose endpoint was last measured longer ago than this says nothing of today. */
export const QUIET_AFTER_MS = 24 * 3_600_000;

export interface StatusEndpoint {
  readonly provider: string;
  readonly provider_name: string;
  readonly kind: EndpointKind | null;
  readonly model: string;
  readonly active: boolean;
  readonly retired_at: string | null;
  readonly simulated: boolean;
  readonly attempts: number;
  readonly newest_at: string | null;
  /** Null where uptime is locked. */
  readonly uptime: { readonly n: number; readonly share: number | null } | null;
  /** One letter a day, oldest first: n, u, s, b as in DayGrade; "" where uptime is locked. */
  readonly grades: string;
}

export interface StatusIncident {
  readonly provider: string;
  readonly provider_name: string;
  readonly model: string;
  readonly simulated: boolean;
  readonly began_at: string;
  readonly last_failure_at: string;
  /** The success that ended it; null while there is none. */
  readonly ended_at: string | null;
  readonly failures: number;
  readonly kinds: readonly string[];
  /** Nothing was measured for a day: whether it still goes on is not known. */
  readonly quiet: boolean;
  /** It began on the first day that is looked at: perhaps earlier. */
  readonly from_before: boolean;
}

export type ProviderState = "up" | "degraded" | "partly" | "down" | "unknown";

export interface StatusProvider {
  readonly provider: string;
  readonly name: string;
  readonly kind: EndpointKind | null;
  /** Whether what follows is of simulated endpoints; where one is real, it is of the real ones alone. */
  readonly simulated: boolean;
  /** Endpoints measured within the last day. */
  readonly measured: number;
  /** How many of those are in an incident, and what that makes of the provider; null where uptime is locked. */
  readonly health: {
    readonly state: ProviderState;
    readonly failing: number;
    readonly degraded: number;
  } | null;
  readonly uptime: { readonly n: number; readonly share: number | null } | null;
  /** Null where uptime is locked. */
  readonly days: readonly Day[] | null;
  /** How many it has, how many of them were measured in these 30 days, and of those how many were simulated. */
  readonly endpoint_count: number;
  readonly attempted: number;
  readonly attempted_simulated: number;
  /** Lowest uptime first. Empty where there are too many to show at once and another provider, or none, is chosen. */
  readonly endpoints: readonly StatusEndpoint[];
}

export interface EngineHealth {
  readonly newest_result_at: string | null;
  readonly stale: boolean;
  readonly last_run:
    | (RunHead & {
        readonly results: number;
        /** How many targets were skipped, by reason. */
        readonly skipped: readonly { readonly reason: string; readonly count: number }[];
      })
    | null;
  readonly runs_24h: {
    readonly started: number;
    readonly finished: number;
    readonly over_budget: number;
  };
}

export interface Status {
  readonly as_of: string;
  readonly first_day: string;
  readonly last_day: string;
  readonly location: string | null;
  readonly locations: readonly { readonly location: string; readonly results: number }[];
  readonly providers: readonly StatusProvider[];
  /** Null where uptime is locked. */
  readonly incidents: {
    readonly current: readonly StatusIncident[];
    /** The newest of those that ended or whose end is not known, and how many of them there are. */
    readonly past: readonly StatusIncident[];
    readonly past_total: number;
  } | null;
  /** Incidents of the watch that are ongoing, each with a page of its own; none where uptime is locked. */
  readonly noticed: readonly Incident[];
  readonly engine: EngineHealth;
}

export function gradeDay(day: Day): DayGrade {
  if (day === null || day.successes + day.failures === 0) return "none";
  if (day.failures === 0) return "up";
  return day.failures / (day.successes + day.failures) > BAD_DAY_SHARE ? "bad" : "some";
}

/** Share of requests that did not fail on the provider's side; null where there was none. */
export function uptimeOf(days: readonly Day[]): { n: number; share: number | null } {
  const successes = days.reduce((sum, day) => sum + (day?.successes ?? 0), 0);
  const n = successes + days.reduce((sum, day) => sum + (day?.failures ?? 0), 0);
  return { n, share: n === 0 ? null : successes / n };
}

/** The days of several endpoints as one: a provider's. */
export function addDays(all: readonly (readonly Day[])[]): Day[] {
  return Array.from({ length: DAYS }, (_, index) => {
    const counts = all.flatMap((days) => days[index] ?? []);
    if (counts.length === 0) return null;
    return {
      successes: counts.reduce((sum, day) => sum + day.successes, 0),
      failures: counts.reduce((sum, day) => sum + day.failures, 0),
    };
  });
}

/** Down where every endpoint that is measured now is down, partly where some are; degraded where one is. */
export function providerState(measured: number, failing: number, degraded = 0): ProviderState {
  if (measured === 0) return "unknown";
  if (failing === 0) return degraded > 0 ? "degraded" : "up";
  return failing < measured ? "partly" : "down";
}

/** The UTC date (YYYY-MM-DD) so many days after another. */
export function dayAfter(first: string, index: number): string {
  return new Date(Date.parse(`${first}T00:00:00Z`) + index * 86_400_000).toISOString().slice(0, 10);
}

/** More endpoints than this are shown for one provider at a time. */
export const ENDPOINTS_AT_ONCE = 100;
