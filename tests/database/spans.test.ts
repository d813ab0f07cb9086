import { beforeAll, describe, expect, test } from "vitest";
import { modelPageSchema } from "../../app/data/models-page.server.ts";
import { forgetResults, insert, type SeedResult } from "../e2e/support/results.ts";
import { useSupabase } from "../support/supabase.ts";
import { expectedOverview, type Known } from "./dashboard-recomputed.ts";
import { AS_OF, ENDPOINTS, mixedMonth } from "./mixed-month.ts";

const supabase = useSupabase();
let rows: readonly SeedResult[];
let known: Known;

beforeAll(async () => {
  const month = await mixedMonth(supabase.sql);
  rows = month.results;
  await forgetResults(supabase.sql);
  await insert(supabase.sql, month.runs, month.results, AS_OF);
  const [providers, models] = await Promise.all([
    supabase.sql.query("select id, slug, name from public.providers"),
    supabase.sql.query("select id, provider_id, name from public.models"),
  ]);
  known = { providers: providers.rows, models: models.rows };
});

async function readSpan([provider, model]: readonly [string, string], from: string, to: string, more = {}) {
  const { data, error } = await supabase.anon.rpc("model_page", {
    of_provider: provider,
    of_model: model,
    from_at: from,
    to_at: to,
    ...more,
  });
  expect(error).toBeNull();
  return modelPageSchema.parse(data);
}

const DIGITS = 9;
/** Without the last digits of sums that were taken in another order. */
function rounded(value: unknown): unknown {
  if (typeof value === "number") return Number(value.toPrecision(DIGITS));
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, rounded(inner)]));
}

const inSpan = (row: SeedResult, from: string, to: string) =>
  Date.parse(row.created_at) >= Date.parse(from) && Date.parse(row.created_at) < Date.parse(to);

describe("a span's figures are those that a second computation over the same rows finds", () => {
  test.each([
    ["of an hour and a half", "2026-10-14T07:30Z", "2026-10-14T09:00Z", undefined],
    ["of a day elsewhere", "2026-10-13T12:34Z", "2026-10-14T12:34Z", "weur"],
    ["of five days", "2026-10-05T00:00Z", "2026-10-10T00:00Z", undefined],
    ["of the whole month", "2026-09-15T12:00Z", "2026-10-15T12:00Z", undefined],
    ["in which the prompt was another one", "2026-09-18T00:00Z", "2026-09-20T00:00Z", "enam"],
  ])("%s", async (_, from, to, location) => {
    const expected = expectedOverview(rows, known, {
      asOf: to,
      window: { from },
      // By default the place with most results of the month.
      location: location ?? "enam",
    });
    let attempts = 0;
    for (const endpoint of ENDPOINTS) {
      const page = await readSpan(endpoint, from, to, location ? { at_location: location } : {});
      const figures = expected.endpoints.find(
        ({ provider, model }) => provider === endpoint[0] && model === endpoint[1],
      );
      expect(page.endpoint.figures.attempts).toBe(figures?.figures.attempts ?? 0);
      expect(page.location).toBe(location ?? "enam");
      if (figures) expect(rounded(page.endpoint)).toMatchObject(rounded(figures) as object);
      attempts += page.endpoint.figures.attempts;
    }
    expect(attempts).toBeGreaterThan(0);
  });
});

test("a span that a window has too gives the window's figures", async () => {
  const [endpoint] = ENDPOINTS;
  const { data } = await supabase.anon.rpc("model_page", { of_provider: endpoint[0], of_model: endpoint[1] });
  const window = modelPageSchema.parse(data);
  // A window excludes its first moment and includes its last.
  const from = new Date(Date.parse(AS_OF) - 86_400_000 + 1).toISOString();
  const span = await readSpan(endpoint, from, new Date(Date.parse(AS_OF) + 1).toISOString());
  expect(span.endpoint).toEqual(window.endpoint);
  expect(span.buckets).toEqual(window.buckets);
  expect(span.failures).toEqual(window.failures);
  expect(span.answers).toEqual(window.answers);
});

