-- Generated from supabase/migrations by `npm run supabase:schema`. Do not edit.
--
-- The whole schema with its reference data in one piece, for a new, empty project: paste it into the SQL editor
-- and run it once. It is one transaction: all of it or nothing. It records no migrations; a project that is to
-- get later ones with `supabase db push` should be set up with that from the start.

begin;

-- ---- 20261101000000_core_tables.sql

-- The five core tables. What each measured column means stands in docs/metrics.md.

create table public.providers (
  id         uuid primary key default gen_random_uuid(),
  name       text not null unique,
  base_url   text,
  logo_url   text,
  created_at timestamptz not null default now(),
  -- The id used in commands and URLs ("openai"); `name` is for people ("OpenAI").
  slug       text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  -- direct: the company that runs the model answers; proxy: a reseller passes the request on.
  kind       text not null default 'direct' check (kind in ('direct', 'proxy'))
);
create index idx_providers_name on public.providers (name);

create table public.models (
  id             uuid primary key default gen_random_uuid(),
  name           text not null check (name <> '' and length(name) <= 500),
  provider_id    uuid not null references public.providers (id) on delete cascade,
  context_window integer check (context_window > 0),
  created_at     timestamptz not null default now(),
  -- active: measured in every run. available: offered by the provider when last seen.
  active         boolean not null default false,
  available      boolean not null default true,
  reasoning      boolean not null default false,
  last_seen_at   timestamptz,
  retired_at     timestamptz,
  -- The model name at the same provider that takes this one's place, where one is known.
  successor      text,
  unique (name, provider_id)
);
create index idx_models_provider_id on public.models (provider_id);
create index idx_models_name on public.models (name);
create index idx_models_active on public.models (active) where active;

-- A price's history: one row for each change, the newest row is the price.
create table public.prices (
  id                       uuid primary key default gen_random_uuid(),
  provider_id              uuid not null references public.providers (id) on delete cascade,
  model_id                 uuid not null references public.models (id) on delete cascade,
  input_price_per_m        double precision not null check (input_price_per_m >= 0 and input_price_per_m < 'Infinity'),
  output_price_per_m       double precision not null check (output_price_per_m >= 0 and output_price_per_m < 'Infinity'),
  timestamp                timestamptz not null default now(),
  cached_input_price_per_m double precision
    check (cached_input_price_per_m >= 0 and cached_input_price_per_m < 'Infinity'),
  source                   text not null default 'manual'
);
create index idx_prices_provider_id on public.prices (provider_id);
create index idx_prices_model_id on public.prices (model_id);
create index idx_prices_timestamp on public.prices (timestamp);
create index idx_prices_model_id_timestamp on public.prices (model_id, timestamp desc);

create table public.runs (
  id           uuid primary key default gen_random_uuid(),
  run_name     text not null,
  triggered_by text not null,
  started_at   timestamptz not null default now(),
  finished_at  timestamptz,
  -- [{provider, model, reason, until}]: a target that was not asked is no result.
  skipped      jsonb not null default '[]' check (jsonb_typeof(skipped) = 'array'),
  -- How many targets the run set out with, and where it measured from.
  targets      integer check (targets >= 0),
  location     text,
  -- The cron time that asked for the run; one cron time makes one run at one location.
  scheduled_for timestamptz,
  -- Why a run ended other than by reaching its last target.
  note         text
);
create index idx_runs_started_at on public.runs (started_at desc);

create table public.benchmark_results (
  id               uuid primary key default gen_random_uuid(),
  run_id           uuid not null references public.runs (id) on delete cascade,
  provider_id      uuid references public.providers (id) on delete set null,
  model_id         uuid references public.models (id) on delete set null,
  -- Names as they were when measured: they outlive the rows they point at.
  provider         text,
  model            text,
  input_tokens     integer not null check (input_tokens >= 0),
  output_tokens    integer not null check (output_tokens >= 0),
  total_latency_ms double precision not null check (total_latency_ms >= 0 and total_latency_ms < 'Infinity'),
  ttft_ms          double precision check (ttft_ms >= 0 and ttft_ms < 'Infinity'),
  tps              double precision check (tps >= 0 and tps < 'Infinity'),
  status_code      integer,
  success          boolean not null default true,
  error_message    text check (length(error_message) <= 500),
  response_text    text,
  cost_usd         double precision not null check (cost_usd >= 0 and cost_usd < 'Infinity'),
  created_at       timestamptz not null default now(),

  ttfb_ms          double precision check (ttfb_ms >= 0 and ttfb_ms < 'Infinity'),
  answer_ttft_ms   double precision check (answer_ttft_ms >= 0 and answer_ttft_ms < 'Infinity'),
  warmup_ms        double precision check (warmup_ms >= 0 and warmup_ms < 'Infinity'),
  error_kind       text check (error_kind in (
    'network', 'timeout', 'server_error', 'stream_error', 'stream_truncated', 'empty_response',
    'bad_response', 'rate_limited', 'no_answer', 'auth', 'quota', 'model_not_found',
    'invalid_request', 'interrupted', 'probe_fault')),
  finish_reason    text,
  reasoning_tokens integer check (reasoning_tokens >= 0),
  cached_tokens    integer check (cached_tokens >= 0),
  tokens_estimated boolean not null default false,
  cost_source      text not null default 'unknown' check (cost_source in ('provider', 'price', 'unknown')),
  -- The price (USD per million tokens) that the cost was computed with: it outlives a price change.
  input_price_per_m        double precision,
  output_price_per_m       double precision,
  cached_input_price_per_m double precision,
  answer_ok        boolean,
  chunk_times_ms   real[],
  truncated        boolean not null default false,
  skipped_events   integer not null default 0 check (skipped_events >= 0),
  endpoint_host    text,
  upstream         text,
  provider_timing  jsonb,
  colo             text,
  simulated        boolean not null default false,
  location         text not null default 'local',
  prompt_version   text,
  request_params   jsonb,
  probe_version    text,
  check (error_kind is null or not success)
);
create index idx_benchmark_results_run_id on public.benchmark_results (run_id);
create index idx_benchmark_results_provider_id on public.benchmark_results (provider_id);
create index idx_benchmark_results_model_id on public.benchmark_results (model_id);
create index idx_benchmark_results_provider on public.benchmark_results (provider);
create index idx_benchmark_results_model on public.benchmark_results (model);
create index idx_benchmark_results_created_at on public.benchmark_results (created_at);

-- ---- 20261101000100_access.sql

-- Who may do what. Nothing is left to default privileges: older projects grant every new table to the API's
-- roles, newer ones leave them truncate, references and trigger.

alter table public.providers enable row level security;
alter table public.models enable row level security;
alter table public.prices enable row level security;
alter table public.runs enable row level security;
alter table public.benchmark_results enable row level security;

revoke all on all tables in schema public from public, anon, authenticated, service_role;
revoke all on all sequences in schema public from public, anon, authenticated, service_role;
revoke all on all functions in schema public from public, anon, authenticated, service_role;

-- The same for what later migrations make: each of them grants what it means to.
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;
-- Execute for everyone is a default of Postgres itself and can be taken away for all schemas only.
alter default privileges revoke execute on functions from public;

-- Readers: with or without an account the same, which is what the public pages show.
grant select on public.providers, public.models, public.prices, public.runs to anon, authenticated;
-- Column by column: what a later migration adds is not public by accident. Left out is endpoint_host, since a
-- base URL of one's own may name a machine inside one's network. (`select *` is refused to readers therefore.)
grant select (
  id, run_id, provider_id, model_id, provider, model, input_tokens, output_tokens, total_latency_ms, ttft_ms, tps,
  status_code, success, error_message, response_text, cost_usd, created_at, ttfb_ms, answer_ttft_ms, warmup_ms,
  error_kind, finish_reason, reasoning_tokens, cached_tokens, tokens_estimated, cost_source, input_price_per_m,
  output_price_per_m, cached_input_price_per_m, answer_ok, chunk_times_ms, truncated, skipped_events, upstream,
  provider_timing, colo, simulated, location, prompt_version, request_params, probe_version
) on public.benchmark_results to anon, authenticated;
create policy "Anyone reads providers" on public.providers for select to anon, authenticated using (true);
create policy "Anyone reads models" on public.models for select to anon, authenticated using (true);
create policy "Anyone reads prices" on public.prices for select to anon, authenticated using (true);
create policy "Anyone reads runs" on public.runs for select to anon, authenticated using (true);
create policy "Anyone reads results" on public.benchmark_results for select to anon, authenticated using (true);

