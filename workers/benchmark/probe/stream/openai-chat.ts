import { type ProviderError, readProviderError } from "../errors/provider-error.ts";
import { asCost, asCount, asText, at, isObject, type JsonObject, parseJson } from "../json.ts";
import type { Decoded, PieceKind, StreamDecoder, StreamSink, UsageReport } from "./decoder.ts";

/**
 * Where an OpenAI-compatible provider puts what the standard of the field leaves open. The places read in every
 * chunk are functions and no lists of keys: a property with a fixed name costs a fraction of one looked up by a
 * variable, and this runs once a token.
 */
export interface OpenAiChatWire {
  readonly protocol: "openai-chat";
  /** The usage that a chunk carries; the last one in a stream has the last word. */
  readonly usageOf: (chunk: JsonObject) => unknown;
  /** The thought that a delta carries. Several keys may say the same twice: it is read once. */
  readonly thoughtOf: (delta: JsonObject) => unknown;
  /** Who served a proxied call, where a chunk names it. */
  readonly upstreamOf: ((chunk: JsonObject) => unknown) | null;
  /** The object with the server's own timing in the last chunks, and which of its entries are that. */
  readonly timing: {
    readonly of: (chunk: JsonObject) => unknown;
    readonly names: readonly string[] | "all";
  } | null;
  /** Where the usage says what was charged, and the unit in USD; the first that is filled is read. */
  readonly costAt: readonly { readonly path: readonly string[]; readonly usd: number }[];
}

/**
 * Understands the chunks of a streamed `POST /chat/completions`.
 * https://platform.openai.com/docs/api-reference/chat-streaming
 */
export function openAiChatDecoder(wire: OpenAiChatWire): StreamDecoder {
  return (data, name, sink) => {
    if (data.charCodeAt(0) === 91 && data.trim() === "[DONE]") return "done";
    const chunk = parseJson(data);
    if (isObject(chunk)) return decodeChunk(chunk, name, wire, sink);
    if (name !== "error") return "skipped";
    sink.error({ message: data, code: null, type: null, status: null });
    return "read";
  };
}

function decodeChunk(
  chunk: JsonObject,
  name: string | undefined,
  wire: OpenAiChatWire,
  sink: StreamSink,
): Decoded {
  let understood = false;
  let last = false;
  const choices = chunk.choices;
  if (Array.isArray(choices)) {
    understood = choices.length === 0;
    for (let index = 0; index < choices.length; index += 1) {
      const choice: unknown = choices[index];
      if (!isObject(choice)) continue;
      if (decodeChoice(choice, wire, sink)) understood = true;
      if (choice.finish_reason) last = true;
    }
  }
  const usage = wire.usageOf(chunk);
  if (isObject(usage)) {
    understood = true;
    last = true;
    sink.usage(readUsage(usage, wire));
  }
  if (last) readTiming(chunk, wire, sink);
  if (wire.upstreamOf !== null) {
    const upstream = asText(wire.upstreamOf(chunk));
    if (upstream !== null) sink.upstream(upstream);
  }
  const error = errorOf(chunk, name);
  if (error !== null) {
    understood = true;
    sink.error(error);
  }
  return understood ? "read" : "skipped";
}

function readTiming(chunk: JsonObject, { timing }: OpenAiChatWire, sink: StreamSink): void {
  const holder = timing?.of(chunk);
  if (!timing || !isObject(holder)) return;
  for (const key of timing.names === "all" ? Object.keys(holder) : timing.names) {
    if (holder[key] !== undefined) sink.timing(key, holder[key]);
  }
}

/** True when the choice has a shape that is known. Only the first answer is asked for, and read. */
function decodeChoice(choice: JsonObject, wire: OpenAiChatWire, sink: StreamSink): boolean {
  if (choice.index !== undefined && choice.index !== 0) return true;
  const delta = choice.delta;
  const known = isObject(delta);
  if (known) decodeDelta(delta, wire, sink);
  const reason = asText(choice.finish_reason);
  if (reason !== null) sink.finish(reason);
  return known || reason !== null || isObject(choice.error);
}

