import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  compareList,
  type HeldPrice,
  type KnownModel,
  NO_CHANGE,
} from "../../../workers/benchmark/catalog/changes.ts";
import type { HeldList } from "../../../workers/benchmark/catalog/guard.ts";
import { identify } from "../../../workers/benchmark/catalog/identity.ts";
import type { ListPage, Price } from "../../../workers/benchmark/catalog/listed.ts";
import { priceAt } from "../../../workers/benchmark/catalog/price.ts";
import { decidePrice } from "../../../workers/benchmark/catalog/price-decision.ts";
import { openrouterPrice } from "../../../workers/benchmark/catalog/price-overrides.ts";
import { joinPages, readList } from "../../../workers/benchmark/catalog/read-list.ts";
import { findProvider } from "../../../workers/benchmark/providers/registry.ts";

/*
 * Models lists and prices as providers gave them, that were read wrongly. They are not part of this repository: they
 * stand in catalog/ of the folder that CONFORMANCE_CASES names, and its README says what is right.
 */
const cases = process.env.CONFORMANCE_CASES;
const folder = cases === undefined ? undefined : join(cases, "catalog");
const notRun = folder === undefined ? " (not run: CONFORMANCE_CASES names no folder)" : "";

const text = (file: string) => readFileSync(join(folder ?? "", file), "utf8");

function read(slug: string, file: string): ListPage {
  const dialect = findProvider(slug)?.modelsList?.dialect;
  if (!dialect) throw new Error(`${slug} has no models list`);
  return joinPages([readList(slug, dialect, text(file))]);
}

const chat = (list: ListPage) => list.models.filter(({ kind }) => kind === "chat").map(({ name }) => name);
const find = (list: ListPage, name: string) => {
  const model = list.models.find((listed) => listed.name === name);
  if (!model) throw new Error(`no ${name} in the list`);
  return model;
};

/** Dates and prices, oldest first: "2026-06-08 {…}". */
function history(file: string): readonly { readonly day: Date; readonly price: Price }[] {
  return text(file)
    .trim()
    .split("\n")
    .map((line) => {
      const price = openrouterPrice(z.record(z.string(), z.unknown()).parse(JSON.parse(line.slice(11))));
      if (!price) throw new Error(`no price in ${line}`);
      return { day: new Date(`${line.slice(0, 10)}T03:30:00Z`), price };
    });
}

function knownFrom(slug: string, list: ListPage, now: Date): KnownModel[] {
  const comparison = compareList([], list, { provider: slug, source: "a list", now });
  if (!comparison.believed) throw new Error(comparison.reason);
  return comparison.change.added.map((model) => ({
    ...model,
    id: model.name,
    active: false,
    available: true,
    reasoningByHand: false,
    lastSeenAt: now.toISOString(),
    retiredAt: null,
    identityByRule: model.identity,
    price: model.price && { ...model.price, source: "a list" },
  }));
}

