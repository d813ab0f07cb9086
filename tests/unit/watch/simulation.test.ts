import { describe, expect, it } from "vitest";
import {
  countFalseAlarms,
  describeDelays,
  describeFalseAlarms,
  measureDelays,
} from "../../support/watch-simulation.ts";

/*
 * False alarms are a sample of what `npm run soak` counts at full size (tests/worker/watch.soak.ts), and their limit
 * is that of the full size and what a sample this small can miss. Delays are of the full size.
 */
describe("series that vary as real ones do", () => {
  // Computes for ten seconds alone on a core.
  it("raise hardly a false alarm", { timeout: 120_000 }, () => {
    const alarms = countFalseAlarms(16, 30, 1);
    console.log(describeFalseAlarms(alarms));
    // One in 60 days for each series makes 8; a count of chance stays below 15 in 99 of 100 samples.
    expect(alarms.slowdowns).toBeLessThanOrEqual(15);
    expect(alarms.outages).toBeLessThanOrEqual(alarms.doubleFailures);
  });

  it("are noticed soon when they become twice as slow", () => {
    const delays = measureDelays(500, 2, 1_000);
    console.log(describeDelays(delays));
    expect(delays.within(6)).toBeGreaterThanOrEqual(0.5);
    // 95 of 100 are more than there is to know within 12 runs (docs/decisions/0066).
    expect(delays.within(12)).toBeGreaterThanOrEqual(0.92);
    expect(delays.within(16)).toBeGreaterThanOrEqual(0.95);
    expect(delays.within(48)).toBe(1);
  });

  it("are noticed within a day when they become half as slow again", () => {
    const delays = measureDelays(200, 1.5, 2_000);
    console.log(describeDelays(delays));
    expect(delays.within(96)).toBeGreaterThanOrEqual(0.9);
  });

  it("are noticed within six runs when they become four times as slow", () => {
    const delays = measureDelays(200, 4, 3_000);
    console.log(describeDelays(delays));
    expect(delays.within(6)).toBeGreaterThanOrEqual(0.95);
  });
});
