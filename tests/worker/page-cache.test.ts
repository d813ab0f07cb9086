/**
 * The dashboard with a cache in front and the benchmark Worker that has it emptied, each in workerd. Cloudflare's cache is
 * played by a stand-in that follows the same headers (tests/support/workers-cache.ts), and so is `ctx.cache`.
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../../local/simulator/index.ts";
import { ADMIN_TOKEN, type BenchmarkWorker, startBenchmarkWorker } from "../support/benchmark-worker.ts";
import { activateOnly, asRealProviders, runOnce } from "../support/engine.ts";
import { eventually } from "../support/eventually.ts";
import { type FaultyProxy, startFaultyProxy } from "../support/faulty-proxy.ts";
import { randomFrom } from "../support/random.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";
import { WorkersCache } from "../support/workers-cache.ts";

const TARGETS = [
  { provider: "openai", model: "gpt-4o-mini" },
  { provider: "groq", model: "openai/gpt-oss-20b" },
  { provider: "together", model: "openai/gpt-oss-20b" },
];
/** Gives the built dashboard the `ctx.cache` that Cloudflare gives it. */
const WRAPPER = `
import Dashboard from "./dashboard.js";
export default class extends Dashboard {
  constructor(ctx, env) {
    super(ctx, env);
    const purge = async (options) => (await env.CACHE.fetch("http://cache/", { method: "POST", body: JSON.stringify(options) })).json();
    Object.defineProperty(this, "ctx", { value: { cache: { purge } } });
  }
}`;

let supabase: TestSupabase;
let readers: FaultyProxy;
let simulator: Simulator;
let worker: BenchmarkWorker;
let cache: WorkersCache;
let locked: WorkersCache;
let purges = 0;
let purgedAt = 0;

function dashboard(name: string, bindings: Record<string, string>) {
  return {
    name,
    modules: [
      { type: "ESModule" as const, path: "index.js", contents: WRAPPER },
      {
        type: "ESModule" as const,
        path: "dashboard.js",
        contents: readFileSync("build/worker-dashboard/index.js", "utf8"),
      },
    ],
    compatibilityDate: "2026-07-01",
    bindings: { SUPABASE_URL: readers.url, SUPABASE_ANON_KEY: supabase.anonKey, ...bindings },
    serviceBindings: {
      CACHE: async (request: { json(): Promise<unknown> }) => {
        const { tags } = (await request.json()) as { tags: string[] };
        purges += 1;
        purgedAt = Date.now();
        cache.purge(tags);
        return new (await import("miniflare")).Response(JSON.stringify({ success: true, errors: [] }));
      },
    },
  };
}

beforeAll(async () => {
  supabase = await freshSupabase();
  readers = await startFaultyProxy(supabase.url);
  simulator = await startSimulator({ speed: 20, failures: false });
  await activateOnly(supabase, TARGETS);
  worker = await startBenchmarkWorker({
    settings: {
      SUPABASE_URL: supabase.url,
      SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
      ...asRealProviders(simulator, ["openai", "groq", "together"]),
    },
    serviceBindings: { DASHBOARD: "dashboard" },
    beside: [dashboard("dashboard", {}), dashboard("locked", { LOCKED_METRICS: "ttft" })],
  });
  const through = (name: string) => (path: string, headers: Headers) =>
    worker.askBeside(name, `http://dashboard.example${path}`, {
      headers: Object.fromEntries(headers),
      redirect: "manual",
    });
  cache = new WorkersCache(through("dashboard"));
  locked = new WorkersCache(through("locked"));
});
afterAll(async () => {
  await worker.stop();
  await simulator.stop();
  await readers.stop();
  await supabase.stop();
});

/** Addresses of every kind that pages link to and programs ask for. */
function addresses(runId: string): string[] {
  const windows = ["", "?window=1h", "?window=7d", "?window=30d"];
  const endpoints = TARGETS.map(({ provider, model }) => `${provider}/${model}`);
  return [
    ...windows.flatMap((window) => [
      `/${window}`,
      `/status`,
      ...endpoints.map((path) => `/models/${path}${window}`),
    ]),
    ...endpoints.flatMap((path) => [
      `/badge/${path}`,
      `/badge/${path}?metric=tps`,
      `/badge/${path}?window=7d`,
    ]),
    ...["/models", "/runs", `/runs/${runId}`, "/prices", "/compare", "/methodology", "/api", "/feed.xml"],
    ...["endpoints", "models", "prices", "results", "runs", "openapi.json"].map((list) => `/api/v1/${list}`),
    ...["endpoints?window=7d", "results?limit=10", "runs?limit=5", "endpoints?sort=ttft"].map(
      (list) => `/api/v1/${list}`,
    ),
    ...["/_root.data", "/models.data", "/runs.data", "/prices.data", "/compare.data", "/status.data"],
  ].filter((path, index, all) => all.indexOf(path) === index);
}

