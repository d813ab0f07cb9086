import { openAiCompatible } from "./openai-compatible.ts";

/** https://api-docs.deepseek.com/api/create-chat-completion: comments keep the line open under load. */
export const deepseek = openAiCompatible({
  slug: "deepseek",
  name: "DeepSeek",
  baseUrl: "https://api.deepseek.com",
  includeUsage: true,
  wire: { reasoningAt: ["reasoning_content"] },
});
