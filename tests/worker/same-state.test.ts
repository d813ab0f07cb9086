import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../../local/simulator/index.ts";
import { type DashboardServer, startDashboard } from "../e2e/support/dashboard.ts";
import { type AlertReceiver, startAlertReceiver } from "../support/alert-receiver.ts";
import { type BenchmarkWorker, startBenchmarkWorker } from "../support/benchmark-worker.ts";
import { activateOnly, asRealProviders, runOnce } from "../support/engine.ts";
import { eventually } from "../support/eventually.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";
import { seedWeek } from "../support/week-of-results.ts";

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
  const sentence = /aria-label="State of all endpoints"[\s\S]*?<\/ul>/.exec(home)?.[0] ?? "";
  const word = /(Down|Slow|Failing):<\/span><b> Groq</.exec(sentence)?.[1];
  const card = /data-provider="groq"[\s\S]*?<\/article>/.exec(status)?.[0] ?? "";
  const open = (JSON.parse(incidents) as { data: { kind: string }[] }).data.map(({ kind }) => kind);
  const newest = receiver.taken.at(-1);
  const ongoing = feed
    .split("<entry>")
    .filter((entry) => entry.includes("Groq") && entry.includes("is ongoing"));
  return {
    "/": word === "Down" ? "down" : word === undefined ? "up" : "degraded",
    "/status": />Down<|failing</.test(card) ? "down" : />Degraded<|degraded</.test(card) ? "degraded" : "up",
    endpoint: /data-state="(\w+)"/.exec(endpoint)?.[1],
    badge: /: (up|degraded|down|unknown)/.exec(badge)?.[1],
    feed:
      ongoing.length === 0
        ? "up"
        : ongoing.some((entry) => entry.includes('term="outage"'))
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

it("names one state everywhere: before, in and after an outage", async () => {
  await runOnce(worker, supabase);
  await eventually(async () => (await everywhere()).api === "up", "the state");
  expect(await everywhere()).toEqual(all("up"));
  simulator.setFault("groq", "server_error");
  await runOnce(worker, supabase);
  await expect.poll(everywhere, { timeout: 30_000 }).toEqual(all("down"));
  const [incident] = (
    JSON.parse(await text("/api/v1/incidents?open=true&provider=groq")) as {
      data: { id: string; endpoints: { evidence: string[] }[] }[];
    }
  ).data;
  // An outage is one incident everywhere, and told once on a page.
  expect((await text("/status")).split(`href="/incidents/${incident?.id}"`)).toHaveLength(2);
  expect((await text("/feed.xml")).split("is ongoing")).toHaveLength(2);
  const page = await text(`/incidents/${incident?.id}`);
  expect(page).toContain("Failed requests");
  expect(page).toContain(`href="/api/v1/results?id=${incident?.endpoints[0]?.evidence[0]}"`);
  simulator.setFault("groq", null);
  await runOnce(worker, supabase);
  await expect.poll(everywhere, { timeout: 30_000 }).toEqual(all("up"));
});

it("names one state everywhere in a slow-down, judged by a history that the coordinator reads itself", async () => {
  await seedWeek(worker, supabase, LLAMA);
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
  await expect.poll(everywhere, { timeout: 30_000 }).toEqual(all("degraded"));
  expect(receiver.taken[0]?.data.title).toBe("Groq is slow: 1 endpoint");
});
