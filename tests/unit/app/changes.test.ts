import { describe, expect, test } from "vitest";
import { compareSteps, hasMoved, logRatios, MIN_PAIRS } from "../../../app/lib/changes.ts";
import type { Trend } from "../../../app/lib/endpoint-schema.ts";
import { findMoves, type Side } from "../../../app/lib/news.ts";
import { randomFrom } from "../../support/random.ts";
import { endpoint } from "./endpoints.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOON = Date.parse("2026-11-23T12:00:00Z");

function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function median(values: number[]): number {
  const sorted = values.sort((a, b) => a - b);
  return ((sorted[1] ?? 0) + (sorted[2] ?? 0)) / 2;
}

/**
 * A day by the hour, four results an hour: log-normal noise whose neighbours resemble each other (autocorrelation
 * 0.5), one outlier in fifty, and a tide that every day shares.
 */
function day(random: () => number, start: number, typical: number, noise = 0.25): Trend {
  let drift = gaussian(random);
  const ttft = Array.from({ length: 24 }, (_, hour) => {
    const tide = 1 + 0.3 * Math.sin((hour / 24) * 2 * Math.PI);
    const values = Array.from({ length: 4 }, () => {
      drift = 0.5 * drift + Math.sqrt(0.75) * gaussian(random);
      return typical * tide * Math.exp(noise * drift) * (random() < 0.02 ? 8 : 1);
    });
    return median(values);
  });
  return { from: start / 1_000, step: 3_600, ttft, tps: ttft.map((p50) => 50_000 / p50) };
}

function side(model: string, trend: Trend): Side {
  return { endpoint: endpoint({ model }), ttft: trend.ttft[0] ?? null, tps: null, trend };
}

/** Twenty endpoints on two days, the first `slower` of them slower by `factor` on the second. */
function page(random: () => number, slower: number, factor: number) {
  const then = Array.from({ length: 20 }, (_, index) => side(`m${index}`, day(random, NOON - DAY_MS, 400)));
  const now = Array.from({ length: 20 }, (_, index) =>
    side(`m${index}`, day(random, NOON, index < slower ? 400 * factor : 400)),
  );
  return findMoves(now, then, DAY_MS, ["ttft"], "2026-11-23T12:00:00Z");
}

describe("what moved since the window before", () => {
  test("is named on at most one page in twenty where nothing moved", () => {
    const random = randomFrom(11);
    const pages = Array.from({ length: 400 }, () => page(random, 0, 1));
    expect(pages.every(({ judged }) => judged === 20)).toBe(true);
    const alarms = pages.filter(({ movedOf }) => movedOf > 0).length;
    // 5 % promised; three standard errors of 400 pages above it.
    expect(alarms / pages.length).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 400));
  });

  test("is found when answers begin half as late again, and in the right direction", () => {
    const random = randomFrom(12);
    const pages = Array.from({ length: 60 }, () => page(random, 3, 1.5));
    const found = pages.flatMap(({ moved }) =>
      moved.filter(({ endpoint: { model } }) => Number(model.slice(1)) < 3),
    );
    expect(found.length / (60 * 3)).toBeGreaterThan(0.8);
    expect(found.every(({ endpoint: { model }, ratio }) => Number(model.slice(1)) < 3 && ratio > 1)).toBe(
      true,
    );
    const mean = found.reduce((sum, { ratio }) => sum + Math.log(ratio), 0) / found.length;
    expect(Math.exp(mean)).toBeCloseTo(1.5, 1);
  });

  test("compares hours with the same hours: a tide alone is no move", () => {
    const tide = (start: number) => day(randomFrom(5), start, 400, 0.001);
    const ratios = logRatios(tide(NOON), tide(NOON - DAY_MS), "ttft", DAY_MS);
    expect(compareSteps(ratios, 1).ratio).toBeCloseTo(1, 6);
  });

  test("needs sixteen pairs of hours, and says nothing with less", () => {
    const now = day(randomFrom(1), NOON, 400);
    const then = day(randomFrom(2), NOON - DAY_MS, 400);
    const first = (hours: number): Trend => ({ ...now, ttft: now.ttft.slice(0, hours) });
    const judged = (ours: Trend, theirs: Trend) =>
      findMoves([side("m", ours)], [side("m", theirs)], DAY_MS, ["ttft"], "").judged;
    expect(MIN_PAIRS).toBe(16);
    expect(judged(first(16), then)).toBe(1);
    expect(judged(first(15), then)).toBe(0);
    const gaps = { ...then, ttft: then.ttft.map((value, hour) => (hour % 3 === 1 ? null : value)) };
    expect(judged(now, gaps)).toBe(1);
    expect(judged(now, { ...gaps, ttft: [...gaps.ttft.slice(0, 23), null] })).toBe(0);
  });

  test("pairs each hour with the one a day before, wherever the two begin", () => {
    const by = (from: number, ...ttft: (number | null)[]): Trend => ({
      from: from / 1_000,
      step: 3_600,
      ttft,
      tps: [],
    });
    const now = by(NOON, 2, 20, null, 200);
    const ratios = (then: Trend) => logRatios(now, then, "ttft", DAY_MS).map((each) => Math.exp(each));
    const close = (...values: number[]) => values.map((value) => expect.closeTo(value, 9));
    expect(ratios(by(NOON - DAY_MS, 1, 10, 50, 50))).toEqual(close(2, 2, 4));
    expect(ratios(by(NOON - DAY_MS - 2 * HOUR_MS, 9, 9, 1, 10))).toEqual(close(2, 2));
    expect(ratios(by(NOON - DAY_MS + HOUR_MS, 10, 9, 400))).toEqual(close(2, 0.5));
    expect(ratios(by(NOON - DAY_MS, 0, null))).toEqual([]);
    expect(ratios(by(NOON - 2 * DAY_MS, 1, 10))).toEqual([]);
    expect(logRatios(now, by(NOON - DAY_MS, 1), "tps", DAY_MS)).toEqual([]);
  });

  test("is no news below 5 %, however sure", () => {
    expect(hasMoved({ ratio: 1.04, low: 1.03, high: 1.05 })).toBe(false);
    expect(hasMoved({ ratio: 1.06, low: 1.05, high: 1.07 })).toBe(true);
    expect(hasMoved({ ratio: 0.9, low: 0.85, high: 0.95 })).toBe(true);
    expect(hasMoved({ ratio: 1.5, low: 0.99, high: 2.3 })).toBe(false);
  });

  test("never compares a simulated window with a real one, and counts what it cannot compare", () => {
    const steps = day(randomFrom(3), NOON, 400);
    const before = day(randomFrom(4), NOON - DAY_MS, 800);
    const played = { ...side("m", before), endpoint: endpoint({ model: "m", simulated: true }) };
    const moves = findMoves([side("m", steps), side("new", steps)], [played], DAY_MS, ["ttft", "tps"], "");
    expect(moves).toMatchObject({ judged: 0, movedOf: 0, tooFew: 2 });
  });
});
