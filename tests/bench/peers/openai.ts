import OpenAI from "openai";
import { baseUrlOf, type Reader } from "../readers/types.ts";

/**
 * The official SDK the way benchmark scripts use it: the first content delta stops the clock of TTFT, the
 * end of the loop the clock of the rate, and completion_tokens (or else the deltas) are what is divided.
 */
export function sdkReader(now: () => number): Reader {
  return async (task) => {
    const client = new OpenAI({ apiKey: "bench-key", baseURL: baseUrlOf(task), maxRetries: 0 });
    const start = now();
    let first: number | null = null;
    let deltas = 0;
    let usage: OpenAI.CompletionUsage | null | undefined;
    const stream = await client.chat.completions.create({
      model: "bench-model",
      messages: [{ role: "user", content: "Summarise." }],
      stream: true,
      stream_options: { include_usage: true },
    });
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta?.content) {
        first ??= now();
        deltas += 1;
      }
      usage = chunk.usage ?? usage;
    }
    const end = now();
    const tokens = usage?.completion_tokens ?? deltas;
    return {
      ttftMs: first === null ? null : first - start,
      totalMs: end - start,
      tps: first === null || end <= first ? null : (tokens / (end - first)) * 1000,
      inputTokens: usage?.prompt_tokens ?? null,
      outputTokens: tokens,
      costUsd: null,
      failure: null,
    };
  };
}
