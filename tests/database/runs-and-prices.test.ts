import { describe, expect, it } from "vitest";
import { pricesSchema } from "../../app/data/prices.server.ts";
import { createReader } from "../../app/data/reader.server.ts";
import { readRun, runSchema, runsSchema } from "../../app/data/runs.server.ts";
import { DETAIL_FIELDS, type Field, RESULT_FIELDS } from "../../app/lib/api/result-fields.ts";
import { LOCKABLE_METRICS } from "../../app/lib/locks.ts";
import { RUN_QUERY } from "../../app/lib/queries.ts";
import { countRuns } from "../../app/lib/runs-words.ts";
import { failure, insert, result, run } from "../e2e/support/results.ts";
import { useSupabase } from "../support/supabase.ts";

const supabase = useSupabase();

describe("runs", () => {
  it("come in pages that meet without a gap or an overlap, also where several began at once", async () => {
    const runs = Array.from({ length: 23 }, (_, index) =>
      run({ started_at: new Date(Date.UTC(2026, 9, 1, 0, Math.floor(index / 3))).toISOString() }),
    );
    await insert(supabase.sql, runs, []);
    const read = async (parameters: object) =>
      runsSchema.parse((await supabase.anon.rpc("dashboard_runs", { page_size: 5, ...parameters })).data);
    const seen: string[] = [];
    let page = await read({});
    expect([page?.total, page?.newer]).toEqual([23, false]);
    for (;;) {
      seen.push(...(page?.runs.map(({ id }) => id) ?? []));
      if (page?.older !== true) break;
      page = await read({ before: seen.at(-1) });
      expect(page?.newer).toBe(true);
    }
    expect(seen).toHaveLength(23);
    expect(new Set(seen)).toEqual(new Set(runs.map(({ id }) => id)));
    const back = await read({ after: seen[10] });
    expect(back?.runs.map(({ id }) => id)).toEqual(seen.slice(5, 10));
    expect(await read({ before: "00000000-0000-4000-8000-000000000000" })).toBeNull();

    // From a minute on, up to another one: three began in each.
    const span = { from_at: "2026-10-01T00:02:00Z", to_at: "2026-10-01T00:05:00Z" };
    const within = runs.slice(6, 15).map(({ id }) => id);
    const first = await read(span);
    expect([first?.total, first?.newer, first?.older]).toEqual([9, false, true]);
    const rest = await read({ ...span, before: first?.runs.at(-1)?.id });
    expect([rest?.newer, rest?.older]).toEqual([true, false]);
    expect([...(first?.runs ?? []), ...(rest?.runs ?? [])].map(({ id }) => id).sort()).toEqual(within.sort());
  });

  it("are counted up to ten thousand, and told to be more than that beyond", async () => {
    const { rows } = await supabase.sql.query(
      `insert into public.runs (run_name, triggered_by, started_at)
       select 'many', 'system', timestamptz '2020-01-01' + i * interval '1 minute' from generate_series(1, 10001) i
       returning id`,
    );
    const total = async (from: number) => {
      const from_at = new Date(Date.UTC(2020, 0, 1, 0, from)).toISOString();
      const { data } = await supabase.anon.rpc("dashboard_runs", { from_at, to_at: "2020-02-01T00:00:00Z" });
      return countRuns(runsSchema.parse(data)?.total ?? 0);
    };
    expect(await total(1)).toBe("More than 10,000 runs");
    expect(await total(2)).toBe("10,000 runs");
    await supabase.sql.query("delete from public.runs where id = any ($1)", [rows.map(({ id }) => id)]);
  });

  it("count their results, know when our line was down, and thin arrival times without losing the ends", async () => {
    const one = run({ started_at: "2026-10-05T00:00:00Z" });
    const down = run({ started_at: "2026-10-05T01:00:00Z" });
    const long = result({ run_id: one.id });
    await insert(
      supabase.sql,
      [one, down],
      [
        long,
        failure("timeout", { run_id: one.id, simulated: true }),
        failure("network", { run_id: down.id }),
        failure("network", { run_id: down.id, provider: "groq" }),
      ],
    );
    await supabase.sql.query(
      `update public.benchmark_results set response_text = repeat('é', 5000),
         chunk_times_ms = array(select i::real from generate_series(1, 20000) i) where id = $1`,
      [long.id],
    );
    const list = runsSchema.parse((await supabase.anon.rpc("dashboard_runs", { page_size: 2 })).data);
    expect(list?.runs).toMatchObject([
      { id: down.id, results: 2, failures: 2, simulated: 0, offline: true },
      { id: one.id, results: 2, failures: 1, simulated: 1, offline: false },
    ]);
    const page = runSchema.parse((await supabase.anon.rpc("dashboard_run", { of_run: one.id })).data);
    if (page.run === null) throw new Error("the run is there");
    expect(page).toMatchObject({
      next: down.id,
      matching: 2,
      counts: { results: 2, failures: 1, cost_usd: 0.0002 },
    });
    const kept = page.results.find(({ id }) => id === long.id);
    expect([kept?.text?.length, kept?.text_chars, kept?.arrivals]).toEqual([2_000, 5_000, 20_000]);
    expect(kept?.times?.[0]).toEqual([1, 1]);
    expect(kept?.times?.at(-1)).toEqual([20_000, 20_000]);
    expect(kept?.times?.length).toBeLessThan(700);
  });

  it("give a page with every metric locked no field that the API takes away", async () => {
    const one = run();
    await insert(supabase.sql, [one], [result({ run_id: one.id })]);
    // Also of columns that are to come: what is null would hide that it is told.
    const { rows } = await supabase.sql.query<{ all: string }>(
      `select string_agg(format('%1$I = coalesce(%1$I, 0.5)', column_name), ', ') as all
       from information_schema.columns
       where table_schema = 'public' and table_name = 'benchmark_results' and data_type = 'double precision'`,
    );
    await supabase.sql.query(`update public.benchmark_results set ${rows[0]?.all} where run_id = $1`, [
      one.id,
    ]);
    const reader = createReader(supabase.url, supabase.anonKey);
    const page = await readRun(reader, one.id, RUN_QUERY.defaults, new Set(LOCKABLE_METRICS));
    const fields: Readonly<Record<string, Field>> = { ...RESULT_FIELDS, ...DETAIL_FIELDS };
    const shown = Object.entries(page?.results[0] ?? {}).filter(([, value]) => value !== null);
    expect(shown.length).toBeGreaterThan(10);
    const told = shown.map(([name]) => name).filter((name) => fields[name]?.part !== undefined);
    expect(told, "take it out by its part in readRun").toEqual([]);
  });
});

