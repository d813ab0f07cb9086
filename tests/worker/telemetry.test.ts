/** What is pushed to an OpenTelemetry collector through an outage of it, as a real coordinator does it. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JsonMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../../local/simulator/index.ts";
import type { exportBody } from "../../workers/benchmark/telemetry/body.ts";
import { type BenchmarkWorker, startBenchmarkWorker } from "../support/benchmark-worker.ts";
import { activateOnly, asRealProviders, runOnce } from "../support/engine.ts";
import { eventually } from "../support/eventually.ts";
import { freshSupabase, type TestSupabase } from "../support/supabase.ts";

type Body = ReturnType<typeof exportBody>;
const TARGETS = [
  { provider: "openai", model: "gpt-4o-mini" },
  { provider: "groq", model: "openai/gpt-oss-20b" },
];
const TOKEN = "a-collector-token-for-tests";

/** up; lossy: takes it and drops the connection; dead: 503; silent: never answers. */
let state: "up" | "lossy" | "dead" | "silent" = "up";
const taken: { body: Body; at: number }[] = [];
let offered = 0;
const collector = createServer((request, response) => {
  offered += 1;
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    if (state === "silent") return;
    if (state === "dead") return response.writeHead(503).end();
    expect([
      request.method,
      request.url,
      request.headers.authorization,
      request.headers["content-type"],
    ]).toEqual(["POST", "/v1/metrics", `Bearer ${TOKEN}`, "application/json"]);
    taken.push({ body: JSON.parse(Buffer.concat(chunks).toString("utf8")) as Body, at: Date.now() });
    if (state === "lossy") return request.socket.destroy();
    return response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
});

let supabase: TestSupabase;
let simulator: Simulator;
let worker: BenchmarkWorker;
let persist: string;
const settings = () => ({
  SUPABASE_URL: supabase.url,
  SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
  ...asRealProviders(simulator, ["openai", "groq"]),
  OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
  OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${TOKEN}`,
  OTEL_EXPORTER_OTLP_TIMEOUT: "300",
  OTEL_RESOURCE_ATTRIBUTES: "service.name=probe-of-a-test",
  ALERT_BACKOFF_MIN_MS: "100",
  ALERT_BACKOFF_MAX_MS: "400",
});

beforeAll(async () => {
  supabase = await freshSupabase();
  simulator = await startSimulator();
  await activateOnly(supabase, TARGETS);
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  persist = await mkdtemp(join(tmpdir(), "benchmark-engine-telemetry-"));
  worker = await startBenchmarkWorker({ settings: settings(), persist });
});
afterAll(async () => {
  await worker?.stop();
  await simulator?.stop();
  await supabase?.stop();
  collector.close();
  collector.closeAllConnections();
  await rm(persist, { recursive: true, force: true });
});

/** What a collector knows that keeps the newest point of each series: requests by model. */
function known(): Record<string, number> {
  const newest = new Map<string, { time: bigint; count: number; model: string }>();
  for (const { body } of taken) {
    const metrics = body.resourceMetrics[0]?.scopeMetrics[0]?.metrics ?? [];
    const duration = metrics.find(({ name }) => name === "gen_ai.client.operation.duration");
    for (const { attributes, count, startTimeUnixNano, timeUnixNano } of duration?.histogram.dataPoints ??
      []) {
      const key = JSON.stringify([attributes, startTimeUnixNano]);
      const time = BigInt(timeUnixNano);
      expect(time > BigInt(startTimeUnixNano)).toBe(true);
      // Counts never go back as time goes on.
      const before = newest.get(key);
      if (before) expect(Number(count)).toBeGreaterThanOrEqual(before.count);
      const model = attributes.find(({ key: name }) => name === "gen_ai.request.model");
      newest.set(key, { time, count: Number(count), model: String(Object.values(model?.value ?? {})[0]) });
    }
  }
  const sums: Record<string, number> = {};
  for (const { model, count } of newest.values()) sums[model] = (sums[model] ?? 0) + count;
  return sums;
}
async function stored(): Promise<Record<string, number>> {
  const { rows } = await supabase.sql.query<{ model: string; n: number }>(
    "select model, count(*)::integer as n from public.benchmark_results where not confirmation group by 1",
  );
  return Object.fromEntries(rows.map(({ model, n }) => [model, n]));
}
const agrees = async () =>
  JSON.stringify(Object.entries(known()).sort()) === JSON.stringify(Object.entries(await stored()).sort());
const run = () => runOnce(worker, supabase);

it("a run's results are there after it, as a collector reads them", async () => {
  await run();
  await eventually(agrees, "the collector knows the run");
  const [{ body } = { body: null }] = taken;
  expect(JSON.stringify(body?.resourceMetrics[0]?.resource)).toContain("probe-of-a-test");
  const names = body?.resourceMetrics[0]?.scopeMetrics[0]?.metrics.map(({ name }) => name);
  expect(names).toContain("benchmark_engine.client.time_to_first_token");
  expect(JsonMetricsSerializer.deserializeResponse(new TextEncoder().encode("{}"))).toEqual({});
});

it("an outage of the collector loses nothing, repeats nothing and delays no run, through a restart too", async () => {
  const before = taken.length;
  for (const next of ["dead", "silent", "dead"] as const) {
    state = next;
    const began = offered;
    const { results } = await run();
    expect(results).toHaveLength(TARGETS.length);
    await eventually(async () => offered > began, `a push while the collector is ${next}`);
  }
  expect(taken).toHaveLength(before);
  await worker.stop();
  worker = await startBenchmarkWorker({ settings: settings(), persist });
  // What it does not know to have been taken is sent again.
  state = "lossy";
  await run();
  await eventually(async () => taken.length > before, "a push whose answer is lost");
  state = "up";
  await eventually(agrees, "the collector knows every request");
  const times = await stored();
  expect(Object.values(times)).toEqual([5, 5]);
  // A push that was taken is not repeated: two more runs are two more pushes.
  const lastOf = (name: string) => worker.events.findLastIndex(({ event }) => event === name);
  let seen = offered;
  for (const turn of [0, 1, 2]) {
    await run();
    await eventually(async () => lastOf("telemetry_pushed") > lastOf("run_finished"), "the run's push");
    // The first one may stand in for a try that was still to be repeated.
    if (turn === 0) seen = offered;
  }
  expect(offered - seen).toBe(2);
  expect(Object.values(known())).toEqual([8, 8]);
  expect(JSON.stringify(worker.events)).not.toContain(TOKEN);
  expect(worker.events.filter(({ event }) => event === "telemetry_fault")).toEqual([]);
});
