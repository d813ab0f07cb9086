import { describe, expect, it } from "vitest";
import { readFeed } from "../../../workers/benchmark/catalog/feed.ts";
import { identify } from "../../../workers/benchmark/catalog/identity.ts";
import { kindByName } from "../../../workers/benchmark/catalog/kind.ts";
import type { ListedModel } from "../../../workers/benchmark/catalog/listed.ts";
import { readPrice } from "../../../workers/benchmark/catalog/price.ts";
import { joinPages, readList } from "../../../workers/benchmark/catalog/read-list.ts";
import { reasonsByDefault } from "../../../workers/benchmark/catalog/reasoning.ts";
import { type Candidate, suggestSuccessor } from "../../../workers/benchmark/catalog/successor.ts";
import fc from "../../support/fast-check.ts";

describe("a price from outside", () => {
  it.each([
    [{ input: 0.18000000000000002, output: 0.5900000000000001 }, 1e6, [0.18, 0.59, null]],
    [
      { input: Math.fround(0.2), output: Math.fround(15.2), cachedInput: Math.fround(0.0375) },
      1e6,
      [0.2, 15.2, 0.0375],
    ],
    [{ input: "0.00000015", output: "0.0000006", cachedInput: "0.000000075" }, 1, [0.15, 0.6, 0.075]],
    [{ input: "0", output: "0" }, 1, [0, 0, null]],
    [{ input: 0, output: 0, cachedInput: -1 }, 1e6, [0, 0, null]],
  ])("%j in USD per %d tokens is %j per million", (raw, perTokens, wanted) => {
    const price = readPrice(raw, perTokens);
    expect(price && [price.input, price.output, price.cachedInput]).toEqual(wanted);
  });
  it.each([
    { input: "-1", output: "-1" },
    { input: 1, output: -1 },
    { input: 1, output: undefined },
    { input: null, output: 1 },
    { input: "free", output: "free" },
    { input: "", output: "" },
    { input: Number.NaN, output: 1 },
    { input: 1, output: 1e300 },
    { input: {}, output: [] },
  ])("%j is none", (raw) => {
    expect(readPrice(raw, 1e6)).toBeNull();
  });
});

describe("what a model is for", () => {
  it.each([
    ["openai", "gpt-4o-mini-search-preview", "chat"],
    ["openai", "chat-latest", "chat"],
    ["openai", "o1-pro", "other"],
    ["openrouter", "openai/o1-pro", "chat"],
    ["openai", "gpt-4o-mini-realtime-preview", "audio"],
    ["openai", "gpt-3.5-turbo-instruct", "completion"],
    ["gemini", "gemini-2.5-flash-image", "image"],
    ["gemini", "gemini-2.5-flash-preview-tts", "audio"],
    ["gemini", "gemini-2.5-flash-native-audio-preview-09-2025", "audio"],
    ["gemini", "imagen-4.0-generate-001", "image"],
    ["gemini", "veo-3.0-generate-001", "video"],
    ["gemini", "gemini-embedding-001", "embedding"],
    ["gemini", "gemma-3-27b-it", "chat"],
    ["groq", "whisper-large-v3-turbo", "audio"],
    ["groq", "canopylabs/orpheus-v1-english", "audio"],
    ["groq", "meta-llama/llama-prompt-guard-2-22m", "moderation"],
    ["groq", "groq/compound", "chat"],
    ["xai", "grok-2-image-1212", "image"],
    ["xai", "grok-imagine-image", "image"],
    ["xai", "grok-imagine-video", "video"],
    ["openrouter", "openrouter/auto", "router"],
    ["openrouter", "openrouter/a-model-without-a-name", "chat"],
    ["mistral", "magistral-small-2509", "chat"],
    ["deepinfra", "Qwen/Qwen3-Embedding-8B", "embedding"],
  ])("at %s, %s: %s", (provider, name, kind) => {
    expect(kindByName(provider, name)).toBe(kind);
  });
});

describe("a model that thinks unasked", () => {
  it.each([
    ["openai", "gpt-5-nano", true],
    ["openai", "gpt-5-chat-latest", false],
    ["openai", "o4-mini", true],
    ["openai", "gpt-4.1", false],
    ["openrouter", "deepseek/deepseek-r1-0528:free", true],
    ["openrouter", "anthropic/claude-3.7-sonnet", false],
    ["openrouter", "anthropic/claude-3.7-sonnet:thinking", true],
    ["xai", "grok-4-fast-non-reasoning", false],
    ["openrouter", "tngtech/deepseek-r1t2-chimera", true],
    ["together", "me/gpt-oss-20b-mine", true],
    ["together", "me/llama-3.1-8b-mine", false],
    ["xai", "grok-4-0709", true],
    ["cerebras", "qwen-3-235b-a22b-thinking-2507", true],
    ["groq", "openai/gpt-oss-20b", true],
    ["groq", "openai/gpt-oss-safeguard-20b", false],
  ])("at %s, %s: %s", (provider, name, thinks) => {
    expect(reasonsByDefault(provider, name)).toBe(thinks);
  });
});