it("prices are the newest of each model, with what they were before", async () => {
  await supabase.sql.query(
    `insert into public.prices (provider_id, model_id, input_price_per_m, output_price_per_m, timestamp)
     select provider_id, id, 1 + d, 5, now() - d * interval '1 day' from public.models, generate_series(0, 5) d
     where name = 'gpt-4o-mini'`,
  );
  const read = async (measured_only: boolean) =>
    pricesSchema.parse((await supabase.anon.rpc("dashboard_prices", { measured_only })).data);
  const list = await read(true);
  expect(list.endpoints).toHaveLength(list.measured);
  expect((await read(false)).endpoints).toHaveLength(list.models);
  const known = list.endpoints.find(({ model }) => model === "gpt-4o-mini");
  // Four of seven: six here and the one of the reference data.
  expect([known?.prices, known?.history.map(({ input }) => input)]).toEqual([7, [1, 2, 3, 4]]);
  expect(list.changes[0]).toMatchObject({
    model: "gpt-4o-mini",
    input: 1,
    input_before: 2,
    output: 5,
    output_before: 5,
  });
  const { data } = await supabase.anon.from("latest_prices").select("provider, model, input_price_per_m");
  for (const row of data ?? []) {
    const ours = (await read(false)).endpoints.find(
      (e) => e.provider === row.provider && e.model === row.model,
    );
    expect(ours?.history[0]?.input).toBe(row.input_price_per_m);
  }
});
