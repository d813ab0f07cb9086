import type pg from "pg";
import { makeAhead } from "./site.ts";

/** How much a large installation holds: 75 models at each of four providers, measured every 15 minutes for 30 days. */
const MODELS_EACH = 75;
const DAYS = 30;
const RUNS_A_DAY = 96;

export interface Size {
  /** Where the month was measured from; the first one has most results. */
  readonly places: readonly string[];
  /** Months before it, from the first place alone. */
  readonly earlierMonths: number;
}
export const MONTH: Size = { places: ["enam"], earlierMonths: 0 };
/** 10.28 million results. */
export const YEARS: Size = {
  places: ["enam", "wnam", "weur", "eeur", "apac", "oc", "sam"],
  earlierMonths: 5,
};

/**
 * Results of 300 endpoints, made by the database itself: log-normal noise on each endpoint's own speed, two failures in
 * a hundred, texts and arrival times as long as real ones (of earlier months only as long as they are kept).
 */
export async function fillMonth(
  sql: pg.Pool,
  say: (line: string) => void,
  size: Size = MONTH,
): Promise<void> {
  const began = performance.now();
  await sql.query("select setseed(0.5)");
  await fillCatalogue(sql);
  // Facts are decided once for all of them below: row by row that would take an hour.
  await sql.query("alter table public.benchmark_results disable trigger user");
  await sql.query(
    `insert into public.series (provider, model, workload, prompt_version, location, simulated, shown, key)
     select p.slug, m.name, 'standard', 'standard-bench', place, false, true,
       internal.series_key(p.slug, m.name, 'standard', 'standard-bench', place, null, false)
     from unnest($1::text[]) place, public.models m join public.providers p on p.id = m.provider_id
     where m.active`,
    [size.places],
  );
  const days = DAYS * (1 + size.earlierMonths);
  for (let day = days - 1; day >= 0; day -= 1) {
    await fillDay(sql, day, day < DAYS ? size.places : size.places.slice(0, 1));
    if (day % 10 === 0) say(`${days - day} of ${days} days of 300 endpoints are written`);
  }
  await sql.query("alter table public.benchmark_results enable trigger user");
  await sql.query(
    `insert into public.series_days (series_id, day, results, attempts, successes, provider_failures, newest_at)
     select r.series_id, (r.created_at at time zone 'UTC')::date, count(*), count(*), count(*) filter (where r.success),
       count(*) filter (where not r.success), max(r.created_at)
     from public.benchmark_results r group by 1, 2`,
  );
  await sql.query(
    `insert into public.series_totals
       (series_id, outcome, failure_owner, requests, input_tokens, output_tokens, cost_usd)
     select r.series_id, coalesce(r.error_kind, 'success'), coalesce(r.failure_owner, ''), count(*), sum(r.input_tokens),
       sum(r.output_tokens), sum(r.cost_usd)
     from public.benchmark_results r group by 1, 2, 3`,
  );
  await sql.query(
    `update public.series s set newest_at = (
       select max(d.newest_at) from public.series_days d where d.series_id = s.id)`,
  );
  // As the hosted database's autovacuum leaves it: figures are read from an index alone.
  await sql.query("vacuum analyze");
  await sql.query(
    "select internal.find_outages(s.id, now() - interval '31 days', now()) from public.series s",
  );
  const ahead = performance.now();
  for (const place of size.places) await makeAhead(sql, place);
  // Autovacuum does so within a minute of the first refresh; until then plans are made as for an empty table.
  await sql.query("analyze public.series_windows, public.provider_windows, public.window_refreshes");
  const { rows } = await sql.query<{ results: string; size: string }>(
    `select count(*) as results, pg_size_pretty(pg_total_relation_size('public.benchmark_results')) as size
     from public.benchmark_results`,
  );
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  say(
    `${rows[0]?.results} results, ${rows[0]?.size}, written in ${seconds(ahead - began)}; ` +
      `all windows computed in ${seconds(performance.now() - ahead)}`,
  );
}

async function fillCatalogue(sql: pg.Pool): Promise<void> {
  await sql.query(
    `insert into public.models (provider_id, name, active, available, context_window, identity_by_rule, family, last_seen_at)
     select p.id, 'maker-' || n % 12 || '/series-' || n || '-' || 7 + n % 60 || 'b-instruct', true, true, 131072,
       'series-' || n, 'series-' || n / 4, now()
     from public.providers p, generate_series(1, $1::integer) n
     where p.slug in ('openai', 'groq', 'together', 'openrouter')`,
    [MODELS_EACH],
  );
  await sql.query("update public.models set active = name like 'maker-%'");
  await sql.query(
    `insert into public.prices (provider_id, model_id, input_price_per_m, output_price_per_m, timestamp, source)
     select m.provider_id, m.id, 0.05 * (1 + change) * (1 + length(m.name) % 7), 0.2 * (1 + change) * (1 + length(m.name) % 7),
       now() - interval '9 days' * (3 - change), 'bench'
     from public.models m, generate_series(0, 2) change
     where m.active`,
  );
  await sql.query(
    `insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
     select now() - random() * interval '30 days', 'price', m.provider_id, m.id, m.name,
       internal.price_json(0.05, 0.2, null, 'bench'), internal.price_json(0.1, 0.4, null, 'bench')
     from public.models m
     where m.active`,
  );
}

