import type { ProviderDescription } from "./types.ts";

/** https://deepinfra.com/docs/openai_api */
export const deepinfra: ProviderDescription = {
  slug: "deepinfra",
  name: "DeepInfra",
  baseUrl: "https://api.deepinfra.com/v1/openai",
  dialect: {
    includeUsage: true,
    modelsList: { dialect: "deepinfra", hasPrices: true },
    lowEffort: { models: "gpt-oss", parameters: { reasoning_effort: "low" } },
  },
  prices: [
    {
      model: "openai/gpt-oss-20b",
      input: 0.03,
      output: 0.14,
      date: "2026-07-02",
      source: "https://models.dev",
    },
  ],
};
