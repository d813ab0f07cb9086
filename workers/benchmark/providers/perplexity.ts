import type { ProviderDescription } from "./types.ts";

/**
 * https://docs.perplexity.ai/api-reference/chat-completions-post: each chunk repeats the usage so far; its
 * cost is an object whose total holds a fee for each request.
 */
export const perplexity: ProviderDescription = {
  slug: "perplexity",
  name: "Perplexity",
  baseUrl: "https://api.perplexity.ai",
  dialect: {
    // No list of models stands under this base: any small answer of the host opens the connection.
    warmupPath: "/",
    modelsList: null,
    // The dearest of the fees for a request (Sonar Pro, high search context), read on 2026-11-26:
    // https://docs.perplexity.ai/getting-started/pricing
    requestFeeUsd: 0.014,
    lowEffort: { models: "sonar-(?:reasoning|deep)", parameters: { reasoning_effort: "low" } },
  },
  prices: [
    {
      model: "sonar",
      input: 1,
      output: 1,
      date: "2026-07-02",
      source: "https://models.dev",
    },
  ],
};
