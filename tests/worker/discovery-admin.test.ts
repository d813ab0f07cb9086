import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { providers } from "../../workers/benchmark/providers/registry.ts";
import { ADMIN_TOKEN } from "../support/benchmark-worker.ts";
import { modelsOf } from "../support/catalog-rows.ts";
import { type DiscoveryBench, startDiscoveryBench } from "../support/discovery.ts";
import { eventually } from "../support/eventually.ts";
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

describe("the admin API", () => {
  const post = async (path: string, body?: unknown) => {
    const answer = await bench.worker().fetch(path, {
      method: "POST",
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, body: answer.body as Record<string, unknown> };
  };

  it("starts a sync", async () => {
    serveFirstLists(lists);
    await bench.start(lists.settings(["deepseek"]));
    expect(await post("/api/sync-models")).toEqual({ status: 202, body: { status: "accepted" } });
    await eventually(async () => bench.ended().length >= providers.length, "every provider's turn");
    expect(bench.ended().filter(({ event }) => event === "models_synced")).toHaveLength(1);
  });

  it("activates and deactivates models, and refuses what makes no sense with a line that says why", async () => {
    serveFirstLists(lists);
    await bench.start();
    await bench.sync();
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
    const own = { provider: "together", model: "me/gpt-oss-20b-mine" };
    expect((await post("/api/models", { action: "activate", ...own, add: true })).body.state).toBe("done");
    const { data } = await supabase.anon.from("models").select("active, reasoning").eq("name", own.model);
    expect(data).toEqual([{ active: true, reasoning: true }]);
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

  it("lists models with what could take the place of those that are gone or were taken out", async () => {
    const flag = "Taken out of the runs on 2026-11-20: its provider has not known it three runs in a row";
    await supabase.sql.query(
      `insert into public.models (provider_id, name, flag)
       select id, 'Qwen/Qwen2.5-72B-Instruct-Turbo', $1 from public.providers where slug = 'together'`,
      [flag],
    );
    await bench.start();
    const { body } = await post("/api/models", { action: "list", provider: "together" });
    const listed = body.models as { model: string }[];
    expect(listed.find(({ model }) => model === "Qwen/Qwen2.5-72B-Instruct-Turbo")).toMatchObject({
      active: false,
      flag,
      suggestion: null,
    });
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
    await bench.start(lists.settings(["together"]));
    await bench.sync();
    lists.answer("/together/models", list(9.68));
    await bench.sync();
    expect((await modelsOf(supabase, "together"))[0]?.price).toEqual([0.88, 0.88, 0.44]);
    const model = { provider: "together", model: "meta-llama/Llama-3.3-70B-Instruct-Turbo" };
    expect((await post("/api/models", { action: "accept-price", ...model })).body).toEqual({
      state: "done",
      line: "together/meta-llama/Llama-3.3-70B-Instruct-Turbo now costs $9.68 in, $0.44 cached, $0.88 out per million tokens (Together AI: models list).",
    });
    expect((await post("/api/models", { action: "accept-price", ...model })).body.state).toBe("unchanged");
    expect((await modelsOf(supabase, "together"))[0]?.price).toEqual([9.68, 0.88, 0.44]);
  });

  it("searches, and takes a list that was held when a person says so, at once", async () => {
    const plain = (count: number) => ({
      data: Array.from({ length: count }, (_, n) => ({ id: `word-${n}`, active: true })),
    });
    lists.answer("/groq/models", plain(8));
    await supabase.sql.query(
      "delete from public.models m using public.providers p where p.id = m.provider_id and p.slug = 'groq'",
    );
    await bench.start(lists.settings(["groq"]));
    await bench.sync();
    expect((await post("/api/models", { action: "accept-list", provider: "groq" })).body.state).toBe(
      "unchanged",
    );
    lists.answer("/groq/models", plain(2));
    await bench.sync();
    const listed = await post("/api/models", { action: "list", provider: "groq", search: "WORD 7" });
    expect(listed.body).toMatchObject({
      models: [{ model: "word-7", available: true }],
      heldLists: [{ provider: "groq", reason: expect.stringContaining("--accept-shrink") }],
    });
    const before = bench.ended().length;
    expect((await post("/api/models", { action: "accept-list", provider: "groq" })).body.state).toBe("done");
    await eventually(async () => bench.ended().length > before, "the sync of that provider");
    expect(bench.ended().at(-1)).toMatchObject({ event: "models_synced", provider: "groq", retired: 6 });
    expect((await post("/api/models", { action: "list" })).body.heldLists).toEqual([]);
  });
});