-- The one writer. Row level security does not hold it back (bypassrls); grants do: no truncate, no references.
grant select, insert, update, delete
  on public.providers, public.models, public.prices, public.runs, public.benchmark_results
  to service_role;

-- ---- 20261101000200_reference_data.sql

-- Providers, the models measured by default and their first prices. Runs again without harm: it adds what is
-- missing and fills in blanks, and never touches `active`, a name, or a model that has a price.

insert into public.providers (slug, name, kind, base_url, logo_url)
select slug, name, kind, base_url, logo_url
from (values
  ('openai', 'OpenAI', 'direct', 'https://api.openai.com/v1', '/logos/openai.svg'),
  ('groq', 'Groq', 'direct', 'https://api.groq.com/openai/v1', '/logos/groq.svg'),
  ('together', 'Together AI', 'direct', 'https://api.together.xyz/v1', '/logos/together.svg'),
  ('openrouter', 'OpenRouter', 'proxy', 'https://openrouter.ai/api/v1', '/logos/openrouter.svg')
) as reference (slug, name, kind, base_url, logo_url)
on conflict (slug) do update set
  base_url = coalesce(providers.base_url, excluded.base_url),
  logo_url = coalesce(providers.logo_url, excluded.logo_url);

-- Retired models stay: their history is measured, and a page says what took their place.
insert into public.models
  (provider_id, name, context_window, active, available, reasoning, retired_at, successor)
select p.id, r.name, r.context_window, r.active, r.active, r.reasoning, r.retired_at, r.successor
from (values
  ('openai', 'gpt-4o-mini', 128000, true, false, null::timestamptz, null),
  ('openrouter', 'openai/gpt-4o-mini', 128000, true, false, null, null),
  -- https://console.groq.com/docs/deprecations
  ('groq', 'llama-3.1-8b-instant', 131072, false, false, '2026-08-16T00:00:00Z', 'openai/gpt-oss-20b'),
  -- https://docs.together.ai/docs/deprecations
  ('together', 'mistralai/Mixtral-8x7B-Instruct-v0.1', 32768, false, false, '2026-04-16T00:00:00Z',
    'openai/gpt-oss-20b'),
  -- The same open model at three providers: a comparison of providers, not of models.
  ('groq', 'openai/gpt-oss-20b', 131072, true, true, null, null),
  ('together', 'openai/gpt-oss-20b', 131072, true, true, null, null),
  ('openrouter', 'openai/gpt-oss-20b', 131072, true, true, null, null)
) as r (slug, name, context_window, active, reasoning, retired_at, successor)
join public.providers p on p.slug = r.slug
on conflict (name, provider_id) do update set
  context_window = coalesce(models.context_window, excluded.context_window),
  reasoning = models.reasoning or excluded.reasoning,
  retired_at = coalesce(models.retired_at, excluded.retired_at),
  successor = coalesce(models.successor, excluded.successor);

-- List prices in USD per million tokens, with the day they were read and where.
insert into public.prices
  (provider_id, model_id, input_price_per_m, output_price_per_m, cached_input_price_per_m, timestamp, source)
select m.provider_id, m.id, r.input, r.output, r.cached, r.read_at, r.source
from (values
  ('openai', 'gpt-4o-mini', 0.15, 0.60, 0.075, timestamptz '2026-11-05T00:00:00Z',
    'https://developers.openai.com/api/docs/pricing'),
  ('openrouter', 'openai/gpt-4o-mini', 0.15, 0.60, 0.075, '2026-11-01T00:00:00Z',
    'https://openrouter.ai/api/v1/models'),
  ('groq', 'llama-3.1-8b-instant', 0.05, 0.08, null, '2026-05-01T00:00:00Z', 'https://groq.com/pricing'),
  ('together', 'mistralai/Mixtral-8x7B-Instruct-v0.1', 0.60, 0.60, null, '2026-01-23T00:00:00Z',
    'https://api.together.xyz/v1/models'),
  ('groq', 'openai/gpt-oss-20b', 0.075, 0.30, 0.0375, '2026-05-01T00:00:00Z', 'https://groq.com/pricing'),
  ('together', 'openai/gpt-oss-20b', 0.05, 0.20, null, '2026-01-23T00:00:00Z',
    'https://api.together.xyz/v1/models'),
  ('openrouter', 'openai/gpt-oss-20b', 0.03, 0.11, 0.015, '2026-03-21T00:00:00Z',
    'https://openrouter.ai/api/v1/models')
) as r (slug, name, input, output, cached, read_at, source)
join public.providers p on p.slug = r.slug
join public.models m on m.provider_id = p.id and m.name = r.name
where not exists (select 1 from public.prices known where known.model_id = m.id);

-- ---- 20261101000400_engine.sql

-- What the measuring Worker asks of the database. For the service role alone.

-- Models to measure, each with its newest price; `also` names endpoints ("slug/model") wanted though inactive.
create function public.engine_targets(also text[] default '{}') returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
      'provider', p.slug,
      'providerId', p.id,
      'model', m.name,
      'modelId', m.id,
      'active', m.active,
      'reasoning', m.reasoning,
      'price', case when price.id is null then null else jsonb_build_object(
        'input', price.input_price_per_m,
        'output', price.output_price_per_m,
        'cachedInput', price.cached_input_price_per_m) end
    ) order by p.slug, m.name), '[]')
  from public.models m
  join public.providers p on p.id = m.provider_id
  left join lateral (
    select * from public.prices where model_id = m.id order by timestamp desc, id desc limit 1
  ) price on true
  where m.active or p.slug || '/' || m.name = any (also);
$$;

-- What real requests cost since a time, to start a spending ledger that knows nothing yet. Tokens whose
-- price nobody knows are told apart, for the caller to count at the dearest price it knows.
create function public.engine_spent_since(since timestamptz) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select jsonb_build_object(
    'usd', coalesce(sum(cost_usd) filter (where cost_source <> 'unknown'), 0),
    'unpricedInputTokens', coalesce(sum(input_tokens) filter (where cost_source = 'unknown'), 0),
    'unpricedOutputTokens', coalesce(sum(output_tokens) filter (where cost_source = 'unknown'), 0))
  from public.benchmark_results
  where created_at >= since and not simulated;
$$;

revoke execute on function public.engine_targets(text[]) from public, anon, authenticated;
revoke execute on function public.engine_spent_since(timestamptz) from public, anon, authenticated;
grant execute on function public.engine_targets(text[]) to service_role;
grant execute on function public.engine_spent_since(timestamptz) to service_role;

-- ---- 20261101000500_dashboard.sql

-- What the dashboard reads: one function, one JSON value, so that PostgREST's row limit never cuts it.
-- The meaning of every figure stands in docs/metrics.md.

-- Whose failure a result is: 'provider', 'shared', 'operator' or 'probe'; null for a success. Rows that
-- name no kind (written by other tools) are judged by their status.
create function public.failure_owner(error_kind text, status_code integer, success boolean)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case
    when success then null
    when error_kind in ('interrupted', 'probe_fault') then 'probe'
    when error_kind in ('no_answer', 'auth', 'quota', 'model_not_found', 'invalid_request') then 'operator'
    when error_kind = 'rate_limited' then 'shared'
    when error_kind is not null then 'provider'
    when status_code = 429 then 'shared'
    when status_code between 400 and 499 and status_code <> 408 then 'operator'
    else 'provider'
  end
$$;

