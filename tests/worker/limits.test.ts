import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../../local/simulator/index.ts";
import { type BenchmarkWorker, startBenchmarkWorker } from "../support/benchmark-worker.ts";
import { eventsOf } from "../support/catalog-rows.ts";
import { activateOnly, asRealProviders, measuredRequests, runOnce } from "../support/engine.ts";
import { eventually } from "../support/eventually.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";

const GPT = { provider: "openai", model: "gpt-4o-mini" };
const LLAMA = { provider: "groq", model: "llama-3.1-8b-instant" };
const LLAMA_70B = { provider: "groq", model: "llama-3.3-70b-versatile" };
const MIXTRAL = { provider: "together", model: "mistralai/Mixtral-8x7B-Instruct-v0.1" };
const OPENROUTER_GPT = { provider: "openrouter", model: "openai/gpt-4o-mini" };

let supabase: TestSupabase;
let simulator: Simulator;
let worker: BenchmarkWorker;

async function startWorker(settings: Record<string, string>) {
  worker = await startBenchmarkWorker({
    settings: { SUPABASE_URL: supabase.url, SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey, ...settings },
  });
}

beforeAll(async () => {
  supabase = await freshSupabase();
});
afterAll(() => supabase.stop());
beforeEach(async () => {
  simulator = await startSimulator({ speed: 20, failures: false });
});
afterEach(async () => {
  await worker.stop();
  await simulator.stop();
  await supabase.sql.query("truncate public.runs cascade");
});

describe("four providers of which one refuses, one stalls, one streams for ever and one answers", () => {
  it("leave four results of the right kinds, inside the sum of the deadlines", async () => {
    await activateOnly(supabase, [GPT, LLAMA, MIXTRAL, OPENROUTER_GPT]);
    simulator.setFault("openai", "down");
    simulator.setFault("groq", "stall");
    simulator.setFault("together", "endless");
    await startWorker({
      ...asRealProviders(simulator, ["openai", "groq", "together", "openrouter"]),
      PROBE_HEADERS_TIMEOUT_MS: "1500",
      PROBE_FIRST_TOKEN_TIMEOUT_MS: "1500",
      PROBE_IDLE_TIMEOUT_MS: "700",
      PROBE_TOTAL_TIMEOUT_MS: "2000",
      PROBE_WARMUP: "off",
    });
    const { results } = await runOnce(worker, supabase);
    const kinds = Object.fromEntries(results.map((row) => [row.provider, row.error_kind]));
    expect(kinds).toEqual({ openai: "network", groq: "timeout", together: "timeout", openrouter: null });
    for (const row of results) expect(row.total_latency_ms).toBeLessThan(2_000 + 300);
    const [first, last] = [results[0], results.at(-1)];
    expect(Number(last?.created_at) - Number(first?.created_at)).toBeLessThan(4 * 2_000);
  });
});

describe("a provider that limits the rate", () => {
  it("is asked again only after its Retry-After, with its remaining targets last", async () => {
    await activateOnly(supabase, [LLAMA, LLAMA_70B, GPT, MIXTRAL, OPENROUTER_GPT]);
    simulator.setFault("groq", "rate_limit");
    await startWorker({
      ...asRealProviders(simulator, ["openai", "groq", "together", "openrouter"]),
      RUN_RATE_LIMIT_PATIENCE_MS: "60000",
    });
    const started = worker.start();
    await eventually(
      async () => measuredRequests(simulator).some((r) => r.provider === "groq" && r.endedMs !== null),
      "the refusal",
    );
    simulator.setFault("groq", null);
    const { runId } = await started;
    await eventually(async () => (await worker.status()).run === null, "the run's end", 50_000);
    const groq = measuredRequests(simulator).filter((request) => request.provider === "groq");
    expect(groq).toHaveLength(2);
    const [refused, later] = groq;
    expect(refused?.status).toBe(429);
    expect(later?.status).toBe(200);
    const waited = (later?.startedMs ?? 0) - (refused?.endedMs ?? 0);
    const events = worker.events.filter(
      (event) => event.event === "target_measured" && event.run_id === runId,
    );
    expect(events.at(-1)).toMatchObject({ provider: "groq", success: true });
    // What the simulator's Retry-After says.
    expect(waited).toBeGreaterThanOrEqual(2_000);
  });
});

