import { openAiCompatible } from "./openai-compatible.ts";

/** https://openrouter.ai/docs/api-reference/chat-completion */
export const openrouter = openAiCompatible({
  slug: "openrouter",
  name: "OpenRouter",
  kind: "proxy",
  baseUrl: "https://openrouter.ai/api/v1",
  // The list of all models is megabytes; what the key may do is a few hundred bytes.
  warmupPath: "/key",
  lowEffort: { models: /./, parameters: { reasoning: { effort: "low" } } },
  wire: {
    // `reasoning_details` says the same again, and is read only where this is missing.
    reasoningAt: ["reasoning", "reasoning_content"],
    costAt: [{ path: ["cost"], usd: 1 }],
    upstreamAt: "provider",
  },
});
