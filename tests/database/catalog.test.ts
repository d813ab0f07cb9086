import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type CatalogChange, NO_CHANGE } from "../../workers/benchmark/catalog/changes.ts";
import { createStore, type Store } from "../../workers/benchmark/store/index.ts";
import { dumpCatalog, eventsOf, modelsOf } from "../support/catalog-rows.ts";
import { askQuestion } from "../support/questions.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";

let supabase: TestSupabase;
const OPENAI = {
  slug: "openai",
  name: "OpenAI",
  kind: "direct",
  baseUrl: "https://api.openai.com/v1",
  logoUrl: "",
};
const IDENTITY = { identity: "a-model-8b", family: "a-model", quantization: null };

let store: Store;
let clock = Date.parse("2026-11-20T00:00:00Z");
const later = () => {
  clock += 3_600_000;
  return new Date(clock);
};

const apply = (change: Partial<CatalogChange>, at = later()) =>
  store.applyCatalog({ ...NO_CHANGE, ...change }, { provider: OPENAI, source: "a list", at });

const added = (name: string, price: CatalogChange["added"][number]["price"] = null) => ({
  name,
  contextWindow: 8_192,
  reasoning: false,
  reasoningStated: null,
  aliasOf: null,
  successor: null,
  retiresAt: null,
  price,
  heldPrice: null,
  ...IDENTITY,
});

async function idOf(name: string): Promise<string> {
  const [openai] = await store.catalog("openai");
  const id = openai?.models.find((model) => model.name === name)?.id;
  if (!id) throw new Error(`no model ${name}`);
  return id;
}

beforeAll(async () => {
  supabase = await freshSupabase();
});
afterAll(() => supabase.stop());
beforeEach(async () => {
  store = createStore({
    url: supabase.url,
    serviceRole: supabase.serviceRoleKey,
    timeoutMs: 10_000,
    takesSimulated: false,
  });
  await supabase.sql.query("delete from public.catalog_events");
  await supabase.sql.query("delete from public.models where name like 'm-%'");
});

describe("the price history of a model", () => {
  it("reads right through three changes and a removal, and a result keeps what it was costed with", async () => {
    await apply({ added: [added("m-1", { input: 1, output: 2, cachedInput: null })] });
    const id = await idOf("m-1");
    const change = (input: number, output: number, cachedInput: number | null) =>
      apply({ prices: [{ id, input, output, cachedInput, source: "a list" }] });
    const { rows: runs } = await supabase.sql.query(
      "insert into public.runs (run_name, triggered_by) values ('r', 't') returning id",
    );
    const { rows: results } = await supabase.sql.query(
      `insert into public.benchmark_results
         (run_id, model_id, provider, model, input_tokens, output_tokens, total_latency_ms, cost_usd, cost_source,
          input_price_per_m, output_price_per_m)
       values ($1, $2, 'openai', 'm-1', 500, 300, 900, 0.0011, 'price', 1, 2) returning id`,
      [runs[0]?.id, id],
    );
    await change(1.5, 2, null);
    await change(1.5, 2, 0.75);
    await change(0.5, 1, 0.25);
    // The same again is no change.
    expect(await change(0.5, 1, 0.25)).toMatchObject({ price: 0 });
    expect(await apply({ retired: [{ id, successor: "m-2" }] })).toMatchObject({ retired: 1 });

    const { data: history } = await supabase.anon
      .from("prices")
      .select("input_price_per_m, output_price_per_m, cached_input_price_per_m, source")
      .eq("model_id", id)
      .order("timestamp");
    expect(history?.map((row) => Object.values(row))).toEqual([
      [1, 2, null, "a list"],
      [1.5, 2, null, "a list"],
      [1.5, 2, 0.75, "a list"],
      [0.5, 1, 0.25, "a list"],
    ]);
    const { data } = await supabase.anon.rpc("catalog_changes", { since: "2026-01-01T00:00:00Z" });
    const events = (data as { kind: string; before: unknown; after: unknown }[]).reverse();
    expect(events.map(({ kind }) => kind)).toEqual(["new", "price", "price", "price", "retired"]);
    expect(events[2]).toMatchObject({
      provider: "openai",
      provider_name: "OpenAI",
      model: "m-1",
      before: { input: 1.5, output: 2, cachedInput: null, source: "a list" },
      after: { input: 1.5, output: 2, cachedInput: 0.75, source: "a list" },
    });
    expect(events[4]).toMatchObject({ after: { successor: "m-2" } });
    const { data: result } = await supabase.anon
      .from("benchmark_results")
      .select("cost_usd, input_price_per_m, output_price_per_m, model_id")
      .eq("id", results[0]?.id)
      .single();
    expect(result).toEqual({ cost_usd: 0.0011, input_price_per_m: 1, output_price_per_m: 2, model_id: id });
    // Softly: the row, its prices and its results are all there.
    expect((await modelsOf(supabase, "openai")).find(({ model }) => model === "m-1")).toMatchObject({
      retired: true,
      available: false,
      price: [0.5, 1, 0.25],
    });
  });

  it("takes no price that was read before the one it has", async () => {
    await apply({ added: [added("m-1", { input: 1, output: 1, cachedInput: null })] });
    const id = await idOf("m-1");
    const old = { id, input: 3, output: 3, cachedInput: null, source: "a table", at: "2026-01-01T00:00:00Z" };
    expect(await apply({ prices: [old] })).toMatchObject({ price: 0 });
    expect(await apply({ prices: [{ ...old, at: later().toISOString() }] })).toMatchObject({ price: 1 });
  });
});