it("renders 50 addresses once for 10,000 requests between two runs, and shows the second run within 5 s", async () => {
  const { run } = await runOnce(worker, supabase);
  await eventually(async () => purges > 0, "the first purge");
  await idle();
  const asked = addresses(run.id).slice(0, 50);
  expect(asked).toHaveLength(50);

  cache.renders = 0;
  const before = readers.seen.up;
  const next = randomFrom(15);
  const clients = Array.from({ length: 20 }, async () => {
    for (let request = 0; request < 500; request++) {
      const path = asked[Math.floor(next() * asked.length)] ?? "/";
      const { status } = await cache.get(path);
      if (status !== 200) throw new Error(`${path} answered ${status}`);
    }
  });
  await Promise.all(clients);
  expect(cache.renders).toBe(50);
  expect(readers.seen.up - before).toBeLessThanOrEqual(200);
  for (const path of asked) expect(cache.keeps(path), path).toBe(true);

  const second = await runOnce(worker, supabase);
  const endedAt = Date.now();
  await eventually(
    async () =>
      asked.every((path) => (cache.storedAt(path) ?? endedAt) >= Date.parse(second.run.finished_at ?? "")),
    "every page that is older than the run's end gone",
    5_000,
  );
  for (const path of ["/runs", "/api/v1/runs", "/api/v1/results"]) {
    expect((await cache.get(path)).body, path).toContain(second.run.id);
  }
});

it("keeps a page that was being made when a run ended until the purge, or for seconds", async () => {
  await idle();
  cache.purge(["data"]);
  await readers.set("late");
  const { headers } = await cache.get("/runs");
  expect(headers.get("Cloudflare-CDN-Cache-Control")).toBe("public, max-age=15");
  await readers.set("up");
  const { run } = await runOnce(worker, supabase);
  const endedAt = Date.parse(run.finished_at ?? "");
  await eventually(async () => purgedAt > endedAt, "the purge after the run's end");
  // What was quicker than the time from which a page counts as slow is made by then.
  expect(purgedAt - endedAt).toBeGreaterThan(1_500);
  expect(purgedAt - endedAt).toBeLessThan(5_000);
});

it("keeps pages for an interval of the schedule where no purge comes, and then shows the old one once more", async () => {
  await idle();
  const { body } = await cache.get("/runs");
  cache.renders = 0;
  cache.passedMs += 14 * 60_000;
  expect((await cache.get("/runs")).body).toBe(body);
  expect(cache.renders).toBe(0);
  cache.passedMs += 2 * 60_000;
  expect((await cache.get("/runs")).body).toBe(body);
  await eventually(async () => cache.renders === 1, "the page made anew behind the reader's back");
});

it("keeps nothing that failed, was refused, redirects, or is of the moment", async () => {
  const refused = [
    "/nothing",
    "/models/openai/nothing",
    "/runs/00000000-0000-4000-8000-000000000000",
    "/?window=%37d",
    "/?window=2d",
    "/api/v1/nothing",
    "/api/v1/results?colour=blue",
    "/api/v1/results?cursor=abc",
    "/badge/openai/nothing",
    "/api/v1/health",
    "/results.csv",
  ];
  for (const path of refused) {
    await cache.get(path);
    expect(cache.keeps(path), path).toBe(false);
  }
  await readers.set("unavailable");
  for (const path of ["/?window=1h", "/runs", "/api/v1/prices", "/status"]) {
    cache.purge(["data"]);
    const { status } = await cache.get(path);
    expect([status >= 500, cache.keeps(path)], path).toEqual([true, false]);
  }
  await readers.set("up");
  const withToken = { Authorization: `Bearer ${ADMIN_TOKEN}` };
  await cache.get("/prices", withToken);
  expect(cache.keeps("/prices")).toBe(false);
});

it("keeps no answer about a locked metric, and none that has it", async () => {
  for (const path of ["/badge/openai/gpt-4o-mini?metric=ttft", "/api/v1/endpoints?sort=ttft"]) {
    const { body } = await locked.get(path);
    expect([body.toLowerCase().includes("invalid parameter"), locked.keeps(path)], path).toEqual([
      true,
      false,
    ]);
  }
  // What is left of a page is kept, without the metric.
  const { body } = await locked.get("/api/v1/endpoints");
  expect(locked.keeps("/api/v1/endpoints")).toBe(true);
  expect(body).not.toContain('"ttft":');
});

it("answers the admin with nothing that may be kept", async () => {
  const { headers } = await worker.fetch("/api/status", {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  expect(headers.get("Cache-Control")).toBe("no-store");
});

/** Waits until the coordinator has nothing left to deliver, and with it nothing to purge. */
async function idle(): Promise<void> {
  await eventually(async () => (await worker.status()).waitingForDelivery === 0, "nothing waiting");
  const seen = purges;
  await sleep(1_000);
  if (purges !== seen) await idle();
}
