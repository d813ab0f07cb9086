import { at, isObject, type JsonObject } from "../json.ts";
import type { PieceKind, StreamSink } from "./decoder.ts";

/** Thoughts inside thoughts are seen two deep (parts of a list of parts); further down nobody puts any. */
const MAX_DEPTH = 4;
/** What a delta may hold beside generated text. */
const SILENT =
  /^(?:role|name|id|type|object|index|channel|tool_call_id|token_id|logprobs|obfuscation|p|phase|audio|annotations|citations|images|metadata|extra_content|provider_specific_fields|stop_reason|finish_reason|.*(?:signature|opaque|encrypted|redacted).*)$/;

/**
 * Reads the generated pieces of a delta, a message or a block, wherever their sender puts them: thoughts as a
 * string, an object, a list or content parts, under any of the names in use; content as a string, a number or
 * parts; refusals and calls of tools. What several keys say alike is read once.
 *
 * @returns false where it holds something that nobody here can read.
 */
export function readPieces(delta: JsonObject, sink: StreamSink): boolean {
  return readPlainContent(delta, sink) || readAnyPieces(delta, sink);
}

/** The usual delta, once a token: a text, and at most the role. True where it was that. */
function readPlainContent(delta: JsonObject, sink: StreamSink): boolean {
  const { content } = delta;
  if (typeof content !== "string") return false;
  for (const key in delta) if (key !== "content" && key !== "role") return false;
  if (content !== "") sink.piece("answer", content);
  return true;
}

function readAnyPieces(delta: JsonObject, sink: StreamSink): boolean {
  const thought = readThoughts(delta, sink);
  const content = delta.content;
  let found = thought;
  if (typeof content === "string") {
    if (content !== "") sink.piece(isThought(delta) ? "reasoning" : "answer", content);
    found ||= content !== "";
  } else if (content !== undefined && content !== null) {
    found = readPart(content, sink, isThought(delta) ? "reasoning" : "answer") || found;
  }
  if (!found && delta.content_blocks !== undefined) found = readPart(delta.content_blocks, sink, "answer");
  const refusal = delta.refusal;
  if (typeof refusal === "string" && refusal !== "") {
    sink.piece("refusal", refusal);
    found = true;
  }
  if (Array.isArray(delta.tool_calls)) {
    for (const call of delta.tool_calls) found = readCall(at(call, ["function"]), sink) || found;
  }
  if (isObject(delta.function_call)) found = readCall(delta.function_call, sink) || found;
  return found || !holdsUnread(delta);
}

function readThoughts(delta: JsonObject, sink: StreamSink): boolean {
  const usual = delta.reasoning_content ?? delta.reasoning;
  if (typeof usual === "string" && usual !== "") {
    sink.piece("reasoning", usual);
    return true;
  }
  const text =
    thoughtText(delta.reasoning_content) ||
    thoughtText(delta.reasoning) ||
    thoughtText(delta.reasoning_text) ||
    thoughtText(delta.thinking) ||
    thoughtText(delta.thinking_content) ||
    thoughtText(delta.thought) ||
    thoughtText(delta.thoughts) ||
    thoughtText(delta.reasoning_details) ||
    thoughtText(delta.thinking_blocks) ||
    thoughtText(delta.reasoning_summary) ||
    thoughtsOfBlocks(delta.content_blocks);
  if (text === "") return false;
  sink.piece("reasoning", text);
  return true;
}

/** Flags by which servers mark a whole delta or part as thought. */
function isThought(part: JsonObject): boolean {
  if (part.thought === true) return true;
  if (part.channel === "analysis" && part.reasoning === undefined) return true;
  return isObject(part.extra_content) && at(part.extra_content, ["google", "thought"]) === true;
}

/** The text of a thought in any of its forms; "" where there is none. */
function thoughtText(value: unknown, depth = 0): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return "";
  if (Array.isArray(value)) {
    let text = "";
    for (const part of value) text += thoughtText(part, depth + 1);
    return text;
  }
  const part = value as JsonObject;
  return (
    thoughtText(part.text, depth + 1) ||
    thoughtText(part.thinking, depth + 1) ||
    thoughtText(part.reasoning, depth + 1) ||
    thoughtText(part.content, depth + 1) ||
    thoughtText(part.summary, depth + 1) ||
    thoughtText(part.reasoning_content, depth + 1) ||
    thoughtText(part.reasoningText, depth + 1)
  );
}

/** Blocks that gateways hand on beside the content: `content_blocks: [{index, delta: {thinking}}]`. */
function thoughtsOfBlocks(blocks: unknown): string {
  if (!Array.isArray(blocks)) return "";
  let text = "";
  for (const block of blocks) {
    const inner: unknown = isObject(block) ? (block.delta ?? block) : null;
    if (isObject(inner)) text += thoughtText(inner.thinking) || thoughtText(inner.reasoning);
  }
  return text;
}

/** A part of a content: text, thoughts, a refusal, or a list of such. True where something was read. */
function readPart(part: unknown, sink: StreamSink, kind: PieceKind, depth = 0): boolean {
  const text = plainText(part);
  if (text !== "") {
    sink.piece(kind, text);
    return true;
  }
  if (typeof part !== "object" || part === null || depth > MAX_DEPTH) return false;
  if (Array.isArray(part)) {
    let found = false;
    for (const inner of part) found = readPart(inner, sink, kind, depth + 1) || found;
    return found;
  }
  const object = part as JsonObject;
  const type = typeof object.type === "string" ? object.type : "";
  const own: PieceKind =
    isThought(object) || /thinking|thought|reasoning/.test(type)
      ? "reasoning"
      : type === "refusal"
        ? "refusal"
        : kind;
  let found = false;
  const thoughts = thoughtText(object.thinking) || thoughtText(object.reasoning);
  if (thoughts !== "") {
    sink.piece("reasoning", thoughts);
    found = true;
  }
  const inner =
    object.text ??
    object.content ??
    object.refusal ??
    object.parts ??
    object.delta ??
    (thoughts === "" ? object.summary : null);
  return readPart(inner, sink, own, depth + 1) || found;
}

/** Servers that parse what they pass on send digits as numbers. */
function plainText(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

function readCall(call: unknown, sink: StreamSink): boolean {
  if (!isObject(call)) return false;
  const input = isObject(call.arguments) ? JSON.stringify(call.arguments) : plainText(call.arguments);
  const text = plainText(call.name) + input;
  if (text !== "") sink.piece("tool", text);
  return text !== "";
}

/** The whole text that a message repeats, without its thoughts. */
export function messageText(message: JsonObject): string {
  return typeof message.content === "string" ? message.content : "";
}

function holdsUnread(delta: JsonObject): boolean {
  for (const key of Object.keys(delta)) {
    const value = delta[key];
    const empty =
      value === null || value === "" || value === false || (Array.isArray(value) && value.length === 0);
    if (!empty && value !== undefined && !SILENT.test(key) && !isHollow(value, 0)) return true;
  }
  return false;
}

/** Nothing in it but empty values and the names of its parts: a thought's `{type: "text", text: ""}`. */
function isHollow(value: unknown, depth: number): boolean {
  if (value === null || value === undefined || value === "" || value === false || value === 0) return true;
  if (typeof value !== "object" || depth > MAX_DEPTH) return false;
  if (Array.isArray(value)) return value.every((inner) => isHollow(inner, depth + 1));
  return Object.entries(value).every(([key, inner]) => SILENT.test(key) || isHollow(inner, depth + 1));
}
