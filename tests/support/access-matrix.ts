/**
 * Who may use what in the schema `public`. tests/database/access.test.ts holds the database to it, cell by cell:
 * a table, view or function that is missing here fails, so whoever adds one says who it is for.
 */

export interface Relation {
  /** What the service role may do; readers (anon, authenticated) only ever select. */
  service: readonly ("select" | "insert" | "update" | "delete")[];
  /** True: readers may not even select. */
  closed?: true;
  /** Columns that readers may not see. Not empty: `select *` is refused to them. */
  hidden?: readonly string[];
  /** Makes a row where reference data makes none, so that reading can be told from seeing nothing. $1: a run's id. */
  seed?: string;
}

const WRITES = ["select", "insert", "update", "delete"] as const;

export const tables: Readonly<Record<string, Relation>> = {
  providers: {
    service: WRITES,
    // Where an operator's own providers stand, and by what setting they are opened.
    hidden: ["base_url", "key_variable", "dialect", "held_list"],
  },
  models: { service: WRITES },
  prices: { service: WRITES },
  runs: { service: WRITES },
  benchmark_results: {
    service: WRITES,
    // A base URL of one's own may name a machine inside one's network.
    hidden: ["endpoint_host"],
    seed: `insert into public.benchmark_results
        (run_id, provider, model, input_tokens, output_tokens, total_latency_ms, cost_usd, endpoint_host)
      values ($1, 'openai', 'gpt-4o-mini', 1, 1, 1, 0, 'inside.example')`,
  },
  catalog_events: {
    service: WRITES,
    seed: `insert into public.catalog_events (kind, provider_id, model, at)
      select 'new', p.id, 'a-model', r.started_at from public.providers p, public.runs r
      where p.slug = 'openai' and r.id = $1`,
  },
  window_refreshes: {
    service: ["select"],
    seed: `insert into public.window_refreshes (time_window, part, location, as_of, prompt_version, results, took_ms)
      select '30d', 'current', 'enam', started_at, '', 0, 0 from public.runs where id = $1`,
  },
  series_windows: {
    service: ["select"],
    seed: `with made as (
        insert into public.series (provider, model, workload, prompt_version, location, simulated, shown, key)
        select 'openai', 'a-model', 'standard', '', 'window', false, true, 'window' from public.runs where id = $1
        returning id)
      insert into public.series_windows
        (series_id, time_window, part, attempts, probe_failures, successes, provider_failures, within_2s, ttft_n, answer_n,
         tps_n, cost_n, value_n)
      select id, '7d', 'current', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 from made`,
  },
  provider_windows: {
    service: ["select"],
    seed: `insert into public.provider_windows
        (time_window, location, provider, simulated, attempts, successes, provider_failures, ttft_n, latency_n, value_n)
      select '7d', 'enam', 'openai', false, 0, 0, 0, 0, 0, 0 from public.runs where id = $1`,
  },
  series: {
    service: ["select"],
    seed: `insert into public.series
        (provider, model, workload, prompt_version, location, simulated, shown, key)
      select 'openai', 'a-model', 'standard', '', 'enam', false, true, id::text from public.runs where id = $1`,
  },
  series_days: {
    service: ["select"],
    seed: `with made as (
        insert into public.series (provider, model, workload, prompt_version, location, simulated, shown, key)
        values ('openai', 'a-model', 'standard', '', 'day', false, true, 'day') returning id)
      insert into public.series_days
        (series_id, day, results, attempts, successes, provider_failures, newest_at)
      select made.id, started_at::date, 1, 1, 1, 0, started_at from made, public.runs where runs.id = $1`,
  },
  series_totals: {
    service: ["select"],
    seed: `with made as (
        insert into public.series (provider, model, workload, prompt_version, location, simulated, shown, key)
        values ('openai', 'a-model', 'standard', '', 'total', false, true, 'total') returning id)
      insert into public.series_totals
        (series_id, outcome, failure_owner, requests, input_tokens, output_tokens, cost_usd)
      select made.id, 'success', '', 1, 1, 1, 0 from made, public.runs where runs.id = $1`,
  },
  endpoint_states: {
    service: WRITES,
    seed: `insert into public.endpoint_states
        (provider, model, location, simulated, state, since, reason, measured_at)
      select 'openai', 'a-model', 'enam', false, 'up', started_at, 'It is', started_at from public.runs where id = $1`,
  },
  endpoint_state_changes: {
    service: WRITES,
    seed: `insert into public.endpoint_state_changes (provider, model, location, simulated, since, state, reason)
      select 'openai', 'a-model', 'enam', false, started_at, 'up', 'It is' from public.runs where id = $1`,
  },
  incidents: {
    service: WRITES,
    seed: `insert into public.incidents (id, provider, location, simulated, kind, opened_at, endpoints, revision)
      select id, 'openai', 'enam', false, 'outage', started_at, '[]', 1 from public.runs where id = $1`,
  },
  unsaved_spending: {
    service: WRITES,
    closed: true,
    seed: `insert into public.unsaved_spending (id, at, usd)
      select id, started_at, 1 from public.runs where id = $1`,
  },
  // Read by no page; for whoever holds the service key.
  hourly_rollups: {
    service: ["select", "insert"],
    closed: true,
    seed: `insert into public.hourly_rollups
        (hour, location, simulated, n, successes, failures, input_tokens, output_tokens, cost_usd,
         ttft_n, ttft_sum_ms, tps_n, tps_sum, latency_n, latency_sum_ms)
      select started_at, 'enam', false, 1, 1, '{}', 1, 1, 0, 0, 0, 0, 0, 0, 0 from public.runs where id = $1`,
  },
};

