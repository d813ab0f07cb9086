import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";

let supabase: TestSupabase;
let run: string;

beforeAll(async () => {
  supabase = await freshSupabase();
});
afterAll(() => supabase.stop());
beforeEach(async () => {
  await supabase.sql.query("truncate public.runs, public.hourly_rollups cascade");
  const { data } = await supabase.service
    .from("runs")
    .insert({ run_name: "r", triggered_by: "t" })
    .select("id")
    .single();
  run = data?.id ?? "";
});

interface Seed {
  readonly daysAgo: number;
  readonly minute?: number;
  readonly model?: string;
  readonly ttft?: number | null;
  readonly latency?: number;
  readonly errorKind?: string;
}

/** One result at noon (UTC), so many days ago. */
async function result(seed: Seed): Promise<void> {
  const { daysAgo, minute = 0, model = "m", ttft = 100, latency = 1_000, errorKind = null } = seed;
  await supabase.sql.query(
    `insert into public.benchmark_results
       (run_id, provider, model, input_tokens, output_tokens, total_latency_ms, ttft_ms, tps, success, error_kind, cost_usd,
        response_text, chunk_times_ms, created_at)
     values ($1, 'p', $2, 10, 20, $3, $4, 50, $5, $6, 0.5, 'text', '{1,2}',
       date_trunc('day', now(), 'UTC') - make_interval(days => $7) + make_interval(hours => 12, mins => $8))`,
    [run, model, latency, errorKind ? null : ttft, errorKind === null, errorKind, daysAgo, minute],
  );
}

async function pruneAll(ages: { chunks?: number; texts?: number; rows?: number }) {
  const dropped = { chunkTimes: 0, texts: 0, rows: 0 };
  for (let step = 0; step < 200; step++) {
    const { rows } = await supabase.sql.query<{ step: typeof dropped }>(
      "select public.engine_prune($1, $2, $3) as step",
      [ages.chunks ?? null, ages.texts ?? null, ages.rows ?? null],
    );
    const taken = rows[0]?.step ?? dropped;
    dropped.chunkTimes += taken.chunkTimes;
    dropped.texts += taken.texts;
    dropped.rows += taken.rows;
    if (taken.chunkTimes + taken.texts + taken.rows === 0) return dropped;
  }
  throw new Error("Pruning does not end.");
}

/** One step that drops chunk times and texts of a week ago, and the rows of results that it read. */
async function measuredStep(): Promise<{ dropped: number; read: number }> {
  const client = await supabase.sql.connect();
  // Of this session: what its last transactions read may be counted still.
  const rowsRead = async () => {
    const { rows } = await client.query<{ read: number }>(
      `select (seq_tup_read + idx_tup_fetch)::integer as read from pg_stat_xact_user_tables
       where relid = 'public.benchmark_results'::regclass`,
    );
    return rows[0]?.read ?? Number.NaN;
  };
  try {
    await client.query("begin");
    const before = await rowsRead();
    const { rows } = await client.query<{ dropped: number }>(
      `select (s ->> 'chunkTimes')::integer + (s ->> 'texts')::integer as dropped
       from public.engine_prune(7, 7, null) as s`,
    );
    const read = (await rowsRead()) - before;
    await client.query("commit");
    return { dropped: rows[0]?.dropped ?? Number.NaN, read };
  } finally {
    client.release();
  }
}

const count = async (where: string) =>
  Number(
    (await supabase.sql.query(`select count(*) as n from public.benchmark_results where ${where}`)).rows[0]
      ?.n,
  );

