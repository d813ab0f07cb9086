import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../../local/simulator/index.ts";
import { CRONS } from "../../workers/benchmark/schedule.ts";
import { type BenchmarkWorker, startBenchmarkWorker } from "../support/benchmark-worker.ts";
import { dumpCatalog, eventsOf, modelsOf } from "../support/catalog-rows.ts";
import { eventually } from "../support/eventually.ts";
import { type ListsServer, startListsServer } from "../support/lists-server.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";

let supabase: TestSupabase;
let lists: ListsServer;
let worker: BenchmarkWorker | undefined;
let simulator: Simulator | undefined;

beforeEach(async () => {
  supabase = await freshSupabase();
  lists = await startListsServer();
  lists.answer("/feed.json", FEED);
  lists.answer("/together/models", TOGETHER);
});
afterEach(async () => {
  await worker?.stop();
  await simulator?.stop();
  worker = undefined;
  simulator = undefined;
  await lists.stop();
  await supabase.stop();
});

const cost = (input: number, output: number, cache_read?: number) => ({
  cost: { input, output, cache_read },
});
const FEED = {
  openai: { id: "openai", models: { "gpt-4o-mini": { id: "gpt-4o-mini", ...cost(0.16, 0.6, 0.08) } } },
  groq: { models: { "openai/gpt-oss-20b": cost(0.1, 0.5), "llama-3.1-8b-instant": cost(9, 9) } },
  togetherai: { models: { "openai/gpt-oss-20b": cost(0.07, 0.3) } },
  openrouter: {
    models: { "openai/gpt-oss-20b": cost(0.04, 0.12, 0.015), "openai/gpt-4o-mini": { name: "no cost" } },
  },
  broken: 7,
};
const TOGETHER = [
  {
    id: "openai/gpt-oss-20b",
    type: "chat",
    pricing: { input: Math.fround(0.06), output: 0.20000000298023224 },
  },
];

async function startWorker(settings: Record<string, string> = {}): Promise<BenchmarkWorker> {
  worker = await startBenchmarkWorker({
    settings: {
      SUPABASE_URL: supabase.url,
      SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
      PRICE_FEED_URL: `${lists.url}/feed.json`,
      ...lists.settings(["together"]),
      ...settings,
    },
  });
  return worker;
}

/** Fires the daily cron. @returns how it ended. */
async function sync(of: BenchmarkWorker): Promise<Record<string, unknown>> {
  const ends = () => of.events.filter(({ event }) => event === "prices_synced" || event === "job_failed");
  const before = ends().length;
  await of.cron(CRONS.prices);
  return eventually(async () => ends()[before], "the prices");
}

const price = async (slug: string, model: string) =>
  (await modelsOf(supabase, slug)).find((row) => row.model === model)?.price;
const sourceOf = async (slug: string, model: string) => {
  const { data } = await supabase.anon
    .from("prices")
    .select("source, models!inner(name, providers!inner(slug))")
    .eq("models.name", model)
    .eq("models.providers.slug", slug)
    .order("timestamp", { ascending: false })
    .limit(1)
    .single();
  return data?.source;
};

