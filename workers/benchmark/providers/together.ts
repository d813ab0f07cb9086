import type { ProviderDescription } from "./types.ts";

/** https://docs.together.ai/reference/chat-completions-1 */
export const together: ProviderDescription = {
  slug: "together",
  name: "Together AI",
  baseUrl: "https://api.together.xyz/v1",
  dialect: {
    modelsList: { dialect: "together", hasPrices: true },
    feedKey: "togetherai",
    // Newer models count tokens only for those who ask.
    includeUsage: true,
    lowEffort: { models: "gpt-oss", parameters: { reasoning_effort: "low" } },
  },
  prices: [
    {
      model: "openai/gpt-oss-20b",
      input: 0.05,
      output: 0.2,
      date: "2026-01-23",
      source: "https://api.together.xyz/v1/models",
    },
    {
      model: "mistralai/Mixtral-8x7B-Instruct-v0.1",
      input: 0.6,
      output: 0.6,
      date: "2026-01-23",
      source: "https://api.together.xyz/v1/models",
    },
  ],
};
