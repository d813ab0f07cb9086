import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findProvider, providers } from "../../../workers/benchmark/providers/registry.ts";
import type { Ask } from "../../../workers/benchmark/providers/types.ts";

const folder = new URL("../../../workers/benchmark/providers/", import.meta.url);
/** Files of the folder that describe no provider. */
const SHARED = new Set(["types.ts", "registry.ts", "dialect.ts", "stored.ts", "presets.ts"]);
const files = readdirSync(folder).filter((file) => file.endsWith(".ts") && !SHARED.has(file));

function parameters(slug: string, changes: Partial<Ask> = {}) {
  const provider = findProvider(slug);
  return provider?.parameters({ model: "some-model", reasoning: false, maxOutputTokens: 512, ...changes });
}

describe("the registry", () => {
  it("has each provider's file once, under its slug", () => {
    expect(providers.map(({ slug }) => `${slug}.ts`).sort()).toEqual(files.sort());
    expect(new Set(providers.map(({ name }) => name)).size).toBe(providers.length);
    for (const provider of providers) expect(findProvider(provider.slug)).toBe(provider);
    expect(findProvider("nobody")).toBeUndefined();
  });

  it("describes each provider in under forty lines of data, and nothing else", async () => {
    for (const file of files) {
      const text = readFileSync(new URL(file, folder), "utf8").trimEnd();
      expect(text.split("\n").length, file).toBeLessThan(40);
      const module: Record<string, unknown> = await import(new URL(file, folder).href);
      const [description] = Object.values(module);
      expect(JSON.parse(JSON.stringify(description)), file).toEqual(description);
    }
  });
});

describe("every provider", () => {
  for (const provider of providers) {
    it(`${provider.name} is described in full`, () => {
      expect(provider.slug).toMatch(/^[a-z0-9][a-z0-9-]{0,62}$/);
      expect(new URL(provider.baseUrl).protocol).toBe("https:");
      expect(provider.baseUrl).not.toMatch(/\/$/);
      expect(provider.chatPath).toMatch(/^\//);
      expect(provider.warmupPath).toMatch(/^\//);
      expect(provider.logoUrl).toBe(`/logos/${provider.slug}.svg`);
      expect(provider.kind).toBe(provider.slug === "openrouter" ? "proxy" : "direct");
      expect(provider.minimumGapMs).toBeGreaterThanOrEqual(0);
    });

    it(`${provider.name} has prices with a day and an address, in dollars per million`, () => {
      expect(provider.prices.length).toBeGreaterThan(0);
      for (const price of provider.prices) {
        expect(new Date(price.date).toISOString().slice(0, 10)).toBe(price.date);
        expect(new URL(price.source).protocol).toBe("https:");
        expect(price.input).toBeGreaterThan(0);
        expect(price.input).toBeLessThan(100);
        expect(price.output).toBeGreaterThanOrEqual(price.input);
        if (price.cachedInput !== undefined) expect(price.cachedInput).toBeLessThan(price.input);
      }
    });

    it(`${provider.name} is sent its key in a header, and nowhere else`, () => {
      const key = "the-key-itself";
      expect(JSON.stringify(provider.headers(key))).toContain(key);
      expect(JSON.stringify(parameters(provider.slug))).not.toContain(key);
    });

    it(`${provider.name} is asked for a limited answer`, () => {
      const limits = Object.entries(parameters(provider.slug) ?? {}).filter(([name]) =>
        name.startsWith("max_"),
      );
      expect(limits).toHaveLength(1);
      expect(limits[0]?.[1]).toBe(512);
    });
  }
});

describe("request parameters", () => {
  it("leave the temperature out where it is refused, and only there", () => {
    expect(parameters("openai", { model: "gpt-4o-mini" })).toMatchObject({ temperature: 0 });
    for (const model of ["o3-mini", "gpt-5-nano", "gpt-5.4"]) {
      expect(parameters("openai", { model })).not.toHaveProperty("temperature");
    }
    expect(parameters("openai", { model: "gpt-next", reasoning: true })).not.toHaveProperty("temperature");
    for (const model of [
      "claude-opus-4-7",
      "claude-opus-4-8",
      "claude-sonnet-5",
      "claude-fable-5-20260630",
    ]) {
      expect(parameters("anthropic", { model })).not.toHaveProperty("temperature");
    }
    for (const model of [
      "claude-haiku-4-5-20251001",
      "claude-3-5-haiku-20241022",
      "claude-opus-4-20250514",
    ]) {
      expect(parameters("anthropic", { model })).toMatchObject({ temperature: 0 });
    }
  });

  it("name the limit as each provider takes it", () => {
    expect(parameters("openai")).toHaveProperty("max_completion_tokens");
    expect(parameters("mistral")).toHaveProperty("max_tokens");
    expect(parameters("together")).toHaveProperty("max_tokens");
    expect(parameters("anthropic")).toHaveProperty("max_tokens");
  });

  it("ask for usage where it must be asked for, and not where that is refused", () => {
    for (const slug of [
      "openai",
      "groq",
      "together",
      "gemini",
      "deepseek",
      "xai",
      "cerebras",
      "fireworks",
      "deepinfra",
    ]) {
      expect(parameters(slug)).toMatchObject({ stream_options: { include_usage: true } });
    }
    for (const slug of ["mistral", "openrouter", "perplexity", "anthropic"]) {
      expect(parameters(slug)).not.toHaveProperty("stream_options");
    }
  });

  it("name the one upstream that may serve a request where a proxy can be told so, and never else", () => {
    const pinned = (slug: string) => parameters(slug, { upstream: "DeepInfra" });
    expect(pinned("openrouter")).toMatchObject({ provider: { only: ["DeepInfra"], allow_fallbacks: false } });
    expect(parameters("openrouter")).not.toHaveProperty("provider");
    for (const { slug, pinsUpstreams } of providers) {
      expect(Object.hasOwn(pinned(slug) ?? {}, "provider"), slug).toBe(pinsUpstreams);
    }
  });

  it("keep the thinking short where a model can be told to", () => {
    const low = (slug: string, model: string) => parameters(slug, { model, reasoning: true });
    expect(low("openai", "gpt-5-nano")).toMatchObject({ reasoning_effort: "low" });
    expect(low("openai", "gpt-5.1-chat-latest")).not.toHaveProperty("reasoning_effort");
    expect(low("groq", "openai/gpt-oss-20b")).toMatchObject({ reasoning_effort: "low" });
    expect(low("groq", "qwen/qwen3-32b")).not.toHaveProperty("reasoning_effort");
    expect(low("openrouter", "any/model")).toMatchObject({ reasoning: { effort: "low" } });
    expect(low("anthropic", "claude-sonnet-5")).toMatchObject({ output_config: { effort: "low" } });
    expect(low("anthropic", "claude-haiku-4-5")).not.toHaveProperty("output_config");
    expect(parameters("groq", { model: "openai/gpt-oss-20b" })).not.toHaveProperty("reasoning_effort");
  });
});