describe("a sync", () => {
  it("is written whole or not at all", async () => {
    await apply({ added: [added("m-1"), added("m-2")] });
    const before = await dumpCatalog(supabase);
    const id = await idOf("m-1");
    await expect(
      apply({
        added: [added("m-3")],
        retired: [{ id: await idOf("m-2"), successor: null }],
        prices: [{ id, input: 1, output: 1, cachedInput: null, source: "a list" }],
        // No context window is smaller than one token: the database refuses it, at the very end.
        contexts: [{ id, contextWindow: 0 }],
      }),
    ).rejects.toThrow(/write what changed in the models/);
    expect(await dumpCatalog(supabase)).toEqual(before);
  });

  it("found by two at once is written once, with one event a change", async () => {
    await apply({ added: [added("m-1", { input: 1, output: 1, cachedInput: null })] });
    const id = await idOf("m-1");
    const at = later();
    const change = {
      added: [added("m-2", { input: 1, output: 1, cachedInput: null })],
      prices: [{ id, input: 2, output: 2, cachedInput: null, source: "a list" }],
      contexts: [{ id, contextWindow: 16_384 }],
      heldPrices: [],
    };
    await supabase.sql.query("delete from public.catalog_events");
    const written = await Promise.all(Array.from({ length: 8 }, () => apply(change, at)));
    expect(written.reduce((sum, counts) => sum + counts.new + counts.price + counts.context, 0)).toBe(3);
    expect(await eventsOf(supabase)).toEqual(["context openai/m-1", "new openai/m-2", "price openai/m-1"]);
    const { rows } = await supabase.sql.query(
      "select count(*)::int as n from public.prices where model_id = $1",
      [id],
    );
    expect(rows[0]?.n).toBe(2);
  });

  it("never touches which models are measured, nor an identity that a person corrected", async () => {
    await apply({ added: [added("m-1")] });
    const id = await idOf("m-1");
    await supabase.sql.query(
      "update public.models set active = true, identity_by_hand = 'a-finetune-8b' where id = $1",
      [id],
    );
    await apply({
      identities: [{ id, identity: "something-else", family: "something", quantization: "fp8" }],
      retired: [{ id, successor: null }],
    });
    const { data } = await supabase.anon.from("models").select().eq("id", id).single();
    expect(data).toMatchObject({
      active: true,
      available: false,
      identity: "a-finetune-8b",
      identity_by_hand: "a-finetune-8b",
      identity_by_rule: "something-else",
      family: "something",
      quantization: "fp8",
    });
  });

  it("corrects whether a model reasons, unless a person has said so", async () => {
    await apply({ added: [added("m-1"), added("m-2")] });
    const [one, two] = [await idOf("m-1"), await idOf("m-2")];
    await supabase.sql.query("update public.models set reasoning_by_hand = true where id = $1", [two]);
    await apply({
      reasonings: [
        { id: one, reasoning: true },
        { id: two, reasoning: true },
      ],
    });
    const { data } = await supabase.anon
      .from("models")
      .select("reasoning")
      .in("id", [one, two])
      .order("name");
    expect(data).toEqual([{ reasoning: true }, { reasoning: false }]);
  });

  it("takes a name that somebody tried for new when a list has it first, and then no more", async () => {
    await supabase.sql.query(
      `insert into public.models (provider_id, name, available)
       select id, 'm-1', false from public.providers where slug = 'openai'`,
    );
    const id = await idOf("m-1");
    expect(await apply({ returned: [{ id }], seen: [{ id }] })).toMatchObject({ new: 1, returned: 0 });
    await apply({ retired: [{ id, successor: null }] });
    expect(await apply({ returned: [{ id }] })).toMatchObject({ new: 0, returned: 1 });
    expect(await eventsOf(supabase)).toEqual(["new openai/m-1", "retired openai/m-1", "returned openai/m-1"]);
  });

  it("makes the provider's row where it is missing", async () => {
    const origin = {
      provider: {
        slug: "xai",
        name: "xAI",
        kind: "direct",
        baseUrl: "https://api.x.ai/v1",
        logoUrl: "/logos/xai.svg",
      },
      source: "a list",
      at: later(),
    };
    await store.applyCatalog({ ...NO_CHANGE, added: [added("m-9")] }, origin);
    const { data } = await supabase.service
      .from("providers")
      .select("name, base_url, kind")
      .eq("slug", "xai")
      .single();
    expect(data).toEqual({ name: "xAI", base_url: "https://api.x.ai/v1", kind: "direct" });
    expect(await modelsOf(supabase, "xai")).toHaveLength(1);
  });

  it("keeps the event of a model whose row is deleted", async () => {
    await apply({ added: [added("m-1")] });
    await supabase.sql.query("delete from public.models where name = 'm-1'");
    expect(await eventsOf(supabase)).toEqual(["new openai/m-1"]);
  });
});

