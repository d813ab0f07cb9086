import type { Provider } from "./types.ts";

/** Opus from 4.7 and the fifth generation take no sampling parameters. */
const NO_TEMPERATURE = /claude-opus-4-[7-9]|claude-[a-z]+-(?:[5-9]|\d\d)(?!\d)/;
/** Models that think as much as an effort says. https://docs.anthropic.com/en/docs/build-with-claude/effort */
const EFFORT = /claude-(?:opus|sonnet)-4-[6-9]|claude-[a-z]+-(?:[5-9]|\d\d)(?!\d)/;

/** Anthropic's own Messages API: its compatible endpoint hides cached tokens and thinking. */
export const anthropic: Provider = {
  slug: "anthropic",
  name: "Anthropic",
  kind: "direct",
  baseUrl: "https://api.anthropic.com/v1",
  logoUrl: "/logos/anthropic.svg",
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
  chatPath: "/messages",
  warmupPath: "/models?limit=1",
  modelsList: {
    path: "/models?limit=1000",
    dialect: "anthropic",
    pageAfter: "after_id",
    isPublic: false,
    hasPrices: false,
  },
  feedKey: "anthropic",
  requestFeeUsd: 0,
  pinsUpstreams: false,
  minimumGapMs: 0,
  headers: (apiKey) => ({ "x-api-key": apiKey, "anthropic-version": "2023-06-01" }),
  // Thinking is not asked for; models that think unasked are told to do so briefly.
  parameters: ({ model, reasoning, maxOutputTokens }) => ({
    max_tokens: maxOutputTokens,
    ...(NO_TEMPERATURE.test(model) ? {} : { temperature: 0 }),
    ...(reasoning && EFFORT.test(model) ? { output_config: { effort: "low" } } : {}),
  }),
};
