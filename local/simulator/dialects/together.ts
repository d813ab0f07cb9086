import { answeringModel, data, done } from "./shared.ts";
import type { Answer, Dialect, RefusalResponse } from "./types.ts";

function chunk(
  answer: Answer,
  text: string,
  delta: object,
  finish: string | null,
  usage: object | null,
): string {
  return data({
    id: answer.id,
    object: "chat.completion.chunk",
    created: answer.created,
    choices: [
      {
        index: 0,
        text,
        logprobs: null,
        finish_reason: finish,
        seed: null,
        delta: { token_id: Math.floor(answer.random() * 128_000), role: "assistant", ...delta },
      },
    ],
    model: answeringModel(answer),
    usage,
  });
}

const error = (message: string, type: string, code: string | null) => ({
  id: "simulated",
  error: { message, type, param: null, code },
});

/**
 * Together AI: a token in the very first chunk, `choice.text` repeats `delta.content`, usage unasked in the
 * finish chunk; the models list is a bare array with prices per million.
 * https://docs.together.ai/reference/chat-completions-1
 */
export const together: Dialect = {
  publicModels: false,
  waiting: null,
  headers: (answer) => ({
    "content-type": "text/event-stream;charset=utf-8",
    "x-request-id": answer.id,
    "x-inference-time": (answer.completionMs / 1000).toFixed(3),
    "x-api-received": new Date(answer.created * 1000).toISOString(),
  }),
  open: () => "",
  piece: (answer, piece) =>
    piece.kind === "reasoning"
      ? chunk(answer, "", { content: "", reasoning: piece.text }, null, null)
      : chunk(answer, piece.text, { content: piece.text }, null, null),
  close: (answer) => {
    const { promptTokens, completionTokens, reasoningTokens } = answer.usage;
    const usage = {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      cached_tokens: 0,
      ...(reasoningTokens > 0 ? { completion_tokens_details: { reasoning_tokens: reasoningTokens } } : {}),
    };
    return chunk(answer, "", { content: "" }, answer.finish, usage) + done;
  },
  streamError: () => data(error("Simulated: the model's server went away.", "server_error", null)) + done,
  models: (provider) =>
    provider.models.map((model) => ({
      id: model.id,
      object: "model",
      created: 1_733_856_970,
      type: model.kind,
      running: false,
      display_name: model.id.split("/").at(-1) ?? model.id,
      organization: model.id.split("/")[0] ?? "",
      context_length: model.contextWindow,
      config: { chat_template: null, stop: [], bos_token: null, eos_token: null },
      // Prices travel as 32-bit floats there: 0.2 arrives as 0.20000000298023224.
      pricing: {
        hourly: 0,
        input: Math.fround(model.inputPrice),
        output: Math.fround(model.outputPrice),
        base: 0,
        finetune: 0,
      },
    })),
  refuse: (reason, model): RefusalResponse => {
    switch (reason) {
      case "missing_key":
        return {
          status: 401,
          headers: {},
          body: error(
            "Simulated: this request carries no API key.",
            "invalid_request_error",
            "missing_api_key",
          ),
        };
      case "wrong_key":
        return {
          status: 401,
          headers: {},
          body: error("Simulated: the API key is unknown.", "invalid_request_error", "invalid_api_key"),
        };
      case "unknown_model":
        return {
          status: 404,
          headers: {},
          body: error(
            `Simulated: model ${model} cannot be reached by this account.`,
            "invalid_request_error",
            "model_not_found",
          ),
        };
      case "rate_limit":
        return {
          status: 429,
          headers: { "retry-after": "1", "x-ratelimit-limit": "10", "x-ratelimit-remaining": "0" },
          body: error("Simulated: slow down, the limit is reached.", "rate_limit", "rate_limit"),
        };
      case "server_error":
        return {
          status: 503,
          headers: {},
          body: error("Simulated: the service is overloaded.", "server_error", "service_unavailable"),
        };
    }
  },
  badParameter: () => null,
};
