/** Marks around thoughts that models put into their content when the server in front of them has no parser for it. */
const TAGS = [
  ["think", "thinking", "thought", "thoughts", "reasoning", "reason", "reflection", "analysis", "scratchpad"],
  ["seed:think", "mm:think", "longcat_think", "internal_thinking", "antthinking"],
].flat();
const MARKS: readonly (readonly [open: string, close: string])[] = [
  ...TAGS.map((tag) => [`<${tag}>`, `</${tag}>`] as const),
  ["[think]", "[/think]"],
  ["◁think▷", "◁/think▷"],
  ["<|begin_of_thought|>", "<|end_of_thought|>"],
  ["<|start_thinking|>", "<|end_thinking|>"],
  ["<|think|>", "<|/think|>"],
  ["<unused94>", "<unused95>"],
  // gpt-oss (harmony): everything before the final channel is thought.
  ["<|channel|>", "<|channel|>final<|message|>"],
  ["<|start|>", "<|channel|>final<|message|>"],
  // Gemma.
  ["<|channel>", "<channel|>"],
];
/** Harmony names the channel between its marks: all of it opens the thought. */
const HARMONY_HEAD = /^(?:<\|start\|>[a-z]*)?(?:<\|channel\|>[a-z]*)?(?:<\|message\|>)?/;
/** A closing mark without its opening one, which the chat template holds; harmony without its special tokens. */
const LONE_CLOSE = new RegExp(
  [
    ...TAGS.map((tag) => `</${tag}>`),
    "\\[/think\\]",
    "◁/think▷",
    "<\\|end_of_thought\\|>",
    "<\\|end_thinking\\|>",
  ].join("|"),
);
const BARE_HARMONY = /^analysis(?=[A-Z\s])/;
const BARE_FINAL = "assistantfinal";
const LONGEST_MARK = Math.max(...MARKS.flat().map((mark) => mark.length));
/** White space that may stand before the mark while it is still open whether one comes. */
const MAX_UNDECIDED_CHARS = 64;
/** Without one of these in a text no mark begins in it. */
const MARK_BEGINS = /[<[◁]/;

/** Told how many characters of which kind came at what time. */
export type PartListener = (kind: "reasoning" | "answer", chars: number, atMs: number) => void;

export interface ThinkSplitter {
  /** The next piece of content and its arrival. Returns how many of its characters are an opening mark. */
  push(text: string, atMs: number): number;
  /** No more content comes: what still could have become a mark is answer. */
  end(): void;
}

/**
 * Tells thoughts from the answer where both come as content: `<think>…</think>` and its kin at the start is
 * thinking, however the marks are split. Text that may yet turn out to be a mark waits, and keeps its own arrival.
 * The white space that models put after the closing mark belongs to the mark.
 *
 * @param allWasThought called where a closing mark comes without an opening one: all told as answer was thought.
 */
export function createThinkSplitter(listener: PartListener, allWasThought: () => void): ThinkSplitter {
  let state: "undecided" | "thinking" | "after" | "answer" = "undecided";
  let undecided = "";
  let waiting: { chars: number; atMs: number }[] = [];
  /** The end of the text so far, where a mark may have begun. */
  let tail = "";
  let closing = "";
  let bareHarmony = false;
  /** Whether a closing mark can still be a lone one: not after an opening one, which the answer then speaks of. */
  let watching = true;

  const settle = (kind: "reasoning" | "answer"): void => {
    for (const { chars, atMs } of waiting) listener(kind, chars, atMs);
    waiting = [];
  };

  /** What follows a closing mark; `text` is all of the piece that held the mark's end. */
  const close = (text: string, rest: string, atMs: number): void => {
    state = "after";
    tail = "";
    watching = false;
    if (text.length > rest.length) listener("reasoning", text.length - rest.length, atMs);
    if (rest.length > 0) after(rest, atMs);
  };

  const think = (text: string, atMs: number): void => {
    const seen = tail + lower(text);
    const at = seen.indexOf(closing);
    if (at === -1) {
      tail = seen.slice(-(closing.length - 1));
      if (text.length > 0) listener("reasoning", text.length, atMs);
      return;
    }
    close(text, text.slice(text.length - (seen.length - at - closing.length)), atMs);
  };

  const after = (text: string, atMs: number): void => {
    const answer = text.trimStart();
    const space = text.length - answer.length;
    if (space > 0) listener("reasoning", space, atMs);
    if (answer.length === 0) return;
    state = "answer";
    listener("answer", answer.length, atMs);
  };

  /** Answer, unless it turns out that it was thought: a lone closing mark says so. */
  const watch = (text: string, atMs: number): void => {
    if (watching && (tail !== "" || bareHarmony || MARK_BEGINS.test(text))) {
      const seen = tail + lower(text);
      const found = bareHarmony ? seen.indexOf(BARE_FINAL) : seen.search(LONE_CLOSE);
      const opened = firstOpening(seen);
      if (found !== -1 && (opened === -1 || opened > found)) {
        const mark = bareHarmony ? BARE_FINAL.length : (LONE_CLOSE.exec(seen)?.[0].length ?? 0);
        const rest = seen.length - found - mark;
        allWasThought();
        close(text, text.slice(text.length - rest), atMs);
        return;
      }
      if (opened !== -1) watching = false;
      tail = bareHarmony || MARK_BEGINS.test(seen.slice(-LONGEST_MARK)) ? seen.slice(-LONGEST_MARK) : "";
    }
    listener("answer", text.length, atMs);
  };

  /** @returns how many characters of the piece are an opening mark */
  const decide = (text: string, atMs: number): number => {
    undecided += text;
    const start = lower(undecided.trimStart());
    const mark = MARKS.find(([open]) => start.startsWith(open));
    if (mark !== undefined) {
      state = "thinking";
      closing = mark[1];
      settle("reasoning");
      // Harmony's opening mark may be the beginning of its closing one, and is then looked at again.
      const again = closing.startsWith(mark[0]) || mark[0] === "<|start|>";
      const begun = again ? 0 : mark[0].length;
      const beyond = Math.min(text.length, start.length - begun);
      tail = again ? start.slice(0, start.length - beyond) : "";
      if (text.length > beyond) listener("reasoning", text.length - beyond, atMs);
      undecided = "";
      if (beyond > 0) think(text.slice(text.length - beyond), atMs);
      const head = again ? (HARMONY_HEAD.exec(start)?.[0].length ?? 0) : mark[0].length;
      return Math.max(0, Math.min(text.length, head - (start.length - text.length)));
    }
    const open = MARKS.some(([opening]) => opening.startsWith(start)) || "analysis".startsWith(start);
    if (open && undecided.length <= MAX_UNDECIDED_CHARS) {
      waiting.push({ chars: text.length, atMs });
      return 0;
    }
    state = "answer";
    bareHarmony = BARE_HARMONY.test(undecided.trimStart());
    const before = undecided.slice(0, undecided.length - text.length);
    settle("answer");
    undecided = "";
    tail = MARK_BEGINS.test(before) || bareHarmony ? lower(before).slice(-LONGEST_MARK) : "";
    watch(text, atMs);
    return 0;
  };

  return {
    push(text, atMs) {
      if (state === "undecided") return decide(text, atMs);
      if (state === "answer") watch(text, atMs);
      else if (state === "thinking") think(text, atMs);
      else after(text, atMs);
      return 0;
    },
    end() {
      settle("answer");
    },
  };
}

/** Where the first opening mark stands, or -1. */
function firstOpening(text: string): number {
  const places = MARKS.map(([open]) => text.indexOf(open)).filter((at) => at !== -1);
  return places.length === 0 ? -1 : Math.min(...places);
}

/** Lower case without changing the length, so that places stay what they are. */
function lower(text: string): string {
  const folded = text.toLowerCase();
  return folded.length === text.length ? folded : text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** The text without the thoughts at its start; where their end never comes, nothing is answer. */
export function withoutThoughts(text: string): string {
  let answer = 0;
  const splitter = createThinkSplitter(
    (kind, chars) => {
      if (kind === "answer") answer += chars;
    },
    () => {
      answer = 0;
    },
  );
  splitter.push(text, 0);
  splitter.end();
  return text.slice(text.length - answer);
}