function decodeDelta(delta: JsonObject, wire: OpenAiChatWire, sink: StreamSink): void {
  const thought = wire.thoughtOf(delta);
  if (typeof thought === "string" && thought !== "") sink.piece("reasoning", thought);
  else if (delta.reasoning_details) readReasoningDetails(delta.reasoning_details, sink);
  const content = delta.content;
  if (typeof content === "string") {
    if (content !== "") sink.piece("answer", content);
  } else if (Array.isArray(content)) {
    for (const part of content) readPart(part, sink);
  }
  const refusal = delta.refusal;
  if (typeof refusal === "string" && refusal !== "") sink.piece("refusal", refusal);
  if (Array.isArray(delta.tool_calls)) {
    for (const call of delta.tool_calls) readCall(at(call, ["function"]), sink);
  }
  if (isObject(delta.function_call)) readCall(delta.function_call, sink);
}

/** OpenRouter's typed thoughts, which usually repeat `reasoning`; encrypted ones hold nothing readable. */
function readReasoningDetails(details: unknown, sink: StreamSink): void {
  if (!Array.isArray(details)) return;
  for (const detail of details) {
    const text = isObject(detail) ? (asText(detail.text) ?? asText(detail.summary)) : null;
    if (text !== null) sink.piece("reasoning", text);
  }
}

/** Mistral's parts: `{type: "text", text}` and `{type: "thinking", thinking: [{type: "text", text}]}`. */
function readPart(part: unknown, sink: StreamSink, kind: PieceKind = "answer"): void {
  if (typeof part === "string") {
    if (part !== "") sink.piece(kind, part);
    return;
  }
  if (!isObject(part)) return;
  const thinking = part.thinking;
  if (typeof thinking === "string") readPart(thinking, sink, "reasoning");
  else if (Array.isArray(thinking) && kind !== "reasoning") {
    for (const inner of thinking) readPart(inner, sink, "reasoning");
  }
  if (typeof part.text === "string") readPart(part.text, sink, part.type === "thinking" ? "reasoning" : kind);
}

function readCall(call: unknown, sink: StreamSink): void {
  if (!isObject(call)) return;
  const text = (asText(call.name) ?? "") + (asText(call.arguments) ?? "");
  if (text !== "") sink.piece("tool", text);
}

function readUsage(usage: JsonObject, wire: OpenAiChatWire): UsageReport {
  return {
    input: asCount(usage.prompt_tokens),
    output: asCount(usage.completion_tokens),
    total: asCount(usage.total_tokens),
    cached:
      asCount(at(usage, ["prompt_tokens_details", "cached_tokens"])) ??
      asCount(usage.cached_tokens) ??
      asCount(usage.prompt_cache_hit_tokens),
    reasoning:
      asCount(at(usage, ["completion_tokens_details", "reasoning_tokens"])) ??
      asCount(usage.reasoning_tokens),
    costUsd: readCost(usage, wire),
  };
}

function readCost(usage: JsonObject, wire: OpenAiChatWire): number | undefined {
  for (const { path, usd } of wire.costAt) {
    const value = at(usage, path);
    const cost = typeof value === "number" ? asCost(value * usd) : undefined;
    if (cost === undefined) continue;
    // With the user's own key at the upstream OpenRouter charges its fee only; the rest is charged there.
    const own = usage.is_byok === true ? asCost(at(usage, ["cost_details", "upstream_inference_cost"])) : 0;
    return asCost(cost + (own ?? 0));
  }
  return undefined;
}

/** The error that a chunk reports, at its top, in its choice, in Groq's own field, or by the event's name. */
function errorOf(chunk: JsonObject, name: string | undefined): ProviderError | null {
  const choice: unknown = Array.isArray(chunk.choices) ? chunk.choices[0] : undefined;
  const own =
    readProviderError(chunk) ??
    (isObject(choice) && choice.error ? readProviderError(choice) : null) ??
    (isObject(chunk.x_groq) ? readProviderError(chunk.x_groq) : null);
  if (own !== null) return own;
  if (name === "error") return readProviderError({ error: chunk });
  // OpenRouter's word for an upstream that failed after it began.
  if (isObject(choice) && choice.finish_reason === "error") {
    return readProviderError({ error: "finish_reason error" });
  }
  return null;
}
