import type { ProviderDescription } from "./types.ts";

/** https://console.groq.com/docs/api-reference */
export const groq: ProviderDescription = {
  slug: "groq",
  name: "Groq",
  baseUrl: "https://api.groq.com/openai/v1",
  dialect: {
    maxTokensAs: "max_completion_tokens",
    includeUsage: true,
    modelsList: { dialect: "groq", hasPrices: true },
    // Other reasoning models of Groq take only "none" and "default".
    lowEffort: { models: "gpt-oss", parameters: { reasoning_effort: "low" } },
  },
  prices: [
    {
      model: "openai/gpt-oss-20b",
      input: 0.075,
      output: 0.3,
      cachedInput: 0.0375,
      date: "2026-05-01",
      source: "https://groq.com/pricing",
    },
    {
      model: "llama-3.1-8b-instant",
      input: 0.05,
      output: 0.08,
      date: "2026-05-01",
      source: "https://groq.com/pricing",
    },
  ],
};
