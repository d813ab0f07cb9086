import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DashboardServer, startDashboard } from "../e2e/support/dashboard.ts";
import { history } from "../e2e/support/history.ts";
import { failure, insert, result, run } from "../e2e/support/results.ts";
import { eventually } from "../support/eventually.ts";
import { type Prometheus, promtool, requirePrometheus, startPrometheus } from "../support/prometheus.ts";
import { useSupabase } from "../support/supabase.ts";

requirePrometheus();

const supabase = useSupabase();
const DAY_MS = 86_400_000;
let dashboard: DashboardServer;
/** Where Prometheus scrapes: whatever dashboard there is. */
const front = createServer(async (request, response) => {
  try {
    const answer = await fetch(`${dashboard.url}${request.url}`, {
      headers: { Accept: request.headers.accept ?? "*/*" },
    });
    response.writeHead(answer.status, { "Content-Type": answer.headers.get("Content-Type") ?? "" });
    response.end(await answer.text());
  } catch {
    response.writeHead(502).end();
  }
});
let prometheus: Prometheus;

const start = (bindings = {}) =>
  startDashboard({ SUPABASE_URL: supabase.url, SUPABASE_ANON_KEY: supabase.anonKey, ...bindings });
const HOSTILE = 'a "quoted"\\model\nof two lines {}';

beforeAll(async () => {
  const until = new Date();
  const { runs, results } = history({ until, hours: 26, simulated: false, location: "enam" });
  const other = history({ until, hours: 2, simulated: true, location: "weur", seed: 3 });
  const old = run({ started_at: new Date(until.getTime() - 40 * DAY_MS).toISOString() });
  await insert(
    supabase.sql,
    [...runs, ...other.runs, old],
    [
      ...results,
      ...other.results,
      result({ run_id: old.id, created_at: old.started_at, location: "enam" }),
      result({ run_id: runs.at(-1)?.id ?? "", model: HOSTILE, created_at: until.toISOString() }),
      failure("timeout", { run_id: runs.at(-1)?.id ?? "", provider: 'with "quotes"' }),
    ],
  );
  dashboard = await start();
  await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
  const { port } = front.address() as AddressInfo;
  prometheus = await startPrometheus(`
global: { scrape_interval: 250ms, scrape_timeout: 250ms }
scrape_configs:
  - job_name: benchmark-engine
    metrics_path: /metrics
    static_configs: [{ targets: ["127.0.0.1:${port}"] }]
`);
});
afterAll(async () => {
  await prometheus?.stop();
  front.close();
  front.closeAllConnections();
  await dashboard?.stop();
});

const ask = (accept: string, path = "/metrics") =>
  fetch(dashboard.url + path, { headers: { Accept: accept } });
const scrapes = async () => (await prometheus.query("sum(sum_over_time(up[10m]))"))[0]?.value ?? 0;
/** Waits for so many further scrapes that succeeded. */
async function scraped(more: number): Promise<void> {
  const before = await scrapes();
  await eventually(async () => (await scrapes()) >= before + more, `${more} scrapes`);
}

interface ApiEndpoint {
  provider: string;
  model: string;
  attempts: number;
  ttft: { p50: number | null; p95: number | null };
  total_latency: { p50: number | null; p95: number | null };
  tps: { p50: number | null };
  reliability: { uptime: number | null; error_rate: number | null };
}
async function apiEndpoints(window: string): Promise<ApiEndpoint[]> {
  const response = await fetch(`${dashboard.url}/api/v1/endpoints?window=${window}&limit=1000`);
  return ((await response.json()) as { data: ApiEndpoint[] }).data;
}

