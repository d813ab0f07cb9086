import type { ProviderDescription } from "./types.ts";

/** https://api-docs.deepseek.com/api/create-chat-completion: comments keep the line open under load. */
export const deepseek: ProviderDescription = {
  slug: "deepseek",
  name: "DeepSeek",
  baseUrl: "https://api.deepseek.com",
  dialect: {
    includeUsage: true,
  },
  prices: [
    {
      model: "deepseek-chat",
      input: 0.14,
      output: 0.28,
      cachedInput: 0.0028,
      date: "2026-07-02",
      source: "https://models.dev",
    },
  ],
};