describe("a retired model's successor", () => {
  const model = (
    name: string,
    successor: string | null = null,
    available = true,
    retiresAt: string | null = null,
  ): Candidate => ({ name, successor, available, retiresAt });
  it.each([
    [
      "what the provider names",
      "groq",
      model("llama-3.1-8b-instant", "openai/gpt-oss-20b"),
      ["openai/gpt-oss-20b", "llama-3.3-8b"],
      "openai/gpt-oss-20b",
    ],
    [
      "not what is named but not there",
      "groq",
      model("llama-3.1-8b-instant", "gone"),
      ["llama-3.3-70b-versatile"],
      null,
    ],
    [
      "the same model under another name",
      "together",
      model("meta-llama/Llama-3.3-70B-Instruct-Turbo"),
      ["meta-llama/Llama-3.3-70B-Instruct"],
      "meta-llama/Llama-3.3-70B-Instruct",
    ],
    [
      "the next version, not the newest",
      "anthropic",
      model("claude-haiku-4-5-20251001"),
      ["claude-haiku-6", "claude-haiku-5", "claude-opus-5"],
      "claude-haiku-5",
    ],
    ["none of another size", "openai", model("gpt-5-mini"), ["gpt-5.4-nano", "gpt-5.4"], null],
    ["one of the same size", "openai", model("gpt-5-mini"), ["gpt-5.4-nano", "gpt-5.4-mini"], "gpt-5.4-mini"],
    ["none that is older", "openai", model("gpt-5.4-mini"), ["gpt-5-mini"], null],
    [
      "none that thinks for one that does not",
      "xai",
      model("grok-4-fast-non-reasoning"),
      ["grok-4-1-fast-reasoning"],
      null,
    ],
    ["none of its line", "perplexity", model("sonar"), ["sonar-pro"], null],
  ])("is %s", (_what, provider, retired, offered, wanted) => {
    expect(
      suggestSuccessor(
        provider,
        retired,
        offered.map((name) => model(name)),
      )?.name ?? null,
    ).toBe(wanted);
  });
  it("is never a model that is gone itself", () => {
    expect(suggestSuccessor("openai", model("gpt-5-mini"), [model("gpt-5.4-mini", null, false)])).toBeNull();
  });
});

describe("a successor that does not stay", () => {
  const END = "2026-10-23T00:00:00Z";
  const model = (name: string, rest: Partial<Candidate> = {}): Candidate => ({
    name,
    successor: null,
    available: true,
    retiresAt: null,
    ...rest,
  });
  const follow = (offered: readonly Candidate[]) =>
    suggestSuccessor("openai", model("gpt-5-mini", { successor: "b", available: false }), offered)?.name ??
    null;

  it.each<[string, readonly Candidate[], string | null]>([
    ["with an end of its own is none", [model("b", { retiresAt: END })], null],
    ["with an end that is past is none", [model("b", { retiresAt: "2020-01-01T00:00:00Z" })], null],
    [
      "leads on to the one that follows it",
      [model("b", { retiresAt: END, successor: "c" }), model("c")],
      "c",
    ],
    ["in a circle of two is none", [model("b", { successor: "gpt-5-mini" })], null],
    ["in a circle of three is none", [model("b", { successor: "c" }), model("c", { successor: "b" })], null],
    ["that is itself is none", [model("b", { successor: "b" })], null],
    [
      "gives way to the next of its line",
      [model("b", { retiresAt: END }), model("gpt-5.4-mini")],
      "gpt-5.4-mini",
    ],
    ["of the line is none with an end of its own", [model("gpt-5.4-mini", { retiresAt: END })], null],
    ["of the line is none for batches", [model("gpt-5.4-mini:batch")], null],
    ["of the line is none that names this one", [model("gpt-5.4-mini", { successor: "gpt-5-mini" })], null],
  ])("%s", (_what, offered, wanted) => {
    expect(follow(offered)).toBe(wanted);
  });
});

