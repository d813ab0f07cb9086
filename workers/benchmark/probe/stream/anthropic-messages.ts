import { readProviderError } from "../errors/provider-error.ts";
import { asCount, asText, at, isObject, type JsonObject, parseJson } from "../json.ts";
import type { Decoded, StreamDecoder, StreamSink, UsageReport } from "./decoder.ts";

export interface AnthropicMessagesWire {
  readonly protocol: "anthropic-messages";
}

/**
 * Understands the events of a streamed `POST /v1/messages`.
 * https://docs.anthropic.com/en/docs/build-with-claude/streaming
 */
export function anthropicMessagesDecoder(): StreamDecoder {
  return (data, name, sink) => {
    const event = parseJson(data);
    if (!isObject(event)) {
      if (name !== "error") return "skipped";
      sink.error({ message: data, code: null, type: null, status: null });
      return "read";
    }
    return decodeEvent(event, name, sink);
  };
}

function decodeEvent(event: JsonObject, name: string | undefined, sink: StreamSink): Decoded {
  switch (event.type ?? name) {
    case "message_start": {
      const usage = at(event, ["message", "usage"]);
      // Its output_tokens is a placeholder of one or a few; only message_delta counts what was generated.
      if (isObject(usage)) sink.usage({ ...readUsage(usage), output: undefined });
      return "read";
    }
    case "content_block_start":
      // Thinking blocks hold a summary, or nothing that can be read; the thoughts themselves are billed.
      if (/thinking/.test(asText(at(event, ["content_block", "type"])) ?? "")) sink.thoughtsWithheld();
      readBlock(event.content_block, sink);
      return "read";
    case "content_block_delta":
      readBlock(event.delta, sink);
      return "read";
    case "message_delta": {
      const reason = asText(at(event, ["delta", "stop_reason"]));
      if (reason !== null) sink.finish(reason);
      if (isObject(event.usage)) sink.usage(readUsage(event.usage));
      return "read";
    }
    case "message_stop":
      return "done";
    case "ping":
    case "content_block_stop":
      return "read";
    default: {
      const error = readProviderError(
        name === "error" && event.error === undefined ? { error: event } : event,
      );
      if (error === null) return "skipped";
      sink.error(error);
      return "read";
    }
  }
}

/** A block's start and its deltas carry their text alike: text, thinking, or a tool's name and JSON. */
function readBlock(block: unknown, sink: StreamSink): void {
  if (!isObject(block)) return;
  if (typeof block.text === "string" && block.text !== "") sink.piece("answer", block.text);
  if (typeof block.thinking === "string" && block.thinking !== "") sink.piece("reasoning", block.thinking);
  const tool = (block.type === "tool_use" ? asText(block.name) : null) ?? asText(block.partial_json);
  if (tool !== null) sink.piece("tool", tool);
}

/** https://docs.anthropic.com/en/api/messages#response-usage: the three input counts exclude each other. */
function readUsage(usage: JsonObject): UsageReport {
  const fresh = asCount(usage.input_tokens);
  const cached = asCount(usage.cache_read_input_tokens);
  const written = asCount(usage.cache_creation_input_tokens);
  return {
    input: fresh === undefined ? undefined : asCount(fresh + (cached ?? 0) + (written ?? 0)),
    cached,
    output: asCount(usage.output_tokens),
    reasoning: asCount(at(usage, ["output_tokens_details", "thinking_tokens"])),
  };
}
