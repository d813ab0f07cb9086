import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../../local/simulator/index.ts";
import { WINDOWS } from "../../workers/benchmark/store/rows.ts";
import { type BenchmarkWorker, startBenchmarkWorker } from "../support/benchmark-worker.ts";
import { eventually } from "../support/eventually.ts";
import { type DoorState, type FaultyProxy, startFaultyProxy } from "../support/faulty-proxy.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";

const BACKOFF_MAX_MS = 300;

let supabase: TestSupabase;
let door: FaultyProxy;
let simulator: Simulator;
let worker: BenchmarkWorker;

beforeAll(async () => {
  supabase = await freshSupabase();
});
afterAll(() => supabase.stop());

beforeEach(async () => {
  door = await startFaultyProxy(supabase.url);
  simulator = await startSimulator({ speed: 20, failures: false });
  worker = await startBenchmarkWorker({
    settings: {
      SUPABASE_URL: door.url,
      SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
      SIMULATOR_URL: simulator.url,
      DELIVERY_BACKOFF_MIN_MS: "50",
      DELIVERY_BACKOFF_MAX_MS: String(BACKOFF_MAX_MS),
      DELIVERY_TIMEOUT_MS: "200",
    },
  });
});
afterEach(async () => {
  await worker.stop();
  await simulator.stop();
  await door.stop();
  await supabase.sql.query("truncate public.runs cascade");
});

const measured = () => simulator.log().filter((request) => request.kind === "measured");

async function results() {
  const { data } = await supabase.service.from("benchmark_results").select("id, created_at, run_id");
  return data ?? [];
}

describe.each<DoorState>(["refused", "unavailable", "silent", "lossy"])(
  "with a database that is %s in the middle of a run, for longer than the longest pause between attempts",
  (outage) => {
    it("every result is in the database afterwards, once, with the time it was measured at", async () => {
      await worker.cron();
      await eventually(async () => (await results()).length >= 2, "the first results");
      await door.set(outage);
      await eventually(
        async () => measured().length === 7 && measured().every((r) => r.endedMs !== null),
        "the run to go on without it",
      );
      await sleep(BACKOFF_MAX_MS * 3);
      await door.set("up");

      const run = await eventually(async () => {
        const { data } = await supabase.service.from("runs").select().not("finished_at", "is", null);
        return data?.[0];
      }, "the run's end in the database");
      const rows = await results();
      const requests = measured();
      expect(rows.map((row) => row.id).sort()).toEqual(requests.map((request) => request.requestId).sort());
      for (const request of requests) {
        const row = rows.find(({ id }) => id === request.requestId);
        const measuredAt = Date.parse(row?.created_at ?? "");
        expect(Math.abs(measuredAt - Date.parse(request.startedAt))).toBeLessThan(100);
        expect(row?.run_id).toBe(run.id);
      }
      // Delivered in the order in which they were measured.
      const order = worker.events
        .filter((event) => event.event === "delivered" && event.kind === "result")
        .map((event) => event.request_id);
      expect(order).toEqual(requests.map((request) => request.requestId));
      expect(worker.events.some((event) => event.event === "delivery_failed")).toBe(true);
      // The long windows are refreshed behind the run's end.
      await eventually(async () => (await worker.status()).waitingForDelivery === 0, "an empty outbox");
      expect(await worker.status()).toMatchObject({
        run: null,
        waitingForDelivery: 0,
        rejectedByDatabase: 0,
      });
    });
  },
);

describe("the long windows' figures", () => {
  const refresh = "/rest/v1/rpc/engine_refresh_windows";
  const empty = () =>
    eventually(async () => {
      const status = await worker.status();
      return status.run === null && status.waitingForDelivery === 0;
    }, "an empty outbox");

  it("are asked for once after an outage of several runs, behind all their results", async () => {
    await worker.cron();
    await empty();
    await door.set("refused");
    for (let run = 1; run <= 3; run++) {
      await worker.start();
      await eventually(
        async () => measured().length === 7 * (run + 1) && (await worker.status()).run === null,
        `the end of run ${run}`,
      );
    }
    const before = door.passed.length;
    await door.set("up");
    await empty();
    const passed = door.passed.slice(before);
    expect(passed.filter((path) => path === refresh)).toHaveLength(WINDOWS.length);
    expect(passed.filter((path) => path.endsWith("/benchmark_results"))).toHaveLength(21);
    expect(passed.indexOf(refresh)).toBe(passed.length - WINDOWS.length);
  });

  it("may take longer to make than a row to be stored", async () => {
    await supabase.sql.query(`
      create function public.slow_refresh() returns trigger language plpgsql as
        $$ begin perform pg_catalog.pg_sleep(0.5); return new; end $$;
      create trigger slow_refresh before insert on public.window_refreshes
        for each row execute function public.slow_refresh();
      truncate public.window_refreshes cascade;`);
    try {
      await worker.cron();
      await eventually(async () => measured().length === 7, "the run");
      await empty();
      const { rows } = await supabase.sql.query("select time_window, part from public.window_refreshes");
      expect(rows).toHaveLength(WINDOWS.length);
      expect(worker.events.filter((event) => event.event === "delivery_dropped")).toEqual([]);
    } finally {
      await supabase.sql.query("drop function public.slow_refresh cascade");
    }
  });
});

describe("a run that begins while the database is away", () => {
  it("asks what the last run asked, and is delivered later", async () => {
    await worker.cron();
    await eventually(async () => (await worker.status()).run === null, "the first run's end");
    await door.set("refused");
    await worker.start();
    await eventually(
      async () => measured().length === 14 && (await worker.status()).run === null,
      "the second run's end",
    );
    await door.set("up");
    await eventually(async () => (await results()).length === 14, "all results");
    expect(worker.events.some((event) => event.event === "targets_remembered")).toBe(true);
  });

  it("ends with a note that says why, when nothing is known yet", async () => {
    await door.set("refused");
    const { runId } = await worker.start();
    await eventually(
      async () => worker.events.some((e) => e.event === "run_finished" && e.run_id === runId),
      "the run's end",
    );
    await door.set("up");
    const note = await eventually(async () => {
      const { data } = await supabase.service
        .from("runs")
        .select()
        .eq("id", runId)
        .not("finished_at", "is", null);
      return data?.[0]?.note;
    }, "the run's note");
    expect(note).toMatch(/No targets known/);
    expect(measured()).toHaveLength(0);
  });
});

describe("a run that was cut off for good", () => {
  it("is closed by the next one, and says so", async () => {
    const { data: lost } = await supabase.service
      .from("runs")
      .insert({
        run_name: "lost",
        triggered_by: "cron-job",
        started_at: "2026-01-01T00:00:00Z",
        location: "local",
      })
      .select()
      .single();
    const { data: elsewhere } = await supabase.service
      .from("runs")
      .insert({
        run_name: "elsewhere",
        triggered_by: "cron-job",
        started_at: "2026-01-01T00:00:00Z",
        location: "weur",
      })
      .select()
      .single();
    await worker.cron();
    await eventually(async () => (await worker.status()).run === null, "the run's end");
    const read = async (id = "") => (await supabase.service.from("runs").select().eq("id", id).single()).data;
    await eventually(async () => (await read(lost?.id))?.finished_at, "the lost run's end");
    expect((await read(lost?.id))?.note).toMatch(/cut off/i);
    expect((await read(elsewhere?.id))?.finished_at).toBeNull();
  });
});