describe.runIf(folder !== undefined)(`reported models lists and prices${notRun}`, () => {
  it("tell models for batches from those that chat", () => {
    const list = read("openrouter", "openrouter-batch.json");
    expect(list.models.filter(({ name }) => name.endsWith(":batch")).length).toBeGreaterThan(0);
    expect(chat(list)).toEqual(
      list.models.map(({ name }) => name).filter((name) => !name.endsWith(":batch")),
    );
  });

  it("say which models think where the name does not", () => {
    const { models } = read("openrouter", "openrouter-thinks-but-not-in-name.json");
    const thinking = models.filter(({ reasoning }) => reasoning).map(({ name }) => name);
    expect(thinking).toEqual([
      "z-ai/glm-5.3",
      "moonshotai/kimi-k3",
      "anthropic/claude-opus-5",
      "anthropic/claude-sonnet-5",
      "x-ai/grok-build-0.1",
    ]);
    expect(models.map(({ reasoning }) => reasoning)).not.toContain(undefined);
  });

  it("shrink, and are believed in the third sync, while what is new is taken at once", () => {
    const [before, after] = [read("xai", "xai-2026-05-06.json"), read("xai", "xai-2026-05-16.json")];
    expect([chat(before).length, chat(after).length]).toEqual([12, 4]);
    const later = read("xai", "xai-2026-08-17.json");
    // An id that is another's alias now can be asked for still.
    const named = new Set(later.models.flatMap(({ name, aliases }) => [name, ...aliases]));
    const gone = chat(before).filter((name) => !named.has(name));
    expect(gone.length).toBeGreaterThan(6);
    const known = knownFrom("xai", before, new Date("2026-05-06T02:00:00Z"));
    let held: HeldList | null = null;
    for (const [n, list] of [after, later, later].entries()) {
      const now = new Date(Date.UTC(2026, 4, 17 + 7 * n, 2));
      const comparison = compareList(known, list, { provider: "xai", source: "a list", now, held });
      if (!comparison.believed) throw new Error(comparison.reason);
      ({ held } = comparison);
      expect(comparison.change.retired.map(({ id }) => id)).toEqual(n < 2 ? [] : gone);
      if (n > 0)
        expect(comparison.change.added.map(({ name }) => name)).toEqual([
          "grok-4.5",
          "grok-4.6",
          "grok-build-0.1",
        ]);
    }
    expect(held).toBeNull();
  });

  it("have xAI's prices and other names", () => {
    const list = read("xai", "xai-2026-08-17.json");
    expect(find(list, "grok-4.5").price).toEqual({ input: 2, output: 6, cachedInput: 0.3 });
    expect(find(list, "grok-4.6").price).toEqual({ input: 2, output: 6, cachedInput: 0.5 });
    expect(find(list, "grok-4.20-0309-reasoning").aliases).toContain("grok-4.20");
  });

  it("announce ends, and no end of a model makes it another's successor", () => {
    const now = new Date("2026-08-22T02:00:00Z");
    const list = read("openai", "openai-2026-08-22.json");
    // Of models that write text, those that answer elsewhere than in a chat included.
    const announced = list.models.filter(
      ({ name, retiresAt }) =>
        retiresAt && new Date(retiresAt) > now && !/image|audio|realtime|transcribe|tts|sora/.test(name),
    );
    expect(announced).toHaveLength(27);
    const known = knownFrom("openai", list, now);
    const comparison = compareList(known, list, { provider: "openai", source: "a list", now });
    expect(comparison).toMatchObject({ change: NO_CHANGE });
  });

  it("hold of Gemini's models those that answer chat completions", () => {
    const names = chat(read("gemini", "gemini-2026-08-17-openai-shape.json"));
    expect([19, 20]).toContain(names.length);
    expect(names.filter((name) => /research|computer|antigravity|streaming/.test(name))).toEqual([]);
  });

  it("hold of DeepInfra's models those with the tag", () => {
    const items = z
      .object({
        data: z.array(z.object({ id: z.string(), metadata: z.object({ tags: z.array(z.string()) }) })),
      })
      .parse(JSON.parse(text("deepinfra-tags.json"))).data;
    expect(chat(read("deepinfra", "deepinfra-tags.json"))).toEqual(
      items.filter(({ metadata }) => metadata.tags.includes("chat")).map(({ id }) => id),
    );
  });

  it("state Groq's prices and ends", () => {
    const list = read("groq", "groq-2026-07.json");
    expect(find(list, "qwen/qwen3.6-27b").price).toEqual({ input: 0.6, output: 3, cachedInput: 0.3 });
    expect(list.models.some(({ retiresAt }) => typeof retiresAt === "string")).toBe(true);
    expect(findProvider("groq")?.modelsList?.hasPrices).toBe(true);
  });

  it("have prices by the hour, the same whenever they are read", () => {
    const prices = history("openrouter-deepseek-v4-pro-prices.txt").map(({ price }) => price);
    const [, offPeak, atPeak] = prices;
    expect(offPeak?.hours).toHaveLength(2);
    expect(atPeak).toEqual(offPeak);
    const at = (hour: number) => offPeak && priceAt(offPeak, new Date(Date.UTC(2026, 7, 18, hour)));
    expect(at(0)).toMatchObject({ input: 0.66, output: 1.98 });
    expect(at(2)).toMatchObject({ input: 1.32, output: 3.96 });
    expect(at(9)).toMatchObject({ input: 1.32, output: 3.96 });
    expect(at(10)).toMatchObject({ input: 0.66, output: 1.98 });
    const [model] = read("openrouter", "openrouter-overrides.json").models;
    expect(model?.price).toMatchObject({
      input: 0.22,
      output: 0.66,
      hours: [{ from: "01:00" }, { from: "06:00" }],
    });
  });

  it("have prices that are taken on the third day, where a wrong one came first", () => {
    const days = history("openrouter-qwen3-235b-thinking-prices.txt");
    const first = days[0]?.day.getTime() ?? 0;
    let price: (Price & { source: string }) | null = null;
    let held: HeldPrice | null = null;
    let waited = 0;
    for (let at = first; at <= Date.UTC(2026, 7, 5); at += 86_400_000) {
      const now = new Date(at);
      const listed = days.findLast(({ day }) => day.getTime() <= at)?.price ?? null;
      const decision = decidePrice({ id: "m", price, heldPrice: held }, listed, { source: "a list", now });
      if (decision.record) {
        price = decision.record;
        held = null;
      }
      if (decision.hold) held = { ...decision.hold, at: decision.hold.since ?? now.toISOString() };
      if (decision.release) held = null;
      if (listed && price?.output !== listed.output) waited += 1;
    }
    expect(price).toMatchObject({ input: 0.23, output: 2.3 });
    expect(held).toBeNull();
    expect(waited).toBeLessThanOrEqual(2);
  });

  it("give one model one identity by the list's own names, and leave out what is put away", () => {
    const list = read("mistral", "mistral-aliases.json");
    const now = new Date("2026-11-22T02:00:00Z");
    const identities = new Map(
      knownFrom("mistral", list, now).map(({ name, identityByRule }) => [name, identityByRule]),
    );
    const same = (...names: readonly string[]) => new Set(names.map((name) => identities.get(name)));
    expect(
      same("mistral-medium-latest", "mistral-medium-3-5", "mistral-medium-2604", "mistral-vibe-cli-latest")
        .size,
    ).toBe(1);
    expect(same("zai-glm-5-3", "zai-glm-5", "zai-glm-latest")).toEqual(
      new Set([identify("mistral", "zai-glm-5-3").canonical]),
    );
    expect(same("glm-5-2", "zai-glm-5-2").size).toBe(1);
    expect(same("codestral-2508", "codestral-latest").size).toBe(1);
    expect([...identities.keys()].filter((name) => name.startsWith("ft:"))).toHaveLength(1);
  });
});
