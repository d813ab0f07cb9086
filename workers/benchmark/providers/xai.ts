import type { ProviderDescription } from "./types.ts";

/** https://docs.x.ai/docs/api-reference: thinking is left out of completion_tokens; a wrong key is a 400. */
export const xai: ProviderDescription = {
  slug: "xai",
  name: "xAI",
  baseUrl: "https://api.x.ai/v1",
  dialect: {
    includeUsage: true,
    modelsList: { dialect: "xai", hasPrices: true },
    // Other Grok models refuse the parameter.
    lowEffort: { models: "grok-(?:3-mini|4\\.3)", parameters: { reasoning_effort: "low" } },
  },
  prices: [
    {
      model: "grok-4.3",
      input: 1.25,
      output: 2.5,
      cachedInput: 0.2,
      date: "2026-07-02",
      source: "https://models.dev",
    },
  ],
};
