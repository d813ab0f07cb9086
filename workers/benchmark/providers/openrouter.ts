import { openAiCompatible } from "./openai-compatible.ts";

/** https://openrouter.ai/docs/api-reference/chat-completion */
export const openrouter = openAiCompatible({
  slug: "openrouter",
  name: "OpenRouter",
  kind: "proxy",
  baseUrl: "https://openrouter.ai/api/v1",
  // The list of all models is megabytes; what the key may do is a few hundred bytes.
  warmupPath: "/key",
  modelsList: { dialect: "openrouter", isPublic: true, hasPrices: true },
  lowEffort: { models: /./, parameters: { reasoning: { effort: "low" } } },
  // https://openrouter.ai/docs/features/provider-routing
  pin: (upstream) => ({ provider: { only: [upstream], allow_fallbacks: false } }),
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
});
