import { describe, expect, test } from "vitest";
import {
  calculateCostPerMillion,
  calculateJitter,
  calculateValueScore,
  getJitterColor,
} from "../../../app/lib/calculations.ts";

const priced = { tps: 100, input_tokens: 500, output_tokens: 500, cost_usd: 0.001 };

describe("the value score", () => {
  test("is tokens per second divided by dollars per million tokens, rounded", () => {
    expect(calculateCostPerMillion(priced)).toBe(1);
    expect(calculateValueScore(priced)).toBe(100);
    expect(calculateValueScore({ ...priced, tps: 99.5, cost_usd: 0.00004 })).toBe(2_488);
  });

  test("takes a cent a million where the price is nothing, so that free is finite", () => {
    expect(calculateValueScore({ ...priced, cost_usd: 0 })).toBe(10_000);
    expect(calculateValueScore({ ...priced, tps: 1e14, cost_usd: 1e-300 })).toBe(Number.MAX_SAFE_INTEGER);
    expect(calculateValueScore({ ...priced, cost_usd: 0, cost_source: "price" })).toBe(10_000);
  });

  test.each([
    ["no speed", { tps: null }],
    ["a speed of nothing", { tps: 0 }],
    ["a speed below nothing", { tps: -1 }],
    ["a speed that is no number", { tps: Number.NaN }],
    ["an endless speed", { tps: Number.POSITIVE_INFINITY }],
    ["no tokens", { input_tokens: 0, output_tokens: 0 }],
    ["an unknown price", { cost_usd: 0, cost_source: "unknown" as const }],
    ["a cost that is no number", { cost_usd: Number.NaN }],
    ["a cost below nothing", { cost_usd: -0.1 }],
  ])("is null with %s", (_, change) => {
    expect(calculateValueScore({ ...priced, ...change })).toBeNull();
  });
});

describe("jitter", () => {
  test("is the population standard deviation", () => {
    expect(calculateJitter([2, 4, 4, 4, 5, 5, 7, 9])).toBe(2);
    expect(calculateJitter([100, 300])).toBe(100);
  });

  test("is 0 below two latencies, and leaves out what is no number", () => {
    expect(calculateJitter([])).toBe(0);
    expect(calculateJitter([812])).toBe(0);
    expect(calculateJitter([100, Number.NaN, 300])).toBe(100);
    expect(calculateJitter([100, Number.POSITIVE_INFINITY])).toBe(0);
  });

  test("keeps its precision far from zero", () => {
    expect(calculateJitter([1e9, 1e9 + 2, 1e9 + 4])).toBeCloseTo(Math.sqrt(8 / 3), 9);
  });

  test.each([
    [0, "green"],
    [199.999, "green"],
    [200, "yellow"],
    [500, "yellow"],
    [500.001, "red"],
  ] as const)("of %d ms is %s", (jitter, color) => {
    expect(getJitterColor(jitter)).toBe(color);
  });
});
