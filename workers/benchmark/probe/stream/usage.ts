import { asCost, asCount, at, isObject, type JsonObject } from "../json.ts";
import type { StreamSink, UsageReport } from "./decoder.ts";

/**
 * What a usage says, under the names of OpenAI, Anthropic, Google, Amazon, Cohere and those who follow them.
 * Anthropic's input counts exclude each other; elsewhere the input holds the cached part, and where it does not the
 * total tells (countTokens).
 */
export function readUsage(usage: JsonObject): UsageReport {
  const prompt =
    usage.prompt_tokens ?? usage.promptTokens ?? usage.prompt_token_count ?? usage.promptTokenCount;
  const read = usage.cache_read_input_tokens ?? usage.cacheReadInputTokens ?? usage.cacheReadInputTokenCount;
  const written =
    usage.cache_creation_input_tokens ??
    usage.cacheWriteInputTokens ??
    usage.cacheWriteInputTokenCount ??
    usage.cache_write_tokens;
  const details = usage.prompt_tokens_details ?? usage.input_tokens_details;
  const outputDetails = usage.completion_tokens_details ?? usage.output_tokens_details;
  const fresh = asCount(
    usage.input_tokens ?? usage.inputTokens ?? usage.input_token_count ?? usage.inputTokenCount,
  );
  // Beside input_tokens these two are Anthropic's, which exclude each other.
  const apart = prompt === undefined && details === undefined;
  const whole =
    fresh !== undefined && apart ? asCount(fresh + (asCount(read) ?? 0) + (asCount(written) ?? 0)) : fresh;
  return {
    input: asCount(prompt) ?? whole,
    output:
      asCount(usage.completion_tokens) ??
      asCount(usage.output_tokens) ??
      asCount(usage.completionTokens) ??
      asCount(usage.outputTokens) ??
      asCount(usage.outputTokenCount) ??
      asCount(usage.output_token_count) ??
      asCount(usage.candidatesTokenCount) ??
      asCount(usage.candidates_token_count) ??
      asCount(usage.generated_tokens),
    total:
      asCount(usage.total_tokens) ??
      asCount(usage.totalTokens) ??
      asCount(usage.totalTokenCount) ??
      asCount(usage.total_token_count),
    cached:
      asCount(at(details, ["cached_tokens"])) ??
      asCount(usage.cached_tokens) ??
      asCount(usage.prompt_cache_hit_tokens) ??
      asCount(read) ??
      asCount(usage.cachedContentTokenCount),
    cacheWrite:
      asCount(written) ??
      asCount(at(details, ["cache_write_tokens"])) ??
      asCount(at(details, ["cache_creation_tokens"])) ??
      asCount(at(details, ["cached_creation_tokens"])) ??
      asCount(at(details, ["cache_creation_input_tokens"])),
    reasoning:
      asCount(at(outputDetails, ["reasoning_tokens"])) ??
      asCount(at(outputDetails, ["thinking_tokens"])) ??
      asCount(usage.reasoning_tokens) ??
      asCount(usage.thoughtsTokenCount) ??
      asCount(usage.thoughts_token_count),
    costUsd: readCost(usage),
  };
}

/** Where a usage says what was charged; the first that is filled is read. xAI counts in 1e-10 USD. */
function readCost(usage: JsonObject): number | undefined {
  const cost = usage.cost;
  const charged =
    asCost(cost) ??
    asCost(at(cost, ["total_cost"])) ??
    asCost(usage.estimated_cost) ??
    asCost(usage.total_cost) ??
    asCost(usage.cost_usd) ??
    (typeof usage.cost_in_usd_ticks === "number" ? asCost(usage.cost_in_usd_ticks * 1e-10) : undefined);
  if (charged === undefined) return undefined;
  // With the user's own key at the upstream OpenRouter charges its fee only; the rest is charged there.
  const own = usage.is_byok === true ? asCost(at(usage, ["cost_details", "upstream_inference_cost"])) : 0;
  return asCost(charged + (own ?? 0));
}

/** The usage of a chunk, wherever it stands; null where there is none. */
export function usageIn(chunk: JsonObject): JsonObject | null {
  const usage = chunk.usage;
  if (isObject(usage)) return usage;
  if (chunk.x_groq !== undefined) {
    const groq = at(chunk.x_groq, ["usage"]);
    if (isObject(groq)) return groq;
  }
  const other =
    chunk.usageMetadata ??
    chunk.usage_metadata ??
    chunk.token_usage ??
    chunk["amazon-bedrock-invocationMetrics"];
  if (isObject(other)) return other;
  const meta = isObject(chunk.meta) ? chunk.meta.tokens : null;
  return isObject(meta) ? meta : null;
}

/** llama.cpp's own statistics, which it sends with or without a usage; `prompt_n` leaves cached tokens out. */
export function readTimingsUsage(timings: JsonObject, sink: StreamSink): void {
  const evaluated = asCount(timings.prompt_n);
  const cached = asCount(timings.cache_n);
  sink.usageHint({
    input: evaluated === undefined ? undefined : asCount(evaluated + (cached ?? 0)),
    cached,
    output: asCount(timings.predicted_n),
  });
}
