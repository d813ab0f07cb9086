import type { Alert } from "../alerts/event.ts";
import { duration, notice } from "../alerts/messages.ts";
import type { Config } from "../config.ts";

/** Twice the schedule. */
const BEHIND_MS = 30 * 60_000;

/** What a run that begins knows of the time before it; times in ms since the epoch. */
interface Before {
  readonly lastStart: number | null;
  /** Since when the database takes nothing. */
  readonly failingSince: number | null;
  /** Results and records that wait for it. */
  readonly waiting: number;
}

/** Says of runs that did not come, and of results that the database has not taken for long; null where all is well. */
export function behindAlert(
  { lastStart, failingSince, waiting }: Before,
  now: number,
  { location, alerts }: Pick<Config, "location" | "alerts">,
): Alert | null {
  const gap = lastStart === null ? 0 : now - lastStart;
  const stuck = failingSince === null ? 0 : now - failingSince;
  const lines = [
    ...(gap > BEHIND_MS ? [`No run began for ${duration(gap)}; one is scheduled every 15 minutes.`] : []),
    ...(stuck > BEHIND_MS
      ? [`The database has taken nothing for ${duration(stuck)}; ${waiting} results and records wait for it.`]
      : []),
  ];
  if (lines.length === 0) return null;
  const since = gap > BEHIND_MS ? lastStart : failingSince;
  return notice(
    {
      kind: "engine.behind",
      key: `${location}-${new Date(since ?? now).toISOString()}`,
      provider: null,
      title: "The Benchmark Engine was behind",
      lines,
      page: "/status",
    },
    now,
    alerts.dashboardUrl,
  );
}
