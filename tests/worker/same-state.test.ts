import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../../local/simulator/index.ts";
import { type DashboardServer, startDashboard } from "../e2e/support/dashboard.ts";
import { insert, result, run } from "../e2e/support/results.ts";
import { type AlertReceiver, startAlertReceiver } from "../support/alert-receiver.ts";
import { type BenchmarkWorker, startBenchmarkWorker } from "../support/benchmark-worker.ts";
import { activateOnly, asRealProviders, runOnce } from "../support/engine.ts";
import { eventually } from "../support/eventually.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const GPT = { provider: "openai", model: "gpt-4o-mini" };
const LLAMA = { provider: "groq", model: "llama-3.1-8b-instant" };
const PATH = `${LLAMA.provider}/${LLAMA.model}`;

let supabase: TestSupabase;
let simulator: Simulator;
let receiver: AlertReceiver;
let worker: BenchmarkWorker;
let dashboard: DashboardServer;

beforeAll(async () => {
  supabase = await freshSupabase();
  await activateOnly(supabase, [GPT, LLAMA]);
});
afterAll(() => supabase.stop());

beforeEach(async () => {
  simulator = await startSimulator({ speed: 4, failures: false });
  receiver = await startAlertReceiver(SECRET);
  worker = await startBenchmarkWorker({
    settings: {
      SUPABASE_URL: supabase.url,
      SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
      ...asRealProviders(simulator, ["openai", "groq"]),
      CONFIRM_AFTER_MS: "300",
      ALERT_WEBHOOK_URL: receiver.url,
      ALERT_WEBHOOK_SECRET: SECRET,
    },
  });
  dashboard = await startDashboard({ SUPABASE_URL: supabase.url, SUPABASE_ANON_KEY: supabase.anonKey });
});
afterEach(async () => {
  await worker.stop();
  await dashboard.stop();
  await simulator.stop();
  await receiver.stop();
  await supabase.sql.query("truncate public.runs cascade; truncate public.incidents, public.endpoint_states");
});

const text = async (path: string) => (await fetch(`${dashboard.url}${path}`)).text();

/** What each place says of the endpoint, reduced to one of the words of the state. */
async function everywhere() {
  const [home, status, endpoint, badge, feed, api, incidents] = await Promise.all([
    text("/"),
    text("/status"),
    text(`/models/${PATH}`),
    text(`/badge/${PATH}?metric=state`),
    text("/feed.xml"),
    text("/api/v1/states?provider=groq"),
    text("/api/v1/incidents?open=true&provider=groq"),
  ]);
  const card = /data-provider="groq"[\s\S]*?<\/article>/.exec(status)?.[0] ?? "";
  const open = (JSON.parse(incidents) as { data: { kind: string }[] }).data.map(({ kind }) => kind);
  const newest = receiver.taken.at(-1);
  const entries = feed.split("<entry>").filter((entry) => entry.includes("groq") || entry.includes("Groq"));
  const ongoing = entries.filter((entry) => entry.includes("is ongoing"));
  return {
    "/": /failing for/.test(home) ? "down" : /degraded \(/.test(home) ? "degraded" : "up",
    "/status": />Down<|failing</.test(card) ? "down" : />Degraded<|degraded</.test(card) ? "degraded" : "up",
    endpoint: /data-state="(\w+)"/.exec(endpoint)?.[1],
    badge: /: (up|degraded|down|unknown)/.exec(badge)?.[1],
    feed:
      ongoing.length === 0
        ? "up"
        : ongoing.some((entry) => entry.includes("consecutive provider failures"))
          ? "down"
          : "degraded",
    api: (JSON.parse(api) as { data: { state: string }[] }).data[0]?.state,
    incidents: open.length === 0 ? "up" : open.includes("outage") ? "down" : "degraded",
    alert:
      newest === undefined || newest.type === "incident.closed"
        ? "up"
        : newest.data.title.includes("is down")
          ? "down"
          : "degraded",
  };
}

const all = (state: string) => ({
  "/": state,
  "/status": state,
  endpoint: state,
  badge: state,
  feed: state,
  api: state,
  incidents: state,
  alert: state,
});

/** A week of an endpoint's results as they are now, a quarter of an hour apart. */
async function seedHistory(): Promise<void> {
  const { results } = await runOnce(worker, supabase);
  const now = results.find(({ provider }) => provider === LLAMA.provider);
  const { ttft_ms, total_latency_ms, tps, prompt_version } = now ?? {};
  const old = run({ started_at: new Date(Date.now() - 7 * 86_400_000).toISOString(), location: "local" });
  const { rows: ids } = await supabase.sql.query<{ id: string; provider_id: string }>(
    "select m.id, m.provider_id from public.models m join public.providers p on p.id = m.provider_id where p.slug = 'groq' and m.name = $1",
    [LLAMA.model],
  );
  await insert(
    supabase.sql,
    [old],
    Array.from({ length: 600 }, (_, index) =>
      result({
        run_id: old.id,
        ...LLAMA,
        provider_id: ids[0]?.provider_id ?? null,
        model_id: ids[0]?.id ?? null,
        location: "local",
        prompt_version: prompt_version ?? null,
        created_at: new Date(Date.now() - (601 - index) * 900_000).toISOString(),
        // A steady spread of a fifth about what was just measured.
        ttft_ms: (ttft_ms ?? 100) * (1 + 0.2 * Math.sin(index * 1.7)),
        total_latency_ms: (total_latency_ms ?? 1_000) * (1 + 0.2 * Math.sin(index * 2.3)),
        tps: (tps ?? 100) * (1 + 0.2 * Math.sin(index * 2.9)),
        answer_ttft_ms: null,
      }),
    ),
  );
}

it("names one state everywhere: before, in and after an outage", async () => {
  await runOnce(worker, supabase);
  await eventually(async () => (await everywhere()).api === "up", "the state");
  expect(await everywhere()).toEqual(all("up"));
  simulator.setFault("groq", "server_error");
  await runOnce(worker, supabase);
  await eventually(async () => {
    const said = Object.values(await everywhere());
    return said.every((state) => state === "down");
  }, "everybody to say down");
  simulator.setFault("groq", null);
  await runOnce(worker, supabase);
  await eventually(async () => Object.values(await everywhere()).every((state) => state === "up"), "the end");
});

it("names one state everywhere in a slow-down, judged by a history that the coordinator reads itself", async () => {
  await seedHistory();
  // A coordinator that remembers nothing.
  await worker.stop();
  worker = await startBenchmarkWorker({
    settings: {
      SUPABASE_URL: supabase.url,
      SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
      ...asRealProviders(simulator, ["openai", "groq"]),
      ALERT_WEBHOOK_URL: receiver.url,
      ALERT_WEBHOOK_SECRET: SECRET,
    },
  });
  simulator.setFault("groq", "slow");
  for (let runs = 0; runs < 8; runs++) {
    await runOnce(worker, supabase);
    if (receiver.taken.length > 0) break;
  }
  await eventually(async () => {
    const said = Object.values(await everywhere());
    return said.every((state) => state === "degraded");
  }, "everybody to say degraded");
  expect(receiver.taken[0]?.data.title).toBe("Groq is slow: 1 endpoint");
});
