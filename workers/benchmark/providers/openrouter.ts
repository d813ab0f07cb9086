import { EVERY_MODEL, type ProviderDescription } from "./types.ts";

/** https://openrouter.ai/docs/api-reference/chat-completion */
export const openrouter: ProviderDescription = {
  slug: "openrouter",
  name: "OpenRouter",
  kind: "proxy",
  baseUrl: "https://openrouter.ai/api/v1",
  dialect: {
    // The list of all models is megabytes; what the key may do is a few hundred bytes.
    warmupPath: "/key",
    modelsList: { dialect: "openrouter", isPublic: true, hasPrices: true },
    lowEffort: { models: EVERY_MODEL, parameters: { reasoning: { effort: "low" } } },
    // https://openrouter.ai/docs/features/provider-routing
    pin: "openrouter",
  },
  prices: [
    {
      model: "openai/gpt-4o-mini",
      input: 0.15,
      output: 0.6,
      cachedInput: 0.075,
      date: "2026-11-01",
      source: "https://openrouter.ai/api/v1/models",
    },
    {
      model: "openai/gpt-oss-20b",
      input: 0.03,
      output: 0.11,
      cachedInput: 0.015,
      date: "2026-03-21",
      source: "https://openrouter.ai/api/v1/models",
    },
  ],
};
