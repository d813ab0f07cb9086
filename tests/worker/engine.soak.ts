import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSimulator } from "../../local/simulator/index.ts";
import { startBenchmarkWorker } from "../support/benchmark-worker.ts";
import { measuredRequests } from "../support/engine.ts";
import { eventually } from "../support/eventually.ts";
import { type DoorState, startFaultyProxy } from "../support/faulty-proxy.ts";
import { median, runMany } from "../support/many.ts";
import { printedSeed, randomFrom } from "../support/random.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";
import { surviveKill } from "../support/survival.ts";

const OUTAGE_MS = 3 * 60_000;
const KILLS = 10;
/** The engine's own time between two targets, its delivery to the database included; the warm-up comes after it. */
const MAX_GAP_MS = 20;
/** workerd's heap settles within this over a run of 300 targets. */
const MAX_GROWTH_MIB = 16;
const STATES: readonly DoorState[] = ["refused", "unavailable", "silent", "lossy"];

let supabase: TestSupabase;

beforeAll(async () => {
  supabase = await freshSupabase();
});
afterAll(() => supabase.stop());

describe("three minutes in which the database fails in every way, while runs go on", () => {
  it("lose nothing, write nothing twice and keep the order", { timeout: 420_000 }, async () => {
    const random = randomFrom(printedSeed("OUTAGE_SEED"));
    const door = await startFaultyProxy(supabase.url);
    const simulator = await startSimulator({ speed: 5 });
    const worker = await startBenchmarkWorker({
      settings: {
        SUPABASE_URL: door.url,
        SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
        SIMULATOR_URL: simulator.url,
        DELIVERY_BACKOFF_MIN_MS: "200",
        DELIVERY_BACKOFF_MAX_MS: "10000",
        DELIVERY_TIMEOUT_MS: "1000",
      },
    });
    try {
      await worker.start();
      await eventually(async () => measuredRequests(simulator).length > 0, "the first request");
      const end = Date.now() + OUTAGE_MS;
      while (Date.now() < end) {
        await door.set(STATES[Math.floor(random() * STATES.length)] ?? "refused");
        await sleep(3_000 + random() * 20_000);
        // Short moments in which it answers, so that an outage also begins in the middle of a delivery.
        await door.set("up");
        await sleep(random() * 400);
        await worker.start();
      }
      await door.set("up");
      await eventually(
        async () => {
          const status = await worker.status();
          return status.run === null && status.waitingForDelivery === 0;
        },
        "everything to be delivered",
        120_000,
      );
      const asked = measuredRequests(simulator).map((request) => request.requestId);
      const { rows } = await supabase.sql.query<{ id: string }>(
        "select id from public.benchmark_results order by created_at",
      );
      expect(rows.map(({ id }) => id)).toEqual(asked);
      const delivered = worker.events.filter(
        (event) => event.event === "delivered" && event.kind === "result",
      );
      expect(delivered.map((event) => event.request_id)).toEqual(asked);
      const open = await supabase.sql.query("select id from public.runs where finished_at is null");
      expect(open.rows).toEqual([]);
      const failures = worker.events.filter((event) => event.event === "delivery_failed").length;
      console.log(
        `${asked.length} results delivered once each, in order, through ${failures} failed deliveries`,
      );
    } finally {
      await worker.stop();
      await simulator.stop();
      await door.stop();
    }
  });
});

describe("ten kills", () => {
  it("lose nothing and measure nothing twice", { timeout: 420_000 }, async () => {
    const random = randomFrom(printedSeed("KILL_SEED"));
    let interrupted = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      if ((await surviveKill(supabase, random)).interrupted) interrupted += 1;
    }
    console.log(`${KILLS} kills survived, ${interrupted} of them in the middle of a request`);
  });
});

describe("300 targets", () => {
  it("are asked with little time of the engine's own in between", { timeout: 420_000 }, async () => {
    const { gapsMs, memoryMiB } = await runMany(supabase, 300);
    const p95 = gapsMs[Math.floor(gapsMs.length * 0.95)] ?? Number.NaN;
    console.log(
      `engine's own time between two targets: median ${median(gapsMs).toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`,
    );
    const [early, halfway, late] = [memoryMiB.early, memoryMiB.halfway, memoryMiB.late].map((mib) =>
      mib.toFixed(0),
    );
    console.log(`workerd's memory: ${early} MiB early, ${halfway} halfway, ${late} late`);
    expect(gapsMs.length).toBeGreaterThanOrEqual(299);
    expect(median(gapsMs)).toBeLessThan(MAX_GAP_MS);
    // As in many.test.ts: the first half fills V8's heap, what grows with each target shows in the second.
    expect(memoryMiB.late - memoryMiB.halfway).toBeLessThan(MAX_GROWTH_MIB);
  });
});
