import { beforeAll, describe, expect, it } from "vitest";
import { readComparison } from "../../app/data/compare.server.ts";
import { readModelPage } from "../../app/data/models-page.server.ts";
import { readOverview } from "../../app/data/overview.server.ts";
import { createReader, type Reader } from "../../app/data/reader.server.ts";
import { readRun, readRuns } from "../../app/data/runs.server.ts";
import { readStatus } from "../../app/data/status.server.ts";
import { type FailureOwner, ownerSentence } from "../../app/lib/failures.ts";
import { COMPARISON_QUERY, MODEL_QUERY, RUNS_QUERY } from "../../app/lib/queries.ts";
import { failure, insert, result, run, type SeedResult, type SeedRun } from "../e2e/support/results.ts";
import { readAll } from "../support/api.ts";
import { useSupabase } from "../support/supabase.ts";
import { useDashboard } from "../support/use-dashboard.ts";

/*
 * What happened is decided once, when it is written: whoever tells it, tells the same. Everything that rules turn on
 * stands in these few runs.
 */

const supabase = useSupabase();
const dashboard = useDashboard(supabase);
let reader: Reader;

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const runAt = (minutes: number) => run({ started_at: ago(minutes), finished_at: ago(minutes - 1) });
const NONE: ReadonlySet<never> = new Set();
const openai = { provider: "openai", model: "gpt-4o-mini" };
const groq = { provider: "groq", model: "openai/gpt-oss-20b" };
const together = { provider: "together", model: "openai/gpt-oss-20b" };
const failing = { provider: "openrouter", model: "openai/gpt-oss-20b" };
const ENDPOINTS = [openai, groq, together, failing];

const runs = {
  offline: runAt(180),
  single: runAt(150),
  seemsOffline: runAt(120),
  first: runAt(40),
  second: runAt(5),
} satisfies Record<string, SeedRun>;
const at = (one: SeedRun, endpoint: { provider: string; model: string }) => ({
  run_id: one.id,
  created_at: one.started_at,
  ...endpoint,
});
const rows = {
  offline: ENDPOINTS.map((endpoint) => failure("network", at(runs.offline, endpoint))),
  single: [failure("server_error", at(runs.single, openai)), result(at(runs.single, groq))],
  seemsOffline: [
    failure("network", at(runs.seemsOffline, openai)),
    failure("network", at(runs.seemsOffline, groq)),
  ],
  /** Shows after the run's end that the line was up. */
  late: [result({ ...at(runs.seemsOffline, together), ttft_ms: 900 })],
  simulated: [0, 1, 2].map(() => result({ ...at(runs.first, together), simulated: true, ttft_ms: 1 })),
  outage: [
    result({ ...at(runs.single, failing) }),
    failure("timeout", at(runs.first, failing)),
    failure("server_error", at(runs.second, failing)),
  ],
  fine: [result(at(runs.second, openai)), result(at(runs.second, groq)), result(at(runs.second, together))],
  fiveDaysLate: [result({ ...at(runs.second, failing), created_at: ago(5 * 1_440) })],
} satisfies Record<string, SeedResult[]>;
const all = Object.values(rows).flat();

beforeAll(async () => {
  const { late, fiveDaysLate, ...inTime } = rows;
  await insert(supabase.sql, Object.values(runs), Object.values(inTime).flat());
  await insert(supabase.sql, [], late);
  await insert(supabase.sql, [], fiveDaysLate);
  reader = createReader(supabase.url, supabase.anonKey);
});

const text = async (path: string) => {
  const response = await fetch(dashboard.url + path);
  expect(response.status, path).toBe(200);
  return response.text();
};
const overview = () => readOverview(reader, { window: "24h", location: null }, NONE);
const pageOf = async (endpoint: { provider: string; model: string }, window: "24h" | "7d" = "24h") => {
  const page = await readModelPage(reader, endpoint, { ...MODEL_QUERY.defaults, window }, NONE);
  if (page === null) throw new Error("the endpoint has no page");
  return page;
};
/** Whose each failure is as its run's page tells it, in words. */
async function ownersByRun(): Promise<Map<string, string | null>> {
  const owners = new Map<string, string | null>();
  for (const { id } of Object.values(runs)) {
    const page = await readRun(reader, id, { page: 1, show: "all", result: null }, NONE);
    for (const one of page?.results ?? []) owners.set(one.id, one.failure?.whose ?? null);
  }
  return owners;
}

