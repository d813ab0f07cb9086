import { openAiCompatible } from "./openai-compatible.ts";

/** https://docs.x.ai/docs/api-reference: thinking is left out of completion_tokens; a wrong key is a 400. */
export const xai = openAiCompatible({
  slug: "xai",
  name: "xAI",
  baseUrl: "https://api.x.ai/v1",
  includeUsage: true,
  // Grok 4 refuses the parameter.
  lowEffort: { models: /grok-3-mini/, parameters: { reasoning_effort: "low" } },
  wire: {
    reasoningAt: ["reasoning_content"],
    costAt: [{ path: ["cost_in_usd_ticks"], usd: 1e-10 }],
  },
});
