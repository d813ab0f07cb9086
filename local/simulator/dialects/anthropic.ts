import { answeringModel } from "./shared.ts";
import type { Answer, Dialect, RefusalResponse } from "./types.ts";

const named = (value: { readonly type: string; readonly [field: string]: unknown }) =>
  `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;

const failure = (type: string, message: string) => ({
  type: "error",
  error: { type, message },
  request_id: "req_simulated",
});

function startMessage(answer: Answer): string {
  return named({
    type: "message_start",
    message: {
      model: answeringModel(answer),
      id: `msg_${answer.id}`,
      type: "message",
      role: "assistant",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: {
        input_tokens: answer.usage.promptTokens,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: 1,
        service_tier: "standard",
      },
    },
  });
}

/**
 * Anthropic's own messages interface: named events, pings, input tokens at the start and output tokens in
 * the last `message_delta`. https://docs.anthropic.com/en/docs/build-with-claude/streaming
 */
export const anthropic: Dialect = {
  publicModels: false,
  waiting: null,
  headers: (answer) => ({
    "content-type": "text/event-stream; charset=utf-8",
    "request-id": `req_${answer.id}`,
    "anthropic-ratelimit-requests-limit": "4000",
    "anthropic-ratelimit-requests-remaining": "3999",
    "anthropic-ratelimit-requests-reset": new Date(answer.created * 1000).toISOString(),
  }),
  open: (answer) =>
    startMessage(answer) +
    named({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }) +
    named({ type: "ping" }),
  piece: (_answer, piece) =>
    named({
      type: "content_block_delta",
      index: 0,
      delta: { type: "text_delta", text: piece.text },
    }),
  close: (answer) =>
    named({ type: "content_block_stop", index: 0 }) +
    named({
      type: "message_delta",
      delta: {
        stop_reason: answer.finish === "stop" ? "end_turn" : "max_tokens",
        stop_sequence: null,
      },
      usage: {
        input_tokens: answer.usage.promptTokens,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: answer.usage.completionTokens,
      },
    }) +
    named({ type: "message_stop" }),
  streamError: () => named(failure("overloaded_error", "Simulated: too much to do at the moment.")),
  models: (provider) => ({
    data: provider.models.map((model) => ({
      type: "model",
      id: model.answersAs ?? model.id,
      display_name: model.id,
      created_at: "2025-10-15T00:00:00Z",
    })),
    has_more: false,
    first_id: provider.models[0]?.answersAs ?? null,
    last_id: provider.models.at(-1)?.answersAs ?? null,
  }),
  refuse: (reason, model): RefusalResponse => {
    switch (reason) {
      case "missing_key":
      case "wrong_key":
        return {
          status: 401,
          headers: {},
          body: failure("authentication_error", "Simulated: the x-api-key header is missing or wrong."),
        };
      case "unknown_model":
        return {
          status: 404,
          headers: {},
          body: failure("not_found_error", `Simulated: no model ${model}.`),
        };
      case "rate_limit":
        return {
          status: 429,
          headers: { "retry-after": "2" },
          body: failure("rate_limit_error", "Simulated: too many requests."),
        };
      case "server_error":
        return {
          status: 529,
          headers: {},
          body: failure("overloaded_error", "Simulated: too much to do at the moment."),
        };
    }
  },
  badParameter: (_model, request) =>
    request.max_tokens === undefined
      ? failure("invalid_request_error", "Simulated: max_tokens is required.")
      : null,
};
