import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../../local/simulator/index.ts";
import { type BenchmarkWorker, startBenchmarkWorker } from "../support/benchmark-worker.ts";
import { activateOnly, asRealProviders, measuredRequests, runOnce } from "../support/engine.ts";
import { eventually } from "../support/eventually.ts";
import { startFaultyProxy } from "../support/faulty-proxy.ts";
import { printedSeed, randomFrom } from "../support/random.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";
import { surviveKill } from "../support/survival.ts";
import { killWorkerd } from "../support/workerd.ts";

const KILLS = 3;
const GPT = { provider: "openai", model: "gpt-4o-mini" };
const LLAMA = { provider: "groq", model: "llama-3.1-8b-instant" };

let supabase: TestSupabase;

beforeAll(async () => {
  supabase = await freshSupabase();
});
afterAll(() => supabase.stop());

describe("a Worker killed in the middle of a run", () => {
  const random = randomFrom(printedSeed("KILL_SEED"));

  it.each(Array.from({ length: KILLS }, (_, i) => i + 1))(
    "goes on by itself after a restart, loses nothing and measures nothing twice (kill %i)",
    () => surviveKill(supabase, random).then(() => undefined),
  );
});

describe("a Worker killed while a request is under way, and started again", () => {
  let persist: string;
  let simulator: Simulator;
  let worker: BenchmarkWorker | undefined;

  beforeEach(async () => {
    persist = mkdtempSync(join(tmpdir(), "benchmark-engine-state-"));
    simulator = await startSimulator({ speed: 20, failures: false });
    await activateOnly(supabase, [GPT, LLAMA]);
  });
  afterEach(async () => {
    await worker?.stop();
    await simulator.stop();
    rmSync(persist, { recursive: true, force: true });
    await supabase.sql.query("truncate public.runs cascade");
  });

  async function startWorker(settings: Record<string, string>): Promise<BenchmarkWorker> {
    worker = await startBenchmarkWorker({
      settings: {
        SUPABASE_URL: supabase.url,
        SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
        DELIVERY_BACKOFF_MIN_MS: "50",
        ...settings,
      },
      persist,
    });
    return worker;
  }

  /** Starts a run and kills workerd in the middle of its first request. */
  async function killInFirstRequest(settings: Record<string, string>) {
    for (const { provider } of [GPT, LLAMA]) simulator.setFault(provider, "silent");
    const first = await startWorker(settings);
    const { runId } = await first.start();
    await eventually(async () => measuredRequests(simulator).length === 1, "the first request");
    killWorkerd();
    await first.stop();
    for (const { provider } of [GPT, LLAMA]) simulator.setFault(provider, null);
    const asked = measuredRequests(simulator)[0];
    if (!asked) throw new Error("Nothing was asked.");
    return { runId, asked };
  }

  async function finished(runId: string) {
    return eventually(async () => {
      const { data } = await supabase.service.from("runs").select().eq("id", runId).single();
      return data?.finished_at ? data : null;
    }, "the run's end");
  }

  const resultsOf = async (runId: string) =>
    (await supabase.service.from("benchmark_results").select().eq("run_id", runId)).data ?? [];

  it("without the key that it was asking with records the request as interrupted and ends the run", async () => {
    const { runId, asked } = await killInFirstRequest(asRealProviders(simulator, ["openai", "groq"]));
    const other = asked.provider === "openai" ? LLAMA : GPT;
    const second = await startWorker(asRealProviders(simulator, [other.provider]));
    const run = await finished(runId);
    const results = await resultsOf(runId);
    expect(results).toHaveLength(2);
    expect(results.find((row) => row.provider === asked.provider)).toMatchObject({
      error_kind: "interrupted",
      success: false,
      simulated: false,
      endpoint_host: new URL(simulator.url).host,
      request_params: { stream: true },
    });
    expect(results.find((row) => row.provider === other.provider)).toMatchObject({ success: true });
    expect(run.note).toBeNull();
    // What the provider charged for the cut request is unknown: its worst case stays counted.
    const status = await second.status();
    expect(status.spentLast24hUsd).toBeGreaterThan(0.0001);
    // Nothing stands in the way of the next run.
    expect((await runOnce(second, supabase)).results.map((row) => row.provider)).toEqual([other.provider]);
  });

  it("where the simulator may not play, stores no simulated result and says why", async () => {
    const { runId } = await killInFirstRequest({ SIMULATOR_URL: simulator.url });
    const second = await startWorker({});
    const run = await finished(runId);
    expect(await resultsOf(runId)).toEqual([]);
    expect(run.skipped).toHaveLength((run.targets ?? 0) - 1);
    const refused = second.events.filter((event) => event.event === "delivery_rejected");
    expect(refused).toMatchObject([{ kind: "result", reason: expect.stringMatching(/simulated result/) }]);
    const empty = await eventually(async () => {
      const status = await second.status();
      return status.waitingForDelivery === 0 ? status : null;
    }, "an empty outbox");
    expect(empty.rejectedByDatabase).toBe(1);
    expect(empty.spentLast24hUsd).toBe(0);
  });

  it("over a queue that it cannot read, delivers what waits and gives the run up with a note", async () => {
    const door = await startFaultyProxy(supabase.url);
    try {
      const settings = { ...asRealProviders(simulator, ["openai", "groq"]), SUPABASE_URL: door.url };
      simulator.setFault("openai", "silent");
      simulator.setFault("groq", "silent");
      const first = await startWorker({ ...settings, PROBE_HEADERS_TIMEOUT_MS: "400" });
      const { runId } = await first.start();
      await eventually(async () => measuredRequests(simulator).length === 1, "the first request");
      await door.set("refused");
      await eventually(async () => measuredRequests(simulator).length === 2, "the second request");
      killWorkerd();
      await first.stop();
      await door.set("up");
      // As a version wrote it that knew less of a target.
      forEachDatabase(persist, (database) =>
        database.exec(
          `update document set value = json_remove(value, '$.targets[0].reasoning', '$.targets[1].reasoning')
            where name = 'plan'`,
        ),
      );
      simulator.setFault("openai", null);
      simulator.setFault("groq", null);

      const second = await startWorker(settings);
      await eventually(async () => (await resultsOf(runId)).length === 1, "the result that waited");
      const run = await finished(runId);
      expect(run.note).toMatch(/^Given up after 5 faults/);
      expect(run.skipped).toMatchObject([{ reason: "fault", model: expect.stringMatching(/./) }]);
      expect(second.events.filter((event) => event.event === "run_fault")).toHaveLength(5);
      expect((await runOnce(second, supabase)).results).toHaveLength(2);
    } finally {
      await door.stop();
    }
  });
});

/** Every Durable Object's SQLite under a folder, while no Worker has it open. */
function forEachDatabase(folder: string, change: (database: DatabaseSync) => void): void {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    /[0-9a-f]{64}\.sqlite$/.test(file),
  );
  expect(files).not.toEqual([]);
  for (const file of files) {
    const database = new DatabaseSync(join(folder, file));
    change(database);
    database.close();
  }
}
