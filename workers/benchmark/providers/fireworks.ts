import { openAiCompatible } from "./openai-compatible.ts";

/** https://docs.fireworks.ai/api-reference/post-chatcompletions: usage comes unasked in the last chunk. */
export const fireworks = openAiCompatible({
  slug: "fireworks",
  name: "Fireworks AI",
  baseUrl: "https://api.fireworks.ai/inference/v1",
  lowEffort: { models: /gpt-oss/, parameters: { reasoning_effort: "low" } },
  wire: {
    reasoningAt: ["reasoning_content"],
    timingAt: [{ path: ["perf_metrics"], names: "all" }],
  },
});