describe("the daily cron event", () => {
  it("takes prices from the provider's own list, else from the feed, and writes a row only for a change", async () => {
    const of = await startWorker();
    expect(await sync(of)).toMatchObject({ event: "prices_synced", written: 4, held: 0 });
    expect(await price("openai", "gpt-4o-mini")).toEqual([0.16, 0.6, 0.08]);
    expect(await sourceOf("openai", "gpt-4o-mini")).toBe("price feed");
    expect(await price("groq", "openai/gpt-oss-20b")).toEqual([0.1, 0.5, null]);
    // Its own list is believed, not the feed; and the 32-bit floats are gone.
    expect(await price("together", "openai/gpt-oss-20b")).toEqual([0.06, 0.2, null]);
    expect(await sourceOf("together", "openai/gpt-oss-20b")).toBe("Together AI: models list");
    // Without its own list, the feed; without either, what it was.
    expect(await price("openrouter", "openai/gpt-oss-20b")).toEqual([0.04, 0.12, 0.015]);
    expect(await price("openrouter", "openai/gpt-4o-mini")).toEqual([0.15, 0.6, 0.075]);
    // A retired model has no price any more that anyone could pay.
    expect(await price("groq", "llama-3.1-8b-instant")).toEqual([0.05, 0.08, null]);
    expect(await eventsOf(supabase)).toEqual([
      "price groq/openai/gpt-oss-20b",
      "price openai/gpt-4o-mini",
      "price openrouter/openai/gpt-oss-20b",
      "price together/openai/gpt-oss-20b",
    ]);
    const before = await dumpCatalog(supabase);
    expect(await sync(of)).toMatchObject({ written: 0 });
    expect(await dumpCatalog(supabase)).toEqual(before);
    // The key went to its provider alone.
    for (const { path, authorization } of lists.requests) {
      expect([path, authorization]).toEqual(
        path === "/together/models" ? [path, "Bearer key-for-together"] : ["/feed.json", null],
      );
    }
  });

  it.each<[string, unknown, number]>([
    ["away", "", 503],
    ["a web page", "<!doctype html>", 200],
    ["of another form", [1, 2], 200],
    ["never finished", (_: unknown, response: ServerResponse) => response.writeHead(200).write("{"), 200],
  ])("keeps the prices it has when the feed is %s, and says so", async (_what, body, status) => {
    lists.answer("/feed.json", body, status);
    const of = await startWorker({ LIST_TIMEOUT_MS: "3000" });
    expect(await sync(of)).toMatchObject({ event: "prices_synced", written: 1 });
    expect(of.events.filter(({ event }) => event === "price_feed_unreadable")).toMatchObject([
      { level: "warn" },
    ]);
    expect(await eventsOf(supabase)).toEqual(["price together/openai/gpt-oss-20b"]);
    expect(await price("openai", "gpt-4o-mini")).toEqual([0.15, 0.6, 0.075]);
  });

  it("does not price from the dated tables what the feed had priced, on a day on which the feed is away", async () => {
    const from = async (source: string) => {
      await supabase.sql.query(
        `update public.prices set input_price_per_m = 0.2, source = $1, timestamp = '2026-01-01T00:00:00Z'
         where model_id = (select m.id from public.models m join public.providers p on p.id = m.provider_id
           where p.slug = 'openai' and m.name = 'gpt-4o-mini')`,
        [source],
      );
    };
    lists.answer("/feed.json", "", 503);
    const of = await startWorker();
    await from("price feed");
    await sync(of);
    expect(await price("openai", "gpt-4o-mini")).toEqual([0.2, 0.6, 0.075]);
    // What the feed never priced has the table's newer price.
    await from("an older table");
    await sync(of);
    expect(await price("openai", "gpt-4o-mini")).toEqual([0.15, 0.6, 0.075]);
  });

  it("does not price a provider's models from the feed for a day on which its own list is away", async () => {
    const of = await startWorker();
    await sync(of);
    lists.answer("/together/models", "busy", 500);
    expect(await sync(of)).toMatchObject({ written: 0 });
    expect(await price("together", "openai/gpt-oss-20b")).toEqual([0.06, 0.2, null]);
    const unreadable = of.events.filter(({ event }) => event === "price_list_unreadable");
    expect(unreadable.find(({ provider }) => provider === "together")).toMatchObject({
      reason: "answers HTTP 500",
    });
  });

  it("holds back a price that jumps more than ten times, says so once, and lets go when it comes back", async () => {
    const of = await startWorker();
    await sync(of);
    await supabase.sql.query("delete from public.catalog_events");
    const serve = (input: number, output: number) =>
      lists.answer("/feed.json", { groq: { models: { "openai/gpt-oss-20b": cost(input, output) } } });
    const held = async () => {
      const { data } = await supabase.anon
        .from("models")
        .select("held_price, providers!inner(slug)")
        .eq("name", "openai/gpt-oss-20b")
        .eq("providers.slug", "groq")
        .single();
      return data?.held_price;
    };
    serve(1.01, 0.5);
    expect(await sync(of)).toMatchObject({ written: 0, held: 1 });
    expect(await held()).toMatchObject({ input: 1.01, output: 0.5, source: "price feed" });
    expect(await sync(of)).toMatchObject({ written: 0, held: 0 });
    expect(await price("groq", "openai/gpt-oss-20b")).toEqual([0.1, 0.5, null]);
    // Free of a sudden is a jump too.
    serve(0, 0);
    expect(await sync(of)).toMatchObject({ held: 1 });
    serve(0.1, 0.5);
    expect(await sync(of)).toMatchObject({ written: 0, held: 0 });
    expect(await held()).toBeNull();
    // Exactly ten times is believed.
    serve(1, 0.5);
    expect(await sync(of)).toMatchObject({ written: 1, held: 0 });
    expect(await eventsOf(supabase)).toEqual([
      "price_held groq/openai/gpt-oss-20b",
      "price_held groq/openai/gpt-oss-20b",
      "price groq/openai/gpt-oss-20b",
    ]);
  });
});