describe("a budget for 24 hours", () => {
  const keys = () => asRealProviders(simulator, ["openai", "groq", "together", "openrouter"]);

  it("stops the run before a request whose worst case does not fit, and says what was left out", async () => {
    await activateOnly(supabase, [GPT, LLAMA, MIXTRAL, OPENROUTER_GPT]);
    // Mixtral's worst case alone is $0.0011, a GPT's $0.0005: whatever the order, it does not reach for all.
    await startWorker({ ...keys(), BENCHMARK_BUDGET_USD: "0.001" });
    const { run, results } = await runOnce(worker, supabase);
    const skipped = run.skipped as { reason: string }[];
    expect(skipped.length).toBeGreaterThan(0);
    expect(skipped.every(({ reason }) => reason === "budget")).toBe(true);
    expect(results.length + skipped.length).toBe(4);
    const status = await worker.status();
    expect(status.spentLast24hUsd).toBeLessThanOrEqual(0.001);
    expect(worker.events.some((event) => event.event === "budget_reached")).toBe(true);
  });

  it("of nothing asks nothing", async () => {
    await activateOnly(supabase, [GPT, LLAMA]);
    await startWorker({ ...keys(), BENCHMARK_BUDGET_USD: "0" });
    const { run, results } = await runOnce(worker, supabase);
    expect(results).toEqual([]);
    expect(run.skipped).toHaveLength(2);
    expect(measuredRequests(simulator)).toEqual([]);
  });

  it("counts what an earlier probe spent, read from the database once", async () => {
    await activateOnly(supabase, [GPT]);
    const { data: before } = await supabase.service
      .from("runs")
      .insert({ run_name: "before", triggered_by: "system", finished_at: new Date().toISOString() })
      .select("id")
      .single();
    const spent = {
      input_tokens: 1,
      output_tokens: 1,
      total_latency_ms: 1,
      cost_usd: 4.9999,
      cost_source: "price",
    };
    await supabase.service.from("benchmark_results").insert({ run_id: before?.id ?? "", ...spent });
    await startWorker({ ...keys(), BENCHMARK_BUDGET_USD: "5" });
    const { results } = await runOnce(worker, supabase);
    expect(results).toEqual([]);
    expect((await worker.status()).spentLast24hUsd).toBeCloseTo(4.9999, 6);
  });

  it("keeps the worst case of an answer that never ended, and gives back that of a refusal", async () => {
    await activateOnly(supabase, [GPT, LLAMA]);
    simulator.setFault("openai", "rate_limit");
    await startWorker({ ...keys(), PROBE_HEADERS_TIMEOUT_MS: "300" });
    await runOnce(worker, supabase);
    const answered = Number((await worker.status()).spentLast24hUsd);
    simulator.setFault("groq", "silent");
    const { results } = await runOnce(worker, supabase);
    expect(results.find((row) => row.provider === "groq")?.error_kind).toBe("timeout");
    // 1,200 tokens in and 600 out at 0.05 and 0.08 USD a million.
    expect(Number((await worker.status()).spentLast24hUsd) - answered).toBeCloseTo(0.000108, 9);
  });

  it("is not touched by simulated requests, nor holds them back", async () => {
    await activateOnly(supabase, [GPT]);
    await startWorker({ SIMULATOR_URL: simulator.url, BENCHMARK_BUDGET_USD: "0" });
    const { results } = await runOnce(worker, supabase);
    expect(results.length).toBeGreaterThan(0);
    expect((await worker.status()).spentLast24hUsd).toBe(0);
  });
});

describe("a model that its provider does not know three runs in a row", () => {
  it("is taken out of the runs, with a flag, an event and a warning", async () => {
    await activateOnly(supabase, [{ provider: "groq", model: "gone" }, GPT]);
    await startWorker(asRealProviders(simulator, ["openai", "groq"]));
    const gone = async () => {
      const { data } = await supabase.service
        .from("models")
        .select("active, flag")
        .eq("name", "gone")
        .single();
      return data;
    };
    for (let run = 1; run <= 3; run++) {
      expect(await gone()).toEqual({ active: true, flag: null });
      const { results } = await runOnce(worker, supabase);
      expect(results.find((row) => row.model === "gone")?.error_kind).toBe("model_not_found");
    }
    await eventually(async () => (await gone())?.active === false, "the model to be taken out");
    expect((await gone())?.flag).toMatch(/three runs in a row/);
    expect(await eventsOf(supabase)).toEqual(["taken_out groq/gone"]);
    expect(worker.events.filter(({ event }) => event === "model_taken_out")).toMatchObject([
      { level: "warn", provider: "groq", model: "gone", reason: (await gone())?.flag },
    ]);
    const { results } = await runOnce(worker, supabase);
    expect(results.map((row) => row.model)).toEqual(["gpt-4o-mini"]);
  });
});
