import { readProviderError, readStatedError, textError } from "../errors/provider-error.ts";
import { asText, at, isObject, type JsonObject } from "../json.ts";
import type { Decoded, StreamSink } from "./decoder.ts";
import { finishKind, finishText } from "./finish-reasons.ts";
import { messageText, readPieces } from "./pieces.ts";
import { isClosingWord } from "./sse.ts";
import { readTimingsUsage, readUsage, usageIn } from "./usage.ts";

/** Entries of a usage that are times and no counts. */
const TIME_NAME = /(?:^|_)(?:time|ms|latency|duration|per_second|tps)(?:_|$)/;
const ERROR_WORDS = /^\W{0,3}(?:[a-z]{0,20}error|exception|fatal)\b/i;
/** Comments that a proxy framed as data, and the pings of several servers. */
const COMMENT = /^\s*(?::|ping\b|keep-?alive\b)/i;

/**
 * Understands one event of a streamed completion: `POST /chat/completions` and Anthropic's `POST /messages` alike,
 * by what the event holds and not by who sent it, since models and gateways move between hosts. Never throws.
 * https://platform.openai.com/docs/api-reference/chat-streaming
 * https://docs.anthropic.com/en/docs/build-with-claude/streaming
 */
export function decodeEvent(
  json: unknown,
  text: string,
  name: string | undefined,
  sink: StreamSink,
): Decoded {
  if (isObject(json)) return decodeObject(json, name, sink);
  if (json === undefined && isClosingWord(text)) return "done";
  if (Array.isArray(json)) return decodeList(json, name, sink);
  const said = typeof json === "string" ? json : text;
  if (name === "error" || ERROR_WORDS.test(said.slice(0, 100))) {
    sink.error(textError(said));
    return "read";
  }
  return COMMENT.test(said.slice(0, 100)) ? "read" : "skipped";
}

function decodeList(list: readonly unknown[], name: string | undefined, sink: StreamSink): Decoded {
  let understood = false;
  for (const item of list) {
    if (isObject(item) && decodeObject(item, name, sink) === "read") understood = true;
  }
  return understood ? "read" : "skipped";
}

function decodeObject(event: JsonObject, name: string | undefined, sink: StreamSink): Decoded {
  if (event.choices === undefined && typeof (event.type ?? name) === "string") {
    const decoded = decodeMessagesEvent(event, event.type ?? name, sink);
    if (decoded !== null) return decoded;
  }
  return decodeChunk(event, name, sink);
}

function decodeChunk(chunk: JsonObject, name: string | undefined, sink: StreamSink): Decoded {
  let understood = false;
  let unread = false;
  let last = false;
  const choices = chunk.choices;
  let choice: unknown;
  if (Array.isArray(choices)) {
    understood = choices.length === 0;
    choice = theChoice(choices);
    if (isObject(choice)) {
      understood = decodeChoice(choice, sink);
      unread = !understood;
      last = Boolean(choice.finish_reason);
      if (choice.usage !== undefined && isObject(choice.usage)) {
        last = true;
        sink.usage(readUsage(choice.usage));
      }
    }
  }
  const usage = usageIn(chunk);
  if (usage !== null) {
    understood = true;
    last = true;
    sink.usage(readUsage(usage));
  }
  if (chunk.timings !== undefined && isObject(chunk.timings)) {
    last = true;
    readTimingsUsage(chunk.timings, sink);
  }
  if (last) readTiming(chunk, usage, sink);
  readServed(chunk, sink);
  const error =
    readStatedError(chunk, choice) ??
    (understood && name !== "error" ? null : readProviderError(chunk, name));
  if (error !== null) {
    sink.error(error);
    return "read";
  }
  // What a choice holds and nobody can read may be the answer, whatever else its chunk says.
  return understood && !unread ? "read" : "skipped";
}

/** One answer is asked for: a chunk's only choice is it, whatever its index says; of several the first. */
function theChoice(choices: readonly unknown[]): unknown {
  if (choices.length < 2) return choices[0];
  return choices.find((choice) => isObject(choice) && choice.index === 0) ?? choices[0];
}

/** True when nothing in the choice is of a shape that is not known. */
function decodeChoice(choice: JsonObject, sink: StreamSink): boolean {
  const delta = choice.delta;
  let known = true;
  if (isObject(delta)) known = readPieces(delta, sink);
  else if (typeof delta === "string") {
    if (delta !== "") sink.piece("answer", delta);
  } else if (isObject(choice.message)) known = readMessage(choice.message, sink);
  else if (typeof choice.text === "string" && choice.text !== "") sink.piece("answer", choice.text);
  // Annotations (Azure) come in choices that say only that it goes on.
  else known = delta === null || choice.finish_reason !== undefined;
  const finish = choice.finish_reason;
  if (finish !== undefined && finish !== null) readFinish(finishText(finish), sink);
  // A proxy may have friendlier words for how its upstream ended.
  checkForBreak(choice.native_finish_reason, "native_finish_reason", sink);
  checkForBreak(choice.stop_reason, "stop_reason", sink);
  checkForBreak(choice.finish_details, "finish_details", sink);
  return known;
}