-- time_window: '1h', '24h', '7d' or '30d', ending at as_of (default: now).
-- at_location: where it was measured from; by default the place with most results in the window.
create function public.dashboard_endpoints(
  time_window text default '24h',
  at_location text default null,
  as_of timestamptz default null
)
returns json
language plpgsql
stable
security invoker
set search_path = ''
-- PostgREST applies this to the whole request (db-hoisted-tx-settings).
set statement_timeout = '3s'
-- A month is sorted in memory; the default spills to disk.
set work_mem = '64MB'
-- The planner knows no sizes of the steps below (nor of tables that are not analysed yet) and takes them for a
-- row or two; with a thousand endpoints its nested loops would take seconds. What must loop is lateral.
set enable_nestloop = off
as $$
declare
  until_time constant timestamptz := coalesce(as_of, now());
  span constant interval := case time_window
    when '1h' then interval '1 hour'
    when '24h' then interval '24 hours'
    when '7d' then interval '7 days'
    when '30d' then interval '30 days'
  end;
  step constant interval := case time_window
    when '1h' then interval '15 minutes'
    when '24h' then interval '1 hour'
    when '7d' then interval '6 hours'
    else interval '1 day'
  end;
  since_time constant timestamptz := until_time - span;
  nil constant uuid := '00000000-0000-0000-0000-000000000000';
  -- The standard prompt's current version is the newest one seen; the short prompt is for trying out.
  version text;
  answer json;