describe("the price feed", () => {
  it("gives a price where it has one, and nothing for what is odd in it", () => {
    const feed = readFeed(
      JSON.stringify({
        openai: {
          models: {
            a: { cost: { input: 1, output: 2, cache_read: 0.5 } },
            b: {},
            c: { cost: { input: "x" } },
          },
        },
        odd: { models: 7 },
        null: null,
      }),
    );
    expect(feed.price("openai", "a")).toEqual({ input: 1, output: 2, cachedInput: 0.5 });
    for (const [provider, name] of [
      ["openai", "b"],
      ["openai", "c"],
      ["openai", "constructor"],
      ["odd", "a"],
      ["nobody", "a"],
    ] as const)
      expect(feed.price(provider, name)).toBeNull();
  });
  it.each(["", "<html>", "[]", "{}", '{"a":{"models":[]}}', "7"])("is not %j", (body) => {
    expect(() => readFeed(body)).toThrow(/no JSON|no price feed/);
  });
});

/** An item with every field that a list is known to have, each with anything in it. */
const listItem = fc.record(
  Object.fromEntries(
    [
      "type tags active archived capabilities supported_endpoints output_modalities architecture metadata reasoning",
      "context_length pricing prompt_text_token_price completion_text_token_price shutdown_date deprecation aliases",
      "deprecation_replacement_model name supportedGenerationMethods",
    ]
      .join(" ")
      .split(" ")
      .map((key) => [key, fc.oneof(fc.anything(), fc.string(), fc.array(fc.string()), fc.double())])
      .concat([["id", fc.string({ minLength: 1, maxLength: 600 })]]),
  ),
  { requiredKeys: [] },
);

/** What the database's checks hold a row to. */
function expectBounded({
  name,
  successor,
  aliasOf,
  aliases,
  price,
  retiresAt,
  contextWindow,
}: ListedModel): void {
  for (const text of [name, successor, aliasOf, ...aliases]) {
    if (text !== null) expect(text).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]{1,500}$/u);
  }
  const amounts = [price, ...(price?.hours ?? [])].flatMap((at) =>
    at ? [at.input, at.output, at.cachedInput ?? 0] : [],
  );
  for (const amount of amounts) expect(amount >= 0 && amount <= 100_000).toBe(true);
  if (retiresAt) expect(retiresAt).toMatch(/^20[1-8]\d-/);
  if (contextWindow !== null) expect(contextWindow > 0 && contextWindow < 2 ** 31).toBe(true);
}

describe("whatever text comes", () => {
  it("is a list, or one line that says why not, and never anything else", () => {
    const odd = fc.oneof(
      fc.string(),
      fc.json(),
      fc.anything().map((value) => JSON.stringify({ data: [value] }) ?? ""),
      fc
        .array(fc.record({ id: fc.anything(), pricing: fc.anything(), architecture: fc.anything() }))
        .map((data) => JSON.stringify(data)),
      fc
        .record({
          data: fc.array(fc.oneof(listItem, fc.anything())),
          has_more: fc.anything(),
          links: fc.anything(),
        })
        .map((list) => JSON.stringify(list)),
    );
    const dialects = [
      "openai",
      "groq",
      "together",
      "openrouter",
      "anthropic",
      "gemini",
      "mistral",
      "fireworks",
      "deepinfra",
      "xai",
    ] as const;
    fc.assert(
      fc.property(odd, fc.constantFrom(...dialects), (body, dialect) => {
        try {
          for (const model of joinPages([readList("openai", dialect, body)]).models) expectBounded(model);
        } catch (error) {
          expect(error).toMatchObject({ name: "ListError" });
          expect(String(error).split("\n")).toHaveLength(1);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("has an identity that is the same for the same text, in any case, and is never empty", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 500 }).filter((id) => id.trim() !== ""),
        (id) => {
          const { canonical } = identify("openrouter", id);
          expect(canonical).not.toBe("");
          expect(identify("openrouter", id.toLowerCase()).canonical).toBe(canonical);
        },
      ),
    );
  });
});

describe("when a model ends", () => {
  const END = "2027-01-31T12:00:00.000Z";
  it.each([
    ["openai", "shutdown_date"],
    ["openrouter", "expiration_date"],
    ["mistral", "deprecation"],
  ] as const)("is read from the list of %s: a time, that there is none, or nothing", (dialect, field) => {
    const endsOf = (...values: readonly unknown[]) => {
      const data = values.map((value, n) => ({ id: `m-${n}`, [field]: value }));
      const { models } = joinPages([readList("openai", dialect, JSON.stringify({ data }))]);
      return models.map(({ retiresAt }) => retiresAt);
    };
    expect(endsOf("2027-01-31T12:00:00Z", null, undefined)).toEqual([END, null, null]);
    // A list that names no end at all says nothing of one, but where it says so.
    expect(endsOf(undefined, undefined)).toEqual([undefined, undefined]);
    expect(endsOf(null, undefined, "soon", 7)).toEqual([null, undefined, undefined, undefined]);
  });
});
