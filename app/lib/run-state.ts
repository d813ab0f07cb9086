/** A run that has not ended after this long was cut off. */
const RUN_LOST_AFTER_MS = 30 * 60_000;

export type RunState = "running" | "finished" | "cut off";

/** @param asOf when it is looked at, ISO */
export function runState(
  run: { readonly started_at: string; readonly finished_at: string | null },
  asOf: string,
): RunState {
  if (run.finished_at !== null) return "finished";
  return Date.parse(asOf) - Date.parse(run.started_at) < RUN_LOST_AFTER_MS ? "running" : "cut off";
}