describe("a run with a model that has no price", () => {
  async function startPaidRun(model: string): Promise<BenchmarkWorker> {
    simulator = await startSimulator({ speed: 20, failures: false });
    await supabase.sql.query("update public.models set active = false");
    await supabase.sql.query(
      `insert into public.models (provider_id, name, active)
       select id, $1, true from public.providers where slug = 'openai'`,
      [model],
    );
    return startWorker({ OPENAI_API_KEY: "a-key-for-openai", OPENAI_BASE_URL: `${simulator.url}/openai` });
  }
  const run = async (of: BenchmarkWorker) => {
    const { runId } = await of.start();
    await eventually(
      async () => of.events.some(({ event, run_id }) => event === "run_finished" && run_id === runId),
      "the run",
    );
    return eventually(async () => {
      const { data } = await supabase.service.from("benchmark_results").select().eq("run_id", runId);
      return data?.[0];
    }, "its result");
  };

  it("looks for it first, writes it down, and costs the result with it", async () => {
    const of = await startPaidRun("gpt-4.1-mini");
    lists.answer("/feed.json", { openai: { models: { "gpt-4.1-mini": cost(0.4, 1.6, 0.1) } } });
    const result = await run(of);
    expect(result).toMatchObject({ cost_source: "price", input_price_per_m: 0.4, output_price_per_m: 1.6 });
    expect(result.cost_usd).toBeCloseTo((result.input_tokens * 0.4 + result.output_tokens * 1.6) / 1e6, 9);
    expect(await price("openai", "gpt-4.1-mini")).toEqual([0.4, 1.6, 0.1]);

    // The price changes; the result keeps what it was costed with.
    lists.answer("/feed.json", { openai: { models: { "gpt-4.1-mini": cost(0.8, 3.2, 0.2) } } });
    await sync(of);
    const { data: kept } = await supabase.anon
      .from("benchmark_results")
      .select("cost_usd, input_price_per_m, output_price_per_m")
      .eq("id", result.id)
      .single();
    expect(kept).toEqual({ cost_usd: result.cost_usd, input_price_per_m: 0.4, output_price_per_m: 1.6 });
    expect(await run(of)).toMatchObject({ input_price_per_m: 0.8, output_price_per_m: 3.2 });
  });

  it("costs a result with what holds at the hour in which it was asked for", async () => {
    const of = await startPaidRun("gpt-4.1-mini");
    lists.answer("/feed.json", { openai: { models: { "gpt-4.1-mini": cost(0.4, 1.6) } } });
    await run(of);
    // From an hour ago to an hour from now, whatever time it is.
    const timeOf = (ms: number) => new Date(Date.now() + ms).toISOString().slice(11, 16);
    const hours = [
      { from: timeOf(-3_600_000), to: timeOf(3_600_000), input: 3, output: 6, cachedInput: null },
    ];
    await supabase.sql.query("update public.prices set hours = $1 where source = 'price feed'", [
      JSON.stringify(hours),
    ]);
    expect(await run(of)).toMatchObject({ input_price_per_m: 3, output_price_per_m: 6 });
    await supabase.sql.query("update public.prices set hours = $1 where source = 'price feed'", [
      JSON.stringify([{ ...hours[0], from: hours[0]?.to, to: hours[0]?.from }]),
    ]);
    expect(await run(of)).toMatchObject({ input_price_per_m: 0.4, output_price_per_m: 1.6 });
  });

  it("asks a feed that has none once a day, not at every run", async () => {
    const of = await startPaidRun("gpt-4.1-mini");
    lists.answer("/feed.json", { openai: { models: { other: cost(1, 1) } } });
    expect(await run(of)).toMatchObject({ cost_source: "unknown", cost_usd: 0 });
    const asked = () => lists.requests.filter(({ path }) => path === "/feed.json").length;
    expect(asked()).toBe(1);
    expect(await run(of)).toMatchObject({ cost_source: "unknown" });
    expect(asked()).toBe(1);
  });
});
