import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { providers } from "../../workers/benchmark/providers/registry.ts";
import { CRONS } from "../../workers/benchmark/schedule.ts";
import { ADMIN_TOKEN, type BenchmarkWorker, startBenchmarkWorker } from "../support/benchmark-worker.ts";
import { dumpCatalog, eventsOf, modelsOf } from "../support/catalog-rows.ts";
import { eventually } from "../support/eventually.ts";
import { type FaultyProxy, startFaultyProxy } from "../support/faulty-proxy.ts";
import { type ListsServer, startListsServer } from "../support/lists-server.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";

const LISTING = providers.filter(({ modelsList }) => modelsList !== null).map(({ slug }) => slug);

let supabase: TestSupabase;
let door: FaultyProxy;
let lists: ListsServer;
let worker: BenchmarkWorker;

beforeEach(async () => {
  supabase = await freshSupabase();
  door = await startFaultyProxy(supabase.url);
  lists = await startListsServer();
});
afterEach(async () => {
  await worker.stop();
  await lists.stop();
  await door.stop();
  await supabase.stop();
});

async function startWorker(settings: Record<string, string> = lists.settings(LISTING)): Promise<void> {
  worker = await startBenchmarkWorker({
    settings: { SUPABASE_URL: door.url, SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey, ...settings },
  });
}

const ENDS = ["models_synced", "models_sync_failed", "models_not_synced", "job_failed"];
const ended = () => worker.events.filter(({ event }) => ENDS.includes(String(event)));

/** Fires the weekly cron and waits until every provider has had its turn. */
async function sync(): Promise<readonly Record<string, unknown>[]> {
  const before = ended().length;
  await worker.cron(CRONS.models);
  await eventually(async () => ended().length >= before + providers.length, "every provider's turn");
  return ended().slice(before);
}

