import type { ProviderDescription } from "./types.ts";

/**
 * https://docs.mistral.ai/api: usage comes unasked, and asking for it is refused (422). The content of a
 * delta may be a list of parts, thoughts among them.
 */
export const mistral: ProviderDescription = {
  slug: "mistral",
  name: "Mistral AI",
  baseUrl: "https://api.mistral.ai/v1",
  dialect: {
    modelsList: { dialect: "mistral" },
  },
  prices: [
    {
      model: "mistral-small-latest",
      input: 0.15,
      output: 0.6,
      date: "2026-07-02",
      source: "https://models.dev",
    },
  ],
};
