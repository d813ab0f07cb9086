import type { ProviderDescription } from "./types.ts";

/** https://platform.openai.com/docs/api-reference/chat */
export const openai: ProviderDescription = {
  slug: "openai",
  name: "OpenAI",
  baseUrl: "https://api.openai.com/v1",
  dialect: {
    // Reasoning models refuse max_tokens and a temperature with a 400; the newer name is taken by all.
    maxTokensAs: "max_completion_tokens",
    noTemperature: { models: "^(?:o\\d|gpt-5)", reasoning: true },
    includeUsage: true,
    lowEffort: {
      models: "^(?:o\\d|gpt-5)(?!.*(?:pro|chat|deep-research))",
      parameters: { reasoning_effort: "low" },
    },
  },
  prices: [
    {
      model: "gpt-4o-mini",
      input: 0.15,
      output: 0.6,
      cachedInput: 0.075,
      date: "2026-11-05",
      source: "https://developers.openai.com/api/docs/pricing",
    },
    {
      model: "gpt-5-nano",
      input: 0.05,
      output: 0.4,
      cachedInput: 0.005,
      date: "2026-07-02",
      source: "https://models.dev",
    },
  ],
};
