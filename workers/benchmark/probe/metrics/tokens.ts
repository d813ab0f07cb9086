import { INT4_MAX } from "../storable.ts";
import type { UsageReport } from "../stream/decoder.ts";

const CHARS_PER_TOKEN = 4;

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
  const reasoning = usage.reasoning ?? (gap > 0 ? gap : null);
  const finalInput = input ?? (began ? estimateTokens(promptChars) : 0);
  return {
    input: finalInput,
    output: output ?? estimateTokens(outputChars),
    reasoning,
    cached: usage.cached !== undefined && usage.cached <= finalInput ? usage.cached : null,
    estimated: began && (output === undefined || input === undefined),
  };
}

function reasoningGap({ input, output, total }: UsageReport): number {
  if (input === undefined || output === undefined || total === undefined) return 0;
  const gap = total - input - output;
  return gap > 0 && output + gap <= INT4_MAX ? gap : 0;
}

function estimateTokens(chars: number): number {
  return Math.ceil(chars / CHARS_PER_TOKEN);
}
