import { anthropic } from "./anthropic.ts";
import { groq } from "./groq.ts";
import { openai } from "./openai.ts";
import { openrouter } from "./openrouter.ts";
import { together } from "./together.ts";
import type { Dialect } from "./types.ts";

const dialects: Readonly<Record<string, Dialect>> = { openai, groq, together, openrouter, anthropic };

/** A provider's way of speaking; whoever is not known by name speaks like OpenAI. */
export function dialectOf(slug: string): Dialect {
  return Object.hasOwn(dialects, slug) ? (dialects[slug] ?? openai) : openai;
}