test("a span holds its first moment and not its last, and reaches no further than the newest refresh", async () => {
  const endpoint = ENDPOINTS[1];
  const own = rows
    .filter((row) => row.provider === endpoint[0] && row.location === "enam")
    .sort((a, b) => a.created_at.localeCompare(b.created_at));
  const from = own.at(-5)?.created_at ?? "";
  const to = own.at(-2)?.created_at ?? "";
  const { results } = await readSpan(endpoint, from, to);
  expect(results.map(({ id }) => id)).toEqual([own.at(-3)?.id, own.at(-4)?.id, own.at(-5)?.id]);
  const open = await readSpan(endpoint, from, "2026-11-01T00:00Z");
  expect(open.as_of).toBe(new Date(AS_OF).toISOString().replace(".000Z", "+00:00"));
  expect((await readSpan(endpoint, "2026-10-20", "2026-10-21")).endpoint.figures.attempts).toBe(0);
});

test("points of a line stand at the mean time of their samples", async () => {
  const [endpoint] = ENDPOINTS;
  const page = await readSpan(endpoint, "2026-10-14T00:00Z", "2026-10-15T00:00Z");
  expect(page.buckets.length).toBeGreaterThan(20);
  for (const { at, ttft, tps } of page.buckets) {
    const end = new Date(Date.parse(at) + 3_600_000).toISOString();
    const mean = (pick: (row: SeedResult) => number | null) => {
      const times = rows
        .filter((row) => row.provider === endpoint[0] && row.model === endpoint[1] && row.location === "enam")
        .filter((row) => inSpan(row, at, end) && row.success && pick(row) !== null)
        .map((row) => Date.parse(row.created_at));
      return times.length === 0
        ? null
        : Math.round(times.reduce((sum, time) => sum + time, 0) / times.length);
    };
    expect(ttft[3]).toBe(mean((row) => row.ttft_ms));
    expect(tps[3]).toBe(mean((row) => row.tps));
  }
});

describe("the requests of an endpoint's page", () => {
  const endpoint = ENDPOINTS[0];
  const [from, to] = ["2026-10-13T00:00Z", "2026-10-15T00:00Z"];
  const own = () =>
    rows.filter(
      (row) =>
        row.provider === endpoint[0] &&
        row.model === endpoint[1] &&
        row.location === "enam" &&
        inSpan(row, from, to),
    );

  test("that failed are all of them, newest first", async () => {
    const { results } = await readSpan(endpoint, from, to, { requests: "failed" });
    const failed = own()
      .filter((row) => !row.success)
      .sort((a, b) => b.created_at.localeCompare(a.created_at));
    expect(failed.length).toBeGreaterThan(10);
    expect(results.map(({ id }) => id)).toEqual(failed.slice(0, 50).map(({ id }) => id));
  });

  test("that were slowest are twenty, by their TTFT", async () => {
    const { results } = await readSpan(endpoint, from, to, { requests: "slowest" });
    const slowest = own()
      .flatMap((row) => (row.success && row.ttft_ms !== null ? [row.ttft_ms] : []))
      .sort((a, b) => b - a);
    expect(results.map(({ ttft_ms }) => ttft_ms)).toEqual(slowest.slice(0, 20));
  });
});

test.each([
  ["2026-10-14", "2026-10-14"],
  ["2026-10-15", "2026-10-14"],
  ["2026-08-01", "2026-10-14"],
])("from %s to %s is refused by the database too", async (from_at, to_at) => {
  const { error } = await supabase.anon.rpc("model_page", {
    of_provider: "openai",
    of_model: "gpt-4o-mini",
    from_at,
    to_at,
  });
  expect(error?.message).toBe("from_at must be before to_at, by 31 days at most");
});
