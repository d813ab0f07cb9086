import { describe, expect, test } from "vitest";
import { readChoices } from "../../app/data/compare.server.ts";
import { overviewSchema } from "../../app/data/overview.server.ts";
import { createReader } from "../../app/data/reader.server.ts";
import { result, run } from "../e2e/support/results.ts";
import { useSupabase } from "../support/supabase.ts";
import { A, ago, B, callComparison, mixedMonth, ofA, ofB, reset, store } from "./compared.ts";

const supabase = useSupabase();
const read = (keys?: readonly string[], extra?: Record<string, string>) =>
  callComparison(supabase, keys, extra);

const SHARED_FIGURES = ["attempts", "probe_failures", "successes", "success_rate", "ttft", "tps"] as const;

describe("the figures side by side", () => {
  test.each(["1h", "24h", "7d", "30d"] as const)("are those of the overview: %s", async (time_window) => {
    await mixedMonth(supabase.sql);
    for (const at_location of ["enam", "weur", "nowhere"]) {
      const { data } = await supabase.anon.rpc("dashboard_endpoints", {
        time_window,
        at_location,
      });
      const overview = overviewSchema.parse(data);
      for (const [a, b] of [
        [A, B],
        [B, "stranger/x/some/model:free"],
      ] as const) {
        const answer = await read([a, b], { time_window, at_location });
        expect(answer.prompt_version).toBe(overview.prompt_version);
        for (const [place, key] of [a, b].entries()) {
          const endpoint = answer.endpoints[place];
          if (endpoint === undefined) throw new Error("each name has its figures");
          const side = endpoint.figures;
          const listed = overview.endpoints.find(({ provider, model }) => `${provider}/${model}` === key);
          if (listed === undefined) {
            expect(side).toMatchObject({ attempts: 0, probe_failures: 0, success_rate: null });
            continue;
          }
          const there = listed.figures;
          expect(endpoint.simulated, key).toBe(listed.simulated);
          for (const name of SHARED_FIGURES) expect(side[name], `${key} ${name}`).toEqual(there[name]);
          expect(side.answer_ttft).toMatchObject(there.answer_ttft);
          for (const name of ["latency", "stability", "value"] as const)
            expect(side[name]).toEqual(there[name]);
          expect(side.cost.n).toBe(there.cost.n);
          expect(side.cost.per_request ?? 0).toBeCloseTo(there.cost.per_request ?? 0, 12);
          if (at_location === "enam") expect(side.attempts).toBeGreaterThan(0);
        }
      }
    }
  });
});

describe("where nothing was asked for", () => {
  test("the place is that with most results of all, as on the overview", async () => {
    const other = { provider: "groq", model: "x" };
    await store(supabase.sql, [
      (run_id, created_at) =>
        [ofA, ofA, ofB, ofB].map((of) => result({ run_id, created_at, ...of, location: "weur" })),
      (run_id, created_at) =>
        [ofA, other, other, other, other].map((of) =>
          result({ run_id, created_at, ...of, location: "enam" }),
        ),
      (run_id, created_at) =>
        Array.from({ length: 9 }, () =>
          result({ run_id, created_at, ...other, location: "apac", prompt_version: "short-1" }),
        ),
    ]);
    const answer = await read();
    const { data } = await supabase.anon.rpc("dashboard_endpoints");
    expect(answer.location).toBe(overviewSchema.parse(data).location);
    expect([answer.location, answer.usual_location]).toEqual(["enam", "enam"]);
    expect(answer.locations).toEqual([
      { location: "enam", results: 1 },
      { location: "weur", results: 4 },
    ]);
    expect(await read([A, B], { at_location: "weur" })).toMatchObject({
      location: "weur",
      usual_location: "enam",
    });
  });
});

