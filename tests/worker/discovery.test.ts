import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { providers } from "../../workers/benchmark/providers/registry.ts";
import { dumpCatalog, eventsOf, modelsOf } from "../support/catalog-rows.ts";
import { type DiscoveryBench, LISTING, startDiscoveryBench } from "../support/discovery.ts";
import type { ListsServer } from "../support/lists-server.ts";
import { serveFirstLists } from "../support/models-lists.ts";
import type { TestSupabase } from "../support/supabase.ts";

let bench: DiscoveryBench;
let supabase: TestSupabase;
let lists: ListsServer;

beforeEach(async () => {
  bench = await startDiscoveryBench();
  ({ supabase, lists } = bench);
});
afterEach(() => bench.stop());

const row = (
  model: string,
  context: number | null,
  price: readonly [number, number, number | null] | null,
  rest: Partial<{ active: boolean; available: boolean; retired: boolean }> = {},
) => ({ model, active: false, available: true, context, price, retired: false, ...rest });

describe("the weekly cron event", () => {
  // A provider without a key has had its turn within the millisecond: an alarm for the next one must not get lost.
  it("gives every provider its turn, a hundred times in a row and however short the turns are", async () => {
    serveFirstLists(lists);
    // Its list needs no key.
    await bench.start(lists.settings(["openrouter"]));
    for (let week = 0; week < 100; week += 1) {
      const ends = await bench.sync();
      expect(new Set(ends.map(({ provider }) => provider)).size).toBe(providers.length);
    }
  });

  it("reads every provider's list in its own form, right to the item", async () => {
    serveFirstLists(lists);
    await bench.start();
    const ends = await bench.sync();
    expect(ends.filter(({ event }) => event !== "models_synced").map(({ provider }) => provider)).toEqual([
      "perplexity",
    ]);
    expect(
      Object.fromEntries(ends.map((end) => [end.provider, [end.listed, end.chat, end.new]])),
    ).toMatchObject({
      openai: [8, 3, 2],
      groq: [4, 2, 1],
      together: [6, 4, 3],
      openrouter: [5, 3, 1],
      anthropic: [2, 2, 2],
      gemini: [3, 1, 1],
      mistral: [3, 2, 2],
      deepseek: [2, 2, 2],
      xai: [2, 1, 1],
      cerebras: [2, 2, 2],
      fireworks: [2, 1, 1],
      deepinfra: [2, 1, 1],
    });
    // What the reference data had is still measured, prices as they were where nothing else is known.
    expect(await modelsOf(supabase, "openai")).toEqual([
      row("gpt-4.1", null, null),
      row("gpt-4o-mini", 128_000, [0.15, 0.6, 0.075], { active: true }),
      row("gpt-5-nano", null, null),
    ]);
    expect(await modelsOf(supabase, "groq")).toEqual([
      row("llama-3.1-8b-instant", 131_072, [0.05, 0.08, null], { available: false, retired: true }),
      row("openai/gpt-oss-120b", 131_072, null),
      row("openai/gpt-oss-20b", 131_072, [0.075, 0.3, 0.0375], { active: true }),
    ]);
    expect(await modelsOf(supabase, "together")).toEqual([
      row("meta-llama/Llama-3.3-70B-Instruct-Turbo", 131_072, [0.88, 0.88, 0.44]),
      row("mistralai/Mixtral-8x7B-Instruct-v0.1", 32_768, [0.6, 0.6, null], {
        available: false,
        retired: true,
      }),
      row("openai/gpt-oss-20b", 131_072, [0.05, 0.2, null], { active: true }),
      row("someone/free-model", null, [0, 0, null]),
      row("someone/no-price", null, null),
    ]);
    expect(await modelsOf(supabase, "openrouter")).toEqual([
      row("openai/gpt-4o-mini", 128_000, [0.15, 0.6, 0.075], { active: true }),
      row("openai/gpt-oss-20b", 131_072, [0.03, 0.11, 0.015], { active: true }),
      row("someone/free-model:free", 8_192, [0, 0, null]),
    ]);
    expect(await modelsOf(supabase, "anthropic")).toEqual([
      row("claude-haiku-4-5-20251001", null, null),
      row("claude-opus-4-6", 200_000, null),
    ]);
    expect(await modelsOf(supabase, "gemini")).toEqual([row("gemini-2.5-flash", null, null)]);
    expect(await modelsOf(supabase, "mistral")).toEqual([
      row("mistral-small-2506", 131_072, null),
      row("open-mistral-7b", 32_768, null),
    ]);
    expect(await modelsOf(supabase, "deepinfra")).toEqual([
      row("openai/gpt-oss-20b", 131_072, [0.03, 0.14, 0.02]),
    ]);

    const { data } = await supabase.anon
      .from("models")
      .select("name, identity, family, retires_at, successor, reasoning")
      .in("name", ["openai/gpt-oss-120b", "gpt-oss-120b", "open-mistral-7b", "gpt-4.1"])
      .order("name");
    expect(data).toMatchObject([
      { name: "gpt-4.1", retires_at: "2027-03-01T00:00:00+00:00" },
      { name: "gpt-oss-120b", identity: "gpt-oss-120b", family: "gpt-oss", reasoning: true },
      { name: "open-mistral-7b", retires_at: "2027-01-31T12:00:00+00:00", successor: "mistral-small-2506" },
      { name: "openai/gpt-oss-120b", identity: "gpt-oss-120b", reasoning: true },
    ]);
    // Each key went to its own provider.
    for (const { path, authorization } of lists.requests) {
      expect(authorization).toMatch(new RegExp(`key-for-${path.split("/")[1]}$`));
    }
    expect(bench.worker().events.find(({ event }) => event === "models_unreadable")).toMatchObject({
      provider: "openai",
      items: 2,
    });
  });

  it("writes nothing the second time", async () => {
    serveFirstLists(lists);
    await bench.start();
    await bench.sync();
    const before = await dumpCatalog(supabase);
    await bench.sync();
    expect(await dumpCatalog(supabase)).toEqual(before);
  });

  it("writes exactly what changed, each with its event", async () => {
    serveFirstLists(lists);
    await bench.start();
    await bench.sync();
    await supabase.sql.query("delete from public.catalog_events");

    lists.answer("/groq/models", {
      data: [
        { id: "openai/gpt-oss-20b", active: true, context_window: 65_536 },
        { id: "llama-3.1-8b-instant", active: true, context_window: 131_072 },
        { id: "openai/gpt-oss-120b", active: false, context_window: 131_072 },
        { id: "groq/new-model", active: true, context_window: 1_000 },
      ],
    });
    lists.answer("/together/models", [
      {
        id: "openai/gpt-oss-20b",
        type: "chat",
        context_length: 131_072,
        pricing: { input: 0.06, output: 0.2 },
      },
      {
        id: "meta-llama/Llama-3.3-70B-Instruct-Turbo",
        type: "chat",
        context_length: 131_072,
        // Eleven times what it was.
        pricing: { input: 9.68, output: 0.88, cached_input: 0.44 },
      },
      { id: "someone/free-model", type: "chat", context_length: 0, pricing: { input: 0, output: 0 } },
    ]);
    await bench.sync();
    expect(await eventsOf(supabase)).toEqual([
      "context groq/openai/gpt-oss-20b",
      "new groq/groq/new-model",
      "retired groq/openai/gpt-oss-120b",
      "returned groq/llama-3.1-8b-instant",
      "price together/openai/gpt-oss-20b",
      "price_held together/meta-llama/Llama-3.3-70B-Instruct-Turbo",
      "retired together/someone/no-price",
    ]);
    expect(await modelsOf(supabase, "groq")).toEqual([
      row("groq/new-model", 1_000, null),
      row("llama-3.1-8b-instant", 131_072, [0.05, 0.08, null]),
      row("openai/gpt-oss-120b", 131_072, null, { available: false, retired: true }),
      row("openai/gpt-oss-20b", 65_536, [0.075, 0.3, 0.0375], { active: true }),
    ]);
    const { data } = await supabase.anon.rpc("catalog_changes", { of_provider: "together" });
    const changes = data as { kind: string; before: unknown; after: unknown }[];
    expect(changes.find(({ kind }) => kind === "price")).toMatchObject({
      provider: "together",
      before: { input: 0.05, output: 0.2, cachedInput: null },
      after: { input: 0.06, output: 0.2, cachedInput: null, source: "Together AI: models list" },
    });
    expect(changes.find(({ kind }) => kind === "price_held")).toMatchObject({
      before: { input: 0.88 },
      after: { input: 9.68 },
    });
    const before = await dumpCatalog(supabase);
    await bench.sync();
    expect(await dumpCatalog(supabase)).toEqual(before);
  });

  it("syncs 400 models of a provider in fewer than 20 requests to the database", async () => {
    await bench.start(lists.settings(["openrouter"]));
    const item = (n: number, price: number) => ({
      id: `someone/model-${n}`,
      context_length: 1_000 + n,
      architecture: { output_modalities: ["text"] },
      pricing: { prompt: String(price / 1e6), completion: String(price / 1e6) },
    });
    const numbers = Array.from({ length: 400 }, (_, n) => n);
    lists.answer("/openrouter/models", { data: numbers.map((n) => item(n, 1)) });
    const before = bench.door.seen.up;
    const [end] = (await bench.sync()).filter(({ provider }) => provider === "openrouter");
    expect(end).toMatchObject({ event: "models_synced", listed: 400, chat: 400, new: 400 });
    expect(bench.door.seen.up - before).toBeLessThan(20);

    const again = bench.door.seen.up;
    lists.answer("/openrouter/models", { data: numbers.map((n) => item(n, 2)) });
    const [change] = (await bench.sync()).filter(({ provider }) => provider === "openrouter");
    expect(change).toMatchObject({ price: 400, new: 0, retired: 0 });
    expect(bench.door.seen.up - again).toBeLessThan(20);
    const { rows } = await supabase.sql.query(
      "select count(*)::int as n from public.catalog_events where kind = 'price' and model like 'someone/model-%'",
    );
    expect(rows[0]?.n).toBe(400);
  });
});

