import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../../local/simulator/index.ts";
import { type BenchmarkWorker, startBenchmarkWorker } from "../support/benchmark-worker.ts";
import { activateOnly, measuredRequests, runOnce } from "../support/engine.ts";
import { eventually } from "../support/eventually.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";

let supabase: TestSupabase;
let simulator: Simulator;
let worker: BenchmarkWorker;

beforeAll(async () => {
  supabase = await freshSupabase();
});
afterAll(() => supabase.stop());
beforeEach(async () => {
  simulator = await startSimulator({ speed: 20, failures: false });
  worker = await startBenchmarkWorker({
    settings: {
      SUPABASE_URL: supabase.url,
      SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
      SIMULATOR_URL: simulator.url,
      PROBE_IDLE_TIMEOUT_MS: "1500",
    },
  });
});
afterEach(async () => {
  await worker.stop();
  await simulator.stop();
  await supabase.sql.query("alter table public.benchmark_results drop constraint if exists refused");
  await supabase.sql.query("truncate public.runs cascade");
});

it("a result that the database refuses for good is counted, named in the log, and holds up nothing", async () => {
  await supabase.sql.query(
    "alter table public.benchmark_results add constraint refused check (provider <> 'groq') not valid",
  );
  const { run, results } = await runOnce(worker, supabase);
  const asked = measuredRequests(simulator);
  const refused = asked.filter(({ provider }) => provider === "groq").map(({ requestId }) => requestId);
  expect(refused.length).toBeGreaterThan(0);
  expect(results.map(({ id }) => id).sort()).toEqual(
    asked
      .map(({ requestId }) => requestId)
      .filter((id) => !refused.includes(id))
      .sort(),
  );
  const named = worker.events.filter(({ event }) => event === "delivery_rejected");
  expect(named).toEqual(
    refused.map((id) =>
      expect.objectContaining({
        level: "error",
        kind: "result",
        run_id: run.id,
        request_id: id,
        provider: "groq",
        reason: expect.stringContaining("23514"),
      }),
    ),
  );
  await eventually(async () => (await worker.status()).waitingForDelivery === 0, "an empty outbox");
  expect(await worker.status()).toMatchObject({ run: null, rejectedByDatabase: refused.length });

  // Counted for as long as they are kept, and offered no second time.
  await supabase.sql.query("alter table public.benchmark_results drop constraint refused");
  const next = await runOnce(worker, supabase);
  expect(next.results.filter(({ provider }) => provider === "groq")).toHaveLength(refused.length);
  expect(await worker.status()).toMatchObject({ rejectedByDatabase: refused.length });
});

it("a result whose provider was deleted in the middle of the run is stored under its names", async () => {
  await activateOnly(supabase, [
    { provider: "mistral", model: "small" },
    { provider: "deepseek", model: "chat" },
  ]);
  simulator.setFault("deepseek", "stall");
  await worker.start();
  await eventually(
    async () => measuredRequests(simulator).some(({ provider }) => provider === "deepseek"),
    "a request that gets no full answer",
  );
  await supabase.sql.query("delete from public.providers where slug = 'deepseek'");
  simulator.setFault("deepseek", null);
  const stored = await eventually(
    async () =>
      (await supabase.service.from("benchmark_results").select("provider, model, provider_id, model_id")).data
        ?.filter(({ provider }) => provider === "deepseek")
        .at(0),
    "its result",
  );
  expect(stored).toEqual({ provider: "deepseek", model: "chat", provider_id: null, model_id: null });
  expect(await worker.status()).toMatchObject({ rejectedByDatabase: 0 });
});