begin
  if span is null then
    raise exception 'time_window must be 1h, 24h, 7d or 30d' using errcode = '22023';
  end if;

  select r.prompt_version into version
  from public.benchmark_results r
  where r.created_at <= until_time
    and r.prompt_version is not null
    and r.prompt_version not like 'short%'
  order by r.created_at desc
  limit 1;

  with
  -- Rows that name no version were written by other tools and are taken as the standard prompt's.
  recent as materialized (
    select
      r.run_id, r.provider_id, r.model_id, r.provider, r.model, r.created_at, r.location, r.simulated,
      r.success, r.error_kind, r.ttft_ms, r.answer_ttft_ms, r.tps, r.total_latency_ms, r.cost_usd,
      r.input_tokens::bigint + r.output_tokens as tokens,
      r.cost_source <> 'unknown' or r.cost_usd > 0 as cost_known,
      -- failure_owner() written out: a function with a search_path of its own is called row by row, which
      -- doubles the time of a month. A test holds the two to the same answers.
      case
        when r.success then null
        when r.error_kind in ('interrupted', 'probe_fault') then 'probe'
        when r.error_kind in ('no_answer', 'auth', 'quota', 'model_not_found', 'invalid_request') then 'operator'
        when r.error_kind = 'rate_limited' then 'shared'
        when r.error_kind is not null then 'provider'
        when r.status_code = 429 then 'shared'
        when r.status_code between 400 and 499 and r.status_code <> 408 then 'operator'
        else 'provider'
      end as owner
    from public.benchmark_results r
    where r.created_at > since_time
      and r.created_at <= until_time
      and (r.prompt_version is null or r.prompt_version = version)
  ),
  locations as (
    select r.location, count(*) as results from recent r group by r.location
  ),
  place as (
    select coalesce(
      at_location,
      (select l.location from locations l order by l.results desc, l.location limit 1)
    ) as location
  ),
  -- A run in which every one of several providers was out of reach says that our own line was down.
  offline_runs as (
    select asked.run_id
    from (select distinct r.run_id from recent r where r.error_kind = 'network') asked
    cross join lateral (
      select
        count(distinct coalesce(b.provider_id::text, b.provider)) as providers,
        bool_and(b.error_kind is not distinct from 'network') as all_network
      from public.benchmark_results b
      where b.run_id = asked.run_id
    ) seen
    where seen.providers >= 2 and seen.all_network
  ),
  -- Names are resolved once for each way an endpoint is written in the rows, not once a row.
  spellings as (
    select distinct r.provider_id, r.model_id, r.provider, r.model
    from recent r
    where r.location = (select p.location from place p)
  ),
  resolved as (
    select
      s.provider_id, s.model_id, s.provider, s.model,
      coalesce(p.slug, s.provider, 'unknown') as slug,
      coalesce(m.name, s.model, 'unknown') as model_name
    from spellings s
    left join lateral (
      select q.slug
      from public.providers q
      where q.id = s.provider_id
        or (s.provider_id is null and (q.slug = s.provider or q.name = s.provider))
      order by q.slug = s.provider desc
      limit 1
    ) p on true
    left join public.models m on m.id = s.model_id
  ),
  -- From here on rows carry numbers, which sort faster than names.
  named as materialized (
    select
      r.*,
      dense_rank() over (order by r.slug, r.model_name) as endpoint,
      dense_rank() over (order by r.slug) as seller
    from resolved r
  ),
  placed as materialized (
    select
      n.endpoint, n.seller, r.created_at, r.simulated, r.success, r.ttft_ms, r.answer_ttft_ms, r.tps,
      r.total_latency_ms, r.cost_usd, r.tokens, r.cost_known,
      case when o.run_id is not null then 'probe' else r.owner end as owner
    from recent r
    join named n
      on coalesce(n.provider_id, nil) = coalesce(r.provider_id, nil)
      and coalesce(n.model_id, nil) = coalesce(r.model_id, nil)
      and coalesce(n.provider, '') = coalesce(r.provider, '')
      and coalesce(n.model, '') = coalesce(r.model, '')
    left join offline_runs o on o.run_id = r.run_id
    where r.location = (select p.location from place p)
  ),
  -- Real and simulated never meet: one real result, ever, and an endpoint shows no simulated ones.
  measured_for_real as (
    select distinct n.endpoint
    from named n
    where n.endpoint in (select d.endpoint from placed d where d.simulated)
      and (
        exists (
          select 1
          from public.benchmark_results b
          where b.provider_id = n.provider_id and b.model_id = n.model_id
            and not b.simulated and b.created_at <= until_time
        ) or exists (
          select 1
          from public.benchmark_results b
          where b.provider = n.slug and b.model = n.model_name
            and not b.simulated and b.created_at <= until_time
        )
      )
  ),
  shown as materialized (
    select d.*
    from placed d
    where not d.simulated or d.endpoint not in (select f.endpoint from measured_for_real f)
  ),
  figures as (
    select
      d.endpoint,
      bool_or(d.simulated) as simulated,
      count(*) filter (where d.owner is distinct from 'probe') as attempts,
      count(*) filter (where d.owner = 'probe') as probe_failures,
      count(*) filter (where d.success) as successes,
      count(*) filter (where d.owner = 'provider') as provider_failures,
      max(d.created_at) as newest_at,
      count(*) filter (where d.ttft_ms <= 2000 and (d.success or d.owner = 'provider')) as within_2s,
      count(d.ttft_ms) filter (where d.success) as ttft_n,
      percentile_cont(0.5) within group (order by d.ttft_ms) filter (where d.success) as ttft_p50,
      percentile_cont(0.95) within group (order by d.ttft_ms) filter (where d.success) as ttft_p95,
      stddev_pop(d.ttft_ms) filter (where d.success) as ttft_stddev,
      count(d.answer_ttft_ms) filter (where d.success) as answer_n,
      percentile_cont(0.5) within group (order by d.answer_ttft_ms) filter (where d.success) as answer_p50,
      count(d.tps) filter (where d.success) as tps_n,
      percentile_cont(0.5) within group (order by d.tps) filter (where d.success) as tps_p50,
      percentile_cont(0.5) within group (order by d.total_latency_ms) filter (where d.success) as latency_p50,
      percentile_cont(0.95) within group (order by d.total_latency_ms) filter (where d.success) as latency_p95,
      percentile_cont(0.99) within group (order by d.total_latency_ms) filter (where d.success) as latency_p99,
      stddev_pop(d.total_latency_ms) filter (where d.success) as latency_stddev,
      count(*) filter (where d.success and d.cost_known) as cost_n,
      avg(d.cost_usd) filter (where d.success and d.cost_known) as cost_per_request,
      sum(d.cost_usd) filter (where d.success and d.cost_known) as cost_total,
      sum(d.tokens) filter (where d.success and d.cost_known) as cost_tokens,
      count(*) filter (where d.success and d.cost_known and d.tps is not null) as value_n,
      sum(d.cost_usd) filter (where d.success and d.cost_known and d.tps is not null) as value_cost,
      sum(d.tokens) filter (where d.success and d.cost_known and d.tps is not null) as value_tokens
    from shown d
    group by d.endpoint
  ),
  trends as (
    select
      b.endpoint,
      json_agg(
        json_build_object('at', b.bucket, 'n', b.n, 'ttft_p50', b.ttft_p50, 'attempts', b.attempts)
        order by b.bucket
      ) as points
    from (
      select
        d.endpoint,
        date_bin(step, d.created_at, timestamptz '2000-01-01 00:00:00+00') as bucket,
        count(d.ttft_ms) filter (where d.success) as n,
        percentile_cont(0.5) within group (order by d.ttft_ms) filter (where d.success) as ttft_p50,
        count(*) filter (where d.owner is distinct from 'probe') as attempts
      from shown d
      group by 1, 2
    ) b
    group by b.endpoint
  ),
  names as (
    select distinct n.endpoint, n.seller, n.slug, n.model_name from named n
  ),
  -- What is measured, and retired models that name a successor, are listed without results too.
  listed as (
    select n.slug, n.model_name from figures f join names n on n.endpoint = f.endpoint
    union
    select p.slug, m.name
    from public.models m
    join public.providers p on p.id = m.provider_id
    where m.active or (m.retired_at is not null and m.successor is not null)
  ),
  endpoints as (
    select
      l.slug, l.model_name, f.attempts,
      json_build_object(
        'provider', l.slug,
        'provider_name', coalesce(p.name, l.slug),
        'kind', p.kind,
        'model', l.model_name,
        'active', coalesce(m.active, false),
        'reasoning', coalesce(m.reasoning, false),
        'retired_at', m.retired_at,
        'successor', m.successor,
        'simulated', coalesce(f.simulated, false),
        'attempts', coalesce(f.attempts, 0),
        'probe_failures', coalesce(f.probe_failures, 0),
        'successes', coalesce(f.successes, 0),
        'provider_failures', coalesce(f.provider_failures, 0),
        'success_rate', f.successes::float8 / nullif(f.attempts, 0),
        'error_rate', (f.attempts - f.successes)::float8 / nullif(f.attempts, 0),
        'uptime', f.successes::float8 / nullif(f.successes + f.provider_failures, 0),
        'newest_at', f.newest_at,
        'within_2s', json_build_object(
          'n', coalesce(f.successes + f.provider_failures, 0),
          'share', f.within_2s::float8 / nullif(f.successes + f.provider_failures, 0)
        ),
        'ttft', json_build_object(
          'n', coalesce(f.ttft_n, 0),
          'p50', f.ttft_p50,
          'p95', case when f.ttft_n >= 20 then f.ttft_p95 end
        ),
        'answer_ttft', json_build_object('n', coalesce(f.answer_n, 0), 'p50', f.answer_p50),
        'tps', json_build_object('n', coalesce(f.tps_n, 0), 'p50', f.tps_p50),
        'latency', json_build_object(
          'n', coalesce(f.successes, 0),
          'p50', f.latency_p50,
          'p95', case when f.successes >= 20 then f.latency_p95 end,
          'p99', case when f.successes >= 100 then f.latency_p99 end
        ),
        'stability', json_build_object(
          'n', coalesce(f.successes, 0),
          'latency_stddev', case when f.successes >= 2 then f.latency_stddev end,
          'ttft_stddev', case when f.ttft_n >= 2 then f.ttft_stddev end
        ),
        'cost', json_build_object(
          'n', coalesce(f.cost_n, 0),
          'per_request', f.cost_per_request,
          'per_million', f.cost_total * 1000000 / nullif(f.cost_tokens, 0)
        ),
        'value', json_build_object(
          'n', coalesce(f.value_n, 0),
          'tps', f.tps_p50,
          'cost', f.value_cost,
          'tokens', f.value_tokens
        ),
        'trend', coalesce(t.points, '[]'::json)
      ) as entry
    from listed l
    left join names n on n.slug = l.slug and n.model_name = l.model_name
    left join figures f on f.endpoint = n.endpoint
    left join trends t on t.endpoint = n.endpoint
    left join public.providers p on p.slug = l.slug
    left join public.models m on m.provider_id = p.id and m.name = l.model_name
  ),
  provider_figures as (
    select
      d.seller,
      bool_or(d.simulated) as simulated,
      count(*) filter (where d.owner is distinct from 'probe') as attempts,
      count(*) filter (where d.success) as successes,
      count(*) filter (where d.owner = 'provider') as provider_failures,
      count(d.ttft_ms) filter (where d.success) as ttft_n,
      avg(d.ttft_ms) filter (where d.success) as ttft_mean,
      percentile_cont(0.5) within group (order by d.tps) filter (where d.success) as tps_p50,
      count(*) filter (where d.success and d.cost_known and d.tps is not null) as value_n,
      sum(d.cost_usd) filter (where d.success and d.cost_known and d.tps is not null) as value_cost,
      sum(d.tokens) filter (where d.success and d.cost_known and d.tps is not null) as value_tokens
    from shown d
    group by d.seller
  ),
  -- A provider's variation is that within its endpoints (pooled variance): the distance between a small
  -- and a large model is no instability.
  provider_jitter as (
    select n.seller, sum(f.successes) as n,
      sqrt(sum(f.latency_stddev ^ 2 * f.successes) / nullif(sum(f.successes), 0)) as jitter
    from figures f
    join names n on n.endpoint = f.endpoint
    where f.successes >= 2
    group by n.seller
  ),
  newest_run as (
    select r.*, (select count(*) from public.benchmark_results b where b.run_id = r.id) as results
    from public.runs r
    where r.started_at <= until_time
    order by r.started_at desc
    limit 1
  )
  select json_build_object(
    'as_of', until_time,
    'since', since_time,
    'window', time_window,
    'step_s', extract(epoch from step),
    'prompt_version', version,
    'location', (select p.location from place p),
    'locations', (
      select coalesce(
        json_agg(json_build_object('location', l.location, 'results', l.results) order by l.results desc, l.location),
        '[]'::json
      )
      from locations l
    ),
    'newest_result_at', (
      select max(b.created_at) from public.benchmark_results b where b.created_at <= until_time
    ),
    'last_run', (
      select json_build_object(
        'id', r.id, 'run_name', r.run_name, 'triggered_by', r.triggered_by, 'started_at', r.started_at,
        'finished_at', r.finished_at, 'location', r.location, 'note', r.note, 'targets', r.targets,
        'skipped', jsonb_array_length(r.skipped), 'results', r.results
      )
      from newest_run r
    ),
    'endpoints', (
      select coalesce(json_agg(e.entry order by e.slug, e.model_name), '[]'::json) from endpoints e
    ),
    'providers', (
      select coalesce(
        json_agg(
          json_build_object(
            'provider', s.slug,
            'provider_name', coalesce(p.name, s.slug),
            'kind', p.kind,
            'simulated', f.simulated,
            'attempts', f.attempts,
            'successes', f.successes,
            'uptime', f.successes::float8 / nullif(f.successes + f.provider_failures, 0),
            'ttft', json_build_object('n', f.ttft_n, 'mean', f.ttft_mean),
            'stability', json_build_object('n', coalesce(j.n, 0), 'latency_stddev', j.jitter),
            'value', json_build_object(
              'n', f.value_n, 'tps', f.tps_p50, 'cost', f.value_cost, 'tokens', f.value_tokens
            )
          )
          order by s.slug
        ),
        '[]'::json
      )
      from provider_figures f
      join (select distinct n.seller, n.slug from names n) s on s.seller = f.seller
      left join provider_jitter j on j.seller = f.seller
      left join public.providers p on p.slug = s.slug
    )
  ) into answer;

  return answer;
end
$$;

