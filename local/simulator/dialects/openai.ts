import type { ProviderProfile } from "../profiles.ts";
import { answeringModel, data, done, letterString, rateLimitHeaders } from "./shared.ts";
import type { Answer, Dialect, RefusalResponse } from "./types.ts";

function chunk(answer: Answer, choices: readonly object[], usage: object | null): string {
  return data({
    id: `chatcmpl-${answer.id}`,
    object: "chat.completion.chunk",
    created: answer.created,
    model: answeringModel(answer),
    service_tier: "default",
    system_fingerprint: "fp_51a7ed",
    choices,
    ...(answer.includeUsage ? { usage } : {}),
    // Padding against guessing a token by its length on the wire.
    obfuscation: letterString(answer.random, 4 + Math.floor(answer.random() * 8)),
  });
}

const choice = (delta: object, finish: string | null) => [
  { index: 0, delta, logprobs: null, finish_reason: finish },
];

const error = (message: string, type: string, code: string | null) => ({
  error: { message, type, param: null, code },
});

/**
 * OpenAI's chat completions: a first chunk with nothing but the role; usage only when asked for, in a chunk
 * without choices after the finish; hidden thinking inside `completion_tokens`.
 * https://platform.openai.com/docs/api-reference/chat-streaming
 */
export const openai: Dialect = {
  publicModels: false,
  waiting: null,
  headers: (answer) => ({
    "content-type": "text/event-stream; charset=utf-8",
    "openai-organization": "simulated",
    "openai-processing-ms": String(Math.round(answer.queueMs + answer.promptMs)),
    "openai-version": "2020-10-01",
    "x-request-id": `req_${answer.id}`,
    ...rateLimitHeaders(10_000, 200_000),
  }),
  open: (answer) => chunk(answer, choice({ role: "assistant", content: "", refusal: null }, null), null),
  piece: (answer, piece) => chunk(answer, choice({ content: piece.text }, null), null),
  close: (answer) => {
    const { promptTokens, completionTokens, reasoningTokens } = answer.usage;
    const usage = {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: reasoningTokens,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    };
    const finish = chunk(answer, choice({}, answer.finish), null);
    return finish + (answer.includeUsage ? chunk(answer, [], usage) : "") + done;
  },
  streamError: () =>
    data(error("Simulated: the engine stopped while it was generating.", "server_error", "internal_error")),
  models: (provider: ProviderProfile) => ({
    object: "list",
    data: provider.models.map((model) => ({
      id: model.id,
      object: "model",
      created: 1_721_172_717,
      owned_by: model.kind === "chat" ? "system" : "openai-internal",
    })),
  }),
  refuse: (reason, model): RefusalResponse => {
    switch (reason) {
      case "missing_key":
        return {
          status: 401,
          headers: {},
          body: error("Simulated: no API key came with this request.", "invalid_request_error", null),
        };
      case "wrong_key":
        return {
          status: 401,
          headers: {},
          body: error(
            "Simulated: this API key is not a valid one.",
            "invalid_request_error",
            "invalid_api_key",
          ),
        };
      case "unknown_model":
        return {
          status: 404,
          headers: {},
          body: error(
            `Simulated: there is no model \`${model}\` here, or this account may not use it.`,
            "invalid_request_error",
            "model_not_found",
          ),
        };
      case "rate_limit":
        return {
          status: 429,
          headers: { "retry-after": "2", "retry-after-ms": "1500", "x-ratelimit-remaining-requests": "0" },
          body: error(
            "Simulated: too many requests in this minute, try again in 1.5s.",
            "requests",
            "rate_limit_exceeded",
          ),
        };
      case "server_error":
        return {
          status: 500,
          headers: {},
          body: error("Simulated: the server could not handle this request.", "server_error", null),
        };
    }
  },
  badParameter: (model, request) => {
    if (model.reasoning !== "hidden") return null;
    const refused = request.max_tokens !== undefined ? "max_tokens" : null;
    const name =
      refused ?? (request.temperature !== undefined && request.temperature !== 1 ? "temperature" : null);
    if (name === null) return null;
    return {
      error: {
        message: `Simulated: this model does not take '${name}'.`,
        type: "invalid_request_error",
        param: name,
        code: "unsupported_parameter",
      },
    };
  },
};
