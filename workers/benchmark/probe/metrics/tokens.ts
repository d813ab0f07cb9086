import { INT4_MAX } from "../storable.ts";
import type { UsageReport } from "../stream/decoder.ts";

const CHARS_PER_TOKEN = 4;
/** Marks around the thoughts are counted by some as thoughts and not as output: 11 of 10 tokens were seen. */
const MARKS = 2;

export interface TokenCounts {
  /** Cached ones included. */
  readonly input: number;
  /** Thoughts included. */
  readonly output: number;
  readonly reasoning: number | null;
  readonly cached: number | null;
  /** True when a count was judged from the length of a text because none that can be true was reported. */
  readonly estimated: boolean;
}

/**
 * Tokens as the provider reports them. A gap between total and prompt + completion is thoughts left out of
 * `completion_tokens` (xAI, Gemini) and is added. Where output came and no possible count was reported, a
 * token is taken to be 4 characters.
 */
export function countTokens(usage: UsageReport, promptChars: number, outputChars: number): TokenCounts {
  const gap = reasoningGap(usage);
  const began = outputChars > 0;
  const reported = usage.output === undefined ? undefined : usage.output + gap;
  // Nobody generates text out of no tokens, or reads a prompt of none: a zero then is no report.
  const output = began && reported === 0 ? undefined : reported;
  const input = began && usage.input === 0 ? undefined : usage.input;
  const finalInput = input ?? (began ? estimateTokens(promptChars) : 0);
  const finalOutput = output ?? estimateTokens(outputChars);
  return {
    input: finalInput,
    output: finalOutput,
    reasoning: thoughtTokens(usage.reasoning, gap, finalOutput),
    cached: usage.cached !== undefined && usage.cached <= finalInput ? usage.cached : null,
    estimated: began && (output === undefined || input === undefined),
  };
}

/** A part cannot be more than the whole; and where a gap is, a report of no thoughts is none. */
function thoughtTokens(reported: number | undefined, gap: number, output: number): number | null {
  const possible = reported !== undefined && reported <= output + MARKS ? reported : null;
  return gap > 0 ? possible || gap : possible;
}

function reasoningGap({ input, output, total }: UsageReport): number {
  // Beside an input of none the gap would be the prompt.
  if (!input || output === undefined || total === undefined) return 0;
  const gap = total - input - output;
  return gap > 0 && output + gap <= INT4_MAX ? gap : 0;
}

function estimateTokens(chars: number): number {
  return Math.ceil(chars / CHARS_PER_TOKEN);
}
