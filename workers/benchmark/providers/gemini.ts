import type { ProviderDescription } from "./types.ts";

/** https://ai.google.dev/gemini-api/docs/openai: thinking is left out of completion_tokens. */
export const gemini: ProviderDescription = {
  slug: "gemini",
  name: "Google Gemini",
  baseUrl: "https://generativelanguage.googleapis.com/v1beta/openai",
  dialect: {
    includeUsage: true,
    modelsList: { dialect: "gemini" },
    feedKey: "google",
    lowEffort: { models: "gemini-(?:2\\.5|[3-9])", parameters: { reasoning_effort: "low" } },
  },
  prices: [
    {
      model: "gemini-2.5-flash",
      input: 0.3,
      output: 2.5,
      cachedInput: 0.03,
      date: "2026-07-02",
      source: "https://models.dev",
    },
  ],
};
