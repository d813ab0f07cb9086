import { describe, expect, test } from "vitest";
import { plotHistogram, plotSeries, type SeriesBucket, timeTicks } from "../../../app/lib/series.ts";

const HOUR = 3_600_000;
const START = Date.UTC(2026, 9, 14, 12);
const window = { since: START, until: START + 24 * HOUR, stepS: 3_600 };
/** @param mean when its values were, in hours: by default in the middle of the step */
const bucket = (
  hour: number,
  p50: number | null,
  slow: number | null = null,
  mean = hour + 0.5,
): SeriesBucket => [
  START + hour * HOUR,
  p50 === null ? 0 : 4,
  p50,
  slow,
  p50 === null ? null : START + mean * HOUR,
];

describe("a series on its plot", () => {
  test("is nothing where nothing was answered", () => {
    expect(plotSeries({ ...window, buckets: [], answers: [] })).toBeNull();
    expect(plotSeries({ ...window, buckets: [bucket(0, null)], answers: [] })).toBeNull();
  });

  test("stands at the mean time of each step's values, as high as its share of a round scale", () => {
    const plot = plotSeries({
      ...window,
      buckets: [bucket(0, 100), bucket(1, 150, null, 1.125)],
      answers: [],
    });
    expect(plot?.scale.max).toBe(150);
    expect(plot?.lines).toHaveLength(1);
    expect(plot?.lines[0]?.map(({ x, y }) => [x, y])).toEqual([
      [0.5 / 24, 100 / 150],
      [1.125 / 24, 1],
    ]);
  });

  test("breaks where a step has no answer, and a band where a step has too few for a slow end", () => {
    const plot = plotSeries({
      ...window,
      buckets: [
        bucket(0, 100, 200),
        bucket(1, 100, 200),
        bucket(2, 100),
        bucket(4, 100, 200),
        bucket(5, null),
      ],
      answers: [],
    });
    expect(plot?.lines.map((line) => line.length)).toEqual([3, 1]);
    expect(plot?.bands.map((band) => band.length)).toEqual([2, 1]);
  });

  test("keeps a step that reaches out of the window inside it", () => {
    const plot = plotSeries({
      since: START + HOUR / 2,
      until: START + HOUR * 2.5,
      stepS: 3_600,
      buckets: [bucket(0, 1, null, 0.75), bucket(1, 1), bucket(2, 1, null, 2.25)],
      answers: [],
    });
    expect(plot?.lines[0]?.map(({ x }) => x)).toEqual([0.125, 0.5, 0.875]);
  });

  test("does not shrink for one slow answer: it stands at the edge, marked", () => {
    const plot = plotSeries({
      ...window,
      buckets: [bucket(0, 100)],
      answers: [
        [START, 90],
        [START + HOUR, 390],
        [START + 2 * HOUR, 30_000],
      ],
    });
    expect(plot?.scale.max).toBe(400);
    expect(plot?.dots.map(({ y, over }) => [y, over])).toEqual([
      [90 / 400, false],
      [390 / 400, false],
      [1, true],
    ]);
  });

  test.each([
    [1 / 6, ["12:05"]],
    [1, ["12:10", "12:20", "12:30", "12:40", "12:50"]],
    [24, ["16:00", "20:00", "15 Oct", "04:00", "08:00"]],
    [168, ["16 Oct", "18 Oct", "20 Oct"]],
  ])("names round times of %d hours", (hours, texts) => {
    const found = timeTicks(START, START + hours * HOUR).map(({ text }) => text);
    expect(found.length).toBeLessThanOrEqual(6);
    for (const text of texts) expect(found).toContain(text);
  });

  test("names days of a month", () => {
    const ticks = timeTicks(START, START + 30 * 24 * HOUR);
    expect(ticks.length).toBeGreaterThanOrEqual(4);
    for (const { x, text } of ticks) {
      expect(x).toBeGreaterThan(0);
      expect(x).toBeLessThan(1);
      expect(text).toMatch(/^\d{1,2} (Oct|Nov)$/);
    }
  });
});

describe("a distribution on its plot", () => {
  const bins = {
    n: 20,
    step: 10,
    bins: [
      [100, 4],
      [120, 16],
    ],
    above: null,
    above_n: 0,
  } as const;

  test("is nothing below twelve answers", () => {
    expect(plotHistogram({ ...bins, n: 11 })).toBeNull();
    expect(plotHistogram({ n: 0, step: 1, bins: [], above: null, above_n: 0 })).toBeNull();
  });

  test("keeps the place of steps without an answer", () => {
    expect(plotHistogram(bins)).toMatchObject({
      places: 3,
      bars: [
        { place: 0, height: 0.25, from: 100, to: 110, n: 4 },
        { place: 2, height: 1, from: 120, to: 130, n: 16 },
      ],
    });
  });

  test("sets what lies beyond apart, open to above", () => {
    const plot = plotHistogram({ ...bins, n: 23, above: 130, above_n: 3 });
    expect(plot?.places).toBe(5);
    expect(plot?.bars.at(-1)).toEqual({ place: 4, height: 3 / 16, from: 130, to: null, n: 3 });
  });

  test("of one value alone is one column", () => {
    const plot = plotHistogram({ n: 12, step: 5, bins: [[400, 12]], above: 405, above_n: 0 });
    expect(plot).toMatchObject({ places: 1, bars: [{ place: 0, height: 1 }] });
  });
});
