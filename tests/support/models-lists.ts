import type { ListsServer } from "./lists-server.ts";

/** Each provider's list in its own form: own ids beside well-known ones, items that are no chat models, oddities. */
export function serveFirstLists(lists: ListsServer): void {
  const plain = (...ids: string[]) => ({
    object: "list",
    data: ids.map((id) => ({ id, object: "model", created: 1_700_000_000, owned_by: "someone" })),
  });
  const openai = plain("gpt-4o-mini", "gpt-5-nano", "text-embedding-3-small", "whisper-1", "gpt-image-1");
  lists.answer("/openai/models", {
    ...openai,
    data: [
      ...openai.data,
      { id: "gpt-4.1", shutdown_date: "2027-03-01" },
      { id: "o3-pro" },
      { id: "omni-moderation-latest" },
      { object: "model" },
      { id: 7 },
    ],
  });
  lists.answer("/groq/models", {
    object: "list",
    data: [
      { id: "openai/gpt-oss-20b", active: true, context_window: 131_072, public_apps: null },
      { id: "openai/gpt-oss-120b", active: true, context_window: 131_072 },
      { id: "qwen/qwen3-32b", active: false, context_window: 131_072 },
      { id: "whisper-large-v3", active: true, context_window: 448 },
      { id: "meta-llama/llama-guard-4-12b", active: true, context_window: 131_072 },
    ],
  });
  lists.answer("/together/models", [
    {
      id: "openai/gpt-oss-20b",
      type: "chat",
      context_length: 131_072,
      // As 32-bit floats come out.
      pricing: { input: Math.fround(0.05), output: 0.20000000000000001, hourly: 0 },
    },
    {
      id: "meta-llama/Llama-3.3-70B-Instruct-Turbo",
      type: "chat",
      context_length: 131_072,
      pricing: { input: 0.8800000000000001, output: 0.88, cached_input: 0.44 },
    },
    { id: "someone/free-model", type: "chat", context_length: 0, pricing: { input: 0, output: 0 } },
    { id: "someone/no-price", type: "chat" },
    { id: "black-forest-labs/FLUX.1-dev", type: "image", pricing: { input: 0, output: 0 } },
    {
      id: "BAAI/bge-base-en-v1.5",
      type: "embedding",
      context_length: 512,
      pricing: { input: 0.008, output: 0.008 },
    },
  ]);
  lists.answer("/openrouter/models", {
    data: [
      {
        id: "openai/gpt-4o-mini",
        context_length: 128_000,
        architecture: { input_modalities: ["text", "image"], output_modalities: ["text"] },
        pricing: {
          prompt: "0.00000015",
          completion: "0.0000006",
          input_cache_read: "0.000000075",
          request: "0",
        },
      },
      {
        id: "openai/gpt-oss-20b",
        context_length: 131_072,
        architecture: { modality: "text->text" },
        pricing: { prompt: "0.00000003", completion: "0.00000011", input_cache_read: "0.000000015" },
      },
      {
        id: "someone/free-model:free",
        context_length: 8_192,
        architecture: { output_modalities: ["text"] },
        pricing: { prompt: "0", completion: "0" },
        expiration_date: "2027-01-31",
      },
      { id: "openrouter/auto", context_length: 2_000_000, pricing: { prompt: "-1", completion: "-1" } },
      {
        id: "someone/pictures",
        architecture: { output_modalities: ["image", "text"] },
        pricing: { prompt: "0.000001", completion: "0.000001" },
      },
    ],
  });
  lists.answer("/anthropic/models", (request: { url?: string }, response: { end(body: string): void }) => {
    const after = new URL(request.url ?? "/", "http://lists").searchParams.get("after_id");
    const first = {
      data: [{ type: "model", id: "claude-haiku-4-5-20251001" }],
      has_more: true,
      last_id: "page-1",
    };
    const second = {
      data: [{ type: "model", id: "claude-opus-4-6", max_input_tokens: 200_000 }],
      has_more: false,
      last_id: "page-2",
    };
    response.end(JSON.stringify(after === "page-1" ? second : first));
  });
  lists.answer("/gemini/models", {
    object: "list",
    data: [
      { id: "models/gemini-2.5-flash", object: "model", owned_by: "google" },
      { id: "models/gemini-2.5-flash-image", object: "model" },
      { id: "models/gemini-embedding-001", object: "model" },
    ],
  });
  lists.answer("/mistral/models", {
    object: "list",
    data: [
      {
        id: "mistral-small-2506",
        name: "mistral-small-2506",
        capabilities: { completion_chat: true, vision: true },
        max_context_length: 131_072,
        deprecation: null,
      },
      {
        id: "open-mistral-7b",
        name: "open-mistral-7b",
        capabilities: { completion_chat: true },
        max_context_length: 32_768,
        deprecation: "2027-01-31T12:00:00Z",
        deprecation_replacement_model: "mistral-small-2506",
      },
      { id: "mistral-embed", name: "mistral-embed", capabilities: { completion_chat: false } },
      { id: "mistral-small-2506", name: "mistral-small-2506", capabilities: { completion_chat: true } },
    ],
  });
  lists.answer("/deepseek/models", plain("deepseek-v4-flash", "deepseek-v4-pro"));
  lists.answer("/xai/models", plain("grok-4-0709", "grok-2-image-1212"));
  lists.answer("/cerebras/models", plain("gpt-oss-120b", "zai-glm-4.7"));
  lists.answer("/fireworks/models", {
    object: "list",
    data: [
      {
        id: "accounts/fireworks/models/gpt-oss-20b",
        kind: "HF_BASE_MODEL",
        supports_chat: true,
        context_length: 131_072,
      },
      { id: "accounts/fireworks/models/flux-1-dev-fp8", kind: "FLUMINA_BASE_MODEL", supports_chat: false },
    ],
  });
  lists.answer("/deepinfra/models", {
    object: "list",
    data: [
      {
        id: "openai/gpt-oss-20b",
        metadata: {
          context_length: 131_072,
          max_tokens: 131_072,
          pricing: { input_tokens: 0.03, output_tokens: 0.14, cache_read_tokens: 0.02 },
        },
      },
      { id: "BAAI/bge-m3", metadata: null },
    ],
  });
}
