import { expect, test } from "vitest";
import { studentTQuantile } from "../../../app/lib/statistics.ts";

// Two-sided 95 %, then 99 %, then one-sided 90 %, as every printed table has them.
test.each([
  [0.975, 1, 12.706],
  [0.975, 2, 4.303],
  [0.975, 3, 3.182],
  [0.975, 4, 2.776],
  [0.975, 7, 2.365],
  [0.975, 8, 2.306],
  [0.975, 11, 2.201],
  [0.975, 30, 2.042],
  [0.975, 120, 1.98],
  [0.995, 1, 63.657],
  [0.995, 7, 3.499],
  [0.995, 11, 3.106],
  [0.995, 60, 2.66],
  [0.9, 1, 3.078],
  [0.9, 2, 1.886],
  [0.9, 7, 1.415],
  [0.9, 11, 1.363],
])("a share of %d with %i degrees of freedom lies below %d", (p, freedom, t) => {
  expect(studentTQuantile(p, freedom)).toBeCloseTo(t, 3);
});

test("one and two degrees of freedom agree with their closed forms", () => {
  for (const p of [0.6, 0.8, 0.99, 0.9999]) {
    expect(studentTQuantile(p, 1)).toBeCloseTo(Math.tan(Math.PI * (p - 0.5)), 6);
    expect(studentTQuantile(p, 2)).toBeCloseTo((2 * p - 1) / Math.sqrt(2 * p * (1 - p)), 6);
  }
});

test("many degrees of freedom approach the normal distribution", () => {
  expect(studentTQuantile(0.975, 100_000)).toBeCloseTo(1.96, 3);
});

test("it is symmetric about a half", () => {
  expect(studentTQuantile(0.025, 7)).toBe(-studentTQuantile(0.975, 7));
  expect(studentTQuantile(0.5, 7)).toBe(0);
});

test.each([
  [0, 7],
  [1, 7],
  [Number.NaN, 7],
  [0.9, 0],
  [0.9, 2.5],
])("there is none for %d with %d degrees of freedom", (p, freedom) => {
  expect(() => studentTQuantile(p, freedom)).toThrow(RangeError);
});
