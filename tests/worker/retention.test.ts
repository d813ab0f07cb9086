import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CRONS } from "../../workers/benchmark/schedule.ts";
import { type BenchmarkWorker, startBenchmarkWorker } from "../support/benchmark-worker.ts";
import { eventually } from "../support/eventually.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";

let supabase: TestSupabase;
let worker: BenchmarkWorker;

beforeAll(async () => {
  supabase = await freshSupabase();
});
afterAll(() => supabase.stop());
afterEach(() => worker.stop());

async function oldResults(n: number): Promise<void> {
  await supabase.sql.query(
    `with run as (insert into public.runs (run_name, triggered_by) values ('old', 'test') returning id)
     insert into public.benchmark_results
       (run_id, provider, model, input_tokens, output_tokens, total_latency_ms, cost_usd, response_text, created_at)
     select run.id, 'p', 'm', 1, 1, 1, 0, 'text', now() - interval '40 days' - make_interval(hours => i)
     from run, generate_series(1, $1) i`,
    [n],
  );
}

async function left() {
  const { rows } = await supabase.sql.query<{ texts: string; all: string }>(
    'select count(response_text) as texts, count(*) as "all" from public.benchmark_results',
  );
  return { texts: Number(rows[0]?.texts), rows: Number(rows[0]?.all) };
}

describe("the daily cron event", () => {
  it("drops nothing as long as nobody asked for it", async () => {
    await oldResults(3);
    worker = await startBenchmarkWorker({
      settings: { SUPABASE_URL: supabase.url, SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey },
    });
    await worker.cron(CRONS.prices);
    await eventually(
      async () => worker.events.some((event) => event.event === "prices_synced"),
      "the price job",
    );
    // Asked for after the prices, done by the time another job is: the run below comes last.
    await worker.start();
    await eventually(
      async () => worker.events.some((event) => event.event === "run_finished"),
      "a later run",
    );
    expect(await left()).toEqual({ texts: 3, rows: 3 });
  });

  it("prunes over as many alarm invocations as it takes", async () => {
    await oldResults(120);
    worker = await startBenchmarkWorker({
      settings: {
        SUPABASE_URL: supabase.url,
        SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
        RETAIN_TEXTS_DAYS: "30",
        RETAIN_RESULTS_DAYS: "31",
      },
    });
    await worker.cron(CRONS.prices);
    await eventually(async () => (await left()).rows === 0, "the old rows to go");
    const { rows } = await supabase.sql.query("select sum(n) as n from public.hourly_rollups");
    expect(Number(rows[0]?.n)).toBe(123);
    const steps = await eventually(async () => {
      const events = worker.events.filter((event) => event.event === "pruned");
      return events.at(-1)?.done ? events.length : null;
    }, "the job's end");
    expect(steps).toBeGreaterThan(1);
  });
});