/** One day, so many days ago; runs of all places stand side by side in the table, as they come in. */
async function fillDay(sql: pg.Pool, ago: number, places: readonly string[]): Promise<void> {
  await sql.query(
    `with made as (
       insert into public.runs (run_name, triggered_by, started_at, finished_at, targets, location)
       select 'bench-month', 'cron-job', begun.at, begun.at + interval '14 minutes', $1, place
       from generate_series(0, $2::integer - 1) n, unnest($4::text[]) place,
         lateral (select now() - interval '16 minutes' - interval '15 minutes' * (n + $2::integer * $3::integer) as at) begun
       order by begun.at
       returning id, started_at, location
     ),
     endpoints as materialized (
       select m.id as model_id, m.provider_id, m.name as model, p.slug as provider, row_number() over (order by m.id) as place,
         200 + 40 * (row_number() over (order by m.id) % 25) as ttft, 40 + 9 * (row_number() over (order by m.id) % 83) as tps
       from public.models m join public.providers p on p.id = m.provider_id
       where m.active
     ),
     drawn as (
       select r.id as run_id, r.location, e.*, r.started_at + e.place * interval '2.5 seconds' as at, random() < 0.02 as failed,
         e.ttft * exp(0.25 * random_normal()) as first, e.tps * exp(0.1 * random_normal()) as rate,
         140 + (random() * 80)::integer as output
       from made r cross join endpoints e
     )
     insert into public.benchmark_results
       (run_id, provider_id, model_id, provider, model, created_at, input_tokens, output_tokens, total_latency_ms, ttft_ms,
        answer_ttft_ms, tps, status_code, success, error_kind, error_message, cost_usd, cost_source, response_text,
        chunk_times_ms, location, simulated, prompt_version, series_id, failure_owner)
     select run_id, d.provider_id, model_id, d.provider, d.model, at, case when failed then 0 else 520 end,
       case when failed then 0 else output end, case when failed then 30000 else round(first + output / rate * 1000) end,
       case when failed then null else round(first) end, case when failed then null else round(first) end,
       case when failed then null else rate end, case when failed then 503 else 200 end, not failed,
       case when failed then 'server_error' end, case when failed then 'The server had an error (bench)' end,
       case when failed then 0 else (520 * 0.1 + output * 0.4) / 1000000 end, case when failed then 'unknown' else 'price' end,
       case when failed then null else repeat(md5(run_id::text || d.place), 25) end,
       case when failed or $3::integer > 7 then null else array_fill(first::real, array[120]) end,
       d.location, false, 'standard-bench', s.id, case when failed then 'provider' end
     from drawn d
     join public.series s on s.provider = d.provider and s.model = d.model and s.location = d.location
     order by at`,
    [MODELS_EACH * 4, RUNS_A_DAY, ago, places],
  );
}

/** Addresses that show the most: of pages, and of what is for programs. */
export async function heavyAddresses(sql: pg.Pool): Promise<{ pages: string[]; programs: string[] }> {
  const { rows } = await sql.query<{ model: string; run: string }>(
    `select
       (select m.name from public.models m where m.active order by m.name limit 1) as model,
       (select r.id from public.runs r order by r.started_at desc limit 1) as run`,
  );
  const { model, run } = rows[0] ?? { model: "", run: "" };
  const pair = `with=groq/${model}&with=openrouter/${model}`;
  return {
    pages: [
      "/",
      "/?window=1h",
      "/?window=7d",
      "/?window=30d",
      "/models",
      `/models/groq/${model}`,
      `/models/groq/${model}?window=30d`,
      "/compare",
      `/compare?${pair}`,
      `/compare?${pair}&window=30d`,
      "/runs",
      `/runs/${run}`,
      "/prices",
      "/prices?in=50000000&out=10000000",
      "/status",
      "/methodology",
      "/api",
    ],
    programs: [
      "/api/v1/endpoints",
      "/api/v1/endpoints?window=30d",
      "/api/v1/results",
      "/api/v1/runs",
      "/api/v1/models",
      "/api/v1/prices",
      "/api/v1/health",
      "/metrics",
      `/badge/groq/${model}`,
      "/feed.xml",
    ],
  };
}
