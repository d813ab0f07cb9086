import { beforeAll, describe, expect, test } from "vitest";
import { history, PROFILES } from "../e2e/support/history.ts";
import { insert } from "../e2e/support/results.ts";
import { readFunctions } from "../support/access-matrix.ts";
import { useSupabase } from "../support/supabase.ts";

const supabase = useSupabase();

beforeAll(async () => {
  // Enough endpoints that one of them is a small part of the table.
  const profiles = ["", "-2", "-3", "-4"].flatMap((suffix) =>
    PROFILES.map((profile) => ({ ...profile, model: profile.model + suffix })),
  );
  const made = history({ until: new Date(), hours: 10 * 24, simulated: false, profiles });
  await insert(supabase.sql, made.runs, made.results);
  await supabase.sql.query("vacuum analyze");
}, 60_000);

/** How many times a call reads the table of results from end to end. */
async function wholeReads(role: string, call: string): Promise<number> {
  const client = await supabase.sql.connect();
  const scans = async () => {
    const { rows } = await client.query(
      "select pg_stat_get_xact_numscans('public.benchmark_results'::regclass)::integer as whole",
    );
    return Number(rows[0].whole);
  };
  try {
    await client.query(`begin; set local role ${role}`);
    const before = await scans();
    const answer = await client.query(`select public.${call} as answer`);
    expect(answer.rows[0].answer).not.toBeNull();
    return (await scans()) - before;
  } finally {
    await client.query("rollback");
    client.release();
  }
}

const ENDPOINT = "of_provider => 'openai', of_model => 'gpt-4o-mini'";
const PAIR = `endpoints => '["openai/gpt-4o-mini", "openrouter/openai/gpt-4o-mini"]'`;

const CALLS = [
  "dashboard_endpoints(time_window => '30d')",
  "dashboard_previous(time_window => '7d')",
  "dashboard_status()",
  "api_incidents(since => now() - interval '30 days', at_most => 500)",
  `model_page(${ENDPOINT}, time_window => '24h')`,
  `model_page(${ENDPOINT}, time_window => '30d')`,
  `model_page(${ENDPOINT}, from_at => now() - interval '9 days', to_at => now())`,
  `model_page(${ENDPOINT}, from_at => now() - interval '9 days', to_at => now(), requests => 'slowest')`,
  `model_page(${ENDPOINT}, requests => 'failed')`,
  `endpoint_figures(${ENDPOINT})`,
  `compare_endpoints(${PAIR}, time_window => '30d')`,
  "compare_choices()",
  "dashboard_runs()",
  "dashboard_run(of_run => (select id from public.runs limit 1))",
  "dashboard_prices()",
  "model_catalog()",
  "api_results()",
  `api_results(${ENDPOINT})`,
  "api_results(of_success => false)",
  "api_runs()",
  "api_models()",
  "api_prices()",
  "api_health()",
  "api_metrics()",
  "known_values()",
  "catalog_changes()",
  `endpoint_evidence(${ENDPOINT}, began_at => now() - interval '1 hour')`,
  "identity_page(of_identity => 'gpt-4o-mini', time_window => '30d')",
  "identity_page(of_identity => 'gpt-4o-mini', from_at => now() - interval '9 days', to_at => now())",
  "provider_page(of_provider => 'openai', time_window => '30d')",
  `api_results(${ENDPOINT}, of_failure_owner => 'provider')`,
  "current_states()",
  "overview_news()",
  "endpoint_health(at_location => 'local')",
  `upstream_shares(${ENDPOINT}, since => now() - interval '24 hours')`,
];

describe("what a page reads of the results, it finds by an index", () => {
  test.each(CALLS)("%s", async (call) => {
    expect(await wholeReads("anon", call)).toBe(0);
  });

  test("and every read function is asked here", () => {
    const asked = new Set(CALLS.map((call) => call.slice(0, call.indexOf("("))));
    const missing = Object.keys(readFunctions).filter((name) => !asked.has(name));
    expect(missing, "give each a call in CALLS").toEqual([]);
  });

  test("a series' figures, by one that holds all columns they are made of", async () => {
    const { rows } = await supabase.sql.query(
      `select pg_get_functiondef('internal.series_figures'::regproc) as source,
         pg_get_indexdef('public.idx_benchmark_results_series_id_created_at'::regclass) as index`,
    );
    const { source, index } = rows[0] as { source: string; index: string };
    const read = new Set([...source.matchAll(/\b[rt]\.(\w+)/g)].map(([, column = ""]) => column));
    expect(read.size).toBeGreaterThan(8);
    const held: readonly string[] = index.match(/\w+/g) ?? [];
    expect([...read].filter((column) => !held.includes(column))).toEqual([]);
  });

  test("engine_spent_since", async () => {
    for (const others of [false, true]) {
      const call = `engine_spent_since(now() - interval '24 hours', ${others})`;
      expect(await wholeReads("service_role", call)).toBe(0);
    }
  });
});
