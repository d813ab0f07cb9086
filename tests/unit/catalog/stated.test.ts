import { describe, expect, it } from "vitest";
import { kindByName } from "../../../workers/benchmark/catalog/kind.ts";
import type { ListedModel } from "../../../workers/benchmark/catalog/listed.ts";
import { joinPages, readList } from "../../../workers/benchmark/catalog/read-list.ts";
import type { ModelsDialect } from "../../../workers/benchmark/providers/types.ts";

type Item = Readonly<Record<string, unknown>>;

function list(dialect: ModelsDialect, ...items: readonly Item[]): readonly ListedModel[] {
  return joinPages([readList(dialect, dialect, JSON.stringify({ data: items }))]).models;
}

function only(dialect: ModelsDialect, item: Item): ListedModel | undefined {
  return list(dialect, { id: "a-model", ...item })[0];
}

describe("what a list says that a model is for", () => {
  it.each<[ModelsDialect, Item, string]>([
    // Tags, wherever they stand, beat a name that says otherwise.
    ["deepinfra", { id: "someone/plain", metadata: { tags: ["embed"] } }, "embedding"],
    ["deepinfra", { id: "someone/plain", metadata: { tags: ["prompt_cache", "tts"] } }, "audio"],
    ["deepinfra", { id: "someone/chat-guard", metadata: { tags: ["chat"] } }, "chat"],
    ["deepinfra", { id: "someone/plain", metadata: { tags: ["fp8"] } }, "chat"],
    ["deepinfra", { id: "someone/plain", metadata: null }, "other"],
    ["openai", { id: "plain", tags: ["rerank"] }, "rerank"],
    ["openai", { id: "plain", type: "embedding" }, "embedding"],
    ["openai", { id: "plain", task: "text-to-image" }, "image"],
    ["openai", { id: "plain", pipeline_tag: "automatic-speech-recognition" }, "audio"],
    ["openai", { id: "plain", model_type: "chat" }, "chat"],
    ["openai", { id: "plain", type: "model" }, "chat"],
    ["openai", { id: "plain", capabilities: ["tools", "transcription"] }, "audio"],
    ["openai", { id: "plain", capabilities: ["chat", "vision"] }, "chat"],
    ["openai", { id: "plain", supported_endpoints: ["/v1/embeddings"] }, "other"],
    ["openai", { id: "plain", supported_endpoints: ["/v1/responses", "/v1/chat/completions"] }, "chat"],
    ["gemini", { id: "models/plain", supportedGenerationMethods: ["embedContent"] }, "other"],
    ["gemini", { id: "models/plain", supportedGenerationMethods: ["generateContent"] }, "chat"],
    ["groq", { id: "plain", output_modalities: ["transcription"] }, "audio"],
    ["groq", { id: "plain", output_modalities: ["speech"] }, "audio"],
    ["groq", { id: "plain", output_modalities: ["embeddings"] }, "embedding"],
    ["groq", { id: "a-video-talker", output_modalities: ["text"] }, "chat"],
    ["openrouter", { id: "a/b", architecture: { modality: "text->text+image" } }, "image"],
    ["openrouter", { id: "a/b", architecture: { output_modalities: ["text"] } }, "chat"],
    ["openrouter", { id: "a/b:batch", architecture: { output_modalities: ["text"] } }, "batch"],
    ["openrouter", { id: "a/b", pricing: { prompt: "-1", completion: "-1" } }, "router"],
    ["fireworks", { id: "accounts/fireworks/models/plain", supports_chat: false }, "other"],
    ["mistral", { id: "plain", capabilities: { completion_chat: true, ocr: true } }, "other"],
    ["mistral", { id: "plain", capabilities: { completion_chat: false, moderation: true } }, "moderation"],
    [
      "mistral",
      { id: "plain", name: "voxtral-transcribe", capabilities: { completion_chat: true } },
      "audio",
    ],
    ["together", { id: "plain", type: "robotics" }, "other"],
  ])("at %s, %j: %s", (dialect, item, kind) => {
    expect(only(dialect, item)?.kind).toBe(kind);
  });

  it.each([
    ["openai", "ft:davinci-002:acme::9abc", "completion"],
    ["openai", "davinci:ft-acme-2023-05-01", "completion"],
    ["openai", "ft:gpt-4o-mini-2024-07-18:acme::9abc", "chat"],
    ["openai", "gpt-9-pro-2027-01-01", "other"],
    ["openai", "gpt-9-sol-pro", "other"],
    ["openai", "o9-deep-research", "other"],
    ["openrouter", "openai/o9-deep-research", "chat"],
    ["gemini", "deep-research-ultra-preview", "other"],
    ["gemini", "gemini-9-computer-use-preview", "other"],
    ["gemini", "gemini-robotics-9-streaming", "other"],
    ["gemini", "gemini-robotics-er-9", "chat"],
    ["groq", "some-model@batch", "batch"],
  ])("and what a name says where the list says nothing: at %s, %s: %s", (provider, name, kind) => {
    expect(kindByName(provider, name)).toBe(kind);
  });

  it("leaves out what is listed and not offered", () => {
    const names = list(
      "mistral",
      { id: "kept" },
      { id: "put-away", archived: true },
      { id: "off", active: false },
      { id: "kept-too", archived: false, active: true },
    ).map(({ name }) => name);
    expect(names).toEqual(["kept", "kept-too"]);
  });

  it("reads lists that call ids names", () => {
    const body = { models: [{ name: "models/gemini-9", inputTokenLimit: 1_000 }] };
    expect(readList("gemini", "gemini", JSON.stringify(body)).models).toMatchObject([
      { name: "gemini-9", contextWindow: 1_000 },
    ]);
  });
});

