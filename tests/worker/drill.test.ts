import { afterAll, beforeAll, expect, it } from "vitest";
import { playDrill } from "../../local/cli/drill.ts";
import { type Simulator, startSimulator } from "../../local/simulator/index.ts";
import { type AlertReceiver, startAlertReceiver } from "../support/alert-receiver.ts";
import { type BenchmarkWorker, startBenchmarkWorker } from "../support/benchmark-worker.ts";
import { activateOnly, asRealProviders, runOnce } from "../support/engine.ts";
import { eventually } from "../support/eventually.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";
import { seedWeek } from "../support/week-of-results.ts";

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
  simulator = await startSimulator({ speed: 4, failures: false });
  receiver = await startAlertReceiver(SECRET);
  const start = () =>
    startBenchmarkWorker({
      settings: {
        SUPABASE_URL: supabase.url,
        SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
        ...asRealProviders(simulator, ["openai", "groq"]),
        CONFIRM_AFTER_MS: "300",
        ALERT_WEBHOOK_URL: receiver.url,
        ALERT_WEBHOOK_SECRET: SECRET,
      },
    });
  worker = await start();
  await seedWeek(worker, supabase, LLAMA);
  // A coordinator that remembers nothing reads that week.
  await worker.stop();
  worker = await start();
});
afterAll(async () => {
  await worker.stop();
  await simulator.stop();
  await receiver.stop();
  await supabase.stop();
});

it("lets an outage and a slow-down come and go, each with its alerts, and leaves the provider as it was", async () => {
  const said: string[] = [];
  await playDrill("Groq", {
    setFault: async (fault) => simulator.setFault("groq", fault),
    run: async () => {
      await runOnce(worker, supabase);
    },
    openIncidents: async () => {
      const { rows } = await supabase.sql.query<{ kind: string }>(
        "select kind from public.incidents where provider = 'groq' and closed_at is null",
      );
      return rows.map(({ kind }) => kind);
    },
    say: (line) => said.push(line),
    pollMs: 500,
    holdMs: 0,
    signal: new AbortController().signal,
  });
  await eventually(async () => receiver.taken.length >= 4, "all alerts");
  expect(receiver.taken.map(({ type, data }) => `${type}: ${data.title}`)).toEqual([
    "incident.opened: Groq is down: 1 endpoint",
    expect.stringContaining("incident.closed: Groq"),
    "incident.opened: Groq is slow: 1 endpoint",
    expect.stringContaining("incident.closed: Groq"),
  ]);
  expect(said).toContain("The slow-down is over.");
  const { results } = await runOnce(worker, supabase);
  expect(results.map(({ success }) => success)).toEqual([true, true]);
});

it("takes its fault back when it is stopped", async () => {
  const stop = new AbortController();
  const faults: (string | null)[] = [];
  const drill = playDrill("Groq", {
    setFault: async (fault) => {
      faults.push(fault);
    },
    run: async () => void setTimeout(() => stop.abort(new Error("stopped")), 20),
    openIncidents: async () => [],
    say: () => undefined,
    pollMs: 10,
    holdMs: 0,
    signal: stop.signal,
  });
  // Why it ended, and not that a wait was broken off.
  await expect(drill).rejects.toThrow("stopped");
  expect(faults).toEqual(["server_error", null]);
});
