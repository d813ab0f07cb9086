import { data, done, usdPerToken } from "./shared.ts";
import type { Answer, Dialect, RefusalResponse } from "./types.ts";

function base(answer: Answer): object {
  return {
    id: `gen-${answer.created}-${answer.id.slice(0, 20)}`,
    object: "chat.completion.chunk",
    created: answer.created,
    model: answer.model.id,
    provider: answer.upstream,
  };
}

function chunk(answer: Answer, delta: object, finish: string | null, extra: object = {}): string {
  return data({
    ...base(answer),
    choices: [
      {
        index: 0,
        delta: { role: "assistant", ...delta },
        finish_reason: finish,
        native_finish_reason: finish,
        logprobs: null,
      },
    ],
    ...extra,
  });
}

const error = (message: string, code: number, metadata?: object) => ({
  error: { message, code, ...(metadata === undefined ? {} : { metadata }) },
});

const price = (perMillion: number) =>
  perMillion < 0 ? "-1" : usdPerToken(perMillion).toFixed(12).replace(/0+$/, "").replace(/\.$/, "");

/**
 * OpenRouter: comments while it looks for an upstream, the role in every delta, thinking said twice, the
 * finish chunk twice, the second time with usage and what was charged; error codes are numbers.
 * https://openrouter.ai/docs/api-reference/streaming
 */
export const openrouter: Dialect = {
  publicModels: true,
  waiting: ": OPENROUTER PROCESSING\n\n",
  headers: (answer) => ({
    "content-type": "text/event-stream",
    "x-generation-id": `gen-${answer.created}-${answer.id.slice(0, 20)}`,
  }),
  open: () => ": OPENROUTER PROCESSING\n\n",
  piece: (answer, piece) =>
    piece.kind === "reasoning"
      ? chunk(
          answer,
          {
            content: "",
            reasoning: piece.text,
            reasoning_details: [{ type: "reasoning.text", text: piece.text, format: "unknown", index: 0 }],
          },
          null,
        )
      : chunk(answer, { content: piece.text }, null),
  close: (answer) => {
    const { promptTokens, completionTokens, reasoningTokens } = answer.usage;
    const promptCost = promptTokens * usdPerToken(Math.max(0, answer.model.inputPrice));
    const completionCost = completionTokens * usdPerToken(Math.max(0, answer.model.outputPrice));
    const usage = {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      cost: promptCost + completionCost,
      is_byok: false,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      cost_details: {
        upstream_inference_cost: null,
        upstream_inference_prompt_cost: promptCost,
        upstream_inference_completions_cost: completionCost,
      },
      completion_tokens_details: { reasoning_tokens: reasoningTokens, image_tokens: 0 },
    };
    return (
      chunk(answer, { content: "" }, answer.finish) +
      chunk(answer, { content: "" }, answer.finish, { usage }) +
      done
    );
  },
  streamError: (answer) =>
    chunk(answer, { content: "" }, "error", {
      error: { code: 502, message: "Simulated: the upstream broke off." },
    }) + done,
  models: (provider) => ({
    data: provider.models.map((model) => ({
      id: model.id,
      canonical_slug: model.id,
      hugging_face_id: "",
      name: model.id,
      created: 1_754_414_231,
      description: "Played by the simulator.",
      context_length: model.contextWindow,
      architecture: {
        modality: "text->text",
        input_modalities: ["text"],
        output_modalities: ["text"],
        tokenizer: "Other",
        instruct_type: null,
      },
      pricing: {
        prompt: price(model.inputPrice),
        completion: price(model.outputPrice),
        request: "0",
        image: "0",
        web_search: "0",
        internal_reasoning: "0",
      },
      top_provider: {
        context_length: model.contextWindow,
        max_completion_tokens: 16_384,
        is_moderated: false,
      },
      per_request_limits: null,
      supported_parameters: ["max_tokens", "temperature"],
    })),
  }),
  refuse: (reason, model): RefusalResponse => {
    switch (reason) {
      case "missing_key":
        return { status: 401, headers: {}, body: error("Simulated: no credentials were sent.", 401) };
      case "wrong_key":
        return { status: 401, headers: {}, body: error("Simulated: no user goes with this key.", 401) };
      case "unknown_model":
        return { status: 404, headers: {}, body: error(`Simulated: nobody serves ${model}.`, 404) };
      case "rate_limit":
        return {
          status: 429,
          headers: { "retry-after": "3" },
          body: error("Simulated: the upstream refused.", 429, {
            provider_name: "Simulated",
            raw: `${model} is limited upstream for the moment.`,
          }),
        };
      case "server_error":
        return {
          status: 502,
          headers: {},
          body: error("Simulated: the upstream gave no usable answer.", 502, { provider_name: "Simulated" }),
        };
    }
  },
  badParameter: () => null,
};
