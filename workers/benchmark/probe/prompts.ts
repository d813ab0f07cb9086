import type { PromptName } from "./types.ts";

/** What every model is asked to do with the text. A change of any character below makes a new prompt_version. */
const INSTRUCTION =
  'Summarise the text below in exactly three bullets. Each bullet starts with "- " and has 40 to 60 words. ' +
  "Write the three bullets and nothing else: no title, no introduction, no closing remark.";

const TEXT = `Before dawn the ferry to the outer islands is loaded by people who know each crate. Bread, letters, a crib, two car batteries and the week's medicine go under the forward deck; fish boxes, empty on the way out, are lashed aft, where salt can do no harm. For forty years the order of loading lived in the memory of one mate. When he retired, the company found that nobody else could say why the ship sat level in a beam sea, and for a month she did not. Freight came ashore wet, the crossing took nine minutes longer, and the pharmacist wrote three letters.

The remedy was dull. A young officer weighed everything for six weeks, wrote down where it stood, and noted how the ship rolled. She learned that two things mattered and that nobody had argued about either of them. Heavy goods had drifted forward, a hand's width a year, because the forward hatch was nearer to the quay. And the ballast pump, repaired after a winter storm, filled the port tank a little faster than its gauge admitted. Neither fault was large. Together they made a ship that leaned into every swell, and a crew that blamed the weather.

Her report had one page. It asked for a painted line on the deck, a second gauge, and a rule that every departure be weighed and published on the harbour wall, good days and bad alike. The captains disliked the wall at first: numbers in public feel like an accusation. Then the islanders began to read it. They saw that the slow crossings came with spring tides and not with a particular captain, that the new engine saved fuel but no time, and that the Friday boat was late because the Friday train was. Two fishermen even moved their own landing hour because the chart showed a calm that nobody had believed in. Complaints fell by half although the ferry was hardly any faster. What people had wanted, it turned out, was less a quick passage than one they could plan around, and somebody who told them the truth when it was slow.`;

/** The standard prompt: about 500 tokens in, and an answer of 120 to 180 words that any model can give. */
export const BENCHMARK_PROMPT = `${INSTRUCTION}\n\n${TEXT}`;

/** The quick test's: small enough to ask every provider within seconds, long enough to carry a rate. */
export const SHORT_PROMPT =
  "Write the whole numbers from one to forty as English words, separated by commas, and nothing else.";

const PROMPTS: Readonly<Record<PromptName, string>> = { standard: BENCHMARK_PROMPT, short: SHORT_PROMPT };

const MAX_OUTPUT_TOKENS = 512;
/** Thoughts are output too: a model that thinks needs room for them before its answer. */
const MAX_OUTPUT_TOKENS_REASONING = 2_048;

export function maxOutputTokens(reasoning: boolean): number {
  return reasoning ? MAX_OUTPUT_TOKENS_REASONING : MAX_OUTPUT_TOKENS;
}

/** The message as it is sent: the request's id stands first, so that no prompt cache knows how it begins. */
export function promptMessage(prompt: PromptName, requestId: string): string {
  return `${requestId}\n\n${PROMPTS[prompt]}`;
}

const versions = new Map<string, string>();

/**
 * Twelve hex digits that change with the prompt: results of different versions are never averaged together.
 * The short prompt's say so ("short-…"): the dashboard's figures are of the standard prompt alone.
 */
export async function promptVersion(prompt: PromptName): Promise<string> {
  const text = PROMPTS[prompt];
  // The text is kept, not a promise: in Workers a promise must not outlive the request that made it.
  const version = versions.get(text) ?? (await hash(text));
  versions.set(text, version);
  return prompt === "standard" ? version : `${prompt}-${version}`;
}

async function hash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.slice(0, 12);
}