describe("one provider that fails", () => {
  it("leaves the others' sync whole, and is tried again where that may help", async () => {
    serveFirstLists(lists);
    lists.answer("/groq/models", "busy", 503);
    lists.answer("/mistral/models", { error: { message: "no such key" } }, 401);
    await bench.start();
    const ends = await bench.sync();
    const byProvider = Object.fromEntries(ends.map((end) => [end.provider ?? end.job, end]));
    expect(byProvider["sync-models:groq"]).toMatchObject({
      event: "job_failed",
      reason: "answers HTTP 503",
    });
    expect(byProvider["sync-models:groq"]?.retry).toMatch(/^\d{4}-/);
    expect(byProvider.mistral).toMatchObject({
      event: "models_sync_failed",
      reason: "the key is refused (HTTP 401)",
    });
    const synced = ends.filter(({ event }) => event === "models_synced").map(({ provider }) => provider);
    expect(synced.sort()).toEqual(LISTING.filter((slug) => slug !== "groq" && slug !== "mistral").sort());
  });
});

describe("a provider without a key", () => {
  it("is not asked; the simulator's list is made up and never synced; a public list is read all the same", async () => {
    serveFirstLists(lists);
    await bench.start({
      SIMULATOR_URL: `${lists.url}/simulator`,
      OPENROUTER_BASE_URL: `${lists.url}/openrouter`,
    });
    const ends = await bench.sync();
    expect(lists.requests.map(({ path, authorization }) => [path, authorization])).toEqual([
      ["/openrouter/models", null],
    ]);
    expect(ends.find(({ provider }) => provider === "groq")).toMatchObject({
      event: "models_not_synced",
      reason: "its models list needs GROQ_API_KEY; the simulator's is made up and not synced",
    });
    expect(ends.find(({ provider }) => provider === "openrouter")).toMatchObject({
      event: "models_synced",
      new: 1,
    });
    expect(await eventsOf(supabase)).toEqual(["new openrouter/someone/free-model:free"]);
  });
});
