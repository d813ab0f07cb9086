import { openAiCompatible } from "./openai-compatible.ts";

/** https://platform.openai.com/docs/api-reference/chat */
export const openai = openAiCompatible({
  slug: "openai",
  name: "OpenAI",
  baseUrl: "https://api.openai.com/v1",
  // Reasoning models refuse max_tokens and a temperature with a 400; the newer name is taken by all.
  maxTokensAs: "max_completion_tokens",
  temperature: "not for reasoning models",
  includeUsage: true,
  lowEffort: { models: /^(?:o\d|gpt-5|gpt-oss)/, parameters: { reasoning_effort: "low" } },
});
