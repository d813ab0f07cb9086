import { describe, expect, it } from "vitest";
import {
  countFalseAlarms,
  describeDelays,
  describeFalseAlarms,
  measureDelays,
} from "../../support/watch-simulation.ts";

/*
 * A sample of what `npm run soak` does at full size (tests/worker/watch.soak.ts): seeds and sizes were fixed before
 * the first look at what comes of them. The limits are those of the full size and what a sample this small can miss.
 */
describe("series that vary as real ones do", () => {
  it("raise hardly a false alarm", () => {
    const alarms = countFalseAlarms(16, 30, 1);
    console.log(describeFalseAlarms(alarms));
    // One in 60 days for each series makes 8; a count of chance stays below 15 in 99 of 100 samples.
    expect(alarms.slowdowns).toBeLessThanOrEqual(15);
    expect(alarms.outages).toBeLessThanOrEqual(alarms.doubleFailures);
  });

  it("are noticed soon when they become twice as slow", () => {
    const delays = measureDelays(60, 2, 1_000);
    console.log(describeDelays(delays));
    expect(delays.within(8)).toBeGreaterThan(0.5);
    expect(delays.within(16)).toBeGreaterThan(0.85);
    expect(delays.within(48)).toBe(1);
  });

  it("are noticed within a day when they become half as slow again", () => {
    const delays = measureDelays(40, 1.5, 2_000);
    console.log(describeDelays(delays));
    expect(delays.within(96)).toBeGreaterThanOrEqual(0.9);
  });
});