describe("pruning", () => {
  it("drops nothing when nothing is asked for", async () => {
    await result({ daysAgo: 400 });
    expect(await pruneAll({})).toEqual({ chunkTimes: 0, texts: 0, rows: 0 });
    expect(await count("response_text is not null and chunk_times_ms is not null")).toBe(1);
  });

  it("drops chunk times and texts by their own ages and keeps every number", async () => {
    for (const daysAgo of [1, 10, 20, 40]) await result({ daysAgo });
    expect(await pruneAll({ chunks: 7, texts: 15 })).toEqual({ chunkTimes: 3, texts: 2, rows: 0 });
    expect(await count("chunk_times_ms is null")).toBe(3);
    expect(await count("response_text is null")).toBe(2);
    expect(await count("ttft_ms = 100 and total_latency_ms = 1000")).toBe(4);
  });

  it("rolls an hour up before its rows go, endpoint by endpoint", async () => {
    for (const [minute, ttft] of [100, 200, 300, 400].entries())
      await result({ daysAgo: 40, minute, ttft, latency: ttft * 10 });
    await result({ daysAgo: 40, minute: 10, errorKind: "timeout" });
    await result({ daysAgo: 40, minute: 11, errorKind: "timeout" });
    await result({ daysAgo: 40, minute: 12, errorKind: "auth" });
    await result({ daysAgo: 40, minute: 13, model: "only-failures", errorKind: "network" });
    await result({ daysAgo: 20, minute: 0 });

    expect(await pruneAll({ rows: 31 })).toEqual({ chunkTimes: 0, texts: 0, rows: 8 });
    expect(await count("true")).toBe(1);
    const { data } = await supabase.service.from("hourly_rollups").select().order("model");
    expect(data).toHaveLength(2);
    const [measured, failures] = data ?? [];
    expect(measured).toMatchObject({
      model: "m",
      n: 7,
      successes: 4,
      failures: { timeout: 2, auth: 1 },
      input_tokens: 70,
      output_tokens: 140,
      cost_usd: 3.5,
      ttft_n: 4,
      ttft_sum_ms: 1_000,
      ttft_p50_ms: 250,
      latency_n: 4,
      latency_sum_ms: 10_000,
      latency_p50_ms: 2_500,
    });
    expect(measured?.ttft_p95_ms).toBeCloseTo(385, 6);
    expect(failures).toMatchObject({
      model: "only-failures",
      n: 1,
      successes: 0,
      ttft_n: 0,
      ttft_p50_ms: null,
    });
  });

  it("does one kind of work a step, rows that go whole first", async () => {
    for (const daysAgo of [20, 21, 40, 41]) await result({ daysAgo });
    const steps: unknown[] = [];
    for (let step = 0; step < 5; step++) {
      const { rows } = await supabase.sql.query("select public.engine_prune(7, 7, 31) as step");
      steps.push(rows[0]?.step);
    }
    expect(steps).toEqual([
      { chunkTimes: 0, texts: 0, rows: 1 },
      { chunkTimes: 0, texts: 0, rows: 1 },
      { chunkTimes: 2, texts: 0, rows: 0 },
      { chunkTimes: 0, texts: 2, rows: 0 },
      { chunkTimes: 0, texts: 0, rows: 0 },
    ]);
  });

  it("reads what a step drops and not what earlier steps have emptied, however much that is", async () => {
    const filled = 2_500;
    await supabase.sql.query(
      `insert into public.benchmark_results
         (run_id, provider, model, input_tokens, output_tokens, total_latency_ms, cost_usd, response_text, chunk_times_ms,
          created_at)
       select $1, 'p', 'm', 1, 1, 1, 0,
         case when i > 20000 then 'text' end, case when i > 20000 then '{1,2}'::integer[] end,
         now() - interval '40 days' + make_interval(mins => i)
       from generate_series(1, 20000 + $2::integer) i`,
      [run, filled],
    );
    // As autovacuum does by itself after so many changes.
    await supabase.sql.query("analyze public.benchmark_results");
    const steps: { dropped: number; read: number }[] = [];
    for (let step = 0; step < 2 * 4; step++) steps.push(await measuredStep());
    expect(steps.map(({ dropped }) => dropped)).toEqual([1000, 1000, 500, 1000, 1000, 500, 0, 0]);
    // Besides the rows themselves the planner looks at one or two.
    for (const { dropped, read } of steps) expect(read).toBeLessThanOrEqual(dropped + 10);
  });

  it("never touches rows of the last 31 days, and refuses to be told so", async () => {
    await result({ daysAgo: 30 });
    await expect(pruneAll({ rows: 30 })).rejects.toThrow(/31 days/);
    await expect(pruneAll({ texts: 0 })).rejects.toThrow(/at least one day/);
    expect(await pruneAll({ rows: 31 })).toMatchObject({ rows: 0 });
  });

  it("gives rows that came after their hour was rolled up a rollup of their own", async () => {
    await result({ daysAgo: 40 });
    await pruneAll({ rows: 31 });
    await result({ daysAgo: 40, minute: 5 });
    await pruneAll({ rows: 31 });
    const { data } = await supabase.service.from("hourly_rollups").select("hour, n");
    expect(data).toHaveLength(2);
    expect(data?.map(({ n }) => n)).toEqual([1, 1]);
    expect(new Set(data?.map(({ hour }) => hour)).size).toBe(1);
  });

  it("is the service role's alone, and so are the rollups", async () => {
    const { error } = await supabase.anon.rpc("engine_prune", {
      chunk_times_days: 1,
      texts_days: 1,
      rows_days: 31,
    });
    expect(error?.code).toBe("42501");
    expect((await supabase.anon.from("hourly_rollups").select()).error?.code).toBe("42501");
  });
});