/** Each provider's list in its own form: own ids beside well-known ones, items that are no chat models, oddities. */
function firstLists(): void {
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

const row = (
  model: string,
  context: number | null,
  price: readonly [number, number, number | null] | null,
  rest: Partial<{ active: boolean; available: boolean; retired: boolean }> = {},
) => ({ model, active: false, available: true, context, price, retired: false, ...rest });

describe("the weekly cron event", () => {
  it("reads every provider's list in its own form, right to the item", async () => {
    firstLists();
    await startWorker();
    const ends = await sync();
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
    expect(worker.events.find(({ event }) => event === "models_unreadable")).toMatchObject({
      provider: "openai",
      items: 2,
    });
  });

  it("writes nothing the second time", async () => {
    firstLists();
    await startWorker();
    await sync();
    const before = await dumpCatalog(supabase);
    await sync();
    expect(await dumpCatalog(supabase)).toEqual(before);
  });

  it("writes exactly what changed, each with its event", async () => {
    firstLists();
    await startWorker();
    await sync();
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
    await sync();
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
    await sync();
    expect(await dumpCatalog(supabase)).toEqual(before);
  });

  it("syncs 400 models of a provider in fewer than 20 requests to the database", async () => {
    await startWorker(lists.settings(["openrouter"]));
    const item = (n: number, price: number) => ({
      id: `someone/model-${n}`,
      context_length: 1_000 + n,
      architecture: { output_modalities: ["text"] },
      pricing: { prompt: String(price / 1e6), completion: String(price / 1e6) },
    });
    const numbers = Array.from({ length: 400 }, (_, n) => n);
    lists.answer("/openrouter/models", { data: numbers.map((n) => item(n, 1)) });
    const before = door.seen.up;
    const [end] = (await sync()).filter(({ provider }) => provider === "openrouter");
    expect(end).toMatchObject({ event: "models_synced", listed: 400, chat: 400, new: 400 });
    expect(door.seen.up - before).toBeLessThan(20);

    const again = door.seen.up;
    lists.answer("/openrouter/models", { data: numbers.map((n) => item(n, 2)) });
    const [change] = (await sync()).filter(({ provider }) => provider === "openrouter");
    expect(change).toMatchObject({ price: 400, new: 0, retired: 0 });
    expect(door.seen.up - again).toBeLessThan(20);
    const { rows } = await supabase.sql.query(
      "select count(*)::int as n from public.catalog_events where kind = 'price' and model like 'someone/model-%'",
    );
    expect(rows[0]?.n).toBe(400);
  });
});

describe("one provider that fails", () => {
  it("leaves the others' sync whole, and is tried again where that may help", async () => {
    firstLists();
    lists.answer("/groq/models", "busy", 503);
    lists.answer("/mistral/models", { error: { message: "no such key" } }, 401);
    await startWorker();
    const ends = await sync();
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
    firstLists();
    await startWorker({
      SIMULATOR_URL: `${lists.url}/simulator`,
      OPENROUTER_BASE_URL: `${lists.url}/openrouter`,
    });
    const ends = await sync();
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

describe("the admin API", () => {
  const post = async (path: string, body?: unknown) => {
    const answer = await worker.fetch(path, {
      method: "POST",
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, body: answer.body as Record<string, unknown> };
  };

  it("starts a sync", async () => {
    firstLists();
    await startWorker(lists.settings(["deepseek"]));
    expect(await post("/api/sync-models")).toEqual({ status: 202, body: { status: "accepted" } });
    await eventually(async () => ended().length >= providers.length, "every provider's turn");
    expect(ended().filter(({ event }) => event === "models_synced")).toHaveLength(1);
  });

  it("activates and deactivates models, and refuses what makes no sense with a line that says why", async () => {
    firstLists();
    await startWorker();
    await sync();
    const model = { provider: "together", model: "meta-llama/Llama-3.3-70B-Instruct-Turbo" };
    const isActive = async () =>
      (await modelsOf(supabase, "together")).find((row) => row.model === model.model)?.active;
    expect(await post("/api/models", { action: "activate", ...model })).toMatchObject({
      status: 200,
      body: { state: "done" },
    });
    expect(await isActive()).toBe(true);
    expect((await post("/api/models", { action: "activate", ...model })).body.state).toBe("unchanged");
    expect((await post("/api/models", { action: "deactivate", ...model })).body.state).toBe("done");
    expect(await isActive()).toBe(false);
    expect(
      await post("/api/models", { action: "activate", provider: "together", model: "openai/gpt-oss-20B" }),
    ).toEqual({
      status: 404,
      body: {
        state: "unknown",
        line: "together has no model openai/gpt-oss-20B here: did you mean openai/gpt-oss-20b?",
      },
    });
    expect((await post("/api/models", { action: "activate", provider: "nobody", model: "x" })).status).toBe(
      404,
    );
    for (const body of [
      "",
      "no json",
      "[]",
      { action: "explode" },
      { action: "activate" },
      "x".repeat(5_000),
    ]) {
      expect(await post("/api/models", body)).toMatchObject({ status: 400, body: { error: "bad_request" } });
    }
  });

  it("lists models with what could take the place of those that are gone", async () => {
    await startWorker();
    const { body } = await post("/api/models", { action: "list", provider: "together" });
    const listed = body.models as { model: string }[];
    expect(listed.find(({ model }) => model === "mistralai/Mixtral-8x7B-Instruct-v0.1")).toMatchObject({
      available: false,
      identity: "mixtral-8x7b",
      suggestion: { name: "openai/gpt-oss-20b", why: "named by the provider" },
    });
  });

  it("takes a held price when a person says so", async () => {
    const list = (input: number) => [
      {
        id: "meta-llama/Llama-3.3-70B-Instruct-Turbo",
        type: "chat",
        pricing: { input, output: 0.88, cached_input: 0.44 },
      },
      { id: "openai/gpt-oss-20b", type: "chat" },
    ];
    lists.answer("/together/models", list(0.88));
    await startWorker(lists.settings(["together"]));
    await sync();
    lists.answer("/together/models", list(9.68));
    await sync();
    expect((await modelsOf(supabase, "together"))[0]?.price).toEqual([0.88, 0.88, 0.44]);
    const model = { provider: "together", model: "meta-llama/Llama-3.3-70B-Instruct-Turbo" };
    expect((await post("/api/models", { action: "accept-price", ...model })).body).toEqual({
      state: "done",
      line: "together/meta-llama/Llama-3.3-70B-Instruct-Turbo now costs $9.68 in, $0.44 cached, $0.88 out per million tokens (Together AI: models list).",
    });
    expect((await post("/api/models", { action: "accept-price", ...model })).body.state).toBe("unchanged");
    expect((await modelsOf(supabase, "together"))[0]?.price).toEqual([9.68, 0.88, 0.44]);
  });
});
