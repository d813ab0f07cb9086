import { INT4_MAX } from "../storable.ts";
import type { UsageReport } from "../stream/decoder.ts";

const CHARS_PER_TOKEN = 4;
/** Marks around the thoughts are counted by some as thoughts and not as output: 11 of 10 tokens were seen. */
const MARKS = 2;

/** Hosts add a little of their own to a prompt; a count beyond this cannot be of ours. */
const INPUT_TOKENS_PER_CHAR = 8;
const INPUT_MARGIN = 16_384;
/** Engines stop late, and tokenizers disagree about what a token is. */
const OUTPUT_MARGIN = 2;
/** So much text carries its tokens whatever was allowed: a provider may overlook the limit. */
const SURE_CHARS_PER_TOKEN = 2;
/** Some hosts hold only the answer to the limit and let a model think beyond it. */
const THOUGHTS_MARGIN = 8;
const FEW_TOKENS = 64;
/** Long words and runs of white space reach a few dozen characters a token, whole texts never. */
const MAX_CHARS_PER_TOKEN = 50;

/** What was sent and seen, against which a reported count is held. */
export interface SeenText {
  readonly promptChars: number;
  /** Of every generated piece. */
  readonly outputChars: number;
  readonly maxOutputTokens: number;
}

export interface TokenCounts {
  /** Cached ones included. */
  readonly input: number;
  /** Thoughts included. */
  readonly output: number;
  readonly reasoning: number | null;
  readonly cached: number | null;
  /** True when a count was judged from the length of a text because none that can be true was reported. */
  readonly estimated: boolean;
  /** True when a count was reported that cannot be true of this request, and was left aside. */
  readonly implausible: boolean;
}

/**
 * Tokens as the provider reports them. A gap between total and prompt + completion is input that was cached and
 * left out of the prompt's count, as far as the report names such, and thoughts left out of `completion_tokens`
 * (xAI, Gemini) beyond that. Where output came and no possible count was reported, a token is taken to be 4
 * characters.
 */
export function countTokens(reported: UsageReport, seen: SeenText): TokenCounts {
  const { promptChars, outputChars } = seen;
  const began = outputChars > 0;
  const { fromCache, thoughts } = splitGap(reported);
  const possible = withoutImpossible(
    {
      input: sum(reported.input, fromCache),
      output: sum(reported.output, thoughts),
      reasoning: namedThoughts(reported, thoughts),
    },
    seen,
  );
  const { implausible } = possible;
  // Nobody generates text out of no tokens, or reads a prompt of none: a zero then is no report.
  const output = began && possible.output === 0 ? undefined : possible.output;
  const input = began && possible.input === 0 ? undefined : possible.input;
  const finalInput = input ?? (began ? estimateTokens(promptChars) : 0);
  const finalOutput = output ?? estimateTokens(outputChars);
  return {
    input: finalInput,
    output: finalOutput,
    reasoning: possible.reasoning ?? null,
    cached: reported.cached !== undefined && reported.cached <= finalInput ? reported.cached : null,
    estimated: began && (output === undefined || input === undefined),
    implausible,
  };
}

interface Counts {
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly reasoning: number | undefined;
}

function withoutImpossible(
  { input, output, reasoning }: Counts,
  seen: SeenText,
): Counts & { implausible: boolean } {
  const { promptChars, outputChars, maxOutputTokens } = seen;
  const inputFits = input === undefined || input <= promptChars * INPUT_TOKENS_PER_CHAR + INPUT_MARGIN;
  const answer = output === undefined ? 0 : output - Math.min(reasoning ?? 0, output);
  const allowed =
    output === undefined ||
    output * SURE_CHARS_PER_TOKEN <= outputChars ||
    (answer <= maxOutputTokens * OUTPUT_MARGIN + FEW_TOKENS &&
      output <= maxOutputTokens * THOUGHTS_MARGIN + FEW_TOKENS);
  const enough = !output || outputChars <= (output + FEW_TOKENS) * MAX_CHARS_PER_TOKEN;
  const outputFits = allowed && enough;
  return {
    input: inputFits ? input : undefined,
    output: outputFits ? output : undefined,
    reasoning: outputFits ? reasoning : undefined,
    implausible: !inputFits || !outputFits,
  };
}

/** The thoughts as reported, or those in the gap: a part cannot be more than the whole, and a gap is never none. */
function namedThoughts({ reasoning, output }: UsageReport, gap: number): number | undefined {
  const possible = reasoning === undefined || output === undefined || reasoning <= output + gap + MARKS;
  return (possible ? reasoning : undefined) || gap || (possible ? reasoning : undefined);
}

/** What a total holds beyond prompt and completion of the same report. */
function splitGap({ input, output, total, cached, cacheWrite, reasoning }: UsageReport) {
  const none = { fromCache: 0, thoughts: 0 };
  // Beside an input of none the gap would be the prompt.
  if (!input || output === undefined || total === undefined) return none;
  const gap = total - input - output;
  if (gap <= 0) return none;
  // Named thoughts that fill the gap leave no doubt (xAI, whose prompt holds its cached part).
  if (reasoning === gap) return { fromCache: 0, thoughts: gap };
  const named = [(cached ?? 0) + (cacheWrite ?? 0), cached ?? 0, cacheWrite ?? 0];
  const fromCache = named.find((tokens) => tokens > 0 && tokens <= gap) ?? 0;
  return { fromCache, thoughts: gap - fromCache };
}

function sum(count: number | undefined, more: number): number | undefined {
  return count === undefined ? undefined : Math.min(count + more, INT4_MAX);
}

function estimateTokens(chars: number): number {
  return Math.ceil(chars / CHARS_PER_TOKEN);
}
