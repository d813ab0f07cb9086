/** Successes and provider failures of one UTC day; null where nothing was measured. */
export interface DayCount {
  readonly successes: number;
  readonly failures: number;
}
export type Day = DayCount | null;

/** How a day is graded by its share of provider failures, best first; a day without results has no grade. */
export const GRADES = ["good", "few", "some", "many", "bad"] as const;
export type DayGrade = (typeof GRADES)[number];

/**
 * Up to this share of provider failures a day has that grade; beyond the last one it is bad. One failure of a day's 96
 * requests is few: it is no reason for a warning.
 */
export const GRADE_LIMITS = { good: 0, few: 0.02, some: 0.1, many: 0.25 } as const;
export const DAYS = 30;

export type ProviderState = "up" | "degraded" | "partly" | "down" | "unknown";

/** Null: nothing was measured. */
export function gradeDay(day: Day): DayGrade | null {
  if (day === null || day.successes + day.failures === 0) return null;
  const share = day.failures / (day.successes + day.failures);
  const limits = Object.entries(GRADE_LIMITS) as [keyof typeof GRADE_LIMITS, number][];
  return limits.find(([, limit]) => share <= limit)?.[0] ?? "bad";
}

/** Worst first. */
const TROUBLE: readonly ProviderState[] = ["down", "partly", "degraded", "up", "unknown"];

/** What fails comes before what works, and what nobody knows comes last. */
export function byTrouble(a: ProviderState, b: ProviderState): number {
  return TROUBLE.indexOf(a) - TROUBLE.indexOf(b);
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

/** Down where every endpoint whose state is known is down, partly where some are; degraded where one is. */
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
