import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../../local/simulator/index.ts";
import { CRONS } from "../../workers/benchmark/schedule.ts";
import { type BenchmarkWorker, startBenchmarkWorker } from "../support/benchmark-worker.ts";
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
});
afterEach(async () => {
  await worker.stop();
  await simulator.stop();
  await supabase.sql.query("truncate public.runs cascade");
});

async function startWorker(settings: Record<string, string> = { SIMULATOR_URL: simulator.url }) {
  worker = await startBenchmarkWorker({
    settings: {
      SUPABASE_URL: supabase.url,
      SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
      RUN_RATE_LIMIT_PATIENCE_MS: "0",
      ...settings,
    },
  });
}

async function finishedRun(id?: string) {
  return eventually(async () => {
    const { data } = await supabase.service.from("runs").select().not("finished_at", "is", null);
    return data?.find((run) => id === undefined || run.id === id);
  }, "a finished run");
}

async function resultsOf(runId: string) {
  const { data } = await supabase.service
    .from("benchmark_results")
    .select()
    .eq("run_id", runId)
    .order("created_at");
  return data ?? [];
}

/** Requests that measure something, in order of arrival. */
function measuredRequests() {
  return simulator.log().filter((request) => request.kind === "measured");
}

describe("a cron event", () => {
  it("makes a run, asks every target once, one after the other, and finishes the run", async () => {
    await startWorker();
    await worker.cron();
    const run = await finishedRun();
    expect(run).toMatchObject({
      run_name: "scheduled-run",
      triggered_by: "cron-job",
      targets: 7,
      location: "local",
    });

    const results = await resultsOf(run.id);
    const endpoints = results.map((row) => `${row.provider}/${row.model}`).sort();
    expect(endpoints).toEqual([
      "groq/llama-3.1-8b-instant",
      "groq/openai/gpt-oss-20b",
      "openai/gpt-4o-mini",
      "openrouter/openai/gpt-4o-mini",
      "openrouter/openai/gpt-oss-20b",
      "together/mistralai/Mixtral-8x7B-Instruct-v0.1",
      "together/openai/gpt-oss-20b",
    ]);
    for (const row of results) {
      expect(row).toMatchObject({
        success: true,
        error_kind: null,
        simulated: true,
        location: "local",
        status_code: 200,
      });
      expect(row.provider_id).not.toBeNull();
      expect(row.model_id).not.toBeNull();
      expect(row.ttft_ms).toBeGreaterThan(0);
      expect(row.total_latency_ms).toBeGreaterThanOrEqual(row.ttft_ms ?? Number.POSITIVE_INFINITY);
      expect(row.cost_usd).toBeGreaterThan(0);
      expect(row.output_tokens).toBeGreaterThan(0);
      expect(row.response_text).toMatch(/\S/);
    }

    const requests = measuredRequests();
    expect(requests.map((request) => request.requestId).sort()).toEqual(results.map((row) => row.id).sort());
    for (const [index, request] of requests.entries()) {
      const before = requests[index - 1];
      if (before)
        expect(request.startedMs).toBeGreaterThanOrEqual(before.endedMs ?? Number.POSITIVE_INFINITY);
    }
  });

  it("fired fifty times at once, with admin requests between, makes one run", async () => {
    await startWorker();
    const at = new Date();
    const [answers] = await Promise.all([
      Promise.all(Array.from({ length: 25 }, () => worker.start())),
      Promise.all(Array.from({ length: 25 }, () => worker.cron(CRONS.benchmark, at))),
    ]);
    const run = await finishedRun();
    expect(answers.filter(({ status }) => status === 202).length).toBeLessThanOrEqual(1);
    for (const { status, runId } of answers) {
      expect([202, 409]).toContain(status);
      expect(runId).toBe(run.id);
    }
    expect(measuredRequests()).toHaveLength(7);
    const { count } = await supabase.service.from("runs").select("*", { count: "exact", head: true });
    expect(count).toBe(1);
  });

  it("delivered again after its run ended makes no second run", async () => {
    await startWorker();
    const at = new Date();
    await worker.cron(CRONS.benchmark, at);
    await finishedRun();
    await worker.cron(CRONS.benchmark, at);
    await eventually(
      async () => worker.events.some((event) => event.reason === "already_done"),
      "the refusal's log line",
    );
    expect(measuredRequests()).toHaveLength(7);
  });
});

describe("providers that fail", () => {
  it("leave a stored failure each, with a readable message, and the others' results", async () => {
    await startWorker({
      SIMULATOR_URL: simulator.url,
      OPENAI_API_KEY: "wrong-key-for-openai",
      OPENAI_BASE_URL: `${simulator.url}/openai`,
    });
    const { data: openrouter } = await supabase.service
      .from("providers")
      .select("id")
      .eq("slug", "openrouter")
      .single();
    await supabase.service
      .from("models")
      .insert({ name: "no/such-model", provider_id: openrouter?.id ?? "", active: true });
    simulator.setFault("groq", "rate_limit");
    simulator.setFault("together", "down");
    await worker.cron();
    const run = await finishedRun();
    const results = await resultsOf(run.id);
    const kinds = (provider: string) =>
      results.filter((row) => row.provider === provider).map((row) => row.error_kind);
    expect(kinds("openai")).toEqual(["auth"]);
    expect(kinds("groq")).toEqual(["rate_limited"]);
    expect(kinds("together")).toEqual(["network", "network"]);
    expect(kinds("openrouter").sort()).toEqual(["model_not_found", null, null]);
    for (const row of results.filter((row) => !row.success)) {
      expect(row.error_message).toMatch(/\w{3}/);
      expect(row.tps).toBeNull();
    }
    // The limited provider's second target was not asked again in this run.
    expect(run.skipped).toMatchObject([{ provider: "groq", reason: "rate_limited" }]);
    await supabase.sql.query("delete from public.models where name = 'no/such-model'");
  });
});

describe("a provider without a key", () => {
  it("is skipped with one clear line, not failed, where no simulator plays it", async () => {
    await startWorker({ GROQ_API_KEY: "some-key-for-groq", GROQ_BASE_URL: `${simulator.url}/groq` });
    await worker.cron();
    const run = await finishedRun();
    const results = await resultsOf(run.id);
    // The retired default is no longer asked of the real provider.
    expect(results.map((row) => `${row.provider}/${row.model}`)).toEqual(["groq/openai/gpt-oss-20b"]);
    expect(results[0]).toMatchObject({ success: true, simulated: false });
    expect(
      (run.skipped as { provider: string; reason: string }[])
        .map(({ provider, reason }) => `${provider} ${reason}`)
        .sort(),
    ).toEqual(["openai no_key", "openrouter no_key", "openrouter no_key", "together no_key"]);
    expect(
      worker.events.filter((event) => event.event === "target_skipped" && event.provider === "openai"),
    ).toHaveLength(1);
  });
});
