import type { Provider } from "./types.ts";

/** Models from here on take no sampling parameters. https://docs.anthropic.com/en/api/messages */
const NO_TEMPERATURE = /opus-4-[7-9]|(?:opus|sonnet|haiku)-[5-9]/;

/** Anthropic's own Messages API: its compatible endpoint hides cached tokens and thinking. */
export const anthropic: Provider = {
  slug: "anthropic",
  name: "Anthropic",
  kind: "direct",
  baseUrl: "https://api.anthropic.com/v1",
  logoUrl: "/logos/anthropic.svg",
  prices: [],
  keyVariable: "ANTHROPIC_API_KEY",
  chatPath: "/messages",
  warmupPath: "/models?limit=1",
  minimumGapMs: 0,
  headers: (apiKey) => ({ "x-api-key": apiKey, "anthropic-version": "2023-06-01" }),
  // Thinking is off unless it is asked for, and it is not.
  parameters: ({ model, maxOutputTokens }) => ({
    max_tokens: maxOutputTokens,
    ...(NO_TEMPERATURE.test(model) ? {} : { temperature: 0 }),
  }),
  wire: { protocol: "anthropic-messages" },
};
