import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { type Simulator, startSimulator } from "../../local/simulator/index.ts";
import { type BenchmarkWorker, startBenchmarkWorker } from "../support/benchmark-worker.ts";
import { bundleForWorkerd } from "../support/bundle.ts";
import { activateOnly, asRealProviders } from "../support/engine.ts";
import { eventually } from "../support/eventually.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";

const METERED = fileURLToPath(new URL("../support/metered-worker.ts", import.meta.url));
const PROVIDERS = ["mistral", "deepseek", "xai", "cerebras", "fireworks", "deepinfra"];
const RUNS_A_DAY = 96;
const USD_A_REQUEST = 0.0001;

const billedRows = z.object({ read: z.number(), written: z.number() });

let bundle: string;
let supabase: TestSupabase;
let simulator: Simulator;
let worker: BenchmarkWorker;

beforeAll(async () => {
  bundle = await bundleForWorkerd(METERED);
  supabase = await freshSupabase();
});
afterAll(() => supabase.stop());
beforeEach(async () => {
  simulator = await startSimulator({ speed: 100, failures: false });
});
afterEach(async () => {
  await worker.stop();
  await simulator.stop();
});

/** What 24 hours of runs over so many targets left in the ledger of the first version. */
function fullLedger(targets: number): string {
  return `
    create table run (
      id text primary key, run_name text not null, triggered_by text not null, scheduled_for integer,
      state text not null, requested_at integer not null, begins_at integer not null, started_at integer,
      finished_at integer, plan_attempts integer not null default 0, faults integer not null default 0, note text);
    create unique index run_scheduled_for on run (scheduled_for) where scheduled_for is not null;
    create index run_state on run (state);
    create table ledger (request_id text primary key, at integer not null, usd real not null);
    create index ledger_at_usd on ledger (at, usd);
    create table ledger_opened (at integer not null);
    insert into ledger_opened values (0);
    insert into ledger
      with recursive request(n) as (select 0 union all select n + 1 from request where n + 1 < ${targets * RUNS_A_DAY})
      select 'request ' || n, ${Date.now()} - 60000 * (n / ${targets}) * 14, ${USD_A_REQUEST} from request;
    insert into run (id, run_name, triggered_by, scheduled_for, state, requested_at, begins_at)
      with recursive past(n) as (select 1 union all select n + 1 from past where n < 500)
      select 'run ' || n, 'scheduled-run', 'cron-job', ${Date.now()} - 900000 * n, 'finished', ${Date.now()} - 900000 * n, 0
        from past;
  `;
}

describe.each([7, 50, 300])("a run of %i targets with a day's ledger behind it", (targets) => {
  it("reads at most 12 rows a target and 200, and writes at most 8 a target and 60", {
    timeout: 300_000,
  }, async () => {
    await supabase.sql.query("truncate public.runs cascade");
    await activateOnly(
      supabase,
      Array.from({ length: targets }, (_, i) => ({
        provider: PROVIDERS[i % PROVIDERS.length] ?? "",
        model: `model-${i}`,
      })),
    );
    worker = await startBenchmarkWorker({
      bundle,
      settings: {
        SUPABASE_URL: supabase.url,
        SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
        BENCHMARK_BUDGET_USD: "100000",
        EARLIER_STORAGE: fullLedger(targets),
        ...asRealProviders(simulator, PROVIDERS),
      },
    });
    // The first request after a start brings the storage of an earlier version up to date; a run begins later.
    expect((await worker.status()).spentLast24hUsd).toBeCloseTo(targets * RUNS_A_DAY * USD_A_REQUEST, 3);
    await worker.askCoordinator({ method: "DELETE" });
    await worker.cron();
    await eventually(
      async () => worker.events.some(({ event }) => event === "run_finished"),
      "the run's end",
      240_000,
    );
    await eventually(async () => (await worker.status()).waitingForDelivery === 0, "an empty outbox");
    const { rows } = await supabase.sql.query("select count(*)::integer as n from public.benchmark_results");
    expect(rows).toEqual([{ n: targets }]);

    const { read, written } = billedRows.parse(await worker.askCoordinator());
    console.log(`${targets} targets: ${read} rows read, ${written} rows written`);
    expect(read).toBeLessThanOrEqual(12 * targets + 200);
    expect(written).toBeLessThanOrEqual(8 * targets + 60);
  });
});
