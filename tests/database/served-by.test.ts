import { beforeEach, describe, expect, it } from "vitest";
import { readConfig } from "../../workers/benchmark/config.ts";
import { manageModels, modelsRequest } from "../../workers/benchmark/jobs/manage-models.ts";
import { createStore, type Store } from "../../workers/benchmark/store/index.ts";
import { insert, result, run, type SeedResult } from "../e2e/support/results.ts";
import { useSupabase } from "../support/supabase.ts";

const supabase = useSupabase();
const MODEL = "openai/gpt-4o-mini";
const START = Date.parse("2026-11-20T10:00:00Z");
const hour = (n: number) => new Date(START + n * 3_600_000).toISOString();

let store: Store;
beforeEach(async () => {
  store = createStore({
    url: supabase.url,
    serviceRole: supabase.serviceRoleKey,
    timeoutMs: 10_000,
    takesSimulated: false,
  });
  await supabase.sql.query("delete from public.runs");
  await supabase.sql.query("delete from public.series");
  await supabase.sql.query("delete from public.catalog_events");
  await supabase.sql.query(
    "update public.models set served_model = null, served_at = null, pinned_upstreams = '{}'",
  );
});

const ask = (request: object) => manageModels(store, modelsRequest.parse(request), readConfig({}));
const targets = async () =>
  (await store.targets([]))
    .filter(({ model }) => model === MODEL)
    .map(({ upstream, active }) => [upstream, active]);

describe("a model that is pinned to an upstream", () => {
  const activate = { action: "activate", provider: "openrouter", model: MODEL };

  it("is a target of its own, beside the model as its provider routes it or without it", async () => {
    const before = await targets();
    expect((await ask({ ...activate, upstream: "DeepInfra" })).state).toBe("done");
    expect((await ask({ ...activate, upstream: "Azure" })).state).toBe("done");
    expect((await ask({ ...activate, upstream: "Azure" })).state).toBe("unchanged");
    expect(await targets()).toEqual([...before, ["Azure", true], ["DeepInfra", true]].sort());
    expect((await ask({ ...activate, action: "deactivate", upstream: "Azure" })).state).toBe("done");
    expect((await ask({ ...activate, action: "deactivate", upstream: "Azure" })).state).toBe("unchanged");
    expect(await targets()).toEqual([...before, ["DeepInfra", true]]);
  });

  it("leaves the runs with its model", async () => {
    await ask({ ...activate, upstream: "DeepInfra" });
    await ask(activate);
    await ask({ ...activate, action: "deactivate" });
    expect(await targets()).toEqual([]);
    await ask(activate);
    expect(await targets()).toEqual([[null, true]]);
  });

  it("is refused where a provider cannot be told", async () => {
    const answer = await ask({
      action: "activate",
      provider: "openai",
      model: "gpt-4o-mini",
      upstream: "Azure",
    });
    expect(answer).toMatchObject({ state: "unknown", line: "openai cannot be told which upstream to use." });
  });
});

async function served(rows: readonly Partial<SeedResult>[]): Promise<void> {
  const one = run();
  const { rows: found } = await supabase.sql.query(
    `select m.id, m.provider_id from public.models m join public.providers p on p.id = m.provider_id
     where p.slug = 'openrouter' and m.name = $1`,
    [MODEL],
  );
  const endpoint = {
    provider: "openrouter",
    model: MODEL,
    model_id: found[0].id,
    provider_id: found[0].provider_id,
  };
  await insert(
    supabase.sql,
    [one],
    rows.map((row) => result({ run_id: one.id, ...endpoint, simulated: false, ...row })),
  );
}

const events = async () =>
  (
    await supabase.sql.query(
      "select before, after from public.catalog_events where kind = 'served_model' order by at",
    )
  ).rows.map(({ before, after }) => `${before.servedModel} > ${after.servedModel}`);

describe("the model that answers say they come from", () => {
  it("is news when it changes, once for a change that goes back and forth within a day", async () => {
    for (const [at, served_model] of [
      [0, "a-1"],
      [1, "a-1"],
      [2, "a-2"],
      [3, "a-1"],
      [4, "a-2"],
      [40, "a-2"],
      [41, "a-3"],
    ] as const) {
      await served([{ created_at: hour(at), served_model }]);
    }
    expect(await events()).toEqual(["a-1 > a-2", "a-2 > a-3"]);
  });

  it("changes nothing where it comes late, from the simulator, from a pinned upstream or with a failure", async () => {
    await served([{ created_at: hour(5), served_model: "a-2" }]);
    await served([
      { created_at: hour(1), served_model: "a-1" },
      { created_at: hour(6), served_model: "a-3", simulated: true },
      { created_at: hour(7), served_model: "a-4", upstream: "Azure", upstream_pinned: true },
      { created_at: hour(8), served_model: "a-5", success: false, error_kind: "stream_error" },
    ]);
    expect(await events()).toEqual([]);
  });
});

describe("the upstreams of a model that its provider routes", () => {
  it("are counted by requests, pinned ones and other times left out", async () => {
    await served([
      { created_at: hour(1), upstream: "Azure" },
      { created_at: hour(1), upstream: "OpenAI" },
      { created_at: hour(2), upstream: "OpenAI" },
      { created_at: hour(2), upstream: "Azure", upstream_pinned: true },
      { created_at: hour(-9), upstream: "Elsewhere" },
      { created_at: hour(3), upstream: null },
    ]);
    const { rows } = await supabase.sql.query(
      "select public.upstream_shares('openrouter', $1, $2) as shares",
      [MODEL, hour(0)],
    );
    expect(rows[0].shares).toEqual([
      { upstream: "OpenAI", n: 2 },
      { upstream: "Azure", n: 1 },
    ]);
  });
});
