import { setTimeout as sleep } from "node:timers/promises";

/**
 * Waits for the next period where this one ends too soon: what counts by the minute of the clock, or starts at a quarter of
 * an hour, would do so in the middle of a test.
 */
export async function roomInPeriod(periodMs: number, roomMs: number): Promise<void> {
  const left = periodMs - (Date.now() % periodMs);
  if (left < roomMs) await sleep(left + 50);
}