-- Hosted projects give new functions to everyone or to no one, depending on their age: say it outright.
revoke all on function public.failure_owner(text, integer, boolean) from public;
revoke all on function public.dashboard_endpoints(text, text, timestamptz) from public;
grant execute on function public.failure_owner(text, integer, boolean) to anon, authenticated, service_role;
grant execute on function public.dashboard_endpoints(text, text, timestamptz) to anon, authenticated, service_role;

-- ---- 20261101000600_questions.sql

-- The usual questions, answered in SQL: for the SQL editor (`select * from latest_prices`) and for the API
-- (`rpc`). An answer is one row of a view or one JSON array; each entry of an array is about one class of
-- results (location, simulated, prompt version), because figures of two classes never mix.

-- The newest price of each model that has one, in USD per million tokens.
create view public.latest_prices with (security_invoker = true) as
select distinct on (price.model_id)
  p.slug as provider,
  p.name as provider_name,
  m.name as model,
  m.active,
  price.input_price_per_m,
  price.output_price_per_m,
  price.cached_input_price_per_m,
  price.timestamp as since,
  price.source,
  price.provider_id,
  price.model_id
from public.prices price
join public.models m on m.id = price.model_id
join public.providers p on p.id = price.provider_id
order by price.model_id, price.timestamp desc, price.id desc;

-- Results by the names they count under, each failure with its owner ('provider', 'shared', 'operator' or
-- 'probe'; null for a success). A run in which several providers were asked and none could be reached says that
-- our own line was down: the probe's failure.
create view public.attributed_results with (security_invoker = true) as
select
  r.id,
  r.run_id,
  r.created_at,
  -- Rows whose provider is gone, or never had an id, go by the name they were written with.
  coalesce(
    p.slug, (select q.slug from public.providers q where q.name = r.provider), r.provider, 'unknown') as provider,
  coalesce(m.name, r.model, 'unknown') as model,
  r.location,
  r.simulated,
  r.prompt_version,
  r.success,
  r.status_code,
  r.error_kind,
  case
    -- First, so that the run is looked at for these few rows only.
    when r.error_kind is distinct from 'network'
      then public.failure_owner(r.error_kind, r.status_code, r.success)
    when (
      select count(distinct coalesce(b.provider_id::text, b.provider)) >= 2
        and bool_and(b.error_kind is not distinct from 'network')
      from public.benchmark_results b
      where b.run_id = r.run_id
    ) then 'probe'
    else public.failure_owner(r.error_kind, r.status_code, r.success)
  end as failure_owner,
  r.ttft_ms,
  r.tps,
  r.total_latency_ms,
  r.input_tokens,
  r.output_tokens,
  r.cost_usd,
  r.cost_source <> 'unknown' or r.cost_usd > 0 as cost_known
from public.benchmark_results r
left join public.providers p on p.id = r.provider_id
left join public.models m on m.id = r.model_id;

-- Averages per provider and model over a window (from `since`, up to but without `until`). Speeds are over
-- successes, each with its own n; rates are over attempts, which are all results but the probe's failures.
create function public.performance_averages(
  since timestamptz default now() - interval '24 hours',
  until timestamptz default now()
) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(a) order by a.provider, a.model, a.location, a.simulated, a.prompt_version), '[]')
  from (
    select
      r.provider, r.model, r.location, r.simulated, r.prompt_version,
      count(*) filter (where r.failure_owner is distinct from 'probe') as attempts,
      count(*) filter (where r.success) as successes,
      count(*) filter (where r.success)::double precision
        / nullif(count(*) filter (where r.failure_owner is distinct from 'probe'), 0) as success_rate,
      avg(r.ttft_ms) filter (where r.success) as avg_ttft_ms,
      count(r.ttft_ms) filter (where r.success) as ttft_n,
      avg(r.tps) filter (where r.success) as avg_tps,
      count(r.tps) filter (where r.success) as tps_n,
      avg(r.total_latency_ms) filter (where r.success) as avg_latency_ms,
      avg(r.cost_usd) filter (where r.success and r.cost_known) as avg_cost_usd,
      count(*) filter (where r.success and r.cost_known) as cost_n
    from public.attributed_results r
    where r.created_at >= since and r.created_at < until
    group by r.provider, r.model, r.location, r.simulated, r.prompt_version
  ) a
$$;

-- The same by the hour (UTC), for all endpoints or one. Hours without a result have no entry.
create function public.hourly_trend(
  since timestamptz default now() - interval '24 hours',
  until timestamptz default now(),
  for_provider text default null,
  for_model text default null
) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(
    jsonb_agg(to_jsonb(h) order by h.provider, h.model, h.location, h.simulated, h.prompt_version, h.hour), '[]')
  from (
    select
      r.provider, r.model, r.location, r.simulated, r.prompt_version,
      date_trunc('hour', r.created_at, 'UTC') as hour,
      count(*) filter (where r.failure_owner is distinct from 'probe') as attempts,
      count(*) filter (where r.success) as successes,
      avg(r.ttft_ms) filter (where r.success) as avg_ttft_ms,
      avg(r.tps) filter (where r.success) as avg_tps,
      avg(r.total_latency_ms) filter (where r.success) as avg_latency_ms
    from public.attributed_results r
    where r.created_at >= since and r.created_at < until
      and (for_provider is null or r.provider = for_provider)
      and (for_model is null or r.model = for_model)
    group by r.provider, r.model, r.location, r.simulated, r.prompt_version, date_trunc('hour', r.created_at, 'UTC')
  ) h
$$;

-- How often each provider failed, and whose failures they were. The error rate leaves the probe's own out of
-- both sides; uptime counts the provider's alone.
create function public.error_rates(
  since timestamptz default now() - interval '24 hours',
  until timestamptz default now()
) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(e) order by e.provider, e.location, e.simulated, e.prompt_version), '[]')
  from (
    select
      k.provider, k.location, k.simulated, k.prompt_version,
      coalesce(sum(k.n) filter (where k.failure_owner is distinct from 'probe'), 0) as attempts,
      coalesce(sum(k.n) filter (where not k.success and k.failure_owner <> 'probe'), 0) as failures,
      coalesce(sum(k.n) filter (where not k.success and k.failure_owner <> 'probe'), 0)::double precision
        / nullif(sum(k.n) filter (where k.failure_owner is distinct from 'probe'), 0) as error_rate,
      coalesce(sum(k.n) filter (where k.success), 0)::double precision
        / nullif(coalesce(sum(k.n) filter (where k.success or k.failure_owner = 'provider'), 0), 0) as uptime,
      coalesce(sum(k.n) filter (where k.failure_owner = 'provider'), 0) as provider_failures,
      coalesce(sum(k.n) filter (where k.failure_owner = 'shared'), 0) as shared_failures,
      coalesce(sum(k.n) filter (where k.failure_owner = 'operator'), 0) as operator_failures,
      coalesce(sum(k.n) filter (where k.failure_owner = 'probe'), 0) as probe_failures,
      coalesce(
        jsonb_object_agg(k.kind, k.n) filter (where not k.success and k.failure_owner <> 'probe'), '{}') as kinds
    from (
      -- One line a kind first, so that the kinds can be listed with their counts. A kind has one owner (the
      -- probe's apart); a row of another tool that names no kind goes by its status.
      select
        r.provider, r.location, r.simulated, r.prompt_version, r.success, r.failure_owner,
        coalesce(r.error_kind, 'status ' || r.status_code, 'unknown') as kind, count(*) as n
      from public.attributed_results r
      where r.created_at >= since and r.created_at < until
      group by r.provider, r.location, r.simulated, r.prompt_version, r.success, r.failure_owner,
        coalesce(r.error_kind, 'status ' || r.status_code, 'unknown')
    ) k
    group by k.provider, k.location, k.simulated, k.prompt_version
  ) e
$$;

-- What each model cost. Money is money: failures that were billed count, and so does every prompt version. Results
-- whose price nobody knew are counted apart and enter no figure.
create function public.cost_by_model(
  since timestamptz default now() - interval '24 hours',
  until timestamptz default now()
) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(c) order by c.cost_usd desc, c.provider, c.model, c.location, c.simulated), '[]')
  from (
    select
      r.provider, r.model, r.location, r.simulated,
      count(*) filter (where r.cost_known) as priced_results,
      count(*) filter (where not r.cost_known) as unpriced_results,
      coalesce(sum(r.input_tokens) filter (where r.cost_known), 0) as input_tokens,
      coalesce(sum(r.output_tokens) filter (where r.cost_known), 0) as output_tokens,
      coalesce(sum(r.cost_usd) filter (where r.cost_known), 0) as cost_usd,
      avg(r.cost_usd) filter (where r.cost_known and r.success) as avg_cost_per_success_usd,
      sum(r.cost_usd) filter (where r.cost_known) * 1000000
        / nullif(sum(r.input_tokens::bigint + r.output_tokens) filter (where r.cost_known), 0) as cost_per_million_usd
    from public.attributed_results r
    where r.created_at >= since and r.created_at < until
    group by r.provider, r.model, r.location, r.simulated
  ) c
