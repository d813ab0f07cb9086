import { openAiCompatible } from "./openai-compatible.ts";

/**
 * https://docs.mistral.ai/api: usage comes unasked, and asking for it is refused (422). The content of a
 * delta may be a list of parts, thoughts among them.
 */
export const mistral = openAiCompatible({
  slug: "mistral",
  name: "Mistral AI",
  baseUrl: "https://api.mistral.ai/v1",
});
