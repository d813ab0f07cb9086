import { describe, expect, test } from "vitest";
import { lineLooks } from "../../../app/lib/line-looks.ts";
import { plotOverlay } from "../../../app/lib/overlay.ts";

const HOUR = 3_600;
/** Four runs an hour from a full hour on. */
const at = (runs: number, start = 480_000 * HOUR) =>
  Array.from({ length: runs }, (_, index) => start + 60 + index * 900);
const time = (runs: number) => {
  const times = at(runs);
  return {
    at: times,
    since: 480_000 * HOUR * 1_000,
    until: (480_000 + runs / 4) * HOUR * 1_000,
    stepS: HOUR,
  };
};

describe("lines on one plot", () => {
  test("stand at the median of each step and the mean time of its values", () => {
    const plot = plotOverlay([[100, 300, 200, null, 400, 400, 400, 400]], time(8));
    const [[first, second] = []] = plot?.lines[0] ?? [];
    // The mean of 1, 16 and 31 minutes past, of two hours.
    expect(first).toEqual([0, Number((16 / 120).toFixed(4)), 0.5, 200, 3]);
    expect(second?.slice(2)).toEqual([1, 400, 4]);
    expect(plot?.steps).toEqual([480_000 * HOUR * 1_000, 480_001 * HOUR * 1_000]);
  });

  test("never cross a step without a value", () => {
    const gap = [...Array(4).fill(100), ...Array(4).fill(null), ...Array(4).fill(100)];
    expect(plotOverlay([gap], time(12))?.lines[0]?.map((piece) => piece.length)).toEqual([1, 1]);
  });

  test("share one scale from 0, and a logarithmic one where they lie far apart", () => {
    const near = plotOverlay([Array(4).fill(100), Array(4).fill(700)], time(4));
    expect(near).toMatchObject({ logarithmic: false });
    expect(near?.rows[0]).toEqual({ y: 0, value: 0 });
    const far = plotOverlay([Array(4).fill(100), Array(4).fill(1_000)], time(4));
    expect(far).toMatchObject({ logarithmic: true });
    expect(far?.rows.map(({ value }) => value)).toEqual([100, 200, 500, 1_000]);
    expect(far?.lines[0]?.[0]?.[0]?.[2]).toBe(0);
    expect(far?.lines[1]?.[0]?.[0]?.[2]).toBe(1);
    const wide = plotOverlay([Array(4).fill(0.0003), Array(4).fill(7)], time(4));
    expect(wide?.rows.map(({ value }) => value)).toEqual([0.0002, 0.001, 0.01, 0.1, 1, 10]);
    // A price of nothing has no place on such a scale.
    expect(plotOverlay([[0, 0, 0, 0], Array(4).fill(5)], time(4))?.logarithmic).toBe(false);
  });

  test("are none where nothing was measured", () => {
    expect(plotOverlay([[null, null], []], time(4))).toBeNull();
    expect(plotOverlay([[100], []], time(4))?.lines[1]).toEqual([]);
  });
});

describe("looks", () => {
  test("differ in colour and mark, whoever is compared", () => {
    for (const providers of [
      ["openai", "gemini", "deepseek", "groq", "cerebras", "mistral"],
      ["openrouter", "openrouter", "openrouter", "openrouter", "openrouter", "openrouter"],
      ["?", "x", "xai", "together", "fireworks", "deepinfra"],
    ]) {
      const looks = lineLooks(providers);
      expect(new Set(looks.map(({ mark }) => mark)).size).toBe(6);
      expect(new Set(looks.map(({ color }) => color)).size).toBe(6);
    }
    expect(lineLooks(["groq", "openai"]).map(({ color }) => color)).toEqual(["#fb7185", "#7cb0ff"]);
  });
});
