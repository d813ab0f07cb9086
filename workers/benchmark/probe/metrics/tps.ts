import type { Arrivals } from "./arrivals.ts";

const MIN_TOKENS = 2;
const MIN_ARRIVALS = 3;
const MIN_WINDOW_MS = 20;
const MAX_SHARE_OF_ONE_ARRIVAL = 0.9;
/** A thought is streamed in full at about 4 characters a token; under this it was only summed up. */
const SUMMARY_CHARS_PER_TOKEN = 2;
/** No tokenizer makes more than a token of a character of this prompt's language: the rest was not streamed. */
const MIN_CHARS_PER_TOKEN = 1;
const FEW_TOKENS = 64;

export interface StreamedOutput {
  /** All generated tokens, thoughts included. */
  readonly outputTokens: number;
  /** Those of them that the provider counted as thoughts; null where it does not say. */
  readonly reasoningTokens: number | null;
  readonly reasoningChars: number;
  /** Thoughts were generated of which the stream carried a summary at most. */
  readonly thoughtsWithheld: boolean;
  /** Every generated piece. */
  readonly all: Arrivals;
  /** The pieces that are not thoughts. */
  readonly answer: Arrivals;
}

/**
 * Tokens per second of what was streamed, or null where the stream cannot carry a rate.
 *
 *     tps = (tokens - k) / (arrival of the last token - arrival of the first)
 *
 * Tokens that came with the first arrival were generated before the window opened, so they are not counted in
 * it: k is their number, judged by their share of the characters, at least 1. Thoughts that were billed but
 * not streamed are left out; where only a summary of them was streamed, the window is the answer's alone.
 */
export function tokensPerSecond(output: StreamedOutput): number | null {
  // So many of the billed tokens were never streamed, and nobody says how many.
  if (output.thoughtsWithheld && output.reasoningTokens === null) return null;
  const billed = output.reasoningTokens ?? 0;
  const unseen = billed > 0 && output.reasoningChars < billed * SUMMARY_CHARS_PER_TOKEN;
  const tokens = unseen ? Math.max(0, output.outputTokens - billed) : output.outputTokens;
  return rate(tokens, unseen ? output.answer : output.all);
}

function rate(tokens: number, arrivals: Arrivals): number | null {
  const windowMs = arrivals.lastAt - arrivals.firstAt;
  if (tokens < MIN_TOKENS || arrivals.count < MIN_ARRIVALS || windowMs < MIN_WINDOW_MS) return null;
  if (arrivals.largestLaterChars > arrivals.chars * MAX_SHARE_OF_ONE_ARRIVAL) return null;
  if ((tokens - FEW_TOKENS) * MIN_CHARS_PER_TOKEN > arrivals.chars) return null;
  const first = Math.max(1, Math.round((tokens * arrivals.firstChars) / arrivals.chars));
  if (tokens <= first) return null;
  return ((tokens - first) / windowMs) * 1000;
}
