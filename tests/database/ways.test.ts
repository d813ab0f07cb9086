import { beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import { identityPageSchema } from "../../app/data/identity-page.server.ts";
import type { endpointSchema } from "../../app/data/overview.server.ts";
import { providerPageSchema } from "../../app/data/provider-page.server.ts";
import { forgetResults, insert, type SeedResult } from "../e2e/support/results.ts";
import { useSupabase } from "../support/supabase.ts";
import { blame, expectedOverview, type Known } from "./dashboard-recomputed.ts";
import { AS_OF, mixedMonth } from "./mixed-month.ts";

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

/** Without the last digits of sums that were taken in another order. */
function rounded(value: unknown): unknown {
  if (typeof value === "number") return Number(value.toPrecision(9));
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, rounded(inner)]));
}

function expectFigures(
  listed: readonly { readonly endpoint: z.infer<typeof endpointSchema> }[],
  expected: ReturnType<typeof expectedOverview>,
): void {
  expect(listed.length).toBeGreaterThan(0);
  for (const { endpoint } of listed) {
    const figures = expected.endpoints.find(
      ({ provider, model }) => provider === endpoint.provider && model === endpoint.model,
    );
    expect(endpoint.figures.attempts).toBe(figures?.figures.attempts ?? 0);
    if (figures) expect(rounded(endpoint)).toMatchObject(rounded(figures) as object);
  }
}

describe("one model at all its providers", () => {
  async function read(identity: string, more = {}) {
    const { data, error } = await supabase.anon.rpc("identity_page", { of_identity: identity, ...more });
    expect(error).toBeNull();
    return data === null ? null : identityPageSchema.parse(data);
  }
  const names = (page: Awaited<ReturnType<typeof read>>) =>
    page?.endpoints.map(({ endpoint }) => `${endpoint.provider}/${endpoint.model}`);

  test.each(["1h", "24h", "7d", "30d"] as const)("has the oracle's figures over %s", async (window) => {
    const page = await read("gpt-oss-20b", { time_window: window });
    expect(names(page)).toEqual([
      "groq/openai/gpt-oss-20b",
      "openrouter/openai/gpt-oss-20b",
      "together/openai/gpt-oss-20b",
    ]);
    const expected = expectedOverview(rows, known, { asOf: AS_OF, window, location: undefined });
    expect(page?.location).toBe(expected.location);
    expectFigures(page?.endpoints ?? [], expected);
  });

  test("has them over a span too", async () => {
    const [from, to] = ["2026-10-12T06:00:00Z", "2026-10-14T18:30:00Z"];
    const page = await read("gpt-oss-20b", { from_at: from, to_at: to, at_location: "enam" });
    expectFigures(
      page?.endpoints ?? [],
      expectedOverview(rows, known, { asOf: to, window: { from }, location: "enam" }),
    );
  });

  test("has each one's price, retired ones last, and what changed of them alone", async () => {
    await supabase.sql.query(`
      insert into public.catalog_events (kind, provider_id, model_id, model, at)
      select 'returned', m.provider_id, m.id, m.name, now() - interval '1 hour' from public.models m
      where m.identity in ('gpt-oss-20b', 'gpt-4o-mini')`);
    const page = await read("gpt-oss-20b");
    expect(page?.endpoints.map(({ price }) => price?.input)).toEqual([0.075, 0.03, 0.05]);
    expect(page).toMatchObject({ family: "gpt-oss", total: 3 });
    expect(page?.changes.map(({ provider }) => provider)).toEqual(["groq", "openrouter", "together"]);
    expect((await read("llama-3.1-8b"))?.endpoints[0]).toMatchObject({
      available: false,
      endpoint: { model: "llama-3.1-8b-instant", successor: "openai/gpt-oss-20b" },
    });
  });

  test.each(["", "no-such-model", "gpt-oss", "GPT-OSS-20B"])("is null for %j", async (identity) => {
    expect(await read(identity)).toBeNull();
  });
});

describe("a provider's page", () => {
  async function read(provider: string, more = {}) {
    const { data, error } = await supabase.anon.rpc("provider_page", { of_provider: provider, ...more });
    expect(error).toBeNull();
    return data === null ? null : providerPageSchema.parse(data);
  }

  test.each([
    ["groq", "7d", undefined],
    ["openrouter", "24h", undefined],
    ["openai", "30d", "weur"],
    ["stranger", "30d", undefined],
  ] as const)("of %s has the oracle's figures over %s", async (provider, window, location) => {
    const page = await read(provider, { time_window: window, ...(location && { at_location: location }) });
    const expected = expectedOverview(rows, known, { asOf: AS_OF, window, location });
    expectFigures(page?.endpoints ?? [], expected);
    const measured = expected.endpoints.filter((endpoint) => endpoint.provider === provider);
    expect(page?.endpoints.filter(({ endpoint }) => endpoint.figures.attempts > 0)).toHaveLength(
      measured.length,
    );
  });

  test("counts failures by kind over all its endpoints, each with its newest", async () => {
    const page = await read("openai", { time_window: "30d", at_location: "enam" });
    const offline = new Set(
      rows
        .filter((row) => rows.every((other) => other.run_id !== row.run_id || other.error_kind === "network"))
        .map((row) => row.run_id),
    );
    const since = Date.parse(AS_OF) - 30 * 86_400_000;
    const failed = rows.filter(
      (row) =>
        row.provider === "openai" &&
        row.location === "enam" &&
        !row.success &&
        Date.parse(row.created_at) > since &&
        row.prompt_version !== "0123456789ab",
    );
    const counts = new Map<string, SeedResult[]>();
    for (const row of failed) {
      const owner = offline.has(row.run_id) ? "probe" : blame(row);
      const key = `${row.error_kind ?? `status ${row.status_code}`} ${owner}`;
      counts.set(key, [...(counts.get(key) ?? []), row]);
    }
    expect(counts.size).toBeGreaterThan(3);
    expect(new Map(page?.failures.map((each) => [`${each.kind} ${each.owner}`, each.n]))).toEqual(
      new Map([...counts].map(([key, group]) => [key, group.length])),
    );
    for (const { kind, owner, newest_id, run_id } of page?.failures ?? []) {
      const newest = counts.get(`${kind} ${owner}`)?.reduce((a, b) => (a.created_at > b.created_at ? a : b));
      expect(newest_id).toBe(newest?.id);
      expect(run_id).toBe(newest?.run_id);
    }
  });

  test("names its own status page; of one that only results name, nothing is known", async () => {
    expect(await read("groq")).toMatchObject({
      name: "Groq",
      kind: "direct",
      status_url: "https://groqstatus.com",
    });
    expect(await read("stranger")).toMatchObject({
      name: "stranger",
      kind: null,
      status_url: null,
      models: 0,
    });
  });

  test.each(["", "nobody", "Groq"])("is null for %j", async (provider) => {
    expect(await read(provider)).toBeNull();
  });

  test("takes no status page but an https address", async () => {
    for (const url of ["javascript:alert(1)", "http://status.example", "https://", "https://a b"]) {
      await expect(
        supabase.sql.query("update public.providers set status_url = $1 where slug = 'groq'", [url]),
      ).rejects.toThrow(/check/);
    }
  });
});