$$;

revoke all on public.latest_prices, public.attributed_results from public, anon, authenticated, service_role;
grant select on public.latest_prices, public.attributed_results to anon, authenticated, service_role;

revoke all on function public.performance_averages(timestamptz, timestamptz) from public;
revoke all on function public.hourly_trend(timestamptz, timestamptz, text, text) from public;
revoke all on function public.error_rates(timestamptz, timestamptz) from public;
revoke all on function public.cost_by_model(timestamptz, timestamptz) from public;
grant execute on function public.performance_averages(timestamptz, timestamptz) to anon, authenticated, service_role;
grant execute on function public.hourly_trend(timestamptz, timestamptz, text, text) to anon, authenticated, service_role;
grant execute on function public.error_rates(timestamptz, timestamptz) to anon, authenticated, service_role;
grant execute on function public.cost_by_model(timestamptz, timestamptz) to anon, authenticated, service_role;

-- ---- 20261101000700_retention.sql

-- Keeping the database small, for those who ask for it: chunk times go first, texts next, raw rows last, and
-- these only once an hourly rollup holds what they said.

alter table public.models add column flag text;
comment on column public.models.flag is 'Why the engine took the model out of the runs, for a person to read.';

create table public.hourly_rollups (
  id             uuid primary key default gen_random_uuid(),
  created_at     timestamptz not null default now(),
  hour           timestamptz not null,
  provider_id    uuid references public.providers (id) on delete set null,
  model_id       uuid references public.models (id) on delete set null,
  provider       text,
  model          text,
  location       text not null,
  simulated      boolean not null,
  prompt_version text,
  -- All results of the hour, failures included.
  n              integer not null check (n > 0),
  successes      integer not null,
  -- {"timeout": 2, …}
  failures       jsonb not null,
  input_tokens   bigint not null,
  output_tokens  bigint not null,
  cost_usd       double precision not null,
  -- Over successes, each with its own count.
  ttft_n         integer not null,
  ttft_sum_ms    double precision not null,
  ttft_p50_ms    double precision,
  ttft_p95_ms    double precision,
  tps_n          integer not null,
  tps_sum        double precision not null,
  tps_p50        double precision,
  tps_p95        double precision,
  latency_n      integer not null,
  latency_sum_ms double precision not null,
  latency_p50_ms double precision,
  latency_p95_ms double precision
);
create index idx_hourly_rollups_hour on public.hourly_rollups (hour);
create index idx_hourly_rollups_model_id on public.hourly_rollups (model_id);

alter table public.hourly_rollups enable row level security;
revoke all on public.hourly_rollups from public, anon, authenticated, service_role;
grant select on public.hourly_rollups to anon, authenticated;
grant select, insert on public.hourly_rollups to service_role;
create policy "Anyone reads rollups" on public.hourly_rollups for select to anon, authenticated using (true);

-- One step of pruning, small enough for a statement timeout; the caller repeats it until nothing is left.
-- Ages in days, null for "keep". Raw rows younger than 31 days are never touched: the dashboard's longest
-- window reads them. Rows that arrive after their hour was rolled up make a rollup of their own.
create function public.engine_prune(chunk_times_days integer, texts_days integer, rows_days integer) returns jsonb
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  step constant integer := 2000;
  chunk_times integer := 0;
  texts integer := 0;
  deleted integer := 0;
  oldest timestamptz;
begin
  if least(chunk_times_days, texts_days, rows_days) < 1 then
    raise exception 'An age must be at least one day.' using errcode = '22023';
  end if;
  if rows_days < 31 then
    raise exception 'Raw rows are kept for at least 31 days.' using errcode = '22023';
  end if;

  if chunk_times_days is not null then
    update public.benchmark_results set chunk_times_ms = null
    where id in (
      select id from public.benchmark_results
      where created_at < now() - make_interval(days => chunk_times_days) and chunk_times_ms is not null
      limit step);
    get diagnostics chunk_times = row_count;
  end if;

  if texts_days is not null then
    update public.benchmark_results set response_text = null
    where id in (
      select id from public.benchmark_results
      where created_at < now() - make_interval(days => texts_days) and response_text is not null
      limit step);
    get diagnostics texts = row_count;
  end if;

  if rows_days is not null then
    select min(date_trunc('hour', created_at, 'UTC')) into oldest from public.benchmark_results
    where created_at < date_trunc('hour', now() - make_interval(days => rows_days), 'UTC');
    if oldest is not null then
      with gone as (
        delete from public.benchmark_results
        where created_at >= oldest and created_at < oldest + interval '1 hour'
        returning *
      ), rolled as (
        insert into public.hourly_rollups
          (hour, provider_id, model_id, provider, model, location, simulated, prompt_version, n, successes, failures,
           input_tokens, output_tokens, cost_usd, ttft_n, ttft_sum_ms, ttft_p50_ms, ttft_p95_ms,
           tps_n, tps_sum, tps_p50, tps_p95, latency_n, latency_sum_ms, latency_p50_ms, latency_p95_ms)
        select oldest, g.provider_id, g.model_id, g.provider, g.model, g.location, g.simulated, g.prompt_version,
          count(*), count(*) filter (where g.success),
          coalesce((
            select jsonb_object_agg(kind, times) from (
              select coalesce(f.error_kind, 'unknown') as kind, count(*) as times from gone f
              where not f.success
                and (f.provider_id, f.model_id, f.provider, f.model, f.location, f.simulated, f.prompt_version)
                    is not distinct from
                    (g.provider_id, g.model_id, g.provider, g.model, g.location, g.simulated, g.prompt_version)
              group by 1) kinds), '{}'),
          sum(g.input_tokens), sum(g.output_tokens), sum(g.cost_usd),
          count(g.ttft_ms) filter (where g.success),
          coalesce(sum(g.ttft_ms) filter (where g.success), 0),
          percentile_cont(0.5) within group (order by g.ttft_ms) filter (where g.success),
          percentile_cont(0.95) within group (order by g.ttft_ms) filter (where g.success),
          count(g.tps) filter (where g.success),
          coalesce(sum(g.tps) filter (where g.success), 0),
          percentile_cont(0.5) within group (order by g.tps) filter (where g.success),
          percentile_cont(0.95) within group (order by g.tps) filter (where g.success),
          count(*) filter (where g.success),
          coalesce(sum(g.total_latency_ms) filter (where g.success), 0),
          percentile_cont(0.5) within group (order by g.total_latency_ms) filter (where g.success),
          percentile_cont(0.95) within group (order by g.total_latency_ms) filter (where g.success)
        from gone g
        group by g.provider_id, g.model_id, g.provider, g.model, g.location, g.simulated, g.prompt_version
        returning n
      )
      select coalesce(sum(n), 0) into deleted from rolled;
    end if;
  end if;
  return jsonb_build_object('chunkTimes', chunk_times, 'texts', texts, 'rows', deleted);
end;
$$;

revoke execute on function public.engine_prune(integer, integer, integer) from public, anon, authenticated;
grant execute on function public.engine_prune(integer, integer, integer) to service_role;

-- ---- 20261101000800_catalog.sql

