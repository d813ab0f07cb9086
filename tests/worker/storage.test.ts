import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../../local/simulator/index.ts";
import { defaultTargets } from "../../workers/benchmark/jobs/target.ts";
import { startBenchmarkWorker } from "../support/benchmark-worker.ts";
import { bundleForWorkerd } from "../support/bundle.ts";
import { asRealProviders, measuredRequests } from "../support/engine.ts";
import { eventually } from "../support/eventually.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";

const RUN = "00000000-0000-4000-8000-000000000001";
const CUT_OFF = "00000000-0000-4000-8000-000000000002";
const PAST = "00000000-0000-4000-8000-000000000003";
const PAST_CRON = Date.parse("2026-11-28T15:00:00Z");

let supabase: TestSupabase;
let simulator: Simulator;

beforeAll(async () => {
  supabase = await freshSupabase();
  simulator = await startSimulator({ speed: 50, failures: false });
});
afterAll(async () => {
  await simulator.stop();
  await supabase.stop();
});

/** A coordinator of the releases before storage had a version: in the middle of a run, its start not delivered yet. */
function unversionedStorage(now: number): string {
  const targets = defaultTargets().filter(
    ({ provider }) => provider === "openai" || provider === "openrouter",
  );
  const row = (position: number, state: string) => {
    const target = JSON.stringify(targets[position]).replaceAll("'", "''");
    const asked =
      state === "asking" ? `'${CUT_OFF}', ${now - 1_000}, 0, 'api.openai.com'` : "null, null, null, null";
    return `('${RUN}', ${position}, '${target}', '${state}', ${asked})`;
  };
  const start = JSON.stringify({
    kind: "run",
    row: {
      id: RUN,
      run_name: "before",
      triggered_by: "cron-job",
      started_at: new Date(now).toISOString(),
      targets: 3,
      location: "local",
    },
  });
  return `
    create table run (
      id text primary key, run_name text not null, triggered_by text not null, scheduled_for integer,
      state text not null, requested_at integer not null, begins_at integer not null, started_at integer,
      finished_at integer, plan_attempts integer not null default 0, faults integer not null default 0, note text);
    insert into run values
      ('${PAST}', 'before', 'cron-job', ${PAST_CRON}, 'finished', 1, 1, 1, 2, 0, 0, null),
      ('${RUN}', 'before', 'cron-job', 5, 'running', 2, ${now}, ${now}, null, 0, 0, null);
    create table queue (
      run_id text not null, position integer not null, target text not null, state text not null, request_id text,
      asked_at integer, simulated integer, endpoint_host text, skip_reason text, skip_until integer,
      primary key (run_id, position));
    insert into queue (run_id, position, target, state, request_id, asked_at, simulated, endpoint_host) values
      ${row(0, "asking")}, ${row(1, "pending")}, ${row(2, "pending")};
    create table hold (provider text primary key, until integer not null);
    create table outbox (seq integer primary key autoincrement, item text not null, errand text unique);
    insert into outbox (item) values ('${start}');
    create table rejected (seq integer primary key, item text not null, reason text not null);
    insert into rejected values (7, '{}', 'refused once');
    create table memory (key text primary key, value text not null);
    create table ledger (request_id text primary key, at integer not null, usd real not null);
    insert into ledger values ('before', ${now - 3_600_000}, 0.25), ('${CUT_OFF}', ${now - 1_000}, 0.001);
    create table ledger_opened (at integer not null);
    insert into ledger_opened values (1);
    create table absent (model_id text primary key, runs integer not null);
    create table job (name text primary key, state text not null);
  `;
}

it("of an earlier release is taken over: the run goes on, and what waits, was spent and was refused is kept", async () => {
  const worker = await startBenchmarkWorker({
    bundle: await bundleForWorkerd(fileURLToPath(new URL("../support/metered-worker.ts", import.meta.url))),
    settings: {
      SUPABASE_URL: supabase.url,
      SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
      EARLIER_STORAGE: unversionedStorage(Date.now()),
      ...asRealProviders(simulator, ["openai", "openrouter"]),
    },
  });
  try {
    const before = await worker.status();
    expect(before.spentLast24hUsd).toBeCloseTo(0.251, 6);
    expect(before.rejectedByDatabase).toBe(1);
    const run = await eventually(async () => {
      const { data } = await supabase.service
        .from("runs")
        .select()
        .eq("id", RUN)
        .not("finished_at", "is", null);
      return data?.[0];
    }, "the run's end");
    expect(run).toMatchObject({ run_name: "before", targets: 3 });
    const { data } = await supabase.service
      .from("benchmark_results")
      .select("id, error_kind")
      .eq("run_id", RUN);
    expect(data).toHaveLength(3);
    expect(data).toContainEqual({ id: CUT_OFF, error_kind: "interrupted" });
    expect(measuredRequests(simulator)).toHaveLength(2);

    // A cron time that has had its run still has: it is remembered too.
    await worker.cron(undefined, new Date(PAST_CRON));
    await eventually(
      async () => worker.events.some(({ reason }) => reason === "already_done"),
      "the refusal",
    );
  } finally {
    await worker.stop();
  }
});
