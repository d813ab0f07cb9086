import { answeringModel, data, done, rateLimitHeaders, seconds } from "./shared.ts";
import type { Answer, Dialect, RefusalResponse } from "./types.ts";

function chunk(answer: Answer, delta: object, finish: string | null, extra: object = {}): string {
  return data({
    id: `chatcmpl-${answer.id}`,
    object: "chat.completion.chunk",
    created: answer.created,
    model: answeringModel(answer),
    system_fingerprint: "fp_51a7ed",
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...extra,
  });
}

function usageOf(answer: Answer): object {
  const { promptTokens, completionTokens, reasoningTokens } = answer.usage;
  return {
    queue_time: seconds(answer.queueMs),
    prompt_tokens: promptTokens,
    prompt_time: seconds(answer.promptMs),
    completion_tokens: completionTokens,
    completion_time: seconds(answer.completionMs),
    total_tokens: promptTokens + completionTokens,
    total_time: seconds(answer.promptMs + answer.completionMs),
    ...(reasoningTokens > 0 ? { completion_tokens_details: { reasoning_tokens: reasoningTokens } } : {}),
  };
}

const error = (message: string, type: string, code: string | null) => ({
  error: { message, type, ...(code === null ? {} : { code }) },
});

/**
 * Groq: usage inside `x_groq` of the finish chunk, and twice more when `include_usage` asks for it; thinking
 * in `delta.reasoning`; an error inside a 200 is a named event without a `[DONE]` after it.
 * https://console.groq.com/docs/api-reference
 */
export const groq: Dialect = {
  publicModels: false,
  waiting: null,
  headers: (answer) => ({
    "content-type": "text/event-stream",
    "x-groq-region": "simulated",
    "x-request-id": `req_${answer.id}`,
    ...rateLimitHeaders(14_400, 6_000),
  }),
  open: (answer) =>
    chunk(answer, { role: "assistant", content: "" }, null, {
      x_groq: { id: `req_${answer.id}`, seed: Math.floor(answer.random() * 2 ** 31) },
    }),
  piece: (answer, piece) =>
    chunk(
      answer,
      piece.kind === "reasoning" ? { reasoning: piece.text, channel: "analysis" } : { content: piece.text },
      null,
    ),
  close: (answer) => {
    const usage = usageOf(answer);
    const inFinish = { x_groq: { id: `req_${answer.id}`, usage }, ...(answer.includeUsage ? { usage } : {}) };
    const last = data({
      id: `chatcmpl-${answer.id}`,
      object: "chat.completion.chunk",
      created: answer.created,
      model: answeringModel(answer),
      system_fingerprint: "fp_51a7ed",
      choices: [],
      usage,
      service_tier: "on_demand",
    });
    return chunk(answer, {}, answer.finish, inFinish) + (answer.includeUsage ? last : "") + done;
  },
  streamError: () =>
    `event: error\n${data({
      error: {
        message: "Simulated: the answer could not be completed.",
        type: "internal_server_error",
        code: "internal_error",
        status_code: 500,
      },
    })}`,
  models: (provider) => ({
    object: "list",
    data: provider.models.map((model) => ({
      id: model.id,
      object: "model",
      created: 1_754_407_957,
      owned_by: model.id.includes("/") ? "OpenAI" : "Meta",
      active: true,
      context_window: model.contextWindow,
      public_apps: null,
      max_completion_tokens: Math.min(model.contextWindow, 65_536),
    })),
  }),
  refuse: (reason, model): RefusalResponse => {
    switch (reason) {
      case "missing_key":
      case "wrong_key":
        return {
          status: 401,
          headers: {},
          body: error("Simulated: API key refused.", "invalid_request_error", "invalid_api_key"),
        };
      case "unknown_model":
        return {
          status: 404,
          headers: {},
          body: error(
            `Simulated: no model \`${model}\` is served to this account.`,
            "invalid_request_error",
            "model_not_found",
          ),
        };
      case "rate_limit":
        return {
          status: 429,
          headers: { "retry-after": "2", "x-ratelimit-remaining-requests": "0" },
          body: error(
            "Simulated: request limit reached, try again in 2s.",
            "requests",
            "rate_limit_exceeded",
          ),
        };
      case "server_error":
        return {
          status: 503,
          headers: {},
          body: error("Simulated: service unavailable for the moment.", "internal_server_error", null),
        };
    }
  },
  badParameter: () => null,
};