-- What providers offer, kept current: each model's identity across providers, prices that wait for a person, and
-- what changed. docs/models-and-prices.md says what the pages may read of it.

alter table public.models
  -- What the rules in workers/benchmark/catalog/identity.ts read from the name, and a person's correction of it.
  -- Two models with the same identity are the same model, whoever serves it. No sync touches the correction.
  add column identity_by_rule text,
  add column identity_by_hand text check (identity_by_hand <> ''),
  add column identity text generated always as (coalesce(identity_by_hand, identity_by_rule)) stored,
  add column family text,
  add column quantization text,
  -- When the provider will stop serving it, where it has said so.
  add column retires_at timestamptz,
  -- {input, output, cachedInput, source, at}: a price more than ten times the last one, or less than a tenth of it.
  add column held_price jsonb check (jsonb_typeof(held_price) = 'object');
create index idx_models_identity on public.models (identity);

-- The reference data's models, as the rules read them, and when the lists that their prices are from had them.
update public.models m
set identity_by_rule = r.identity, family = r.family,
  last_seen_at = coalesce(m.last_seen_at, (select max(p.timestamp) from public.prices p where p.model_id = m.id))
from (values
  ('gpt-4o-mini', 'gpt-4o-mini', 'gpt-4o-mini'),
  ('openai/gpt-4o-mini', 'gpt-4o-mini', 'gpt-4o-mini'),
  ('llama-3.1-8b-instant', 'llama-3.1-8b', 'llama-3.1'),
  ('mistralai/Mixtral-8x7B-Instruct-v0.1', 'mixtral-8x7b', 'mixtral'),
  ('openai/gpt-oss-20b', 'gpt-oss-20b', 'gpt-oss')
) as r (name, identity, family)
where m.name = r.name;

create table public.catalog_events (
  id          uuid primary key default gen_random_uuid(),
  at          timestamptz not null default now(),
  kind        text not null check (kind in (
    'new', 'retired', 'returned', 'price', 'price_held', 'context', 'retirement_announced')),
  provider_id uuid not null references public.providers (id) on delete cascade,
  model_id    uuid references public.models (id) on delete set null,
  -- As it was named then: it outlives the row.
  model       text not null,
  before      jsonb,
  after       jsonb
);
create index idx_catalog_events_at on public.catalog_events (at desc);
create index idx_catalog_events_provider_id on public.catalog_events (provider_id);
create index idx_catalog_events_model_id on public.catalog_events (model_id);
alter table public.catalog_events enable row level security;
revoke all on public.catalog_events from public, anon, authenticated, service_role;
grant select on public.catalog_events to anon, authenticated;
grant select, insert, update, delete on public.catalog_events to service_role;
create policy "Anyone reads catalog events" on public.catalog_events
  for select to anon, authenticated using (true);

-- A price as the engine writes it in JSON; null for none.
create function public.price_json(input double precision, output double precision, cached double precision, source text)
returns jsonb
language sql immutable parallel safe security invoker set search_path = ''
as $$
  select case when input is null then null
    else jsonb_build_object('input', input, 'output', output, 'cachedInput', cached, 'source', source) end
$$;

-- Everything known of the models of one provider, or of all: [{provider, models: [...]}].
create function public.engine_catalog(of_provider text default null) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
      'provider', p.slug,
      'models', coalesce((
        select jsonb_agg(jsonb_build_object(
            'id', m.id,
            'name', m.name,
            'active', m.active,
            'available', m.available,
            'contextWindow', m.context_window,
            'lastSeenAt', m.last_seen_at,
            'retiredAt', m.retired_at,
            'retiresAt', m.retires_at,
            'successor', m.successor,
            'family', m.family,
            'identity', m.identity,
            'identityByRule', m.identity_by_rule,
            'quantization', m.quantization,
            'price', public.price_json(
              price.input_price_per_m, price.output_price_per_m, price.cached_input_price_per_m, price.source)
              || jsonb_build_object('at', price.timestamp),
            'heldPrice', m.held_price
          ) order by m.name)
        from public.models m
        left join lateral (
          select * from public.prices where model_id = m.id order by timestamp desc, id desc limit 1
        ) price on true
        where m.provider_id = p.id
      ), '[]')
    ) order by p.slug), '[]')
  from public.providers p
  where of_provider is null or p.slug = of_provider
$$;

