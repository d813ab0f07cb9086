const OPEN = "<think>";
const CLOSE = "</think>";
/** White space that may stand before the tag while it is still open whether one comes. */
const MAX_UNDECIDED_CHARS = 64;

/** Told how many characters of which kind came at what time. */
export type PartListener = (kind: "reasoning" | "answer", chars: number, atMs: number) => void;

export interface ThinkSplitter {
  /** The next piece of content and its arrival. */
  push(text: string, atMs: number): void;
  /** No more content comes: what still could have become a tag is answer. */
  end(): void;
}

/**
 * Tells thoughts from the answer where both come as content: `<think>…</think>` at its start is thinking,
 * however the tags are split. Text that may yet turn out to be the tag waits, and keeps its own arrival. The
 * white space that models put after the closing tag belongs to the tag.
 */
export function createThinkSplitter(listener: PartListener): ThinkSplitter {
  let state: "undecided" | "thinking" | "after" | "answer" = "undecided";
  let undecided = "";
  let waiting: { chars: number; atMs: number }[] = [];
  /** The end of the thoughts so far, where a closing tag may have begun. */
  let tail = "";

  const settle = (kind: "reasoning" | "answer"): void => {
    for (const { chars, atMs } of waiting) listener(kind, chars, atMs);
    waiting = [];
  };

  const think = (text: string, atMs: number): void => {
    const seen = tail + text;
    const close = seen.indexOf(CLOSE);
    if (close === -1) {
      tail = seen.slice(-(CLOSE.length - 1));
      if (text.length > 0) listener("reasoning", text.length, atMs);
      return;
    }
    const rest = seen.slice(close + CLOSE.length);
    state = "after";
    if (text.length > rest.length) listener("reasoning", text.length - rest.length, atMs);
    if (rest.length > 0) after(rest, atMs);
  };

  const after = (text: string, atMs: number): void => {
    const answer = text.trimStart();
    const space = text.length - answer.length;
    if (space > 0) listener("reasoning", space, atMs);
    if (answer.length === 0) return;
    state = "answer";
    listener("answer", answer.length, atMs);
  };

  const decide = (text: string, atMs: number): void => {
    undecided += text;
    const start = undecided.trimStart();
    if (start.startsWith(OPEN)) {
      state = "thinking";
      settle("reasoning");
      // What follows the tag came with this piece: the pieces before it were too short to hold the tag.
      const beyond = start.slice(OPEN.length);
      if (text.length > beyond.length) listener("reasoning", text.length - beyond.length, atMs);
      undecided = "";
      if (beyond.length > 0) think(beyond, atMs);
      return;
    }
    waiting.push({ chars: text.length, atMs });
    if (OPEN.startsWith(start) && undecided.length <= MAX_UNDECIDED_CHARS) return;
    state = "answer";
    undecided = "";
    settle("answer");
  };

  return {
    push(text, atMs) {
      if (state === "answer") listener("answer", text.length, atMs);
      else if (state === "thinking") think(text, atMs);
      else if (state === "after") after(text, atMs);
      else decide(text, atMs);
    },
    end() {
      settle("answer");
    },
  };
}

/** The text without a leading block of thoughts; without any end of it, nothing is answer. */
export function withoutThoughts(text: string): string {
  const start = text.trimStart();
  if (!start.startsWith(OPEN)) return text;
  const close = start.indexOf(CLOSE);
  return close === -1 ? "" : start.slice(close + CLOSE.length).trimStart();
}