describe("an endpoint", () => {
  test("of the catalogue is known without a result, one of neither catalogue nor results is not", async () => {
    await reset(supabase.sql, [], []);
    const answer = await read([A, "nobody/nothing"]);
    expect(answer.endpoints[0]).toMatchObject({
      known: true,
      provider_name: "OpenAI",
      figures: { attempts: 0 },
      kind: "direct",
    });
    expect(answer.endpoints[1]).toMatchObject({ known: false });
    expect(answer.runs.at).toEqual([]);
    for (const key of ["", "/", "openai", "openai/", "/gpt-4o-mini", "%", "a".repeat(2_000)]) {
      expect((await read([A, key])).endpoints[1]?.known, key).toBe(false);
    }
  });

  test("of an unknown provider is found by its text, whatever stands in it", async () => {
    const odd = { provider: "<b>x</b>/y", model: "m/1:free' or 1=1 --" };
    await store(supabase.sql, [
      (run_id, created_at) => [
        result({ run_id, created_at, ...ofA }),
        result({ run_id, created_at, ...odd }),
      ],
    ]);
    const answer = await read([A, `${odd.provider}/${odd.model}`]);
    expect(answer.endpoints[1]).toMatchObject({ known: true, ...odd, kind: null, figures: { attempts: 1 } });
    expect([answer.runs.endpoints[0]?.states, answer.runs.endpoints[1]?.states]).toEqual(["s", "s"]);
  });

  test("shows no simulated result once it has a real one, however old", async () => {
    const [now, old] = [run({ started_at: ago(30) }), run({ started_at: ago(60 * 24 * 200) })];
    await reset(
      supabase.sql,
      [now, old],
      [
        result({ run_id: now.id, created_at: ago(30), ...ofA, simulated: true }),
        result({ run_id: now.id, created_at: ago(30), ...ofB, simulated: true }),
        result({ run_id: old.id, created_at: ago(60 * 24 * 200), ...ofA }),
      ],
    );
    const answer = await read();
    expect([
      answer.endpoints[0]?.figures.attempts,
      answer.endpoints[1]?.figures.attempts,
      answer.endpoints[1]?.simulated,
    ]).toEqual([0, 1, true]);
    expect([answer.runs.endpoints[0]?.states, answer.runs.endpoints[1]?.states]).toEqual(["-", "s"]);
  });

  test("thinks where its answers come after its first tokens", async () => {
    await store(supabase.sql, [
      (run_id, created_at) => [
        result({ run_id, created_at, ...ofA, ttft_ms: 300, answer_ttft_ms: 2_000 }),
        result({ run_id, created_at, ...ofB }),
      ],
    ]);
    const answer = await read();
    expect([answer.endpoints[0]?.figures.thinks_aloud, answer.endpoints[1]?.figures.thinks_aloud]).toEqual([
      true,
      false,
    ]);
  });
});

test("an unknown window is refused with the ones there are", async () => {
  const { error, status } = await supabase.anon.rpc("compare_endpoints", {
    endpoints: JSON.stringify([A, B]),
    time_window: "2d",
  });
  expect([status, error?.message]).toEqual([400, "time_window must be 1h, 24h, 7d or 30d"]);
});

describe("what there is to choose from", () => {
  const reader = () => createReader(supabase.url, supabase.anonKey);

  test("is what is measured, and what was in the last 30 days, once each", async () => {
    await reset(supabase.sql, [], []);
    const before = await readChoices(reader());
    expect(before.find(({ model }) => model === "gpt-4o-mini")).toMatchObject({
      provider: "openai",
      identity: "gpt-4o-mini",
      active: true,
      newest_at: null,
    });
    expect(before.some(({ model }) => model === "llama-3.1-8b-instant")).toBe(false);
    const now = new Date().toISOString();
    const { rows } = await supabase.sql.query(
      "select m.id, m.provider_id from public.models m where m.name = 'llama-3.1-8b-instant'",
    );
    const one = run({ started_at: now });
    await reset(
      supabase.sql,
      [one],
      [
        result({ run_id: one.id, created_at: now, provider_id: rows[0].provider_id, model_id: rows[0].id }),
        result({ run_id: one.id, created_at: now, ...ofA }),
        result({
          run_id: one.id,
          created_at: now,
          provider: "OpenAI",
          model: "gpt-4o-mini",
          simulated: true,
        }),
        result({ run_id: one.id, created_at: now, provider: "stranger", model: "m" }),
      ],
      null,
    );
    const after = await readChoices(reader());
    expect(after.filter(({ model }) => model === "gpt-4o-mini")).toHaveLength(1);
    expect(after.find(({ model }) => model === "gpt-4o-mini")).toMatchObject({ simulated: false });
    expect(after.find(({ model }) => model === "llama-3.1-8b-instant")).toMatchObject({ active: false });
    expect(after.find(({ provider }) => provider === "stranger")).toMatchObject({
      kind: null,
      identity: null,
    });
    expect(after.length).toBe(before.length + 2);
  });
});