export const views: Readonly<Record<string, Relation>> = {
  latest_prices: { service: ["select"] },
  counted_results: { service: ["select"] },
};

/** Functions that everyone may execute: they only read. `args` is a call that succeeds. */
export const readFunctions: Readonly<Record<string, object>> = {
  dashboard_endpoints: {},
  dashboard_previous: {},
  endpoint_figures: { of_provider: "openai", of_model: "gpt-4o-mini" },
  compare_endpoints: { endpoints: '["openai/gpt-4o-mini","openrouter/openai/gpt-4o-mini"]' },
  compare_choices: {},
  catalog_changes: {},
  overview_news: {},
  known_values: {},
  api_results: {},
  api_runs: {},
  api_models: {},
  api_prices: {},
  api_health: {},
  api_metrics: {},
  api_incidents: {},
  current_states: {},
  endpoint_health: { at_location: "enam" },
  dashboard_status: {},
  dashboard_runs: {},
  dashboard_run: { of_run: "00000000-0000-0000-0000-000000000000" },
  dashboard_prices: {},
  model_page: { of_provider: "openai", of_model: "gpt-4o-mini" },
  endpoint_evidence: { of_provider: "openai", of_model: "gpt-4o-mini", began_at: "2026-10-14T12:00:00Z" },
  identity_page: { of_identity: "gpt-4o-mini" },
  provider_page: { of_provider: "openai" },
  model_catalog: {},
  upstream_shares: {
    of_provider: "openrouter",
    of_model: "openai/gpt-4o-mini",
    since: "2026-10-14T12:00:00Z",
  },
};

/** Functions for the service role alone. `args` names a call whose parameters fit. */
export const serviceFunctions: Readonly<Record<string, object>> = {
  engine_targets: {},
  engine_note_spending: { entries: [] },
  engine_spent_since: { since: "2026-01-01T00:00:00Z" },
  engine_catalog: {},
  engine_apply_catalog: { change: {} },
  engine_accept_price: { of_model: "00000000-0000-0000-0000-000000000000" },
  engine_pin_upstream: {
    of_model: "00000000-0000-0000-0000-000000000000",
    at_upstream: "DeepInfra",
    pinned: true,
  },
  engine_refresh_windows: { time_window: "7d", part: "current", at_location: "enam" },
  engine_watch_memory: { at_location: "enam", since: "2026-01-01T00:00:00Z" },
  engine_write_watch: { change: { location: "enam" } },
  engine_prune: { chunk_times_days: null, texts_days: null, rows_days: null },
};
