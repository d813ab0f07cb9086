import type { ProviderDescription } from "./types.ts";

/** https://inference-docs.cerebras.ai/api-reference/chat-completions */
export const cerebras: ProviderDescription = {
  slug: "cerebras",
  name: "Cerebras",
  baseUrl: "https://api.cerebras.ai/v1",
  dialect: {
    maxTokensAs: "max_completion_tokens",
    includeUsage: true,
    lowEffort: { models: "gpt-oss", parameters: { reasoning_effort: "low" } },
  },
  prices: [
    {
      model: "gpt-oss-120b",
      input: 0.35,
      output: 0.75,
      date: "2026-07-02",
      source: "https://models.dev",
    },
  ],
};
