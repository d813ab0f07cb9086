import type pg from "pg";
import { makeAhead } from "./site.ts";

/** How much a large installation holds: 75 models at each of four providers, measured every 15 minutes for 30 days. */
const MODELS_EACH = 75;
const DAYS = 30;
const RUNS_A_DAY = 96;
const LOCATION = "enam";

/**
 * A month of 300 endpoints, made by the database itself: log-normal noise on each endpoint's own speed, two failures in
 * a hundred, texts and arrival times as long as real ones. All rows are of the same class, so that every page shows all.
 */
export async function fillMonth(sql: pg.Pool, say: (line: string) => void): Promise<void> {
  const began = performance.now();
  await sql.query("select setseed(0.5)");
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
  await sql.query(
    `insert into public.runs (run_name, triggered_by, started_at, finished_at, targets, location)
     select 'bench-month', 'cron-job', begun.at, begun.at + interval '14 minutes', $1, $2
     from generate_series(0, $3::integer - 1) n, lateral (select now() - interval '16 minutes' - interval '15 minutes' * n as at) begun`,
    [MODELS_EACH * 4, LOCATION, DAYS * RUNS_A_DAY],
  );
  // A day at a time keeps the statement's memory small.
  for (let day = 0; day < DAYS; day += 1) {
    await sql.query(
      `with endpoints as materialized (
         select m.id as model_id, m.provider_id, m.name as model, p.slug as provider, row_number() over (order by m.id) as place,
           200 + 40 * (row_number() over (order by m.id) % 25) as ttft, 40 + 9 * (row_number() over (order by m.id) % 83) as tps
         from public.models m join public.providers p on p.id = m.provider_id
         where m.active
       ),
       drawn as (
         select r.id as run_id, e.*, r.started_at + e.place * interval '2.5 seconds' as at, random() < 0.02 as failed,
           e.ttft * exp(0.25 * random_normal()) as first, e.tps * exp(0.1 * random_normal()) as rate,
           140 + (random() * 80)::integer as output
         from public.runs r cross join endpoints e
         where r.started_at > now() - interval '1 day' * ($1::integer + 1) and r.started_at <= now() - interval '1 day' * $1::integer
           and r.run_name = 'bench-month'
       )
       insert into public.benchmark_results
         (run_id, provider_id, model_id, provider, model, created_at, input_tokens, output_tokens, total_latency_ms, ttft_ms,
          answer_ttft_ms, tps, status_code, success, error_kind, error_message, cost_usd, cost_source, response_text,
          chunk_times_ms, location, simulated, prompt_version)
       select run_id, provider_id, model_id, provider, model, at, case when failed then 0 else 520 end,
         case when failed then 0 else output end, case when failed then 30000 else round(first + output / rate * 1000) end,
         case when failed then null else round(first) end, case when failed then null else round(first) end,
         case when failed then null else rate end, case when failed then 503 else 200 end, not failed,
         case when failed then 'server_error' end, case when failed then 'The server had an error (bench)' end,
         case when failed then 0 else (520 * 0.1 + output * 0.4) / 1000000 end, case when failed then 'unknown' else 'price' end,
         case when failed then null else repeat(md5(run_id::text || place), 25) end,
         case when failed then null else array_fill(first::real, array[120]) end, $2, false, 'standard-bench'
       from drawn`,
      [day, LOCATION],
    );
    if (day % 10 === 9) say(`${day + 1} of ${DAYS} days of 300 endpoints are written`);
  }
  // As the hosted database's autovacuum leaves it: the figures of a month are read from an index alone.
  await sql.query("vacuum analyze");
  const ahead = performance.now();
  await makeAhead(sql, LOCATION);
  const { rows } = await sql.query<{ results: string; size: string }>(
    `select count(*) as results, pg_size_pretty(pg_total_relation_size('public.benchmark_results')) as size
     from public.benchmark_results`,
  );
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  say(
    `${rows[0]?.results} results, ${rows[0]?.size}, written in ${seconds(ahead - began)}; ` +
      `the long windows made ahead in ${seconds(performance.now() - ahead)}`,
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
  const pair = `a=${encodeURIComponent(`groq/${model}`)}&b=${encodeURIComponent(`openrouter/${model}`)}`;
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
      `/badge/groq/${model}`,
      "/feed.xml",
    ],
  };
}