-- Writes what a sync found, all of it or nothing, each change with its event. Every statement looks again at the row
-- as it is now, so that a change found twice is written once. The shape is CatalogChange in
-- workers/benchmark/catalog/changes.ts, with `provider` (the row to make where it is missing; only `added` needs it),
-- `source` and `at`. Answers with how many of each kind were written.
create function public.engine_apply_catalog(change jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  moment constant timestamptz := coalesce((change ->> 'at')::timestamptz, now());
  slug constant text := change -> 'provider' ->> 'slug';
  owner uuid;
  written jsonb := '{}';
  n integer;
begin
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('engine_apply_catalog', 0));
  if slug is not null then
    insert into public.providers (slug, name, kind, base_url, logo_url)
    select p.slug, p.name, p.kind, p."baseUrl", p."logoUrl"
    from jsonb_to_record(change -> 'provider')
      as p(slug text, name text, kind text, "baseUrl" text, "logoUrl" text)
    on conflict do nothing;
    select p.id into strict owner from public.providers p where p.slug = change -> 'provider' ->> 'slug';
  end if;

  with listed as (
    select * from jsonb_to_recordset(change -> 'added') as m(
      name text, "contextWindow" integer, reasoning boolean, identity text, family text, quantization text,
      successor text, "retiresAt" timestamptz, price jsonb)
  ), made as (
    insert into public.models
      (provider_id, name, context_window, active, available, reasoning, identity_by_rule, family, quantization,
       successor, retires_at, last_seen_at)
    select owner, l.name, l."contextWindow", false, true, l.reasoning, l.identity, l.family, l.quantization,
      l.successor, l."retiresAt", moment
    from listed l
    on conflict (name, provider_id) do nothing
    returning id, name
  ), priced as (
    insert into public.prices
      (provider_id, model_id, input_price_per_m, output_price_per_m, cached_input_price_per_m, source, timestamp)
    select owner, made.id, (l.price ->> 'input')::double precision, (l.price ->> 'output')::double precision,
      (l.price ->> 'cachedInput')::double precision, change ->> 'source', moment
    from made join listed l using (name)
    where jsonb_typeof(l.price) = 'object'
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, after)
  select moment, 'new', owner, made.id, made.name, jsonb_build_object(
    'contextWindow', l."contextWindow", 'identity', l.identity,
    'price', case when jsonb_typeof(l.price) = 'object' then l.price end)
  from made join listed l using (name);
  get diagnostics n = row_count;
  written := written || jsonb_build_object('new', n);

  with gone as (
    update public.models m
    set available = false, retired_at = moment, successor = coalesce(e.successor, m.successor)
    from jsonb_to_recordset(change -> 'retired') as e(id uuid, successor text)
    where m.id = e.id and m.available
    returning m.id, m.provider_id, m.name, m.last_seen_at, m.active, m.successor
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
  select moment, 'retired', g.provider_id, g.id, g.name,
    jsonb_build_object('lastSeenAt', g.last_seen_at, 'active', g.active),
    jsonb_build_object('successor', g.successor)
  from gone g;
  get diagnostics n = row_count;
  written := written || jsonb_build_object('retired', n);

  with back as (
    update public.models m
    set available = true, retired_at = null
    from (
      select o.id, o.retired_at
      from jsonb_to_recordset(change -> 'returned') as e(id uuid)
      join public.models o on o.id = e.id
      where not o.available or o.retired_at is not null
    ) was
    where m.id = was.id
    returning m.id, m.provider_id, m.name, was.retired_at
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, before)
  select moment, 'returned', b.provider_id, b.id, b.name, jsonb_build_object('retiredAt', b.retired_at)
  from back b;
  get diagnostics n = row_count;
  written := written || jsonb_build_object('returned', n);

  with changed as (
    update public.models m
    set context_window = was."contextWindow"
    from (
      select o.id, o.context_window, e."contextWindow"
      from jsonb_to_recordset(change -> 'contexts') as e(id uuid, "contextWindow" integer)
      join public.models o on o.id = e.id
      where o.context_window is distinct from e."contextWindow"
    ) was
    where m.id = was.id
    returning m.id, m.provider_id, m.name, was.context_window as old, m.context_window as new
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
  select moment, 'context', c.provider_id, c.id, c.name,
    jsonb_build_object('contextWindow', c.old), jsonb_build_object('contextWindow', c.new)
  from changed c;
  get diagnostics n = row_count;
  written := written || jsonb_build_object('context', n);

  with told as (
    update public.models m
    set retires_at = was."retiresAt", successor = was.successor
    from (
      select o.id, o.retires_at, o.successor as old_successor, e."retiresAt", e.successor
      from jsonb_to_recordset(change -> 'announced') as e(id uuid, "retiresAt" timestamptz, successor text)
      join public.models o on o.id = e.id
      where (o.retires_at, o.successor) is distinct from (e."retiresAt", e.successor)
    ) was
    where m.id = was.id
    returning m.id, m.provider_id, m.name, was.retires_at as old_time, was.old_successor, m.retires_at, m.successor
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
  select moment, 'retirement_announced', t.provider_id, t.id, t.name,
    jsonb_build_object('retiresAt', t.old_time, 'successor', t.old_successor),
    jsonb_build_object('retiresAt', t.retires_at, 'successor', t.successor)
  from told t;
  get diagnostics n = row_count;
  written := written || jsonb_build_object('announced', n);

  with offered as (
    select e.*, m.provider_id, m.name, latest.input_price_per_m, latest.output_price_per_m,
      latest.cached_input_price_per_m, latest.source as old_source, coalesce(e.at, moment) as read_at
    from jsonb_to_recordset(change -> 'prices') as e(
      id uuid, input double precision, output double precision, "cachedInput" double precision, source text,
      at timestamptz)
    join public.models m on m.id = e.id
    left join lateral (
      select * from public.prices p where p.model_id = e.id order by p.timestamp desc, p.id desc limit 1
    ) latest on true
    where latest.id is null
       or ((latest.input_price_per_m, latest.output_price_per_m, latest.cached_input_price_per_m)
             is distinct from (e.input, e.output, e."cachedInput")
           and coalesce(e.at, moment) > latest.timestamp)
  ), recorded as (
    insert into public.prices
      (provider_id, model_id, input_price_per_m, output_price_per_m, cached_input_price_per_m, source, timestamp)
    select o.provider_id, o.id, o.input, o.output, o."cachedInput", o.source, o.read_at from offered o
    returning model_id
  ), free as (
    update public.models m set held_price = null
    from recorded r where m.id = r.model_id and m.held_price is not null
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
  select moment, 'price', o.provider_id, o.id, o.name,
    public.price_json(o.input_price_per_m, o.output_price_per_m, o.cached_input_price_per_m, o.old_source),
    public.price_json(o.input, o.output, o."cachedInput", o.source)
  from offered o join recorded r on r.model_id = o.id;
  get diagnostics n = row_count;
  written := written || jsonb_build_object('price', n);

  with flagged as (
    update public.models m
    set held_price = public.price_json(was.input, was.output, was."cachedInput", was.source)
      || jsonb_build_object('at', moment)
    from (
      select e.*, o.held_price from jsonb_to_recordset(change -> 'heldPrices') as e(
        id uuid, input double precision, output double precision, "cachedInput" double precision, source text)
      join public.models o on o.id = e.id
      where (o.held_price - 'at') is distinct from public.price_json(e.input, e.output, e."cachedInput", e.source)
    ) was
    where m.id = was.id
    returning m.id, m.provider_id, m.name, m.held_price
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
  select moment, 'price_held', f.provider_id, f.id, f.name,
    public.price_json(latest.input_price_per_m, latest.output_price_per_m, latest.cached_input_price_per_m, latest.source),
    f.held_price - 'at'
  from flagged f
  left join lateral (
    select * from public.prices p where p.model_id = f.id order by p.timestamp desc, p.id desc limit 1
  ) latest on true;
  get diagnostics n = row_count;
  written := written || jsonb_build_object('priceHeld', n);

  update public.models m set held_price = null
  from jsonb_to_recordset(change -> 'releasedPrices') as e(id uuid)
  where m.id = e.id and m.held_price is not null;

  update public.models m
  set identity_by_rule = e.identity, family = e.family, quantization = e.quantization
  from jsonb_to_recordset(change -> 'identities') as e(id uuid, identity text, family text, quantization text)
  where m.id = e.id
    and (m.identity_by_rule, m.family, m.quantization) is distinct from (e.identity, e.family, e.quantization);

  update public.models m set last_seen_at = moment
  from jsonb_to_recordset(change -> 'seen') as e(id uuid)
  where m.id = e.id and (m.last_seen_at is null or m.last_seen_at < moment);

  return written;
end;
$$;

-- Takes a price that was held back as the price: a person has looked at it. Answers with it, null where none waits.
create function public.engine_accept_price(of_model uuid) returns jsonb
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  held jsonb;
begin
  select m.held_price into held from public.models m where m.id = of_model for update;
  if held is null then
    return null;
  end if;
  perform public.engine_apply_catalog(jsonb_build_object('prices', jsonb_build_array(
    held - 'at' || jsonb_build_object('id', of_model))));
  return held;
end;
$$;

-- What changed, newest first, for the pages and the feed: [{id, at, kind, provider, provider_name, model, before, after}].
create function public.catalog_changes(
  since timestamptz default now() - interval '30 days',
  of_provider text default null,
  at_most integer default 200
) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(e) order by e.at desc, e.provider, e.model, e.kind), '[]')
  from (
    select e.id, e.at, e.kind, p.slug as provider, p.name as provider_name, e.model, e.before, e.after
    from public.catalog_events e
    join public.providers p on p.id = e.provider_id
    where e.at >= since and (of_provider is null or p.slug = of_provider)
    order by e.at desc, p.slug, e.model, e.kind
    limit least(greatest(at_most, 0), 1000)
  ) e
$$;

-- Models that more than one provider offers, each with its endpoints and newest prices:
-- [{identity, family, endpoints: [{provider, kind, model, active, quantization, context_window, price}]}].
create function public.same_models() returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(g) order by g.identity), '[]')
  from (
    select m.identity, min(m.family) as family, jsonb_agg(jsonb_build_object(
        'provider', p.slug, 'kind', p.kind, 'model', m.name, 'active', m.active, 'quantization', m.quantization,
        'context_window', m.context_window,
        'price', public.price_json(
          price.input_price_per_m, price.output_price_per_m, price.cached_input_price_per_m, price.source)
      ) order by p.kind, p.slug, m.name) as endpoints
    from public.models m
    join public.providers p on p.id = m.provider_id
    left join lateral (
      select * from public.prices where model_id = m.id order by timestamp desc, id desc limit 1
    ) price on true
    where m.available and m.identity is not null
    group by m.identity
    having count(distinct m.provider_id) > 1
  ) g
$$;

revoke execute on function public.price_json(double precision, double precision, double precision, text) from public;
revoke execute on function public.engine_catalog(text) from public, anon, authenticated;
revoke execute on function public.engine_apply_catalog(jsonb) from public, anon, authenticated;
revoke execute on function public.engine_accept_price(uuid) from public, anon, authenticated;
revoke execute on function public.catalog_changes(timestamptz, text, integer) from public;
revoke execute on function public.same_models() from public;
grant execute on function public.price_json(double precision, double precision, double precision, text)
  to anon, authenticated, service_role;
grant execute on function public.engine_catalog(text) to service_role;
grant execute on function public.engine_apply_catalog(jsonb) to service_role;
grant execute on function public.engine_accept_price(uuid) to service_role;
grant execute on function public.catalog_changes(timestamptz, text, integer) to anon, authenticated, service_role;
grant execute on function public.same_models() to anon, authenticated, service_role;

commit;