describe("what a list says of thinking", () => {
  it.each([
    [{ mandatory: true }, true],
    [{ mandatory: false, default_enabled: true }, true],
    [{ mandatory: false, default_enabled: false }, false],
    [{ mandatory: null, default_enabled: "yes" }, undefined],
    [true, undefined],
  ])("%j: %s", (reasoning, thinks) => {
    expect(only("openrouter", { reasoning })?.reasoning).toBe(thinks);
  });

  it("means, where it says so of some, that others do not", () => {
    const models = list(
      "openrouter",
      { id: "a", reasoning: { mandatory: true } },
      { id: "deepseek/deepseek-r1" },
    );
    expect(models.map(({ reasoning }) => reasoning)).toEqual([true, false]);
  });
});

describe("what a list says of prices", () => {
  it.each<[ModelsDialect, Item, readonly [number, number, number | null] | null]>([
    [
      "groq",
      { pricing: { prompt: "0.0000006", completion: "0.000003", input_cache_read: "0.0000003" } },
      [0.6, 3, 0.3],
    ],
    ["together", { pricing: { input: 0.6, output: 3, cached_input: 0.3 } }, [0.6, 3, 0.3]],
    [
      "perplexity" as ModelsDialect,
      { pricing: { input: 0.25, output: 2.5, cache_read: 0.0625 } },
      [0.25, 2.5, 0.0625],
    ],
    [
      "deepinfra",
      { metadata: { pricing: { input_tokens: 0.6, output_tokens: 3, cache_read_tokens: 0.3 } } },
      [0.6, 3, 0.3],
    ],
    [
      "xai",
      {
        prompt_text_token_price: 20_000,
        completion_text_token_price: 60_000,
        cached_prompt_text_token_price: 3_000,
      },
      [2, 6, 0.3],
    ],
    ["xai", { image_price: 200_000_000, pricing: [{ price_per_image: 1 }] }, null],
    ["deepinfra", { metadata: { pricing: { input_seconds: 0.0001 } } }, null],
  ])("at %s, %j: %j", (dialect, item, wanted) => {
    const known: ModelsDialect = dialect === ("perplexity" as ModelsDialect) ? "openai" : dialect;
    const price = only(known, item)?.price ?? null;
    expect(price && [price.input, price.output, price.cachedInput]).toEqual(wanted);
  });
});

describe("what a list says of ends", () => {
  const END = "2027-03-01T00:00:00.000Z";
  it.each([
    ["2027-03-01", END],
    ["2027-03-01T00:00:00", END],
    ["2027-03-01 00:00:00", END],
    ["2027-03-01T01:00:00+01:00", END],
    [1_803_859_200, END],
    [1_803_859_200_000, END],
    ["2020-01-01", "2020-01-01T00:00:00.000Z"],
    // Far away, and the zero values of programming languages: no end.
    ["2099-12-31", null],
    ["9999-12-31T23:59:59Z", null],
    ["0001-01-01T00:00:00Z", null],
    ["1970-01-01", null],
    [null, null],
    ["+275760-09-13", undefined],
    ["soon", undefined],
    ["12", undefined],
    [12, undefined],
    [{}, undefined],
  ])("%j: %s", (value, end) => {
    for (const field of ["shutdown_date", "expiration_date", "deprecation"]) {
      expect(only("openai", { [field]: value })?.retiresAt).toBe(end);
    }
  });

  it("does not take back an end because of one that cannot be read", () => {
    const models = list(
      "openai",
      { id: "a", shutdown_date: "soon" },
      { id: "b", shutdown_date: "2027-03-01" },
      { id: "c" },
    );
    expect(models.map(({ retiresAt }) => retiresAt)).toEqual([undefined, END, null]);
  });
});

