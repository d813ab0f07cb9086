/** A number in [0, 1). */
export type Random = () => number;

/** mulberry32: small, and the same seed gives the same stream of numbers in every process. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const LETTERS = "etaoinshrdlucmwfgypbvk";
/** One to four bytes each in UTF-8, one or two units each in a JavaScript string. */
const WIDE = ["é", "ß", "—", "語", "🚲"];

/**
 * Invented tokens, `count` of them (an even number), 3 to 5 characters long and together exactly
 * `4 x count` characters: the rule of thumb of four characters a token is then not only near but right,
 * so that a scenario without usage has a known answer too.
 */
export function tokens(random: Random, count: number, wide = false): string[] {
  const list: string[] = [];
  for (let made = 0; made < count; made += 2) {
    const first = 3 + Math.floor(random() * 3);
    list.push(token(random, first, wide), token(random, 8 - first, wide));
  }
  return list;
}

function token(random: Random, length: number, wide: boolean): string {
  let text = " ";
  while (text.length < length) {
    const pick = wide ? WIDE[Math.floor(random() * WIDE.length)] : undefined;
    const fits = pick !== undefined && text.length + pick.length <= length;
    text += fits ? pick : (LETTERS[Math.floor(random() * LETTERS.length)] ?? "e");
  }
  return text;
}

/** One event as it goes over the wire. */
export const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;

export const DONE = "data: [DONE]\n\n";

const envelope = (choices: object[], extra: object) => ({
  id: "chatcmpl-bench",
  object: "chat.completion.chunk",
  created: 1_760_000_000,
  model: "bench-model",
  choices,
  ...extra,
});

/** A chunk with one choice, as OpenAI and all who follow it send it. */
export const delta = (piece: object, extra: object = {}): string =>
  event(envelope([{ index: 0, delta: piece, logprobs: null, finish_reason: null }], extra));

export const role = (): string => delta({ role: "assistant", content: "" });

export const content = (text: string): string => delta({ content: text });

export const finish = (extra: object = {}): string =>
  event(envelope([{ index: 0, delta: {}, logprobs: null, finish_reason: "stop" }], extra));

/** OpenAI's own last chunk: no choices, only the usage. */
export const usageChunk = (usage: object): string => event(envelope([], { usage }));
