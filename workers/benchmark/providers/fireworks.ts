import type { ProviderDescription } from "./types.ts";

/** https://docs.fireworks.ai/api-reference/post-chatcompletions */
export const fireworks: ProviderDescription = {
  slug: "fireworks",
  name: "Fireworks AI",
  baseUrl: "https://api.fireworks.ai/inference/v1",
  dialect: {
    modelsList: { dialect: "fireworks" },
    feedKey: "fireworks-ai",
    // Newer models count tokens only for those who ask.
    includeUsage: true,
    lowEffort: { models: "gpt-oss", parameters: { reasoning_effort: "low" } },
  },
  prices: [
    {
      model: "accounts/fireworks/models/gpt-oss-20b",
      input: 0.07,
      output: 0.3,
      cachedInput: 0.035,
      date: "2026-07-02",
      source: "https://models.dev",
    },
  ],
};
