import { anthropic } from "./anthropic.ts";
import { cerebras } from "./cerebras.ts";
import { deepinfra } from "./deepinfra.ts";
import { deepseek } from "./deepseek.ts";
import { providerOf } from "./dialect.ts";
import { fireworks } from "./fireworks.ts";
import { gemini } from "./gemini.ts";
import { groq } from "./groq.ts";
import { mistral } from "./mistral.ts";
import { openai } from "./openai.ts";
import { openrouter } from "./openrouter.ts";
import { perplexity } from "./perplexity.ts";
import { together } from "./together.ts";
import type { Provider } from "./types.ts";
import { xai } from "./xai.ts";

/** The providers that everybody can measure, in the order of menus and lists. Those that an operator has added stand in the database. */
export const providers: readonly Provider[] = [
  openai,
  groq,
  together,
  openrouter,
  anthropic,
  gemini,
  mistral,
  deepseek,
  xai,
  cerebras,
  fireworks,
  deepinfra,
  perplexity,
].map((description) => providerOf(description, { isStored: false }));

/** The built-in provider of a slug, or undefined where none is registered under it. */
export function findProvider(slug: string): Provider | undefined {
  return providers.find((provider) => provider.slug === slug);
}
