import { describe, expect, it } from "vitest";
import {
  createThinkSplitter,
  withoutThoughts,
} from "../../../workers/benchmark/probe/stream/think-splitter.ts";
import { randomFrom } from "./framing.ts";

interface Split {
  readonly reasoning: number;
  readonly answer: number;
  readonly answerAt: number | null;
}

/** Pushes each piece one millisecond after the other, from 1 on. */
function split(pieces: readonly string[]): Split {
  let [reasoning, answer] = [0, 0];
  let answerAt: number | null = null;
  const splitter = createThinkSplitter(
    (kind, chars, atMs) => {
      if (kind === "reasoning") reasoning += chars;
      else {
        answer += chars;
        answerAt ??= atMs;
      }
    },
    () => {
      reasoning += answer;
      [answer, answerAt] = [0, null];
    },
  );
  pieces.forEach((piece, index) => {
    splitter.push(piece, index + 1);
  });
  splitter.end();
  return { reasoning, answer, answerAt };
}

/** All ways to cut a text at two places. */
function* cuts(text: string): Generator<string[]> {
  for (let first = 1; first < text.length; first += 1) {
    for (let second = first; second < text.length; second += 1) {
      yield [text.slice(0, first), text.slice(first, second), text.slice(second)].filter(
        (part) => part !== "",
      );
    }
  }
}

describe("thoughts inside the content", () => {
  const thoughts = "<think>\nthree < 4, </thin no\n</think>\n\n";
  const answer = "It is three.";

  it("are told from the answer wherever the text is cut", () => {
    for (const pieces of cuts(thoughts + answer)) {
      expect(split(pieces)).toMatchObject({ reasoning: thoughts.length, answer: answer.length });
    }
  });

  it("let the answer begin with the piece that holds its first visible character", () => {
    const characters = Array.from(thoughts + answer);
    expect(split(characters).answerAt).toBe(thoughts.length + 1);
    expect(split(["<think>a", "b</think>", "\n\n", "Hello"]).answerAt).toBe(4);
    expect(split(["<think>a</think>\n\nHello"]).answerAt).toBe(1);
  });

  it("may follow white space", () => {
    expect(split(["\n", " <th", "ink>x</think>y"])).toEqual({ reasoning: 18, answer: 1, answerAt: 3 });
  });

  it("are all there is when the closing tag never comes", () => {
    expect(split(["<think>", "on and on", " </thin"])).toMatchObject({ answer: 0, reasoning: 23 });
  });

  it("are no thoughts later in the text", () => {
    const text = "Write <think>this</think> tag.";
    for (const pieces of cuts(text))
      expect(split(pieces)).toMatchObject({ reasoning: 0, answer: text.length });
  });

  it("leave text that only looked like the tag with its own arrival", () => {
    expect(split(["<", "thin", "ly> sliced"])).toEqual({ reasoning: 0, answer: 15, answerAt: 1 });
    expect(split(["<thi"])).toEqual({ reasoning: 0, answer: 4, answerAt: 1 });
    expect(split([" ", " "])).toEqual({ reasoning: 0, answer: 2, answerAt: 1 });
  });

  it("are not waited for behind endless white space", () => {
    expect(split([" ".repeat(100), "<think>x</think>"])).toMatchObject({ reasoning: 0, answerAt: 1 });
  });

  it("lose no character, whatever is sent and however", () => {
    const random = randomFrom(7);
    const alphabet = ["<think>", "</think>", "<", "think", ">", "/", " ", "\n", "a"];
    for (let turn = 0; turn < 5_000; turn += 1) {
      const pieces = Array.from(
        { length: 1 + Math.floor(random() * 8) },
        () => alphabet[Math.floor(random() * alphabet.length)] ?? "",
      );
      const { reasoning, answer: chars } = split(pieces);
      expect(reasoning + chars).toBe(pieces.join("").length);
      expect(chars > 0 ? 1 : 0).toBe(withoutThoughts(pieces.join("")) === "" ? 0 : 1);
    }
  });

  it("say how much of a piece is the opening mark, since that is a token or a few and no text", () => {
    const marked = (pieces: readonly string[]) => {
      const splitter = createThinkSplitter(
        () => undefined,
        () => undefined,
      );
      return pieces.map((piece) => splitter.push(piece, 0));
    };
    expect(marked(["<think>", "Hm", "</think>", "Yes"])).toEqual([7, 0, 0, 0]);
    expect(marked(["<th", "ink>Hm"])).toEqual([0, 4]);
    expect(marked(["<|channel|>analysis<|message|>", "Hm"])).toEqual([30, 0]);
    expect(marked(["Yes", "<think>"])).toEqual([0, 0]);
  });
});
