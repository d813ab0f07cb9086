/** A run starts every 15 minutes; results older than two turns are stale. */
export const STALE_AFTER_MS = 2 * 15 * 60_000;
/** A run that has not ended after this long was cut off. */
const RUN_LOST_AFTER_MS = 30 * 60_000;

/**
 * Whether measuring has stopped, or results do not arrive.
 * @param newest time of the newest result, ISO; null where there is none yet, which is not stale
 * @param asOf when it is looked at, ISO
 */
export function isStale(newest: string | null, asOf: string): boolean {
  return newest !== null && Date.parse(asOf) - Date.parse(newest) > STALE_AFTER_MS;
}

/** The earlier of two times, ISO: of the newest result and of what figures reach up to. Null where there is no result. */
export function earlier(newest: string | null, figuresAsOf: string): string | null {
  return newest === null || Date.parse(newest) < Date.parse(figuresAsOf) ? newest : figuresAsOf;
}

export type RunState = "running" | "finished" | "cut off";

/** @param asOf when it is looked at, ISO */
export function runState(
  run: { readonly started_at: string; readonly finished_at: string | null },
  asOf: string,
): RunState {
  if (run.finished_at !== null) return "finished";
  return Date.parse(asOf) - Date.parse(run.started_at) < RUN_LOST_AFTER_MS ? "running" : "cut off";
}
