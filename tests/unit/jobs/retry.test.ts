import { expect, it } from "vitest";
import { waitAfter } from "../../../workers/benchmark/jobs/retry.ts";

it("a job that fails is tried again for hours, ever less often, and given up within a day", () => {
  const waits: number[] = [];
  for (let attempts = 1; ; attempts++) {
    const wait = waitAfter(attempts, 30_000);
    if (wait === null) break;
    waits.push(wait);
  }
  expect(waits[0]).toBe(30_000);
  expect([...waits].sort((a, b) => a - b)).toEqual(waits);
  const hours = waits.reduce((sum, wait) => sum + wait, 0) / 3_600_000;
  expect(hours).toBeGreaterThan(12);
  expect(hours).toBeLessThan(24);
});
