import { describe, expect, test } from "vitest";
import { MODEL_QUERY } from "../../../app/lib/queries.ts";
import { inputMoment, spanBetween, timeWords } from "../../../app/lib/span.ts";

const read = (from: string | null, to: string | null, window?: string) => {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries({ window, from, to })) if (value) params.set(name, value);
  return MODEL_QUERY.parse(params);
};
const format = (from: string, to: string, window?: string) => MODEL_QUERY.format(read(from, to, window));

describe("a span in an address", () => {
  test.each([
    ["2026-11-28T10:15Z", "2026-11-28T10:15Z"],
    ["2026-11-28T10:15", "2026-11-28T10:15Z"],
    ["2026-11-28 10:15", "2026-11-28T10:15Z"],
    ["2026-11-28T10:15:59.999Z", "2026-11-28T10:15Z"],
    ["2026-11-28T10:15:00+02:00", "2026-11-28T08:15Z"],
    ["2026-11-28", "2026-11-28T00:00Z"],
    [" 2026-11-28T10:15 ", "2026-11-28T10:15Z"],
  ])("begins at %s, written %s", (from, written) => {
    expect(read(from, "2026-11-30")).toMatchObject({ from: written, to: "2026-11-30T00:00Z" });
  });

  test("ends at a whole minute too, with all of it inside", () => {
    expect(read("2026-11-28", "2026-11-28T10:15:00.001Z").to).toBe("2026-11-28T10:16Z");
  });

  test.each([
    ["yesterday", "2026-11-28"],
    ["2026-11-28", null],
    [null, "2026-11-28"],
    ["2026-11-28T10:15Z", "2026-11-28T10:15Z"],
    ["2026-02-30", "2026-03-02T01:00Z"],
    ["2026-11-28T25:00Z", "2026-11-30"],
    ["1969-12-31", "2026-11-30"],
    ["2026-11-28T10:15+99:99", "2026-11-30"],
    ["+275760-01-01", "2026-11-30"],
    ["9".repeat(10_000), "2026-11-30"],
  ])("from %s to %s is none: the window counts", (from, to) => {
    expect(read(from, to, "7d")).toMatchObject({ from: null, to: null, window: "7d" });
  });

  test("needs no window beside it", () => {
    expect(format("2026-11-27", "2026-11-28", "7d")).toBe("?from=2026-11-27T00%3A00Z&to=2026-11-28T00%3A00Z");
  });

  test("is turned where its ends are, and reaches back 30 days at most", () => {
    expect(format("2026-11-28", "2026-11-27")).toBe(format("2026-11-27", "2026-11-28"));
    expect(read("2020-01-01", "2026-11-30")).toMatchObject({ from: "2026-10-31T00:00Z" });
  });

  test("is written the same way whoever reads it again", () => {
    const query = format("2020-01-01T10:00:01+05:30", "2026-11-28T23:59:59.5Z");
    expect(MODEL_QUERY.format(MODEL_QUERY.parse(new URLSearchParams(query)))).toBe(query);
  });

  test("is said in words, and filled into a form without its zone", () => {
    expect(timeWords(read("2026-11-28T10:15Z", "2026-11-28T12:00Z"))).toBe(
      "from 28 Nov, 10:15 UTC to 28 Nov, 12:00 UTC",
    );
    expect(timeWords(read(null, null, "7d"))).toBe("in the last 7 days");
    expect(inputMoment("2026-11-28T10:15Z")).toBe("2026-11-28T10:15");
  });
});

test("a span between two places of a chart holds both, and no time holds none", () => {
  const at = Date.parse("2026-11-28T10:15:30Z");
  expect(spanBetween(at + 600_000, at)).toEqual({ from: "2026-11-28T10:15Z", to: "2026-11-28T10:26Z" });
  expect(spanBetween(Date.parse("2026-11-28T10:15Z"), Date.parse("2026-11-28T10:15Z"))).toEqual({
    from: null,
    to: null,
  });
});