it("has nothing that promtool warns of, in either format's body, hostile names and locks included", async () => {
  const plain = await ask("*/*");
  expect(plain.headers.get("Content-Type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(plain.headers.get("Vary")).toContain("Accept");
  expect(promtool(["check", "metrics"], await plain.text())).toBe("");
  const locked = await start({ LOCKED_METRICS: "ttft,tps,latency,stability,value,cost,uptime" });
  const left = await (await fetch(`${locked.url}/metrics`)).text();
  await locked.stop();
  expect(promtool(["check", "metrics"], left)).toBe("");
  expect(left).not.toMatch(/_(ttft|total_latency|output_speed|uptime|error|endpoint_state|failures|cost)_/);
  expect(left).toContain("benchmark_engine_requests_total{");
});

describe("a real Prometheus", () => {
  it("scrapes it as OpenMetrics, and answers with the API's figures", async () => {
    await scraped(4);
    expect((await prometheus.query("min(min_over_time(up[10m]))"))[0]?.value).toBe(1);
    const metadata = (await (
      await fetch(`${prometheus.url}/api/v1/metadata?metric=benchmark_engine_ttft_seconds`)
    ).json()) as { data: Record<string, object[]> };
    expect(metadata.data.benchmark_engine_ttft_seconds).toMatchObject([{ type: "gauge", unit: "seconds" }]);
    for (const window of ["1h", "24h", "7d", "30d"]) {
      const endpoints = (await apiEndpoints(window)).filter(({ attempts }) => attempts > 0);
      expect(endpoints.length).toBeGreaterThan(6);
      for (const { provider, model, attempts, ttft, total_latency, tps, reliability } of endpoints) {
        const where = `provider=${JSON.stringify(provider)},model=${JSON.stringify(model)},location="enam",window="${window}"`;
        const one = async (name: string, more = "") =>
          (await prometheus.query(`benchmark_engine_${name}{${where}${more}}`))[0]?.value ?? null;
        const seconds = (ms: number | null) => (ms === null ? null : ms / 1_000);
        expect(await one("ttft_seconds", ',percentile="p50"'), where).toBe(seconds(ttft.p50));
        expect(await one("ttft_seconds", ',percentile="p95"'), where).toBe(seconds(ttft.p95));
        expect(await one("total_latency_seconds", ',percentile="p50"')).toBe(seconds(total_latency.p50));
        expect(await one("total_latency_seconds", ',percentile="p95"')).toBe(seconds(total_latency.p95));
        expect(await one("output_speed_tokens_per_second", ',percentile="p50"')).toBe(tps.p50);
        expect(await one("uptime_ratio")).toBe(reliability.uptime);
        expect(await one("error_ratio")).toBe(reliability.error_rate);
        expect(await one("window_requests")).toBe(attempts);
      }
    }
  });

  it("tells each endpoint's state as the API does, and the newest result's time", async () => {
    const { data } = (await (await fetch(`${dashboard.url}/api/v1/states?location=enam`)).json()) as {
      data: { provider: string; model: string; state: string }[];
    };
    const told = await prometheus.query('benchmark_engine_endpoint_state{location="enam"} == 1');
    const name = (of: { provider?: string; model?: string; state?: string }) =>
      [of.provider, of.model, of.state].join(" ");
    expect(told.map(({ metric }) => name(metric)).sort()).toEqual(data.map(name).sort());
    const [newest] = await prometheus.query(
      'max(benchmark_engine_newest_result_timestamp_seconds{location="enam"})',
    );
    const { rows } = await supabase.sql.query(
      "select extract(epoch from max(created_at))::float8 as at from public.benchmark_results where location = 'enam'",
    );
    expect(newest?.value).toBeCloseTo(rows[0].at, 3);
  });

  it("sees counters that only grow, through a restart, retention, late rows and a run that ends", async () => {
    const requests = async () =>
      (await prometheus.query("sum(benchmark_engine_requests_total)"))[0]?.value ?? 0;
    const before = await requests();
    await dashboard.stop();
    dashboard = await start();
    await scraped(1);
    expect(await requests()).toBe(before);
    const { rows } = await supabase.sql.query("select public.engine_prune(null, null, 31) as gone");
    expect(rows[0].gone.rows).toBe(1);
    await scraped(1);
    expect(await requests()).toBe(before);
    // From another day than today, and of a run that has not ended.
    const late = run({ started_at: new Date(Date.now() - 2 * DAY_MS).toISOString() });
    const open = run({ finished_at: null });
    await insert(
      supabase.sql,
      [late, open],
      [
        result({ run_id: late.id, created_at: late.started_at }),
        failure("network", { run_id: open.id }),
        result({ run_id: open.id, provider: "groq", model: "openai/gpt-oss-20b" }),
      ],
    );
    await scraped(2);
    expect(await requests()).toBe(before + 2);
    await supabase.sql.query("update public.runs set finished_at = now() where id = $1", [open.id]);
    await scraped(2);
    expect(await requests()).toBe(before + 3);
    for (const counter of ["requests_total", "failures_total", "tokens_total", "cost_usd_total"]) {
      const resets = await prometheus.query(`max(resets(benchmark_engine_${counter}[10m]))`);
      expect(resets[0]?.value, counter).toBe(0);
    }
  });

  it("keeps hostile names whole", async () => {
    const found = await prometheus.query('benchmark_engine_requests_total{model=~"(?s)a .quoted.*"}');
    expect(found.map(({ metric }) => metric.model)).toEqual([HOSTILE]);
  });
});

it("shows one window where it is asked for, and refuses one that there is not", async () => {
  const text = await (await ask("*/*", "/metrics?window=7d")).text();
  expect(new Set(text.match(/window="[^"]+"/g))).toEqual(new Set(['window="7d"']));
  expect((await ask("*/*", "/metrics?window=2d")).status).toBe(400);
});