/** A message is a piece where a server sends no deltas, and the whole answer again where it does. */
function readMessage(message: JsonObject, sink: StreamSink): boolean {
  const whole = messageText(message);
  if (whole === "") return readPieces(message, sink);
  const { content: _, ...beside } = message;
  const known = readPieces(beside, sink);
  sink.wholeAnswer(whole);
  return known;
}

function readFinish(reason: string | null, sink: StreamSink): void {
  if (reason === null) return;
  const kind = finishKind(reason);
  if (kind === "none") return;
  sink.finish(reason, kind === "proper");
  if (kind === "broken") sink.brokeOff(`finish_reason ${reason}`);
}

function checkForBreak(value: unknown, field: string, sink: StreamSink): void {
  if (value === undefined || value === null) return;
  const reason = finishText(value);
  if (reason !== null && finishKind(reason) === "broken") sink.brokeOff(`${field} ${reason}`);
}

/** The server's own timing, where chunks carry it: Cerebras, Fireworks, llama.cpp, and Groq's in its usage. */
function readTiming(chunk: JsonObject, usage: JsonObject | null, sink: StreamSink): void {
  for (const holder of [chunk.time_info, chunk.perf_metrics, chunk.timings]) {
    if (isObject(holder)) for (const key of Object.keys(holder)) sink.timing(key, holder[key]);
  }
  for (const holder of [usage, at(chunk.x_groq, ["usage"])]) {
    if (!isObject(holder)) continue;
    for (const key of Object.keys(holder)) if (TIME_NAME.test(key)) sink.timing(key, holder[key]);
  }
}

/** The first word on each counts, but for the upstream: a reseller may try one after the other. Once a token. */
function readServed(chunk: JsonObject, { served }: StreamSink): void {
  served.model ??= textOr(chunk.model);
  served.requestId ??= textOr(chunk.id);
  served.fingerprint ??= textOr(chunk.system_fingerprint);
  served.tier ??= textOr(chunk.service_tier);
  if (chunk.provider !== undefined) served.upstream = textOr(chunk.provider) ?? served.upstream;
}

function textOr(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** An event of Anthropic's stream; null where it is none of those. */
function decodeMessagesEvent(event: JsonObject, type: unknown, sink: StreamSink): Decoded | null {
  switch (type) {
    case "message_start": {
      const message = event.message;
      if (!isObject(message)) return "skipped";
      readServed(message, sink);
      if (isObject(message.usage)) {
        // Its output_tokens is a placeholder of one or a few; only message_delta counts what was generated.
        sink.usage({ ...readUsage(message.usage), output: undefined });
        sink.served.tier ??= textOr(message.usage.service_tier);
      }
      return "read";
    }
    case "content_block_start":
      return readBlock(event.content_block, sink);
    case "content_block_delta":
      return readBlock(event.delta, sink);
    case "message_delta": {
      readFinish(finishText(at(event, ["delta", "stop_reason"])), sink);
      if (isObject(event.usage)) sink.usage(readUsage(event.usage));
      return "read";
    }
    case "message_stop":
      return "done";
    case "ping":
    case "content_block_stop":
      return "read";
    default:
      return null;
  }
}

/** A block's start and its deltas carry their text alike: text, thinking, or a tool's name and JSON. */
function readBlock(block: unknown, sink: StreamSink): Decoded {
  if (!isObject(block)) return "skipped";
  const type = asText(block.type) ?? "";
  // Thinking blocks hold a summary, or nothing that can be read; the thoughts themselves are billed.
  if (type === "thinking" || type === "redacted_thinking") sink.thoughtsWithheld();
  if (typeof block.text === "string" && block.text !== "") sink.piece("answer", block.text);
  const tool = (type === "tool_use" ? asText(block.name) : null) ?? asText(block.partial_json);
  if (tool !== null) sink.piece("tool", tool);
  const known =
    /^(?:text|text_delta|tool_use|input_json_delta|signature_delta|citations_delta|redacted_thinking)$/;
  if (known.test(type) || tool !== null || typeof block.text === "string") return "read";
  return readPieces(block, sink) ? "read" : "skipped";
}