describe("a model that was taken out of the runs", () => {
  const flagOf = async (id: string) => {
    const { data } = await supabase.anon.from("models").select("active, flag").eq("id", id).single();
    return data;
  };
  const takeOut = async () => {
    await apply({ added: [added("m-1")] });
    const id = await idOf("m-1");
    await store.setActive(id, true);
    await supabase.sql.query("delete from public.catalog_events");
    const item = { kind: "deactivate", runId: "a run", modelId: id, flag: "nobody knows it" } as const;
    expect(await store.deliver(item)).toMatchObject({ state: "delivered" });
    return { id, item };
  };

  it("has one event, however often the database is told", async () => {
    const { id, item } = await takeOut();
    expect(await store.deliver(item)).toMatchObject({ state: "delivered" });
    expect(await flagOf(id)).toEqual({ active: false, flag: "nobody knows it" });
    const { data } = await supabase.anon.rpc("catalog_changes", { of_provider: "openai" });
    expect(data).toMatchObject([
      {
        kind: "taken_out",
        model: "m-1",
        before: { active: true },
        after: { why: "nobody knows it", successor: null },
      },
    ]);
  });

  it.each([true, false])("loses its flag when a person decides on it (active: %s)", async (active) => {
    const { id } = await takeOut();
    await store.setActive(id, active);
    expect(await flagOf(id)).toEqual({ active, flag: null });
  });

  it("keeps its flag when it is retired, and loses it when it is offered again", async () => {
    const { id } = await takeOut();
    await apply({ retired: [{ id, successor: null }] });
    expect((await flagOf(id))?.flag).toBe("nobody knows it");
    await apply({ returned: [{ id }] });
    expect(await flagOf(id)).toEqual({ active: false, flag: null });
  });
});

describe("what the pages read", () => {
  it("has the same model at several providers side by side, direct and proxied", async () => {
    const groups = (await askQuestion(supabase.sql, "The same model at several providers")) as {
      identity: string;
      endpoints: { provider: string; kind: string; input: number; output: number }[];
    }[];
    expect(groups.map(({ identity }) => identity)).toEqual(["gpt-4o-mini", "gpt-oss-20b"]);
    expect(groups[0]?.endpoints.map(({ provider, kind }) => `${kind} ${provider}`)).toEqual([
      "direct openai",
      "proxy openrouter",
    ]);
    expect(groups[1]?.endpoints).toHaveLength(3);
    expect(groups[0]?.endpoints[0]).toMatchObject({ input: 0.15, output: 0.6 });
  });

  it("has at most as many changes as asked for, newest first, and no more than 1,000", async () => {
    await supabase.sql.query(
      `insert into public.catalog_events (kind, provider_id, model, at)
       select 'new', p.id, 'm-' || i, now() - make_interval(mins => i)
       from public.providers p, generate_series(1, 1200) i where p.slug = 'openai'`,
    );
    const read = async (args: { at_most?: number; of_provider?: string }) =>
      ((await supabase.anon.rpc("catalog_changes", args)).data as { model: string }[]).map(
        ({ model }) => model,
      );
    expect(await read({ at_most: 3 })).toEqual(["m-1", "m-2", "m-3"]);
    expect(await read({ at_most: 5_000 })).toHaveLength(1_000);
    expect(await read({ at_most: -1 })).toEqual([]);
    expect(await read({ of_provider: "groq" })).toEqual([]);
  });
});
