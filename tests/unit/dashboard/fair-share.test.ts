import { describe, expect, test } from "vitest";
import { FairShare } from "../../../workers/dashboard/fair-share.ts";

const NOW = Date.parse("2026-11-29T03:00:00Z");

/** What each of so many requests waits, all asked at once. */
function waits(share: FairShare, caller: string, requests: number, { cost = 1, now = NOW } = {}) {
  return Array.from({ length: requests }, () => share.waitOf(caller, cost, now));
}

describe("the share of a caller", () => {
  test("lets a person open fifteen pages at once, and one more every four seconds, without a wait", () => {
    const share = new FairShare();
    expect(new Set(waits(share, "a", 15))).toEqual(new Set([0]));
    const later = Array.from({ length: 100 }, (_, index) => share.waitOf("a", 1, NOW + (index + 1) * 4_000));
    expect(new Set(later)).toEqual(new Set([0]));
  });

  test("is whole again after a minute", () => {
    const share = new FairShare();
    waits(share, "a", 20);
    expect(new Set(waits(share, "a", 15, { now: NOW + 60_000 }))).toEqual(new Set([0]));
  });

  test("is used up sooner by what costs more", () => {
    const share = new FairShare();
    expect(waits(share, "a", 5, { cost: 5 })).toEqual([0, 0, 0, 0, 1_000]);
  });
});

describe("callers beyond their share", () => {
  test("start five times a second, however many they are, and nobody else waits for them", () => {
    const share = new FairShare();
    const callers = Array.from({ length: 20 }, (_, index) => `greedy ${index}`);
    for (const caller of callers) waits(share, caller, 15);
    expect(callers.map((caller) => share.waitOf(caller, 1, NOW))).toEqual(
      callers.map((_, index) => index * 200),
    );
    expect(share.waitOf("a reader", 1, NOW)).toBe(0);
  });

  test("are told no where their turn would come too late, and have one again once the lane is shorter", () => {
    const share = new FairShare();
    const seen = waits(share, "a", 100);
    expect(seen.filter((wait) => wait === null)).toHaveLength(100 - 15 - 41);
    expect(Math.max(...seen.map((wait) => wait ?? 0))).toBe(8_000);
    expect(share.waitOf("a", 1, NOW + 3_000)).toBe(5_200);
  });

  test("do not wait where nobody is before them", () => {
    const share = new FairShare();
    waits(share, "a", 15);
    expect(share.waitOf("a", 1, NOW)).toBe(0);
    expect(share.waitOf("a", 1, NOW + 250)).toBe(0);
  });
});

test("ten thousand other callers make it forget one, who then has its share again", () => {
  const share = new FairShare();
  waits(share, "a", 20);
  expect(share.waitOf("a", 1, NOW)).toBeGreaterThan(0);
  for (let caller = 0; caller < 10_000; caller++) {
    if (share.waitOf(String(caller), 1, NOW) !== 0) throw new Error(`caller ${caller} waits`);
  }
  expect(new Set(waits(share, "a", 15))).toEqual(new Set([0]));
});