describe("what a list says of several ids of one model", () => {
  const targets = (...items: readonly Item[]) =>
    Object.fromEntries(list("mistral", ...items).map(({ name, aliasOf }) => [name, aliasOf]));

  it("is the name that it gives them, or, where that moves, one of them that does not", () => {
    expect(
      targets(
        { id: "coder-2508", name: "coder-2508" },
        { id: "coder-latest", name: "coder-2508" },
        { id: "big-latest", name: "big-latest" },
        { id: "big-3-5", name: "big-latest" },
        { id: "tool-latest", name: "big-latest" },
        { id: "alone", name: "alone" },
      ),
    ).toEqual({
      "coder-2508": null,
      "coder-latest": "coder-2508",
      "big-latest": "big-3-5",
      "big-3-5": null,
      "tool-latest": "big-3-5",
      alone: null,
    });
  });

  it("is not what somebody's fine-tune began from", () => {
    expect(
      targets({ id: "ft:base:acme:1", name: "base", type: "fine-tuned" }, { id: "base", name: "base" }),
    ).toEqual({
      "ft:base:acme:1": null,
      base: null,
    });
  });

  it("is none of a display name, and of no more aliases than anybody has", () => {
    const [model] = list("openrouter", {
      id: "a/b",
      name: "Maker: Model B",
      aliases: ["a/b", "a/c", 7, "two\nlines", "\u202eturned"],
    });
    expect(model).toMatchObject({ aliasOf: null, aliases: ["a/c"] });
    const many = Array.from({ length: 5_000 }, (_, n) => `alias-${n}`);
    expect(only("xai", { aliases: many })?.aliases.length).toBeLessThanOrEqual(100);
  });
});

describe("what a list names in a model's place", () => {
  const gone = (id: string, next: string) => ({
    id,
    deprecation: "2027-03-01",
    deprecation_replacement_model: next,
  });
  const successorOf = (...others: readonly Item[]) =>
    list("mistral", gone("old", "next"), ...others).find(({ name }) => name === "old")?.successor;

  it.each<[string, readonly Item[], string | null]>([
    ["a model that stays", [{ id: "next" }], "next"],
    ["a model by another of its names", [{ id: "next-2501", aliases: ["next"] }], "next"],
    ["a model that is not in the list", [], "next"],
    ["what follows one that ends itself", [gone("next", "last"), { id: "last" }], "last"],
    ["nothing, where it ends itself on the same day", [{ id: "next", deprecation: "2027-03-01" }], null],
    ["nothing, where names lead in a circle", [gone("next", "old")], null],
    ["nothing, where names lead in a wider circle", [gone("next", "last"), gone("last", "next")], null],
  ])("is %s", (_what, others, wanted) => {
    expect(successorOf(...others)).toBe(wanted);
  });
});

describe("how a list says that it goes on", () => {
  const next = (around: object) => {
    const page = readList(
      "openai",
      "openai",
      JSON.stringify({ data: [{ id: "a" }, { id: "z" }], ...around }),
    );
    return page.next;
  };
  it.each([
    [{}, null],
    [{ has_more: false, last_id: "z" }, null],
    [{ has_more: true, last_id: "z" }, { after: "z" }],
    [{ has_more: true }, { after: "z" }],
    [{ links: { next: "/v1/models?p=2" } }, { url: "/v1/models?p=2" }],
    [{ links: { next: { href: "https://h/2" } } }, { url: "https://h/2" }],
    [{ links: { next: null } }, null],
    [{ next: "https://h/2" }, { url: "https://h/2" }],
    [{ pagination: { next_url: "https://h/2" } }, { url: "https://h/2" }],
    [{ nextPageToken: "t" }, { token: "t", as: "pageToken" }],
    [{ next_page_token: "t" }, { token: "t", as: "page_token" }],
    [{ nextPageToken: "" }, null],
    [{ meta: { next_cursor: "c" } }, { unknown: "names a cursor" }],
    [{ pagination: { has_more: true } }, { after: "z" }],
  ])("%j: %j", (around, wanted) => {
    expect(next(around)).toEqual(wanted);
  });

  it("is refused where its own count says that items are missing", () => {
    const page = (around: object) =>
      readList("openai", "openai", JSON.stringify({ data: [{ id: "a" }], ...around }));
    expect(() => joinPages([page({ total: 3 })])).toThrow(/has 3 items by its own count and gave 1/);
    expect(joinPages([page({ total: 2 }), page({ total: 2 })]).models).toHaveLength(1);
    expect(joinPages([page({ meta: { total_count: 1 } })]).models).toHaveLength(1);
  });
});
