import { expect, it } from "vitest";
import { oldWords } from "../../../local/build/words.ts";

it("names the line of a word that only this project knows, and what to write for it", () => {
  expect(oldWords("TTFT\nit is Reckoned so")).toEqual(['2: "Reckoned"; say compute']);
});

it("passes over what everybody knows", () => {
  expect(oldWords("computed, total latency, reasoning tokens, the fastest of them")).toEqual([]);
});
