import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LOCKABLE_METRICS, type LockableMetric } from "../../app/lib/metrics.ts";
import { type DashboardServer, startDashboard } from "../e2e/support/dashboard.ts";
import { failure, insert, result, run } from "../e2e/support/results.ts";
import { parseCsv, readProblem } from "../support/api.ts";
import { useSupabase } from "../support/supabase.ts";

// biome-ignore lint/correctness/useHookAtTopLevel: it has nothing to do with React
const supabase = useSupabase();

// Figures that stand nowhere else, so that finding one is finding the metric.
const MARKS: Readonly<Record<LockableMetric, readonly string[]>> = {
  ttft: ["1234.5", "2345.5"],
  tps: ["87.625"],
  latency: ["34567.25"],
  stability: [],
  value: [],
  cost: ["0.00765625"],
  uptime: [],
};
/** Names by which a metric would show itself, as keys or columns. */
const NAMES: Readonly<Record<LockableMetric, readonly string[]>> = {
  ttft: ["ttft", "ttft_ms", "answer_ttft", "answer_ttft_ms", "ttfb_ms", "within_2s"],
  tps: ["tps"],
  latency: ["latency", "total_latency_ms"],
  stability: ["stability", "latency_stddev"],
  value: ["value", "score"],
  cost: ["cost", "cost_usd", "cost_source", "per_million"],
  uptime: ["uptime", "reliability", "error_rate"],
};
const ADDRESSES = [
  "/api/v1/endpoints",
  "/api/v1/results?limit=1000",
  "/api/v1/results?detail=full",
  "/api/v1/runs",
  "/api/v1/models",
  "/api/v1/prices",
  "/api/v1/health",
  "/api/v1/openapi.json",
];

beforeAll(async () => {
  const one = run();
  const measured = {
    run_id: one.id,
    ttft_ms: 1234.5,
    answer_ttft_ms: 2345.5,
    tps: 87.625,
    total_latency_ms: 34567.25,
    cost_usd: 0.00765625,
  };
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const broken = { run_id: one.id, provider: "groq", model: "openai/gpt-oss-20b" };
  await insert(
    supabase.sql,
    [one],
    [
      ...Array.from({ length: 30 }, () => result(measured)),
      failure("server_error", { ...broken, created_at: ago(3) }),
      failure("server_error", { ...broken, created_at: ago(2) }),
    ],
  );
  await supabase.sql.query(
    `update public.benchmark_results set chunk_times_ms = '{1234.5,34567.25}', ttfb_ms = 1234.5,
       provider_timing = '{"total_time": 34567.25}' where success`,
  );
});

const text = async (server: DashboardServer, address: string) => (await fetch(server.url + address)).text();

function keysOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(Array.isArray(value) ? [] : [key]),
    ...keysOf(inner),
  ]);
}

describe.each(LOCKABLE_METRICS.map((metric) => [metric]))("with %s locked", (metric) => {
  let open: DashboardServer;
  let locking: DashboardServer;
  beforeAll(async () => {
    const settings = { SUPABASE_URL: supabase.url, SUPABASE_ANON_KEY: supabase.anonKey };
    open = await startDashboard(settings);
    locking = await startDashboard({ ...settings, LOCKED_METRICS: metric });
  });
  afterAll(async () => {
    await open?.stop();
    await locking?.stop();
  });

  test("no answer in JSON names it or shows a figure of it", async () => {
    const seen = new Set<string>();
    for (const address of ADDRESSES) {
      for (const name of keysOf(JSON.parse(await text(open, address)))) seen.add(name);
      const answer = await text(locking, address);
      const keys = keysOf(JSON.parse(answer));
      for (const name of NAMES[metric]) expect(keys, address).not.toContain(name);
      for (const mark of MARKS[metric]) expect(answer, address).not.toContain(mark);
    }
    // What is looked for is there where it is not locked.
    for (const name of NAMES[metric]) expect([...seen]).toContain(name);
  });

  test("the CSV has neither its column nor its figure", async () => {
    const whole = await text(open, "/results.csv");
    const answer = await text(locking, "/results.csv");
    const [header = []] = parseCsv(answer);
    for (const name of NAMES[metric]) expect(header).not.toContain(name);
    for (const mark of MARKS[metric]) {
      expect(whole).toContain(mark);
      expect(answer).not.toContain(mark);
    }
    expect(parseCsv(answer).every((row) => row.length === header.length)).toBe(true);
  });

  test("it orders no list and stands on no badge", async () => {
    if (metric !== "uptime") {
      expect((await fetch(`${open.url}/api/v1/endpoints?sort=${metric}`)).status).toBe(200);
      const sorted = await fetch(`${locking.url}/api/v1/endpoints?sort=${metric}`);
      expect([sorted.status, (await readProblem(sorted)).errors[0]?.parameter]).toEqual([400, "sort"]);
    }
    const badge = `/badge/openai/gpt-4o-mini?metric=${metric}`;
    expect((await fetch(open.url + badge)).status).toBe(200);
    const refused = await fetch(locking.url + badge);
    expect([refused.status, (await readProblem(refused)).errors[0]?.parameter]).toEqual([400, "metric"]);
    const usual = await fetch(`${locking.url}/badge/openai/gpt-4o-mini`);
    expect([usual.status, usual.headers.get("Content-Type")]).toEqual([200, "image/svg+xml; charset=utf-8"]);
  });

  test("the page for people does not offer it", async () => {
    const page = await text(locking, "/api");
    expect(page).toContain(`${metric}: absent on this server`);
  });

  test("the feed tells of incidents unless uptime is locked", async () => {
    expect(await text(open, "/feed.xml")).toContain("groq/openai/gpt-oss-20b: incident");
    const feed = await text(locking, "/feed.xml");
    if (metric === "uptime") expect(feed).not.toContain("incident</title>");
    else expect(feed).toContain("groq/openai/gpt-oss-20b: incident");
  });
});
