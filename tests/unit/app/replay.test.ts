import { describe, expect, it } from "vitest";
import { RUN_QUERY, runHref } from "../../../app/lib/queries.ts";
import { type Arrival, charsAt, cutText, toReplay } from "../../../app/lib/runs.ts";

const even = (count: number, from = 100, step = 10): Arrival[] =>
  Array.from({ length: count }, (_, index) => [index + 1, from + index * step]);

describe("a stream to be shown again", () => {
  it("spreads the text evenly over the arrivals, and ends with all of it", () => {
    const text = "x".repeat(1_000);
    const replay = toReplay({ times: even(10), arrivals: 10, text, textChars: 1_000, answerMs: 100 });
    expect(replay).toMatchObject({ arrivals: 10, answering: 10, firstMs: 100, lastMs: 190 });
    expect(
      replay && [charsAt(replay, 99), charsAt(replay, 100), charsAt(replay, 145), charsAt(replay, 190)],
    ).toEqual([0, 100, 500, 1_000]);
  });

  it("brings no text with thoughts, but with those that are part of the text", () => {
    const facts = { times: even(10), arrivals: 10, textChars: 100, answerMs: 150 };
    const thoughts = toReplay({ ...facts, text: "y".repeat(100) });
    expect(thoughts).toMatchObject({ answering: 5 });
    expect(thoughts && [charsAt(thoughts, 140), charsAt(thoughts, 150), charsAt(thoughts, 190)]).toEqual([
      0, 20, 100,
    ]);
    expect(toReplay({ ...facts, text: `<think>${"y".repeat(93)}` })).toMatchObject({ answering: 10 });
  });

  it("stays within bounds for thinned, cut, single, odd and unordered arrivals", () => {
    const thinned: Arrival[] = [
      [1, 50],
      [500, 60],
      [1_000, 70],
    ];
    const cut = toReplay({
      times: thinned,
      arrivals: 1_000,
      text: "z".repeat(100),
      textChars: 1_000,
      answerMs: 50,
    });
    // The text that is shown is a tenth of what came: it is over after a tenth of the arrivals.
    expect(cut && charsAt(cut, 50)).toBe(1);
    expect(cut && charsAt(cut, 60)).toBe(100);
    expect(cut?.slices.reduce((sum, count) => sum + count, 0)).toBe(1_000);
    expect(toReplay({ times: [], arrivals: 0, text: "a", textChars: 1, answerMs: null })).toBeNull();
    expect(toReplay({ times: [[1, 0]], arrivals: 1, text: "a", textChars: 1, answerMs: 900 })).toMatchObject({
      lastMs: 0,
      steps: [[0, 1]],
    });
    const backwards = toReplay({
      times: [
        [2, 10],
        [1, 30],
        [3, Number.NaN],
      ],
      arrivals: 3,
      text: "ab",
      textChars: 2,
      answerMs: null,
    });
    expect(backwards?.steps.map(([ms]) => ms)).toEqual([30, 30]);
    const many = toReplay({
      times: even(20_000),
      arrivals: 20_000,
      text: "ab",
      textChars: 2,
      answerMs: null,
    });
    expect(many?.steps.length).toBeLessThanOrEqual(122);
    expect(many && charsAt(many, Number.POSITIVE_INFINITY)).toBe(2);
  });

  it("tears no character apart", () => {
    expect([cutText("a🦊b", 2), cutText("a🦊b", 3), cutText("a🦊b", 0)]).toEqual(["a", "a🦊", ""]);
  });
});

it("a run's address has one form, whatever was asked for", () => {
  const read = (query: string) => runHref("id", RUN_QUERY.parse(new URLSearchParams(query)));
  expect(read("page=2&show=failed&x=1")).toBe("/runs/id?show=failed&page=2");
  expect(read("page=1.5&show=no&result=../x")).toBe("/runs/id");
  expect(read("result=0B9AA7D6-E481-404C-8FA9-DC6BE0316131&page=3")).toBe(
    "/runs/id?result=0b9aa7d6-e481-404c-8fa9-dc6be0316131",
  );
});
