import type { ProviderDescription } from "./types.ts";

/** Anthropic's own Messages API: its compatible endpoint hides cached tokens and thinking. */
export const anthropic: ProviderDescription = {
  slug: "anthropic",
  name: "Anthropic",
  baseUrl: "https://api.anthropic.com/v1",
  dialect: {
    auth: "x-api-key",
    headers: { "anthropic-version": "2023-06-01" },
    chatPath: "/messages",
    warmupPath: "/models?limit=1",
    modelsList: { path: "/models?limit=1000", dialect: "anthropic", pageAfter: "after_id" },
    // Opus from 4.7 and the fifth generation take no sampling parameters.
    noTemperature: { models: "claude-opus-4-[7-9]|claude-[a-z]+-(?:[5-9]|\\d\\d)(?!\\d)" },
    // Thinking is not asked for; models that think unasked are told to do so briefly, where they think as much as an
    // effort says. https://docs.anthropic.com/en/docs/build-with-claude/effort
    lowEffort: {
      models: "claude-(?:opus|sonnet)-4-[6-9]|claude-[a-z]+-(?:[5-9]|\\d\\d)(?!\\d)",
      parameters: { output_config: { effort: "low" } },
    },
  },
  prices: [
    {
      model: "claude-haiku-4-5",
      input: 1,
      output: 5,
      cachedInput: 0.1,
      date: "2026-07-02",
      source: "https://models.dev",
    },
  ],
};