describe("the owner of a failure", () => {
  const expected = new Map<string, FailureOwner | null>(
    all.map((row) => [row.id, row.success ? null : row.run_id === runs.offline.id ? "probe" : "provider"]),
  );

  it("is the same on the run's page, in the API, in CSV and on the endpoint's page", async () => {
    expect(await ownersByRun()).toEqual(
      new Map([...expected].map(([id, owner]) => [id, owner === null ? null : ownerSentence(owner)])),
    );
    const listed = (await readAll(dashboard.url, "/api/v1/results?limit=7")).flatMap(({ data }) => data);
    expect(new Map(listed.map((row) => [row.id, row.failure_owner]))).toEqual(expected);
    const [head = "", ...lines] = (await text("/results.csv")).trim().split(/\r?\n/);
    const columns = head.replace(/^\uFEFF/, "").split(",");
    const column = (line: string, name: string) => line.split(",")[columns.indexOf(name)] ?? "";
    expect(new Map(lines.map((line) => [column(line, "id"), column(line, "failure_owner") || null]))).toEqual(
      expected,
    );
    for (const endpoint of ENDPOINTS) {
      const page = await pageOf(endpoint, "7d");
      for (const one of page.results) {
        expect(one.meaning === "", one.id).toBe(expected.get(one.id) === null);
      }
      const told = page.failures.flatMap(({ owner, n }) => Array.from({ length: n }, () => owner));
      const own = all.filter((row) => row.provider === endpoint.provider && !row.success && !row.simulated);
      expect(told.sort()).toEqual(own.map((row) => expected.get(row.id)).sort());
    }
  });

  it("is the probe's for a run in which nobody could be reached, on every page of runs", async () => {
    const list = await readRuns(reader, RUNS_QUERY.defaults);
    const offline = new Map(list?.runs.map((one) => [one.id, one.offline]));
    expect(offline.get(runs.offline.id)).toBe(true);
    expect(offline.get(runs.seemsOffline.id)).toBe(false);
    for (const [id, is] of offline) {
      const page = await readRun(reader, id, { page: 1, show: "all", result: null }, NONE);
      expect(page?.counts.offline, id).toBe(is);
    }
  });
});

describe("an endpoint's figures", () => {
  it("are the same on the overview, its own page, the API, a comparison and its badge", async () => {
    const { endpoints } = await overview();
    const api = (await readAll(dashboard.url, "/api/v1/endpoints")).flatMap(({ data }) => data);
    for (const { provider, model } of ENDPOINTS) {
      const mine = <T extends { provider?: unknown; model?: unknown }>(list: readonly T[]) =>
        list.find((one) => one.provider === provider && one.model === model);
      const there = mine(endpoints);
      const page = await pageOf({ provider, model });
      // What only the overview has stands beside an endpoint's figures.
      expect({ ...there, trend: page.endpoint.trend }).toMatchObject(page.endpoint);
      expect(mine(api)).toMatchObject({
        attempts: there?.attempts,
        successes: there?.successes,
        ttft: there?.ttft,
        tps: there?.tps,
        total_latency: there?.latency,
      });
      const compared = await readComparison(
        reader,
        { ...COMPARISON_QUERY.defaults, with: [`${provider}/${model}`, "openai/gpt-4o-mini"] },
        NONE,
      );
      expect(compared.found && compared.comparison.endpoints[0]).toMatchObject({
        attempts: there?.attempts,
        success_rate: there?.success_rate,
        simulated: there?.simulated,
        latency: { p50: there?.latency?.p50 },
      });
      expect(await text(`/badge/${provider}/${model}`)).toContain(`${there?.ttft?.p50}`);
    }
    // The offline run counts against nobody; simulated results stay apart from real ones; late ones count.
    expect(mineOf(endpoints, openai)).toMatchObject({ attempts: 3, probe_failures: 1, successes: 1 });
    expect(mineOf(endpoints, together)).toMatchObject({
      attempts: 2,
      simulated: false,
      ttft: { n: 2, p50: 650 },
    });
  });

  it("agree with the days of the status page", async () => {
    const { endpoints } = await overview();
    const status = await readStatus(reader, { location: null, provider: null, day: null }, NONE);
    for (const provider of status.providers) {
      for (const shown of provider.endpoints.filter(({ attempts }) => attempts > 0)) {
        const same = mineOf(endpoints, { provider: provider.provider, model: shown.model });
        const late = rows.fiveDaysLate.some((row) => row.provider === provider.provider) ? 1 : 0;
        expect(shown.attempts - late, provider.provider).toBe(same?.attempts);
      }
    }
  });
});

it("an outage that goes on is told by the status page and the feed, however late an old success comes", async () => {
  const status = await readStatus(reader, { location: null, provider: null, day: null }, NONE);
  const current = status.incidents?.current ?? [];
  expect(current).toMatchObject([
    { provider: "openrouter", kind: "outage", endpoints: [{ model: failing.model }] },
  ]);
  const [incident] = current;
  expect(incident?.endpoints[0]?.reason).toContain("2 failures in a row");
  expect(status.providers.find(({ provider }) => provider === "openrouter")?.health?.state).toBe("down");
  // Each tells the one incident once, by its id.
  expect((await text("/status")).split(`href="/incidents/${incident?.id}"`)).toHaveLength(2);
  const feed = await text("/feed.xml");
  expect(feed.split("<entry>").filter((entry) => entry.includes("is ongoing"))).toEqual([
    expect.stringContaining(`<id>urn:uuid:${incident?.id}</id>`),
  ]);
  const api = (await readAll(dashboard.url, "/api/v1/incidents?open=true")).flatMap(({ data }) => data);
  expect(api.map(({ id }) => id)).toEqual([incident?.id]);
  expect(await text("/")).toMatch(/>ongoing</);
  expect(await text(`/incidents/${incident?.id}`)).toContain("2 failures in a row");
});

function mineOf<T extends { provider?: unknown; model?: unknown }>(
  list: readonly T[],
  { provider, model }: { provider: string; model: string },
): T | undefined {
  return list.find((one) => one.provider === provider && one.model === model);
}
