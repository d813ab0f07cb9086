import { openAiCompatible } from "./openai-compatible.ts";

/** https://docs.together.ai/reference/chat-completions-1 */
export const together = openAiCompatible({
  slug: "together",
  name: "Together AI",
  baseUrl: "https://api.together.xyz/v1",
  // Usage comes unasked in the last chunk.
  lowEffort: { models: /gpt-oss/, parameters: { reasoning_effort: "low" } },
  wire: { reasoningAt: ["reasoning", "reasoning_content"] },
});
