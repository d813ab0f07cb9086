import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../../local/simulator/index.ts";
import { insert, result, run } from "../e2e/support/results.ts";
import { type AlertReceiver, startAlertReceiver } from "../support/alert-receiver.ts";
import { type BenchmarkWorker, startBenchmarkWorker } from "../support/benchmark-worker.ts";
import { activateOnly, asRealProviders, runOnce } from "../support/engine.ts";
import { eventually } from "../support/eventually.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";
import { seedWeek } from "../support/week-of-results.ts";

/* A coordinator whose storage is lost finds open incidents in the database, and nobody else would ever close them. */

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const GPT = { provider: "openai", model: "gpt-4o-mini" };
const LLAMA = { provider: "groq", model: "llama-3.1-8b-instant" };

let supabase: TestSupabase;
let simulator: Simulator;
let receiver: AlertReceiver;
let worker: BenchmarkWorker;

beforeAll(async () => {
  supabase = await freshSupabase();
  await activateOnly(supabase, [GPT, LLAMA]);
});
afterAll(() => supabase.stop());

beforeEach(async () => {
  simulator = await startSimulator({ speed: 4, failures: false });
  receiver = await startAlertReceiver(SECRET);
  worker = await startWorker();
});
afterEach(async () => {
  await worker.stop();
  await simulator.stop();
  await receiver.stop();
  await supabase.sql.query("truncate public.runs cascade; truncate public.incidents, public.endpoint_states");
});

function startWorker(): Promise<BenchmarkWorker> {
  return startBenchmarkWorker({
    settings: {
      SUPABASE_URL: supabase.url,
      SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
      ...asRealProviders(simulator, ["openai", "groq"]),
      CONFIRM_AFTER_MS: "300",
      ALERT_WEBHOOK_URL: receiver.url,
      ALERT_WEBHOOK_SECRET: SECRET,
    },
  });
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

/** As the coordinator before wrote it. */
async function leaveOpen(kind: string, model: string, since: string): Promise<string> {
  const id = randomUUID();
  const { error } = await supabase.service.rpc("engine_write_watch", {
    change: {
      location: "local",
      incidents: [
        {
          id,
          provider: "groq",
          simulated: false,
          kind,
          opened_at: since,
          closed_at: null,
          endpoints: [{ model, since, until: null, reason: "It is", evidence: [] }],
          revision: 1,
        },
      ],
    },
  });
  expect(error).toBeNull();
  return id;
}

const stored = async (id: string) =>
  (await supabase.service.from("incidents").select().eq("id", id)).data?.[0];
const told = () => receiver.taken.map(({ type, data }) => `${type}: ${data.title}`);

it("goes on with a slow-down that is open, and closes it when the speed is back", async () => {
  await seedWeek(worker, supabase, LLAMA);
  const { data: usual } = await supabase.service
    .from("benchmark_results")
    .select("ttft_ms, total_latency_ms, prompt_version")
    .eq("provider", "groq")
    .limit(1);
  const before = run({ started_at: minutesAgo(6), location: "local" });
  await insert(
    supabase.sql,
    [before],
    [6, 5, 4, 3, 2, 1].map((minutes) =>
      result({
        ...LLAMA,
        run_id: before.id,
        location: "local",
        created_at: minutesAgo(minutes),
        prompt_version: usual?.[0]?.prompt_version ?? null,
        ttft_ms: 6 * (usual?.[0]?.ttft_ms ?? 100),
        total_latency_ms: 6 * (usual?.[0]?.total_latency_ms ?? 1_000),
        answer_ttft_ms: null,
      }),
    ),
  );
  const id = await leaveOpen("slowdown", LLAMA.model, minutesAgo(6.5));
  await worker.stop();
  worker = await startWorker();
  simulator.setFault("groq", "slow");
  await runOnce(worker, supabase);
  await runOnce(worker, supabase);
  expect((await stored(id))?.closed_at).toBeNull();
  expect(receiver.taken).toEqual([]);
  simulator.setFault("groq", null);
  for (let runs = 0; runs < 12; runs++) {
    await runOnce(worker, supabase);
    if (receiver.taken.length > 0) break;
  }
  await eventually(async () => (await stored(id))?.closed_at != null, "the end of the slow-down");
  expect(told()).toEqual([expect.stringContaining("incident.closed: Groq is as fast as usual again")]);
});

it("closes an incident of an endpoint that is measured no more where it was last measured", async () => {
  const since = minutesAgo(3 * 1_440);
  const id = await leaveOpen("outage", "retired-model", since);
  await runOnce(worker, supabase);
  await eventually(async () => (await stored(id))?.closed_at != null, "its end");
  expect(Date.parse((await stored(id))?.closed_at ?? "")).toBe(Date.parse(since));
  await eventually(async () => receiver.taken.length > 0, "the alert");
  expect(told()).toEqual([
    "incident.closed: Groq is not measured there any more: how its outage ended is not known",
  ]);
});
