-- Generated from supabase/migrations by `npm run supabase:schema`. Do not edit.
--
-- The whole schema with its reference data in one piece, for a new, empty project: paste it into the SQL editor
-- and run it once. It is one transaction: all of it or nothing. It records the migrations it holds, so that
-- `npm run migrate` brings later ones.

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

-- What the figures of every page are made by: whose a failure is, how long a window is, which prompt is the current one
-- and where results were measured. The meaning of every figure stands in docs/metrics.md.

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

-- Null for a window that there is not.
create function public.window_span(time_window text) returns interval
language sql immutable parallel safe security invoker set search_path = ''
as $$
  select case time_window
    when '1h' then interval '1 hour'
    when '24h' then interval '24 hours'
    when '7d' then interval '7 days'
    when '30d' then interval '30 days'
  end
$$;

-- Width of a trend's bucket.
create function public.window_step(time_window text) returns interval
language sql immutable parallel safe security invoker set search_path = ''
as $$
  select case time_window
    when '1h' then interval '15 minutes'
    when '24h' then interval '1 hour'
    when '7d' then interval '6 hours'
    else interval '1 day'
  end
$$;

-- The standard prompt's current version at a moment: the newest one seen; '' where no result names one.
create function public.current_prompt_version(as_of timestamptz default now()) returns text
language sql stable security invoker set search_path = ''
as $$
  select coalesce((
    select r.prompt_version
    from public.benchmark_results r
    where r.created_at <= as_of and r.prompt_version is not null and r.prompt_version not like 'short%'
    order by r.created_at desc
    limit 1
  ), '')
$$;

-- The places with results inside a window (from `since`, without it, up to `until`), by name. From one place to the next
-- through the index: results are many, places few.
create function public.measured_locations(since timestamptz, until timestamptz, of_version text) returns text[]
language plpgsql stable security invoker set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
begin
  return array(
    with recursive known as (
      (select r.location from public.benchmark_results r order by r.location limit 1)
      union all
      select (
        select r.location from public.benchmark_results r where r.location > k.location order by r.location limit 1
      )
      from known k
      where k.location is not null
    )
    select k.location
    from known k
    where k.location is not null and exists (
      select 1
      from public.benchmark_results r
      where r.location = k.location and r.created_at > since and r.created_at <= until
        and (r.prompt_version is null or r.prompt_version = of_version)
    )
    order by k.location
  );
end
$$;

-- How many results one place has in a window.
create function public.location_results(
  at_location text, since timestamptz, until timestamptz, of_version text
) returns bigint
language plpgsql stable security invoker set search_path = ''
-- As hosted: the index that holds all of it is read, not the table.
set random_page_cost = 1.1
set plan_cache_mode = force_custom_plan
as $$
begin
  return (
    select count(*)
    from public.benchmark_results r
    where r.location = at_location and r.created_at > since and r.created_at <= until
      and (r.prompt_version is null or r.prompt_version = of_version)
  );
end
$$;

-- The places with results in a window, most results first; counted only where there are several.
create function public.usual_locations(since timestamptz, until timestamptz, of_version text) returns text[]
language plpgsql stable security invoker set search_path = ''
as $$
declare
  places constant text[] := public.measured_locations(since, until, of_version);
begin
  if cardinality(places) < 2 then
    return places;
  end if;
  return array(
    select l.place
    from unnest(places) as l (place)
    order by public.location_results(l.place, since, until, of_version) desc, l.place
  );
end
$$;

-- Hosted projects give new functions to everyone or to no one, depending on their age: say it outright.
revoke all on function public.failure_owner(text, integer, boolean) from public;
revoke all on function public.window_span(text) from public;
revoke all on function public.window_step(text) from public;
revoke all on function public.current_prompt_version(timestamptz) from public;
revoke all on function public.measured_locations(timestamptz, timestamptz, text) from public;
revoke all on function public.location_results(text, timestamptz, timestamptz, text) from public;
revoke all on function public.usual_locations(timestamptz, timestamptz, text) from public;
grant execute on function public.failure_owner(text, integer, boolean) to anon, authenticated, service_role;
grant execute on function public.window_span(text) to anon, authenticated, service_role;
grant execute on function public.window_step(text) to anon, authenticated, service_role;
grant execute on function public.current_prompt_version(timestamptz) to anon, authenticated, service_role;
grant execute on function public.measured_locations(timestamptz, timestamptz, text)
  to anon, authenticated, service_role;
grant execute on function public.location_results(text, timestamptz, timestamptz, text)
  to anon, authenticated, service_role;
grant execute on function public.usual_locations(timestamptz, timestamptz, text) to anon, authenticated, service_role;

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

-- Keeping the database small, for those who ask for it: chunk times, texts and raw rows go at ages of their own,
-- rows only once an hourly rollup holds what they said.

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
-- No page shows them: they are for whoever holds the service key.
revoke all on public.hourly_rollups from public, anon, authenticated, service_role;
grant select, insert on public.hourly_rollups to service_role;

-- What can still be dropped, oldest first: a row leaves its index when it is pruned, so that a step finds the
-- next ones without walking over all that earlier steps have emptied.
create index idx_benchmark_results_created_at_chunk_times on public.benchmark_results (created_at)
  where chunk_times_ms is not null;
create index idx_benchmark_results_created_at_response_text on public.benchmark_results (created_at)
  where response_text is not null;

-- One step of pruning, of one kind, small enough for a statement timeout; the caller repeats it until a step
-- drops nothing. Rows first, an hour at a time: what goes whole need not be emptied before. Then chunk times, then
-- texts. Picked by place (ctid), which no plan answers by reading the whole table.
-- Ages in days, null for "keep". Raw rows younger than 31 days are never touched: the dashboard's longest
-- window reads them. Rows that arrive after their hour was rolled up make a rollup of their own.
create function public.engine_prune(chunk_times_days integer, texts_days integer, rows_days integer) returns jsonb
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  step constant integer := 1000;
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

  if rows_days is not null then
    select date_trunc('hour', min(created_at), 'UTC') into oldest from public.benchmark_results
    where created_at < date_trunc('hour', now() - make_interval(days => rows_days), 'UTC');
    if oldest is not null then
      with gone as (
        delete from public.benchmark_results
        where created_at >= oldest and created_at < oldest + interval '1 hour'
        returning *
      ), counted as (
        select *, count(*) over (
          partition by provider_id, model_id, provider, model, location, simulated, prompt_version,
            success, coalesce(error_kind, 'unknown')) as alike
        from gone
      ), rolled as (
        insert into public.hourly_rollups
          (hour, provider_id, model_id, provider, model, location, simulated, prompt_version, n, successes, failures,
           input_tokens, output_tokens, cost_usd, ttft_n, ttft_sum_ms, ttft_p50_ms, ttft_p95_ms,
           tps_n, tps_sum, tps_p50, tps_p95, latency_n, latency_sum_ms, latency_p50_ms, latency_p95_ms)
        select oldest, g.provider_id, g.model_id, g.provider, g.model, g.location, g.simulated, g.prompt_version,
          count(*), count(*) filter (where g.success),
          coalesce(jsonb_object_agg(coalesce(g.error_kind, 'unknown'), g.alike) filter (where not g.success), '{}'),
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
        from counted g
        group by g.provider_id, g.model_id, g.provider, g.model, g.location, g.simulated, g.prompt_version
        returning n
      )
      select coalesce(sum(n), 0) into deleted from rolled;
    end if;
  end if;
  if deleted = 0 and chunk_times_days is not null then
    update public.benchmark_results set chunk_times_ms = null
    where ctid = any (array(
      select ctid from public.benchmark_results
      where created_at < now() - make_interval(days => chunk_times_days) and chunk_times_ms is not null
      order by created_at limit step));
    get diagnostics chunk_times = row_count;
  end if;

  if deleted + chunk_times = 0 and texts_days is not null then
    update public.benchmark_results set response_text = null
    where ctid = any (array(
      select ctid from public.benchmark_results
      where created_at < now() - make_interval(days => texts_days) and response_text is not null
      order by created_at limit step));
    get diagnostics texts = row_count;
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
  -- A person has set `reasoning`: no sync changes it then.
  add column reasoning_by_hand boolean not null default false,
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
    'new', 'retired', 'returned', 'price', 'price_held', 'context', 'retirement_announced', 'taken_out')),
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
            'reasoning', m.reasoning,
            'reasoningByHand', m.reasoning_by_hand,
            'contextWindow', m.context_window,
            'lastSeenAt', m.last_seen_at,
            'retiredAt', m.retired_at,
            'retiresAt', m.retires_at,
            'successor', m.successor,
            'flag', m.flag,
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
  first_seen integer;
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
    set available = true, retired_at = null, flag = null
    from (
      select o.id, o.retired_at, o.last_seen_at
      from jsonb_to_recordset(change -> 'returned') as e(id uuid)
      join public.models o on o.id = e.id
      where not o.available or o.retired_at is not null
    ) was
    where m.id = was.id
    -- What somebody named before any list had it is new, not back.
    returning m.id, m.provider_id, m.name, m.context_window, m.identity, was.retired_at,
      was.retired_at is null and was.last_seen_at is null as is_new
  ), told as (
    insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
    select moment, case when b.is_new then 'new' else 'returned' end, b.provider_id, b.id, b.name,
      case when not b.is_new then jsonb_build_object('retiredAt', b.retired_at) end,
      case when b.is_new then
        jsonb_build_object('contextWindow', b.context_window, 'identity', b.identity, 'price', null) end
    from back b
    returning kind
  )
  select count(*) filter (where t.kind = 'returned'), count(*) filter (where t.kind = 'new') into n, first_seen
  from told t;
  written := written || jsonb_build_object('returned', n, 'new', (written ->> 'new')::integer + first_seen);

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

  with out as (
    update public.models m set active = false, flag = e.why
    from jsonb_to_recordset(change -> 'takenOut') as e(id uuid, why text)
    where m.id = e.id and m.active
    returning m.id, m.provider_id, m.name, m.flag, m.successor
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
  select moment, 'taken_out', o.provider_id, o.id, o.name,
    jsonb_build_object('active', true), jsonb_build_object('why', o.flag, 'successor', o.successor)
  from out o;
  get diagnostics n = row_count;
  written := written || jsonb_build_object('takenOut', n);

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

  update public.models m set reasoning = e.reasoning
  from jsonb_to_recordset(change -> 'reasonings') as e(id uuid, reasoning boolean)
  where m.id = e.id and not m.reasoning_by_hand and m.reasoning is distinct from e.reasoning;

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

-- ---- 20261101000900_model_pages.sql

-- What the pages /models and /models/:provider/* read: one JSON value each. Which results count is as in
-- dashboard_endpoints; docs/metrics.md says what each figure means.

-- All that a figure of one endpoint is made of, side by side and in order of time: a month of it is some sixty
-- pages of this index, where the same rows lie on three thousand pages of the table. Keys first tell real from
-- simulated, which never mix.
create index idx_benchmark_results_model_id_simulated_created_at
  on public.benchmark_results (model_id, simulated, created_at)
  include (
    id, run_id, provider_id, provider, location, prompt_version, success, error_kind, status_code, ttft_ms,
    answer_ttft_ms, tps, total_latency_ms, cost_usd, cost_source, input_tokens, output_tokens);
-- The same for results that go by their names alone, which are few.
create index idx_benchmark_results_named_model
  on public.benchmark_results ((coalesce(model, 'unknown')), simulated, created_at)
  where model_id is null;
-- The places results were measured from, and how many in a window, without a look at the results.
create index idx_benchmark_results_location_created_at
  on public.benchmark_results (location, created_at) include (prompt_version);

-- The shortest round step (1, 2, 2.5 or 5 times a power of ten) of which `steps` cover a range.
create function public.round_step(of_range double precision, steps integer) returns double precision
language sql immutable parallel safe security invoker set search_path = ''
as $$
  select case when of_range > 0 then (
    select min(factor * power) from (
      select factor, 10 ^ floor(log((of_range / steps)::numeric))::double precision as power
      from unnest(array[1, 2, 2.5, 5, 10]::double precision[]) as factor
    ) candidates
    where factor * power >= of_range / steps * (1 - 1e-9)
  ) else 1 end
$$;

-- Counts of values in steps of a round width: {n, step, bins: [[start of the bin, count], ...], above, above_n}.
-- What lies beyond the 99th percentile's bin is counted in one number, so that one slow answer does not squeeze the rest.
create function public.value_bins(of_values double precision[]) returns json
language sql immutable parallel safe security invoker set search_path = ''
as $$
  with known as (
    select v from unnest(of_values) as v where v is not null
  ), bounds as (
    select count(*) as n, min(v) as low, percentile_cont(0.99) within group (order by v) as high from known
  ), width as (
    select n, high, public.round_step(greatest(high - low, high / 50), 20) as step from bounds
  ), placed as (
    select floor(v / step) as bin, floor(high / step) as last, step from known, width
  )
  select json_build_object(
    'n', w.n,
    'step', w.step,
    'bins', (
      select coalesce(json_agg(json_build_array(b.bin * w.step, b.n) order by b.bin), '[]')
      from (select p.bin, count(*) as n from placed p where p.bin <= p.last group by p.bin) b
    ),
    'above', (floor(w.high / w.step) + 1) * w.step,
    'above_n', (select count(*) from placed p where p.bin > p.last)
  )
  from width w
$$;

-- One endpoint (provider + model) over a window: its facts, its figures exactly as dashboard_endpoints has them,
-- figures over time, distributions, failures, prices, latest results, and the same model elsewhere.
-- Null where neither the catalogue nor any result knows it.
create function public.model_page(
  of_provider text,
  of_model text,
  time_window text default '24h',
  at_location text default null,
  as_of timestamptz default null
)
returns json
language plpgsql
stable
security invoker
set search_path = ''
set statement_timeout = '3s'
set work_mem = '32MB'
-- Compiling takes longer than the query.
set jit = off
as $$
declare
  until_time constant timestamptz := coalesce(as_of, now());
  span constant interval := public.window_span(time_window);
  step constant interval := public.window_step(time_window);
  since_time constant timestamptz := until_time - span;
  version text;
  places text[];
  place text;
  answer json;
begin
  if span is null then
    raise exception 'time_window must be 1h, 24h, 7d or 30d' using errcode = '22023';
  end if;

  version := nullif(public.current_prompt_version(until_time), '');
  places := public.usual_locations(since_time, until_time, version);
  place := coalesce(at_location, places[1]);

  with
  -- The endpoint itself (0) and the same model elsewhere: by its identity, where it has none by its name.
  self as (
    select p.id as provider_id, p.name as provider_name, p.kind, m.*
    from (select 1) one
    left join public.providers p on p.slug = of_provider
    left join lateral (
      select n.id as model_id, n.identity, n.family, n.quantization, n.context_window, n.active, n.available,
        n.reasoning, n.created_at, n.last_seen_at, n.retired_at, n.retires_at, n.successor
      from public.models n where n.provider_id = p.id and n.name = of_model
    ) m on true
  ),
  others as (
    select p.id as provider_id, p.slug, m.name, m.id as model_id,
      row_number() over (order by m.active desc, p.kind, p.slug, m.name) as target
    from self s
    join public.models m on (m.identity = s.identity or (s.identity is null and m.name = of_model))
      and m.id is distinct from s.model_id
    join public.providers p on p.id = m.provider_id
    where m.available or m.active
    order by m.active desc, p.kind, p.slug, m.name
    limit 12
  ),
  wanted as (
    select 0::bigint as target, of_provider as slug, of_model as name, s.provider_id, s.model_id from self s
    union all
    select o.target, o.slug, o.name, o.provider_id, o.model_id from others o
  ),
  -- The texts a result without a provider's id may name it by: its slug, and its display name where that is
  -- no other's slug.
  spelled as materialized (
    select w.*, array(
      select w.slug
      where w.provider_id is not null or not exists (select 1 from public.providers q where q.name = w.slug)
      union
      select q.name from public.providers q
      where q.id = w.provider_id and not exists (select 1 from public.providers o where o.slug = q.name)
    ) as texts
    from wanted w
  ),
  -- Real and simulated never meet: one real result, ever, and an endpoint shows no simulated ones.
  targets as materialized (
    select s.*, not (
      exists (
        select 1 from public.benchmark_results r
        where r.model_id = s.model_id and not r.simulated and r.created_at <= until_time
          and (r.provider_id = s.provider_id
            or (r.provider_id is null and coalesce(r.provider, 'unknown') = any (s.texts)))
      ) or exists (
        select 1 from public.benchmark_results r
        where r.model_id is null and coalesce(r.model, 'unknown') = s.name and not r.simulated
          and r.created_at <= until_time
          and (r.provider_id = s.provider_id
            or (r.provider_id is null and coalesce(r.provider, 'unknown') = any (s.texts)))
      )
    ) as simulated
    from spelled s
  ),
  found as materialized (
    select
      t.target, t.simulated, r.id, r.run_id, r.created_at, r.success, r.error_kind, r.status_code, r.ttft_ms,
      r.answer_ttft_ms, r.tps, r.total_latency_ms, r.cost_usd, r.input_tokens::bigint + r.output_tokens as tokens,
      r.cost_source <> 'unknown' or r.cost_usd > 0 as cost_known
    from targets t
    cross join lateral (
      select b.id, b.run_id, b.created_at, b.success, b.error_kind, b.status_code, b.ttft_ms, b.answer_ttft_ms,
        b.tps, b.total_latency_ms, b.cost_usd, b.cost_source, b.input_tokens, b.output_tokens
      from public.benchmark_results b
      where b.model_id = t.model_id and b.simulated = t.simulated
        and b.created_at > since_time and b.created_at <= until_time
        and b.location = place
        and (b.prompt_version is null or b.prompt_version = version)
        and (b.provider_id = t.provider_id
          or (b.provider_id is null and coalesce(b.provider, 'unknown') = any (t.texts)))
      union all
      select b.id, b.run_id, b.created_at, b.success, b.error_kind, b.status_code, b.ttft_ms, b.answer_ttft_ms,
        b.tps, b.total_latency_ms, b.cost_usd, b.cost_source, b.input_tokens, b.output_tokens
      from public.benchmark_results b
      where b.model_id is null and coalesce(b.model, 'unknown') = t.name and b.simulated = t.simulated
        and b.created_at > since_time and b.created_at <= until_time
        and b.location = place
        and (b.prompt_version is null or b.prompt_version = version)
        and (b.provider_id = t.provider_id
          or (b.provider_id is null and coalesce(b.provider, 'unknown') = any (t.texts)))
    ) r
  ),
  -- A run in which every one of several providers was out of reach says that our own line was down. Most runs
  -- are told by their first other result.
  offline_runs as (
    select asked.run_id
    from (select distinct f.run_id from found f where f.error_kind = 'network') asked
    where case
      when exists (
        select 1 from public.benchmark_results b
        where b.run_id = asked.run_id and b.error_kind is distinct from 'network'
      ) then false
      else (
        select count(distinct coalesce(b.provider_id::text, b.provider)) >= 2
        from public.benchmark_results b
        where b.run_id = asked.run_id
      )
    end
  ),
  shown as materialized (
    select f.*,
      case
        when f.success then null
        when f.run_id in (select o.run_id from offline_runs o) then 'probe'
        else public.failure_owner(f.error_kind, f.status_code, f.success)
      end as owner
    from found f
  ),
  figures as (
    select
      d.target,
      count(*) filter (where d.owner is distinct from 'probe') as attempts,
      count(*) filter (where d.owner = 'probe') as probe_failures,
      count(*) filter (where d.success) as successes,
      count(*) filter (where d.owner = 'provider') as provider_failures,
      bool_or(d.simulated) as simulated,
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
    group by d.target
  ),
  -- The slow end of a bucket: of times the 95th percentile, of rates the 5th; 19 in 20 answers were faster.
  buckets as materialized (
    select
      date_bin(step, d.created_at, timestamptz '2000-01-01 00:00:00+00') as at,
      count(*) filter (where d.owner is distinct from 'probe') as attempts,
      count(*) filter (where d.owner = 'provider') as provider_failures,
      count(d.ttft_ms) filter (where d.success) as ttft_n,
      percentile_cont(0.5) within group (order by d.ttft_ms) filter (where d.success) as ttft_p50,
      percentile_cont(0.95) within group (order by d.ttft_ms) filter (where d.success) as ttft_p95,
      count(d.tps) filter (where d.success) as tps_n,
      percentile_cont(0.5) within group (order by d.tps) filter (where d.success) as tps_p50,
      percentile_cont(0.05) within group (order by d.tps) filter (where d.success) as tps_p05,
      count(*) filter (where d.success) as latency_n,
      percentile_cont(0.5) within group (order by d.total_latency_ms) filter (where d.success) as latency_p50,
      percentile_cont(0.95) within group (order by d.total_latency_ms) filter (where d.success) as latency_p95
    from shown d
    where d.target = 0
    group by 1
  ),
  entries as (
    select w.target, json_build_object(
      'provider', w.slug,
      'provider_name', coalesce(p.name, w.slug),
      'kind', p.kind,
      'model', w.name,
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
      'trend', case when w.target > 0 then '[]'::json else (
        select coalesce(
          -- As in endpoint_windows.trend.
          json_agg(
            json_build_array(extract(epoch from b.at)::bigint, b.attempts, b.ttft_n, b.ttft_p50, b.tps_p50)
            order by b.at
          ),
          '[]'
        )
        from buckets b
      ) end
    ) as entry
    from wanted w
    left join figures f on f.target = w.target
    left join public.providers p on p.id = w.provider_id
    left join public.models m on m.id = w.model_id
  ),
  newest as (
    select x.*
    from targets t
    cross join lateral (
      (
        select b.id, b.created_at
        from public.benchmark_results b
        where b.model_id = t.model_id and b.simulated = t.simulated and b.created_at <= until_time
          and b.location = place
          and (b.prompt_version is null or b.prompt_version = version)
          and (b.provider_id = t.provider_id
            or (b.provider_id is null and coalesce(b.provider, 'unknown') = any (t.texts)))
        order by b.created_at desc
        limit 10
      )
      union all
      (
        select b.id, b.created_at
        from public.benchmark_results b
        where b.model_id is null and coalesce(b.model, 'unknown') = t.name and b.simulated = t.simulated
          and b.created_at <= until_time
          and b.location = place
          and (b.prompt_version is null or b.prompt_version = version)
          and (b.provider_id = t.provider_id
            or (b.provider_id is null and coalesce(b.provider, 'unknown') = any (t.texts)))
        order by b.created_at desc
        limit 10
      )
    ) x
    where t.target = 0
    order by x.created_at desc, x.id
    limit 10
  )
  select case
    when s.model_id is null and not exists (
      select 1 from public.benchmark_results r, targets t
      where t.target = 0 and r.model_id is null and coalesce(r.model, 'unknown') = t.name
        and (r.provider_id = t.provider_id
          or (r.provider_id is null and coalesce(r.provider, 'unknown') = any (t.texts)))
    ) then null
    else json_build_object(
      'as_of', until_time,
      'since', since_time,
      'step_s', extract(epoch from step),
      'location', place,
      'locations', to_json(places),
      'newest_result_at', (
        select max(b.created_at) from public.benchmark_results b where b.created_at <= until_time
      ),
      'endpoint', (select e.entry from entries e where e.target = 0),
      'facts', case when s.model_id is not null then json_build_object(
        'available', s.available, 'context_window', s.context_window, 'identity', s.identity, 'family', s.family,
        'quantization', s.quantization, 'known_since', s.created_at, 'last_seen_at', s.last_seen_at,
        'retires_at', s.retires_at,
        'successor_known', exists (
          select 1 from public.models n where n.provider_id = s.provider_id and n.name = s.successor)
      ) end,
      'buckets', (
        select coalesce(json_agg(json_build_object(
          'at', b.at, 'attempts', b.attempts, 'provider_failures', b.provider_failures,
          'ttft', json_build_array(b.ttft_n, b.ttft_p50, case when b.ttft_n >= 20 then b.ttft_p95 end),
          'tps', json_build_array(b.tps_n, b.tps_p50, case when b.tps_n >= 20 then b.tps_p05 end),
          'latency', json_build_array(b.latency_n, b.latency_p50, case when b.latency_n >= 20 then b.latency_p95 end)
        ) order by b.at), '[]')
        from buckets b
      ),
      -- Short windows hold few enough answers to show each of them.
      'answers', case when time_window in ('1h', '24h') then (
        select coalesce(json_agg(json_build_array(
          floor(extract(epoch from a.created_at) * 1000), a.ttft_ms, a.tps, a.total_latency_ms) order by a.created_at), '[]')
        from (
          select d.* from shown d where d.target = 0 and d.success order by d.created_at desc limit 300
        ) a
      ) else '[]'::json end,
      'distributions', (
        select json_build_object(
          'ttft', public.value_bins(array_agg(d.ttft_ms)),
          'tps', public.value_bins(array_agg(d.tps)),
          'latency', public.value_bins(array_agg(d.total_latency_ms)))
        from shown d where d.target = 0 and d.success
      ),
      'failures', (
        select coalesce(json_agg(json_build_object(
          'kind', k.kind, 'owner', k.owner, 'n', k.n, 'statuses', k.statuses, 'newest_at', k.newest_at,
          'message', (select left(b.error_message, 300) from public.benchmark_results b where b.id = k.newest_id)
        ) order by k.n desc, k.kind, k.owner), '[]')
        from (
          select coalesce(d.error_kind, 'status ' || d.status_code, 'unknown') as kind, d.owner, count(*) as n,
            coalesce(array_agg(distinct d.status_code) filter (where d.status_code is not null), '{}') as statuses,
            max(d.created_at) as newest_at,
            (array_agg(d.id order by d.created_at desc, d.id))[1] as newest_id
          from shown d
          where d.target = 0 and not d.success
          group by 1, 2
        ) k
      ),
      'prices', (
        select coalesce(json_agg(json_build_object(
          'at', h.timestamp, 'input', h.input_price_per_m, 'output', h.output_price_per_m,
          'cached_input', h.cached_input_price_per_m, 'source', h.source) order by h.timestamp desc, h.id desc), '[]')
        from (
          select * from public.prices p where p.model_id = s.model_id order by p.timestamp desc, p.id desc limit 50
        ) h
      ),
      'results', (
        select coalesce(json_agg(json_build_object(
          'id', b.id, 'run_id', b.run_id, 'at', b.created_at, 'success', b.success, 'error_kind', b.error_kind,
          'owner', public.failure_owner(b.error_kind, b.status_code, b.success), 'status_code', b.status_code,
          'error_message', b.error_message, 'text', left(b.response_text, 1200), 'text_length', length(b.response_text),
          'ttft_ms', b.ttft_ms, 'tps', b.tps, 'total_latency_ms', b.total_latency_ms,
          'input_tokens', b.input_tokens, 'output_tokens', b.output_tokens, 'finish_reason', b.finish_reason,
          'upstream', b.upstream, 'simulated', b.simulated
        ) order by b.created_at desc, b.id), '[]')
        from newest n join public.benchmark_results b on b.id = n.id
      ),
      'elsewhere', (
        select coalesce(json_agg(json_build_object(
          'endpoint', e.entry, 'quantization', m.quantization, 'price', price.price
        ) order by e.target), '[]')
        from entries e
        join others o on o.target = e.target
        join public.models m on m.id = o.model_id
        left join lateral (
          select json_build_object('input', p.input_price_per_m, 'output', p.output_price_per_m) as price
          from public.prices p where p.model_id = o.model_id order by p.timestamp desc, p.id desc limit 1
        ) price on true
        where e.target > 0
      )
    )
  end into answer
  from self s;

  return answer;
end
$$;

-- The catalogue: the models of each provider, those measured first, retired ones apart, and what changed.
-- search: words, all of which stand in the model's name, family or identity or in its provider's name.
-- of_provider: one provider's models, `per_page` a page; without it the first `per_provider` of each.
create function public.model_catalog(
  search text default '',
  of_provider text default null,
  page integer default 1,
  per_page integer default 150,
  per_provider integer default 20
)
returns json
language sql
stable
security invoker
set search_path = ''
set statement_timeout = '3s'
set jit = off
as $$
  with
  words as (
    select array_remove(string_to_array(lower(search), ' '), '') as list
  ),
  matching as materialized (
    select m.id, m.name, p.slug, m.active, m.available, m.reasoning, m.context_window, m.retired_at, m.retires_at,
      m.successor, m.identity, p.name as provider_name, p.kind,
      m.retired_at is not null as retired
    from public.models m
    join public.providers p on p.id = m.provider_id
    -- A name that somebody tried and no list ever had is no model to speak of.
    where (m.available or m.active or m.retired_at is not null) and not exists (
      select 1 from words w, unnest(w.list) as word
      where position(word in lower(concat_ws(' ', p.slug, p.name, m.name, m.identity, m.family))) = 0
    )
  ),
  offered as (
    select x.*,
      row_number() over (partition by x.slug order by x.active desc, x.name) as place,
      count(*) over (partition by x.slug) as total,
      count(*) filter (where x.active) over (partition by x.slug) as active_total
    from matching x
    where not x.retired
  ),
  listed as (
    select o.*
    from offered o
    where case
      when of_provider is null then o.place <= per_provider
      else o.slug = of_provider and o.place > (page - 1) * per_page and o.place <= page * per_page
    end
  ),
  retired as (
    select x.*, count(*) over () as total
    from matching x
    where x.retired and (of_provider is null or x.slug = of_provider)
    order by x.retired_at desc nulls last, x.slug, x.name
    limit 40
  ),
  changes as (
    select e.at, e.kind, p.slug, p.name as provider_name, count(*) as n,
      (array_agg(json_build_object('model', e.model, 'before', e.before, 'after', e.after) order by e.model))[1:4] as first
    from public.catalog_events e
    join public.providers p on p.id = e.provider_id
    where e.at > now() - interval '30 days' and (of_provider is null or p.slug = of_provider)
    group by e.at, e.kind, p.slug, p.name
    order by e.at desc, p.slug, e.kind
    limit 20
  )
  select json_build_object(
    'as_of', now(),
    'counts', (
      select json_build_object(
        'active', count(*) filter (where m.active and m.retired_at is null),
        'available', count(*) filter (where m.available and not m.active and m.retired_at is null),
        'retired', count(*) filter (where m.retired_at is not null))
      from public.models m
    ),
    'providers', (
      select coalesce(json_agg(json_build_object(
        'provider', g.slug, 'name', g.provider_name, 'kind', g.kind, 'total', g.total, 'active', g.active_total,
        'models', g.models) order by g.active_total desc, g.slug), '[]')
      from (
        select l.slug, l.provider_name, l.kind, l.total, l.active_total, json_agg(json_build_object(
          'model', l.name, 'active', l.active, 'reasoning', l.reasoning, 'context_window', l.context_window,
          'retires_at', l.retires_at,
          'elsewhere', (
            select count(*) from public.models o
            where o.identity = l.identity and o.id <> l.id and o.available and o.retired_at is null),
          'price', (
            select json_build_array(h.input_price_per_m, h.output_price_per_m)
            from public.prices h where h.model_id = l.id order by h.timestamp desc, h.id desc limit 1)
        ) order by l.place) as models
        from listed l
        group by l.slug, l.provider_name, l.kind, l.total, l.active_total
      ) g
    ),
    'retired_total', (select coalesce(max(r.total), 0) from retired r),
    'retired', (
      select coalesce(json_agg(json_build_object(
        'provider', r.slug, 'provider_name', r.provider_name, 'model', r.name, 'retired_at', r.retired_at,
        'successor', r.successor, 'successor_known', exists (
          select 1 from public.models n join public.providers q on q.id = n.provider_id
          where q.slug = r.slug and n.name = r.successor)
      ) order by r.retired_at desc nulls last, r.slug, r.name), '[]')
      from retired r
    ),
    'changes', (
      select coalesce(json_agg(json_build_object(
        'at', c.at, 'kind', c.kind, 'provider', c.slug, 'provider_name', c.provider_name, 'n', c.n,
        'models', to_json(c.first)) order by c.at desc, c.slug, c.kind), '[]')
      from changes c
    )
  )
$$;

revoke all on function public.round_step(double precision, integer) from public;
revoke all on function public.value_bins(double precision[]) from public;
revoke all on function public.model_page(text, text, text, text, timestamptz) from public;
revoke all on function public.model_catalog(text, text, integer, integer, integer) from public;
grant execute on function public.round_step(double precision, integer) to anon, authenticated, service_role;
grant execute on function public.value_bins(double precision[]) to anon, authenticated, service_role;
grant execute on function public.model_page(text, text, text, text, timestamptz) to anon, authenticated, service_role;
grant execute on function public.model_catalog(text, text, integer, integer, integer)
  to anon, authenticated, service_role;

-- ---- 20261101001000_compare.sql

-- What the page that compares two endpoints reads. The choice of results is that of dashboard_endpoints; docs/metrics.md
-- says what the figures mean.

-- Two endpoints side by side, and their results run by run.
-- a, b: "provider/model", as in the pages' addresses (the slug ends at the first slash).
-- time_window: '1h', '24h', '7d' or '30d', ending at as_of (default: now).
-- at_location: where it was measured from; by default the place with most results of all endpoints in the window.
-- In `runs` each array has one entry a run, oldest first. A side's `states` has one letter a run: s answered,
-- f failed, p failed through the probe's fault, - not asked. Several answers of a run are one value, their
-- geometric mean; 0 where one of them was 0, null where there is none.
create function public.compare_endpoints(
  a text,
  b text,
  time_window text default '24h',
  at_location text default null,
  as_of timestamptz default null
)
returns json
language plpgsql
stable
security invoker
set search_path = ''
set statement_timeout = '3s'
set work_mem = '32MB'
-- Compiling takes longer than the query.
set jit = off
as $$
declare
  until_time constant timestamptz := coalesce(as_of, now());
  span constant interval := public.window_span(time_window);
  since_time constant timestamptz := until_time - span;
  version text;
  usual_place text;
  place text;
  answer json;
begin
  if span is null then
    raise exception 'time_window must be 1h, 24h, 7d or 30d' using errcode = '22023';
  end if;

  version := nullif(public.current_prompt_version(until_time), '');
  usual_place := (public.usual_locations(since_time, until_time, version))[1];
  place := coalesce(at_location, usual_place);

  with
  wanted as (
    select w.side, w.key, p.id as provider_id, p.slug, p.name, p.kind,
      substr(w.key, strpos(w.key, '/') + 1) as model
    from (values ('a', compare_endpoints.a), ('b', compare_endpoints.b)) w (side, key)
    left join public.providers p on p.slug = split_part(w.key, '/', 1) and strpos(w.key, '/') > 0
  ),
  -- Rows that name their model by id, rows that name it by text, and rows of a provider that nobody knows. That both
  -- values of `simulated` are wanted is said for the indexes, which have it as a key.
  candidates as materialized (
    select w.side, w.slug as provider, w.model,
      r.run_id, r.created_at, r.location, r.simulated, r.prompt_version, r.success, r.error_kind, r.status_code,
      r.ttft_ms, r.answer_ttft_ms, r.tps, r.total_latency_ms, r.cost_usd, r.cost_source
    from wanted w
    join public.models m on m.name = w.model
    join public.benchmark_results r on r.model_id = m.id and r.simulated = any (array[false, true])
      and r.created_at > since_time and r.created_at <= until_time
    where r.provider_id = w.provider_id
      or (r.provider_id is null and (r.provider = w.slug or (
        r.provider = w.name and not exists (select 1 from public.providers q where q.slug = w.name))))
    union all
    select w.side, w.slug, w.model,
      r.run_id, r.created_at, r.location, r.simulated, r.prompt_version, r.success, r.error_kind, r.status_code,
      r.ttft_ms, r.answer_ttft_ms, r.tps, r.total_latency_ms, r.cost_usd, r.cost_source
    from wanted w
    join public.benchmark_results r on r.model_id is null and r.simulated = any (array[false, true])
      and r.created_at > since_time and r.created_at <= until_time
      and coalesce(r.model, 'unknown') = w.model
    where r.provider_id = w.provider_id
      or (r.provider_id is null and (r.provider = w.slug or (
        r.provider = w.name and not exists (select 1 from public.providers q where q.slug = w.name))))
    union all
    select w.side, coalesce(r.provider, 'unknown'), coalesce(m.name, r.model, 'unknown'),
      r.run_id, r.created_at, r.location, r.simulated, r.prompt_version, r.success, r.error_kind, r.status_code,
      r.ttft_ms, r.answer_ttft_ms, r.tps, r.total_latency_ms, r.cost_usd, r.cost_source
    from wanted w
    join public.benchmark_results r on r.provider_id is null
      and r.created_at > since_time and r.created_at <= until_time
    left join public.models m on m.id = r.model_id
    where w.provider_id is null
      and coalesce(r.provider, 'unknown') || '/' || coalesce(m.name, r.model, 'unknown') = w.key
      and not exists (select 1 from public.providers q where q.slug = r.provider or q.name = r.provider)
  ),
  -- Two endpoints of unknown providers may share a key ("x/y" + "z", "x" + "y/z"): the first one has it.
  owners as (
    select distinct on (c.side) c.side, c.provider, c.model from candidates c order by c.side, c.provider, c.model
  ),
  named as materialized (
    select
      w.side, w.provider_id,
      coalesce(w.slug, o.provider) as slug,
      coalesce(w.name, o.provider) as provider_name,
      w.kind,
      case when w.slug is null then o.model else w.model end as model,
      m.id as model_id, m.active, m.reasoning, m.retired_at, m.successor, m.identity,
      m.id is not null or o.provider is not null as known
    from wanted w
    left join public.models m on m.provider_id = w.provider_id and m.name = w.model
    left join owners o on o.side = w.side
  ),
  recent as materialized (
    select
      c.side, c.run_id, c.created_at, c.location, c.simulated, c.success, c.error_kind,
      c.ttft_ms, c.answer_ttft_ms, c.tps, c.total_latency_ms, c.cost_usd,
      c.cost_source <> 'unknown' or c.cost_usd > 0 as cost_known,
      -- The function is called for the few that failed only: a call costs more than the row.
      case when c.success then null else public.failure_owner(c.error_kind, c.status_code, c.success) end as owner
    from candidates c
    join owners o on o.side = c.side and o.provider = c.provider and o.model = c.model
    where c.prompt_version is null or c.prompt_version = version
  ),
  locations as (
    select r.location, count(*) as results from recent r group by r.location
  ),
  -- A run in which every one of several providers was out of reach says that our own line was down.
  offline_runs as (
    select asked.run_id
    from (select distinct r.run_id from recent r where r.error_kind = 'network') asked
    cross join lateral (
      select
        count(distinct coalesce(o.provider_id::text, o.provider)) as providers,
        bool_and(o.error_kind is not distinct from 'network') as all_network
      from public.benchmark_results o
      where o.run_id = asked.run_id
    ) seen
    where seen.providers >= 2 and seen.all_network
  ),
  placed as materialized (
    select
      r.side, r.run_id, r.created_at, r.simulated, r.success, r.ttft_ms, r.answer_ttft_ms, r.tps,
      r.total_latency_ms, r.cost_known, r.cost_usd,
      case when o.run_id is not null then 'probe' else r.owner end as owner
    from recent r
    left join offline_runs o on o.run_id = r.run_id
    where r.location = place
  ),
  -- Real and simulated never meet: one real result, ever, and an endpoint shows no simulated ones.
  measured_for_real as (
    select n.side
    from named n
    where exists (select 1 from placed d where d.side = n.side and d.simulated)
      and (
        exists (
          select 1
          from public.benchmark_results r
          where r.model_id = n.model_id and r.provider_id = n.provider_id
            and r.simulated = false and r.created_at <= until_time
        ) or exists (
          select 1
          from public.benchmark_results r
          where r.model = n.model and r.provider = n.slug
            and not r.simulated and r.created_at <= until_time
        )
      )
  ),
  shown as materialized (
    select d.*
    from placed d
    where not d.simulated or d.side not in (select f.side from measured_for_real f)
  ),
  figures as (
    select
      d.side,
      bool_or(d.simulated) as simulated,
      count(*) filter (where d.owner is distinct from 'probe') as attempts,
      count(*) filter (where d.owner = 'probe') as probe_failures,
      count(*) filter (where d.success) as successes,
      bool_or(d.answer_ttft_ms > d.ttft_ms) filter (where d.success) as thinks_aloud,
      count(d.ttft_ms) filter (where d.success) as ttft_n,
      percentile_cont(0.5) within group (order by d.ttft_ms) filter (where d.success) as ttft_p50,
      percentile_cont(0.95) within group (order by d.ttft_ms) filter (where d.success) as ttft_p95,
      count(d.answer_ttft_ms) filter (where d.success) as answer_n,
      percentile_cont(0.5) within group (order by d.answer_ttft_ms) filter (where d.success) as answer_p50,
      percentile_cont(0.95) within group (order by d.answer_ttft_ms) filter (where d.success) as answer_p95,
      count(d.tps) filter (where d.success) as tps_n,
      percentile_cont(0.5) within group (order by d.tps) filter (where d.success) as tps_p50,
      percentile_cont(0.5) within group (order by d.total_latency_ms) filter (where d.success) as latency_p50,
      percentile_cont(0.95) within group (order by d.total_latency_ms) filter (where d.success) as latency_p95,
      count(*) filter (where d.success and d.cost_known) as cost_n,
      avg(d.cost_usd) filter (where d.success and d.cost_known) as cost_per_request
    from shown d
    group by d.side
  ),
  by_run as (
    select
      d.side,
      d.run_id,
      min(d.created_at) as at,
      case
        when bool_or(d.success) then 's'
        when bool_or(d.owner <> 'probe') then 'f'
        else 'p'
      end as state,
      case when min(d.ttft_ms) filter (where d.success) = max(d.ttft_ms) filter (where d.success)
        or min(d.ttft_ms) filter (where d.success) = 0
        then min(d.ttft_ms) filter (where d.success)
        else exp(avg(ln(nullif(d.ttft_ms, 0))) filter (where d.success)) end as ttft,
      case when min(d.answer_ttft_ms) filter (where d.success) = max(d.answer_ttft_ms) filter (where d.success)
        or min(d.answer_ttft_ms) filter (where d.success) = 0
        then min(d.answer_ttft_ms) filter (where d.success)
        else exp(avg(ln(nullif(d.answer_ttft_ms, 0))) filter (where d.success)) end as answer,
      case when min(d.total_latency_ms) filter (where d.success) = max(d.total_latency_ms) filter (where d.success)
        or min(d.total_latency_ms) filter (where d.success) = 0
        then min(d.total_latency_ms) filter (where d.success)
        else exp(avg(ln(nullif(d.total_latency_ms, 0))) filter (where d.success)) end as latency,
      case when min(d.tps) filter (where d.success) = max(d.tps) filter (where d.success)
        or min(d.tps) filter (where d.success) = 0
        then min(d.tps) filter (where d.success)
        else exp(avg(ln(nullif(d.tps, 0))) filter (where d.success)) end as tps,
      case when min(d.cost_usd) filter (where d.success and d.cost_known)
          = max(d.cost_usd) filter (where d.success and d.cost_known)
        or min(d.cost_usd) filter (where d.success and d.cost_known) = 0
        then min(d.cost_usd) filter (where d.success and d.cost_known)
        else exp(avg(ln(nullif(d.cost_usd, 0))) filter (where d.success and d.cost_known)) end as cost
    from shown d
    group by d.side, d.run_id
  ),
  runs as (
    select
      least(x.at, y.at) as at, run_id,
      coalesce(x.state, '-') as a_state, x.ttft as a_ttft, x.answer as a_answer, x.latency as a_latency,
      x.tps as a_tps, x.cost as a_cost,
      coalesce(y.state, '-') as b_state, y.ttft as b_ttft, y.answer as b_answer, y.latency as b_latency,
      y.tps as b_tps, y.cost as b_cost
    from (select * from by_run where side = 'a') x
    full join (select * from by_run where side = 'b') y using (run_id)
  ),
  entries as (
    select
      n.side,
      json_build_object(
        'known', n.known,
        'provider', n.slug,
        'provider_name', n.provider_name,
        'kind', n.kind,
        'model', n.model,
        'active', coalesce(n.active, false),
        'reasoning', coalesce(n.reasoning, false),
        'retired_at', n.retired_at,
        'successor', n.successor,
        'identity', n.identity,
        'simulated', coalesce(f.simulated, false),
        'attempts', coalesce(f.attempts, 0),
        'probe_failures', coalesce(f.probe_failures, 0),
        'successes', coalesce(f.successes, 0),
        'success_rate', f.successes::float8 / nullif(f.attempts, 0),
        'thinks_aloud', coalesce(f.thinks_aloud, false),
        'ttft', json_build_object(
          'n', coalesce(f.ttft_n, 0), 'p50', f.ttft_p50, 'p95', case when f.ttft_n >= 20 then f.ttft_p95 end
        ),
        'answer_ttft', json_build_object(
          'n', coalesce(f.answer_n, 0), 'p50', f.answer_p50, 'p95', case when f.answer_n >= 20 then f.answer_p95 end
        ),
        'latency', json_build_object(
          'n', coalesce(f.successes, 0), 'p50', f.latency_p50,
          'p95', case when f.successes >= 20 then f.latency_p95 end
        ),
        'tps', json_build_object('n', coalesce(f.tps_n, 0), 'p50', f.tps_p50),
        'cost', json_build_object('n', coalesce(f.cost_n, 0), 'per_request', f.cost_per_request)
      ) as entry
    from named n
    left join figures f on f.side = n.side
  )
  select json_build_object(
    'as_of', until_time,
    'since', since_time,
    'prompt_version', version,
    'location', place,
    'usual_location', usual_place,
    -- Where the two were measured from.
    'locations', (
      select coalesce(
        json_agg(
          json_build_object('location', l.location, 'results', l.results)
          order by l.location = usual_place desc, l.results desc, l.location
        ),
        '[]'::json
      )
      from locations l
    ),
    'newest_result_at', (
      select max(r.created_at) from public.benchmark_results r where r.created_at <= until_time
    ),
    'a', (select e.entry from entries e where e.side = 'a'),
    'b', (select e.entry from entries e where e.side = 'b'),
    'runs', (
      select json_build_object(
        'at', coalesce(json_agg(floor(extract(epoch from r.at)) order by r.at, r.run_id), '[]'::json),
        'a', json_build_object(
          'states', coalesce(string_agg(r.a_state, '' order by r.at, r.run_id), ''),
          'ttft', coalesce(json_agg(r.a_ttft order by r.at, r.run_id), '[]'::json),
          'answer', coalesce(json_agg(r.a_answer order by r.at, r.run_id), '[]'::json),
          'latency', coalesce(json_agg(r.a_latency order by r.at, r.run_id), '[]'::json),
          'tps', coalesce(json_agg(r.a_tps order by r.at, r.run_id), '[]'::json),
          'cost', coalesce(json_agg(r.a_cost order by r.at, r.run_id), '[]'::json)
        ),
        'b', json_build_object(
          'states', coalesce(string_agg(r.b_state, '' order by r.at, r.run_id), ''),
          'ttft', coalesce(json_agg(r.b_ttft order by r.at, r.run_id), '[]'::json),
          'answer', coalesce(json_agg(r.b_answer order by r.at, r.run_id), '[]'::json),
          'latency', coalesce(json_agg(r.b_latency order by r.at, r.run_id), '[]'::json),
          'tps', coalesce(json_agg(r.b_tps order by r.at, r.run_id), '[]'::json),
          'cost', coalesce(json_agg(r.b_cost order by r.at, r.run_id), '[]'::json)
        )
      )
      from runs r
    )
  ) into answer;

  return answer;
end
$$;

-- The endpoints there are to choose from: those that are measured now, and those that were in the 30 days before
-- as_of (default: now). `newest_at` is null where nothing was measured in that time.
create function public.compare_choices(as_of timestamptz default null)
returns json
language sql
stable
security invoker
set search_path = ''
set statement_timeout = '3s'
as $$
  with
  moment as (select coalesce(as_of, now()) as until_time),
  catalogued as (
    select p.slug, p.name as provider_name, p.kind, m.name as model, m.identity, m.active, newest.created_at, newest.simulated
    from moment t
    cross join public.models m
    join public.providers p on p.id = m.provider_id
    left join lateral (
      select latest.created_at, s.simulated
      from (values (false), (true)) s (simulated)
      cross join lateral (
        select r.created_at
        from public.benchmark_results r
        where r.model_id = m.id and r.simulated = s.simulated
          and r.created_at > t.until_time - interval '30 days'
          and r.created_at <= t.until_time
        order by r.created_at desc
        limit 1
      ) latest
      -- One real result, and the simulated ones are not shown.
      order by s.simulated
      limit 1
    ) newest on true
  ),
  -- Rows that name their model by text alone; names are resolved once for each way of writing them.
  spellings as (
    select
      r.provider_id, r.provider, r.model,
      max(r.created_at) as created_at,
      bool_and(r.simulated) as simulated
    from moment t
    join public.benchmark_results r
      on r.model_id is null
      and r.created_at > t.until_time - interval '30 days'
      and r.created_at <= t.until_time
    group by 1, 2, 3
  ),
  written as (
    select
      coalesce(p.slug, s.provider, 'unknown') as slug,
      coalesce(p.name, s.provider, 'unknown') as provider_name,
      p.kind,
      coalesce(s.model, 'unknown') as model,
      max(s.created_at) as created_at,
      bool_and(s.simulated) as simulated
    from spellings s
    left join lateral (
      select q.slug, q.name, q.kind
      from public.providers q
      where q.id = s.provider_id
        or (s.provider_id is null and (q.slug = s.provider or q.name = s.provider))
      order by q.slug = s.provider desc
      limit 1
    ) p on true
    group by 1, 2, 3, 4
  ),
  choices as (
    select
      coalesce(c.slug, w.slug) as slug,
      coalesce(c.provider_name, w.provider_name) as provider_name,
      coalesce(c.kind, w.kind) as kind,
      coalesce(c.model, w.model) as model,
      c.identity,
      coalesce(c.active, false) as active,
      greatest(c.created_at, w.created_at) as newest_at,
      coalesce(c.simulated and w.simulated, c.simulated, w.simulated, false) as simulated
    from catalogued c
    full join written w on w.slug = c.slug and w.model = c.model
  )
  select json_build_object(
    'endpoints', coalesce(
      json_agg(
        json_build_object(
          'provider', c.slug, 'provider_name', c.provider_name, 'kind', c.kind, 'model', c.model,
          'identity', c.identity, 'active', c.active, 'newest_at', c.newest_at, 'simulated', c.simulated
        )
        order by c.slug, c.model
      ),
      '[]'::json
    )
  )
  from choices c
  where c.active or c.newest_at is not null
$$;

revoke all on function public.compare_endpoints(text, text, text, text, timestamptz) from public;
revoke all on function public.compare_choices(timestamptz) from public;
grant execute on function public.compare_endpoints(text, text, text, text, timestamptz) to anon, authenticated, service_role;
grant execute on function public.compare_choices(timestamptz) to anon, authenticated, service_role;

-- ---- 20261101001100_runs_prices_status.sql

-- What the pages of runs, prices and status read. One JSON value each, with the same choice of rows as
-- dashboard_endpoints. A month of status is read from finished days that are counted once.

-- One row for each endpoint and UTC day that is over. Nothing here is a source of its own: a day that is missing, or
-- was counted for another version of the prompt, is counted from the results when it is asked for.
create table public.endpoint_days (
  id                uuid primary key default gen_random_uuid(),
  created_at        timestamptz not null default now(),
  day               date not null,
  -- The prompt's version that was current when the day was counted.
  prompt_version    text not null,
  provider          text not null,
  model             text not null,
  location          text not null,
  simulated         boolean not null,
  results           integer not null,
  attempts          integer not null,
  successes         integer not null,
  provider_failures integer not null,
  first_success_at  timestamptz,
  newest_at         timestamptz not null,
  -- [{began_at, last_at, ended_at, failures, kinds}]: provider failures in a row, as far as they can be (part of) an
  -- incident: two or more, or touching the day's begin or end. ended_at is the success that ended them.
  streaks           jsonb not null default '[]',
  unique (day, provider, model, location, simulated)
);
alter table public.endpoint_days enable row level security;
revoke all on public.endpoint_days from public, anon, authenticated, service_role;
grant select on public.endpoint_days to anon, authenticated;
grant select, insert, delete on public.endpoint_days to service_role;
create policy "Anyone reads counted days" on public.endpoint_days for select to anon, authenticated using (true);

-- The day's figures of every endpoint, from the results: [{provider, model, location, …}] as in endpoint_days.
create function public.endpoint_day(of_day date, version text, until_time timestamptz default now()) returns jsonb
language sql stable security invoker set search_path = ''
set work_mem = '64MB'
-- The planner knows no sizes of the steps below and takes them for a row or two: hashing is right for all of them.
set enable_nestloop = off
set enable_mergejoin = off
as $$
  with
  recent as materialized (
    select
      r.id, r.run_id, r.provider_id, r.model_id, r.provider, r.model, r.created_at, r.location, r.simulated,
      r.success, r.error_kind,
      -- failure_owner() written out for speed; a test holds these figures to those of dashboard_endpoints.
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
    where r.created_at >= of_day::timestamp at time zone 'UTC'
      and r.created_at < (of_day + 1)::timestamp at time zone 'UTC'
      and r.created_at <= until_time
      and (r.prompt_version is null or r.prompt_version = version)
  ),
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
  -- Names are resolved once for each way a series (endpoint, place, real or simulated) is written in the rows.
  spellings as (
    select distinct r.provider_id, r.model_id, r.provider, r.model, r.location, r.simulated from recent r
  ),
  resolved as (
    select s.*, coalesce(p.slug, s.provider, 'unknown') as slug, coalesce(m.name, s.model, 'unknown') as model_name
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
  named as materialized (
    select r.*, dense_rank() over (order by r.slug, r.model_name, r.location, r.simulated) as series
    from resolved r
  ),
  placed as materialized (
    select
      n.series, r.id, r.created_at, r.success, r.error_kind,
      case when o.run_id is not null then 'probe' else r.owner end as owner
    from recent r
    join named n
      on coalesce(n.provider_id, '00000000-0000-0000-0000-000000000000')
        = coalesce(r.provider_id, '00000000-0000-0000-0000-000000000000')
      and coalesce(n.model_id, '00000000-0000-0000-0000-000000000000')
        = coalesce(r.model_id, '00000000-0000-0000-0000-000000000000')
      and coalesce(n.provider, '') = coalesce(r.provider, '')
      and coalesce(n.model, '') = coalesce(r.model, '')
      and n.location = r.location
      and n.simulated = r.simulated
    left join offline_runs o on o.run_id = r.run_id
  ),
  figures as (
    select
      d.series,
      count(*) as results,
      count(*) filter (where d.owner is distinct from 'probe') as attempts,
      count(*) filter (where d.success) as successes,
      count(*) filter (where d.owner = 'provider') as provider_failures,
      min(d.created_at) filter (where d.success) as first_success_at,
      max(d.created_at) as newest_at
    from placed d
    group by d.series
  ),
  -- Rate limits and our own mistakes say nothing of the provider: they neither break a streak nor lengthen it.
  sequence as (
    select d.*, lag(d.success) over (partition by d.series order by d.created_at, d.id) as success_before
    from placed d
    where (d.success or d.owner = 'provider')
      and d.series in (select f.series from figures f where f.provider_failures > 0)
  ),
  -- Failures, and the success that ends each row of them: those with the same number of such successes before them
  -- belong together.
  counted as (
    select c.*, count(*) filter (where c.success) over (partition by c.series order by c.created_at, c.id) as ends
    from sequence c
    where not c.success or not c.success_before
  ),
  stretches as (
    select
      c.series,
      count(*) filter (where not c.success) as failures,
      min(c.created_at) filter (where not c.success) as began_at,
      max(c.created_at) filter (where not c.success) as last_at,
      array_agg(distinct coalesce(c.error_kind, 'unknown')) filter (where not c.success) as kinds,
      coalesce(bool_or(c.success_before is null), false) as begins_day,
      lead(min(c.created_at) filter (where c.success)) over (partition by c.series order by c.ends) as ended_at
    from counted c
    group by c.series, c.ends
  ),
  streaks as (
    select
      s.series,
      jsonb_agg(
        jsonb_build_object(
          'began_at', s.began_at, 'last_at', s.last_at, 'ended_at', s.ended_at, 'failures', s.failures,
          'kinds', s.kinds
        )
        order by s.began_at
      ) as list
    from stretches s
    where s.failures >= 2 or (s.failures = 1 and (s.begins_day or s.ended_at is null))
    group by s.series
  )
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'provider', n.slug, 'model', n.model_name, 'location', n.location, 'simulated', n.simulated,
        'results', f.results, 'attempts', f.attempts, 'successes', f.successes,
        'provider_failures', f.provider_failures, 'first_success_at', f.first_success_at,
        'newest_at', f.newest_at, 'streaks', coalesce(s.list, '[]'::jsonb)
      )
      order by n.series
    ),
    '[]'::jsonb
  )
  from figures f
  join (select distinct d.series, d.slug, d.model_name, d.location, d.simulated from named d) n on n.series = f.series
  left join streaks s on s.series = f.series
$$;

-- Counts finished days of the last 30 that are not counted yet, newest first, at most so many. Answers with how many.
-- A day is taken two hours after its end, so that the run that goes on over midnight is whole; what comes later still
-- makes the day be forgotten (below) and counted again.
create function public.engine_keep_days(at_most integer default 2) returns integer
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  version constant text := public.current_prompt_version(now());
  newest constant date := ((now() - interval '2 hours') at time zone 'UTC')::date - 1;
  missing date;
  kept integer := 0;
begin
  if not pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended('engine_keep_days', 0)) then
    return 0;
  end if;
  for missing in
    select d::date
    from generate_series(newest, newest - 29, interval '-1 day') d
    where not exists (
        select 1 from public.endpoint_days k
        where k.day = d::date and k.prompt_version = version
      )
      and exists (
        select 1 from public.benchmark_results r
        where r.created_at >= d::date::timestamp at time zone 'UTC'
          and r.created_at < (d::date + 1)::timestamp at time zone 'UTC'
          and (r.prompt_version is null or r.prompt_version = version)
      )
    limit at_most
  loop
    delete from public.endpoint_days where day = missing;
    insert into public.endpoint_days
      (day, prompt_version, provider, model, location, simulated, results, attempts, successes, provider_failures,
       first_success_at, newest_at, streaks)
    select missing, version, x.provider, x.model, x.location, x.simulated, x.results, x.attempts, x.successes,
      x.provider_failures, x.first_success_at, x.newest_at, x.streaks
    from jsonb_to_recordset(public.endpoint_day(missing, version)) as x(
      provider text, model text, location text, simulated boolean, results integer, attempts integer,
      successes integer, provider_failures integer, first_success_at timestamptz, newest_at timestamptz,
      streaks jsonb);
    kept := kept + 1;
  end loop;
  delete from public.endpoint_days where day < newest - 40;
  return kept;
end
$$;

-- Triggers live outside the schema that the API offers.
create schema internal;
revoke all on schema internal from public;

create function internal.keep_days_after_run() returns trigger
language plpgsql security invoker set search_path = ''
as $$
begin
  perform public.engine_keep_days(2);
  return null;
exception when others then
  -- The counted days only save time; a run's end must not fail for them. The server's log has it.
  raise warning 'days were not counted: %', sqlerrm;
  return null;
end
$$;
create trigger keep_days_after_run after update of finished_at on public.runs
  for each row when (old.finished_at is null and new.finished_at is not null)
  execute function internal.keep_days_after_run();

-- A day whose results change is counted again: rows that come days late, rows that are deleted or corrected.
create function internal.forget_days() returns trigger
language plpgsql security invoker set search_path = ''
as $$
begin
  delete from public.endpoint_days k
  using (
    select distinct (c.created_at at time zone 'UTC')::date as day
    from changed c
    where c.created_at < date_trunc('day', now(), 'UTC')
  ) d
  where k.day = d.day;
  return null;
end
$$;
create trigger forget_days_on_insert after insert on public.benchmark_results
  referencing new table as changed for each statement execute function internal.forget_days();
create trigger forget_days_on_delete after delete on public.benchmark_results
  referencing old table as changed for each statement execute function internal.forget_days();

create function internal.forget_day() returns trigger
language plpgsql security invoker set search_path = ''
as $$
begin
  delete from public.endpoint_days
  where day in ((old.created_at at time zone 'UTC')::date, (new.created_at at time zone 'UTC')::date);
  return null;
end
$$;
-- Not for what pruning empties (texts and arrival times).
create trigger forget_day_on_update
  after update of created_at, success, error_kind, status_code, provider_id, model_id, provider, model, location,
    simulated, prompt_version
  on public.benchmark_results
  for each row execute function internal.forget_day();

create function internal.forget_all_days() returns trigger
language plpgsql security invoker set search_path = ''
as $$
begin
  delete from public.endpoint_days;
  return null;
end
$$;
-- Days carry names; a renamed endpoint is counted anew.
create trigger forget_days_on_rename after update of name on public.models
  for each row when (old.name is distinct from new.name) execute function internal.forget_all_days();
create trigger forget_days_on_rename after update of slug, name on public.providers
  for each row when ((old.slug, old.name) is distinct from (new.slug, new.name))
  execute function internal.forget_all_days();

-- Uptime by UTC day for 30 days (today included), incidents, and the engine's own health.
create function public.dashboard_status(at_location text default null, as_of timestamptz default null)
returns json
language plpgsql stable security invoker set search_path = ''
set statement_timeout = '3s'
set work_mem = '64MB'
set enable_nestloop = off
as $$
declare
  until_time constant timestamptz := coalesce(as_of, now());
  last_day constant date := (until_time at time zone 'UTC')::date;
  first_day constant date := last_day - 29;
  version constant text := public.current_prompt_version(until_time);
  answer json;
begin
  with
  counted_days as (
    select distinct k.day
    from public.endpoint_days k
    where k.day between first_day and last_day - 1
      and k.prompt_version = version
  ),
  facts as materialized (
    select k.day, k.provider, k.model, k.location, k.simulated, k.results, k.attempts, k.successes,
      k.provider_failures, k.first_success_at, k.newest_at, k.streaks
    from public.endpoint_days k
    join counted_days c on c.day = k.day
    where k.prompt_version = version
    union all
    select d.day::date, x.provider, x.model, x.location, x.simulated, x.results, x.attempts, x.successes,
      x.provider_failures, x.first_success_at, x.newest_at, x.streaks
    from generate_series(first_day, last_day, interval '1 day') d(day)
    cross join lateral jsonb_to_recordset(public.endpoint_day(d.day::date, version, until_time)) as x(
      provider text, model text, location text, simulated boolean, results integer, attempts integer,
      successes integer, provider_failures integer, first_success_at timestamptz, newest_at timestamptz,
      streaks jsonb)
    where d.day::date not in (select c.day from counted_days c)
  ),
  locations as (
    select f.location, sum(f.results)::bigint as results from facts f group by f.location
  ),
  place as (
    select coalesce(
      at_location,
      (select l.location from locations l order by l.results desc, l.location limit 1)
    ) as location
  ),
  placed as materialized (
    select f.* from facts f where f.location = (select p.location from place p)
  ),
  measured_for_real as (
    select s.provider, s.model
    from (select distinct d.provider, d.model from placed d where d.simulated) s
    left join public.providers p on p.slug = s.provider
    left join public.models m on m.provider_id = p.id and m.name = s.model
    where exists (
        select 1 from facts f where f.provider = s.provider and f.model = s.model and not f.simulated
      ) or exists (
        select 1 from public.benchmark_results b
        where b.provider_id = p.id and b.model_id = m.id and not b.simulated and b.created_at <= until_time
      ) or exists (
        select 1 from public.benchmark_results b
        where b.provider = s.provider and b.model = s.model and not b.simulated and b.created_at <= until_time
      )
  ),
  shown as materialized (
    select d.*
    from placed d
    left join measured_for_real r on r.provider = d.provider and r.model = d.model
    where not d.simulated or r.provider is null
  ),
  figures as (
    select
      d.provider, d.model,
      bool_or(d.simulated) as simulated,
      sum(d.attempts) as attempts,
      sum(d.successes) as successes,
      sum(d.provider_failures) as provider_failures,
      max(d.newest_at) as newest_at,
      json_agg(json_build_array(d.day - first_day, d.successes, d.provider_failures, d.attempts) order by d.day)
        as days
    from shown d
    group by d.provider, d.model
  ),
  -- A streak that is open at its day's end ends with the first success of a later day.
  later as (
    select
      d.provider, d.model, d.streaks,
      min(d.first_success_at) over (
        partition by d.provider, d.model order by d.day rows between 1 following and unbounded following
      ) as next_success_at
    from shown d
  ),
  pieces as (
    select
      l.provider, l.model, s.began_at, s.last_at, s.failures, s.kinds,
      coalesce(s.ended_at, l.next_success_at) as ended_at
    from later l
    cross join lateral jsonb_to_recordset(l.streaks) as s(
      began_at timestamptz, last_at timestamptz, ended_at timestamptz, failures integer, kinds jsonb)
  ),
  -- Pieces that the same success ends (or none yet) are one streak.
  incidents as (
    select
      p.provider, p.model, p.ended_at,
      min(p.began_at) as began_at,
      max(p.last_at) as last_failure_at,
      sum(p.failures) as failures,
      jsonb_agg(p.kinds) as kinds
    from pieces p
    group by p.provider, p.model, p.ended_at
    having sum(p.failures) >= 2
  ),
  listed as (
    select f.provider, f.model from figures f
    union
    select p.slug, m.name
    from public.models m
    join public.providers p on p.id = m.provider_id
    where m.active
  ),
  newest_run as (
    select r.*
    from public.runs r
    where r.started_at <= until_time
    order by r.started_at desc
    limit 1
  )
  select json_build_object(
    'as_of', until_time,
    'first_day', first_day,
    'last_day', last_day,
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
    'endpoints', (
      select coalesce(
        json_agg(
          json_build_object(
            'provider', l.provider, 'provider_name', coalesce(p.name, l.provider), 'kind', p.kind,
            'model', l.model, 'active', coalesce(m.active, false), 'retired_at', m.retired_at,
            'successor', m.successor, 'simulated', coalesce(f.simulated, false),
            'attempts', coalesce(f.attempts, 0), 'successes', coalesce(f.successes, 0),
            'provider_failures', coalesce(f.provider_failures, 0), 'newest_at', f.newest_at,
            'days', coalesce(f.days, '[]'::json)
          )
          order by l.provider, l.model
        ),
        '[]'::json
      )
      from listed l
      left join figures f on f.provider = l.provider and f.model = l.model
      left join public.providers p on p.slug = l.provider
      left join public.models m on m.provider_id = p.id and m.name = l.model
    ),
    'incidents', (
      select coalesce(
        json_agg(
          json_build_object(
            'provider', i.provider, 'model', i.model, 'began_at', i.began_at,
            'last_failure_at', i.last_failure_at, 'ended_at', i.ended_at, 'failures', i.failures,
            'kinds', (
              select json_agg(distinct k.kind)
              from jsonb_path_query(i.kinds, '$[*][*]') e
              cross join lateral (select e #>> '{}' as kind) k
            )
          )
          order by i.began_at desc, i.provider, i.model
        ),
        '[]'::json
      )
      from incidents i
    ),
    'last_run', (
      select json_build_object(
        'id', r.id, 'run_name', r.run_name, 'triggered_by', r.triggered_by, 'started_at', r.started_at,
        'finished_at', r.finished_at, 'location', r.location, 'note', r.note, 'targets', r.targets,
        'results', (select count(*) from public.benchmark_results b where b.run_id = r.id),
        'skipped', r.skipped
      )
      from newest_run r
    ),
    'runs_24h', (
      select json_build_object(
        'started', count(*),
        'finished', count(*) filter (where r.finished_at is not null),
        'over_budget', count(*) filter (where r.skipped @> '[{"reason": "budget"}]')
      )
      from public.runs r
      where r.started_at > until_time - interval '24 hours' and r.started_at <= until_time
    )
  ) into answer;
  return answer;
end
$$;

-- Runs, newest first, a page at a time: those before a run or those after it. Null where that run is not there.
create function public.dashboard_runs(
  before uuid default null, after uuid default null, page_size integer default 50
) returns json
language plpgsql stable security invoker set search_path = ''
set statement_timeout = '3s'
as $$
declare
  size constant integer := least(greatest(page_size, 1), 200);
  edge_id constant uuid := coalesce(before, after);
  edge_at timestamptz;
  ids uuid[];
  more boolean;
  answer json;
begin
  if edge_id is not null then
    select r.started_at into edge_at from public.runs r where r.id = edge_id;
    if edge_at is null then
      return null;
    end if;
  end if;
  if after is not null and before is null then
    select array_agg(n.id) into ids from (
      select r.id from public.runs r where (r.started_at, r.id) > (edge_at, edge_id)
      order by r.started_at, r.id limit size + 1
    ) n;
  else
    select array_agg(n.id) into ids from (
      select r.id from public.runs r where edge_id is null or (r.started_at, r.id) < (edge_at, edge_id)
      order by r.started_at desc, r.id desc limit size + 1
    ) n;
  end if;
  more := coalesce(cardinality(ids), 0) > size;
  select json_build_object(
    'as_of', now(),
    'total', (select count(*) from public.runs),
    'newer', case when after is not null and before is null then more else edge_id is not null end,
    'older', case when after is not null and before is null then true else more end,
    'runs', coalesce(
      json_agg(
        json_build_object(
          'id', r.id, 'run_name', r.run_name, 'triggered_by', r.triggered_by, 'started_at', r.started_at,
          'finished_at', r.finished_at, 'location', r.location, 'targets', r.targets, 'note', r.note,
          'skipped', jsonb_array_length(r.skipped),
          'over_budget', r.skipped @> '[{"reason": "budget"}]',
          'results', s.results, 'failures', s.failures, 'simulated', s.simulated,
          'offline', s.failures > 0 and s.all_network and s.providers >= 2
        )
        order by r.started_at desc, r.id desc
      ),
      '[]'::json
    )
  ) into answer
  from public.runs r
  cross join lateral (
    select
      count(*) as results,
      count(*) filter (where not b.success) as failures,
      count(*) filter (where b.simulated) as simulated,
      coalesce(bool_and(b.error_kind is not distinct from 'network'), false) as all_network,
      count(distinct coalesce(b.provider_id::text, b.provider)) as providers
    from public.benchmark_results b
    where b.run_id = r.id
  ) s
  where r.id = any (ids[1:size]);
  return answer;
end
$$;

-- One run with a page of its results in the order they were asked, or one result alone. An unknown run
-- is {"run": null}.
-- Texts are cut to text_limit characters, arrival times thinned to about 600 [place, ms] pairs: the first, the last and
-- every so manieth.
create function public.dashboard_run(
  of_run uuid,
  of_result uuid default null,
  only_failed boolean default false,
  page integer default 1,
  page_size integer default 20,
  text_limit integer default 2000
) returns json
language sql stable security invoker set search_path = ''
set statement_timeout = '3s'
as $$
  with
  wanted as materialized (
    select b.id, b.created_at
    from public.benchmark_results b
    where b.run_id = of_run
      and (of_result is null or b.id = of_result)
      and (of_result is not null or not only_failed or not b.success)
  ),
  paged as (
    select w.id
    from wanted w
    order by w.created_at, w.id
    offset (greatest(page, 1) - 1)::bigint * least(greatest(page_size, 1), 100)
    limit least(greatest(page_size, 1), 100)
  )
  select coalesce((select json_build_object(
    'as_of', now(),
    'run', json_build_object(
      'id', r.id, 'run_name', r.run_name, 'triggered_by', r.triggered_by, 'started_at', r.started_at,
      'finished_at', r.finished_at, 'scheduled_for', r.scheduled_for, 'location', r.location, 'targets', r.targets,
      'note', r.note, 'skipped', r.skipped
    ),
    'previous', (
      select q.id from public.runs q where (q.started_at, q.id) < (r.started_at, r.id)
      order by q.started_at desc, q.id desc limit 1
    ),
    'next', (
      select q.id from public.runs q where (q.started_at, q.id) > (r.started_at, r.id)
      order by q.started_at, q.id limit 1
    ),
    'counts', (
      select json_build_object(
        'results', count(*),
        'failures', count(*) filter (where not b.success),
        'simulated', count(*) filter (where b.simulated),
        'cost_usd', sum(b.cost_usd) filter (where b.cost_source <> 'unknown' or b.cost_usd > 0),
        'cost_unknown', count(*) filter (where b.cost_source = 'unknown' and b.cost_usd = 0 and b.output_tokens > 0),
        'offline', coalesce(bool_and(b.error_kind is not distinct from 'network'), false)
          and count(distinct coalesce(b.provider_id::text, b.provider)) >= 2
      )
      from public.benchmark_results b
      where b.run_id = r.id
    ),
    'matching', (select count(*) from wanted),
    'results', (
      select coalesce(
        json_agg(
          json_build_object(
            'id', b.id, 'created_at', b.created_at,
            'provider', coalesce(p.slug, b.provider, 'unknown'),
            'provider_name', coalesce(p.name, b.provider, 'unknown'),
            'kind', p.kind,
            'model', coalesce(m.name, b.model, 'unknown'),
            'simulated', b.simulated, 'success', b.success, 'status_code', b.status_code,
            'error_kind', b.error_kind, 'error_message', b.error_message,
            'owner', public.failure_owner(b.error_kind, b.status_code, b.success),
            'total_latency_ms', b.total_latency_ms, 'ttfb_ms', b.ttfb_ms, 'ttft_ms', b.ttft_ms,
            'answer_ttft_ms', b.answer_ttft_ms, 'warmup_ms', b.warmup_ms, 'tps', b.tps,
            'input_tokens', b.input_tokens, 'output_tokens', b.output_tokens,
            'reasoning_tokens', b.reasoning_tokens, 'cached_tokens', b.cached_tokens,
            'tokens_estimated', b.tokens_estimated, 'cost_usd', b.cost_usd, 'cost_source', b.cost_source,
            'finish_reason', b.finish_reason, 'answer_ok', b.answer_ok, 'truncated', b.truncated,
            'skipped_events', b.skipped_events, 'upstream', b.upstream, 'location', b.location, 'colo', b.colo,
            'prompt_version', b.prompt_version,
            'text', left(b.response_text, least(greatest(text_limit, 0), 100000)),
            'text_chars', coalesce(length(b.response_text), 0),
            'arrivals', coalesce(cardinality(b.chunk_times_ms), 0),
            'times', (
              select json_agg(json_build_array(u.place, u.ms) order by u.place)
              from unnest(b.chunk_times_ms) with ordinality as u(ms, place)
              where u.place = 1 or u.place = cardinality(b.chunk_times_ms)
                or u.place % greatest(cardinality(b.chunk_times_ms) / 600, 1) = 0
            )
          )
          order by b.created_at, b.id
        ),
        '[]'::json
      )
      from paged g
      join public.benchmark_results b on b.id = g.id
      left join lateral (
        select q.slug, q.name, q.kind
        from public.providers q
        where q.id = b.provider_id
          or (b.provider_id is null and (q.slug = b.provider or q.name = b.provider))
        order by q.slug = b.provider desc
        limit 1
      ) p on true
      left join public.models m on m.id = b.model_id
    )
  )
  from public.runs r
  where r.id = of_run), '{"run": null}'::json)
$$;

-- The newest price of every model, what it was before, and what waits for a person. With measured_only: models that
-- are measured in every run.
create function public.dashboard_prices(measured_only boolean default true) returns json
language sql stable security invoker set search_path = ''
set statement_timeout = '3s'
as $$
  with
  listed as materialized (
    select m.*, p.slug, p.name as provider_name, p.kind
    from public.models m
    join public.providers p on p.id = m.provider_id
    where m.active or not measured_only
  ),
  ordered as materialized (
    select
      x.model_id, x.input_price_per_m, x.output_price_per_m, x.cached_input_price_per_m, x.timestamp, x.source,
      row_number() over (partition by x.model_id order by x.timestamp desc, x.id desc) as place,
      lead(x.input_price_per_m) over w as input_before,
      lead(x.output_price_per_m) over w as output_before,
      lead(x.cached_input_price_per_m) over w as cached_before,
      lead(x.timestamp) over w as before_at
    from public.prices x
    window w as (partition by x.model_id order by x.timestamp desc, x.id desc)
  ),
  history as (
    select
      o.model_id,
      count(*) as prices,
      json_agg(
        json_build_object(
          'input', o.input_price_per_m, 'output', o.output_price_per_m, 'cached', o.cached_input_price_per_m,
          'since', o.timestamp, 'source', o.source
        )
        order by o.place
      ) filter (where o.place <= 4) as newest
    from ordered o
    group by o.model_id
  ),
  changes as (
    select o.*, l.slug, l.provider_name, l.name
    from ordered o
    join listed l on l.id = o.model_id
    where o.before_at is not null
      and (o.input_price_per_m, o.output_price_per_m, o.cached_input_price_per_m)
        is distinct from (o.input_before, o.output_before, o.cached_before)
    order by o.timestamp desc, l.slug, l.name
    limit 30
  )
  select json_build_object(
    'as_of', now(),
    'models', (select count(*) from public.models),
    'measured', (select count(*) from public.models m where m.active),
    'endpoints', (
      select coalesce(
        json_agg(
          json_build_object(
            'provider', l.slug, 'provider_name', l.provider_name, 'kind', l.kind, 'model', l.name,
            'active', l.active, 'available', l.available, 'retired_at', l.retired_at, 'successor', l.successor,
            'prices', coalesce(h.prices, 0),
            'history', coalesce(h.newest, '[]'::json),
            'held', l.held_price
          )
          order by l.slug, l.name
        ),
        '[]'::json
      )
      from listed l
      left join history h on h.model_id = l.id
    ),
    'changes', (
      select coalesce(
        json_agg(
          json_build_object(
            'provider', c.slug, 'provider_name', c.provider_name, 'model', c.name, 'at', c.timestamp,
            'input', c.input_price_per_m, 'output', c.output_price_per_m, 'cached', c.cached_input_price_per_m,
            'input_before', c.input_before, 'output_before', c.output_before, 'cached_before', c.cached_before,
            'source', c.source
          )
          order by c.timestamp desc, c.slug, c.name
        ),
        '[]'::json
      )
      from changes c
    )
  )
$$;

revoke all on function public.endpoint_day(date, text, timestamptz) from public;
revoke all on function public.engine_keep_days(integer) from public, anon, authenticated;
revoke all on function internal.keep_days_after_run() from public;
revoke all on function internal.forget_days() from public;
revoke all on function internal.forget_day() from public;
revoke all on function internal.forget_all_days() from public;
revoke all on function public.dashboard_status(text, timestamptz) from public;
revoke all on function public.dashboard_runs(uuid, uuid, integer) from public;
revoke all on function public.dashboard_run(uuid, uuid, boolean, integer, integer, integer) from public;
revoke all on function public.dashboard_prices(boolean) from public;
grant execute on function public.endpoint_day(date, text, timestamptz) to anon, authenticated, service_role;
grant execute on function public.engine_keep_days(integer) to service_role;
grant execute on function public.dashboard_status(text, timestamptz) to anon, authenticated, service_role;
grant execute on function public.dashboard_runs(uuid, uuid, integer) to anon, authenticated, service_role;
grant execute on function public.dashboard_run(uuid, uuid, boolean, integer, integer, integer)
  to anon, authenticated, service_role;
grant execute on function public.dashboard_prices(boolean) to anon, authenticated, service_role;

-- ---- 20261101001200_api.sql

-- What programs read: pages of rows, newest first, each page one JSON value. A page ends at a key (time and id), not at
-- an offset, so that rows which arrive meanwhile neither repeat nor hide any, and the thousandth page costs what the
-- first one does. Callers ask for one row more than they show: so they know whether another page follows.

-- Failures are few. Who asks for them alone must not walk through a month of successes.
create index idx_benchmark_results_created_at_failed on public.benchmark_results (created_at desc, id desc)
  where not success;
-- The same for simulated results among real ones, or real ones among simulated.
create index idx_benchmark_results_simulated_created_at
  on public.benchmark_results (simulated, created_at desc, id desc);

-- Results by the names they count under, newest first. Filters that are null do not filter; `since` is inside the
-- span, `until` is not. in_full: with the answer's text, the arrivals and the provider's own times.
create function public.api_results(
  of_provider text default null,
  of_model text default null,
  of_run uuid default null,
  of_result uuid default null,
  of_success boolean default null,
  of_error_kind text default null,
  of_location text default null,
  of_simulated boolean default null,
  since timestamptz default null,
  until timestamptz default null,
  before_at timestamptz default null,
  before_id uuid default null,
  at_most integer default 100,
  in_full boolean default false
) returns json
language plpgsql stable security invoker
set search_path = ''
set statement_timeout = '3s'
set timezone = 'UTC'
-- Filters that are not used vanish from the plan, and those that are used find their index.
set plan_cache_mode = force_custom_plan
as $$
declare
  nil constant uuid := '00000000-0000-0000-0000-000000000000';
  provider_key uuid;
  -- How rows without a provider's id may write its name.
  spellings text[] := '{}';
  model_keys uuid[] := '{}';
  answer json;
begin
  if of_provider is not null then
    select p.id, array[p.slug, p.name] into provider_key, spellings
    from public.providers p where p.slug = of_provider;
    if provider_key is null then
      provider_key := nil;
      -- A display name is no slug: such rows are shown under the slug.
      spellings := case
        when exists (select 1 from public.providers p where p.name = of_provider) then '{}'
        else array[of_provider]
      end;
    end if;
  end if;
  if of_model is not null then
    model_keys := array(select m.id from public.models m where m.name = of_model);
  end if;

  select coalesce(json_agg(row_to_json(e) order by e.created_at desc, e.id desc), '[]'::json) into answer
  from (
    select
      r.id,
      r.run_id,
      r.created_at,
      coalesce(p.slug, q.slug, r.provider, 'unknown') as provider,
      coalesce(m.name, r.model, 'unknown') as model,
      r.simulated,
      r.location,
      r.colo,
      r.success,
      r.status_code,
      r.error_kind,
      case
        when r.success then null
        when r.error_kind is distinct from 'network'
          then public.failure_owner(r.error_kind, r.status_code, r.success)
        -- A run that reached none of several providers says that our own line was down.
        when (
          select count(distinct coalesce(b.provider_id::text, b.provider)) >= 2
            and bool_and(b.error_kind is not distinct from 'network')
          from public.benchmark_results b
          where b.run_id = r.run_id
        ) then 'probe'
        else public.failure_owner(r.error_kind, r.status_code, r.success)
      end as failure_owner,
      r.error_message,
      r.finish_reason,
      r.ttfb_ms,
      r.ttft_ms,
      r.answer_ttft_ms,
      r.total_latency_ms,
      r.tps,
      r.warmup_ms,
      r.input_tokens,
      r.output_tokens,
      r.reasoning_tokens,
      r.cached_tokens,
      r.tokens_estimated,
      r.cost_usd,
      r.cost_source,
      r.input_price_per_m,
      r.output_price_per_m,
      r.cached_input_price_per_m,
      r.answer_ok,
      r.truncated,
      r.skipped_events,
      r.upstream,
      r.prompt_version,
      r.probe_version,
      r.request_params,
      case when in_full then r.provider_timing end as provider_timing,
      case when in_full then r.response_text end as response_text,
      case when in_full then r.chunk_times_ms end as chunk_times_ms
    from (
      -- Named one by one, since readers may not see all of them.
      select
        b.id, b.run_id, b.provider_id, b.model_id, b.provider, b.model, b.created_at, b.simulated, b.location, b.colo,
        b.success, b.status_code, b.error_kind, b.error_message, b.finish_reason, b.ttfb_ms, b.ttft_ms,
        b.answer_ttft_ms, b.total_latency_ms, b.tps, b.warmup_ms, b.input_tokens, b.output_tokens, b.reasoning_tokens,
        b.cached_tokens, b.tokens_estimated, b.cost_usd, b.cost_source, b.input_price_per_m, b.output_price_per_m,
        b.cached_input_price_per_m, b.answer_ok, b.truncated, b.skipped_events, b.upstream, b.prompt_version,
        b.probe_version, b.request_params, b.provider_timing, b.response_text, b.chunk_times_ms
      from public.benchmark_results b
      where (of_run is null or b.run_id = of_run)
        and (of_result is null or b.id = of_result)
        and (
          of_provider is null
          or b.provider_id = provider_key
          or (b.provider_id is null and b.provider = any (spellings))
          or (of_provider = 'unknown' and b.provider_id is null and b.provider is null)
        )
        and (
          of_model is null
          or b.model_id = any (model_keys)
          or (b.model_id is null and b.model = of_model)
          or (of_model = 'unknown' and b.model_id is null and b.model is null)
        )
        and (of_success is null or (of_success and b.success) or (not of_success and not b.success))
        and (of_error_kind is null or (not b.success and b.error_kind = of_error_kind))
        and (of_location is null or b.location = of_location)
        and (of_simulated is null or b.simulated = of_simulated)
        and (since is null or b.created_at >= since)
        and (until is null or b.created_at < until)
        and (
          before_at is null
          or (b.created_at <= before_at and (b.created_at, b.id) < (before_at, coalesce(before_id, nil)))
        )
      order by b.created_at desc, b.id desc
      limit least(greatest(at_most, 0), 5001)
    ) r
    left join public.providers p on p.id = r.provider_id
    left join lateral (
      select o.slug
      from public.providers o
      where r.provider_id is null and (o.slug = r.provider or o.name = r.provider)
      order by o.slug = r.provider desc
      limit 1
    ) q on true
    left join public.models m on m.id = r.model_id
  ) e;
  return answer;
end
$$;

-- Runs, newest first, each with what came of it.
create function public.api_runs(
  of_run uuid default null,
  of_name text default null,
  of_trigger text default null,
  of_location text default null,
  since timestamptz default null,
  until timestamptz default null,
  before_at timestamptz default null,
  before_id uuid default null,
  at_most integer default 50
) returns json
language plpgsql stable security invoker
set search_path = ''
set statement_timeout = '3s'
set timezone = 'UTC'
set plan_cache_mode = force_custom_plan
as $$
declare
  answer json;
begin
  select coalesce(json_agg(row_to_json(e) order by e.started_at desc, e.id desc), '[]'::json) into answer
  from (
    select
      r.id, r.run_name, r.triggered_by, r.started_at, r.finished_at, r.scheduled_for, r.location, r.targets, r.note,
      r.skipped, c.results, c.successes, c.simulated_results
    from (
      select o.*
      from public.runs o
      where (of_run is null or o.id = of_run)
        and (of_name is null or o.run_name = of_name)
        and (of_trigger is null or o.triggered_by = of_trigger)
        and (of_location is null or o.location = of_location)
        and (since is null or o.started_at >= since)
        and (until is null or o.started_at < until)
        and (
          before_at is null
          or (o.started_at <= before_at
            and (o.started_at, o.id) < (before_at, coalesce(before_id, '00000000-0000-0000-0000-000000000000'::uuid)))
        )
      order by o.started_at desc, o.id desc
      limit least(greatest(at_most, 0), 1001)
    ) r
    cross join lateral (
      select
        count(*) as results,
        count(*) filter (where b.success) as successes,
        count(*) filter (where b.simulated) as simulated_results
      from public.benchmark_results b
      where b.run_id = r.id
    ) c
  ) e;
  return answer;
end
$$;

-- The catalogue, by provider and name, each model with its newest price. simulated: whether its results of the last
-- 24 hours were; null where there are none.
create function public.api_models(
  of_provider text default null,
  of_model text default null,
  of_identity text default null,
  of_family text default null,
  -- 'active': measured in every run; 'available': offered by the provider; 'retired': no longer.
  of_state text default null,
  after_provider text default null,
  after_model text default null,
  at_most integer default 100
) returns json
language plpgsql stable security invoker
set search_path = ''
set statement_timeout = '3s'
set timezone = 'UTC'
set plan_cache_mode = force_custom_plan
as $$
declare
  answer json;
begin
  with measured as (
    -- Rows without a model's id go by the names they were written with.
    select coalesce(b.model_id, t.id) as model_id, bool_and(b.simulated) as simulated
    from public.benchmark_results b
    left join (
      select o.id, o.name, s.slug, s.name as provider_name
      from public.models o
      join public.providers s on s.id = o.provider_id
    ) t on b.model_id is null and t.name = b.model and b.provider in (t.slug, t.provider_name)
    where b.created_at > now() - interval '24 hours'
    group by 1
  )
  select coalesce(json_agg(row_to_json(e) order by e.provider collate "C", e.model collate "C"), '[]'::json) into answer
  from (
    select
      p.slug as provider, p.name as provider_name, p.kind, m.name as model, m.identity, m.family, m.quantization,
      m.context_window, m.reasoning, m.active, m.available, m.created_at as first_seen_at, m.last_seen_at,
      m.retires_at, m.retired_at, m.successor,
      case when price.id is not null then json_build_object(
        'input_price_per_m', price.input_price_per_m,
        'output_price_per_m', price.output_price_per_m,
        'cached_input_price_per_m', price.cached_input_price_per_m,
        'since', price.timestamp,
        'source', price.source
      ) end as price,
      s.simulated
    from public.models m
    join public.providers p on p.id = m.provider_id
    left join measured s on s.model_id = m.id
    left join lateral (
      select c.* from public.prices c where c.model_id = m.id order by c.timestamp desc, c.id desc limit 1
    ) price on true
    where (of_provider is null or p.slug = of_provider)
      and (of_model is null or m.name = of_model)
      and (of_identity is null or m.identity = of_identity)
      and (of_family is null or m.family = of_family)
      and (
        of_state is null
        or (of_state = 'active' and m.active)
        or (of_state = 'available' and m.available and m.retired_at is null)
        or (of_state = 'retired' and m.retired_at is not null)
      )
      and (
        after_provider is null
        or (p.slug collate "C", m.name collate "C") > (after_provider collate "C", coalesce(after_model, '') collate "C")
      )
    order by p.slug collate "C", m.name collate "C"
    limit least(greatest(at_most, 0), 1001)
  ) e;
  return answer;
end
$$;

-- List prices in USD per million tokens, newest first; only_current leaves out those that another one followed.
create function public.api_prices(
  of_provider text default null,
  of_model text default null,
  only_current boolean default false,
  since timestamptz default null,
  until timestamptz default null,
  before_at timestamptz default null,
  before_id uuid default null,
  at_most integer default 100
) returns json
language plpgsql stable security invoker
set search_path = ''
set statement_timeout = '3s'
set timezone = 'UTC'
set plan_cache_mode = force_custom_plan
as $$
declare
  answer json;
begin
  select coalesce(json_agg(row_to_json(e) order by e.since desc, e.id desc), '[]'::json) into answer
  from (
    select
      c.id, p.slug as provider, p.name as provider_name, m.name as model, c.input_price_per_m, c.output_price_per_m,
      c.cached_input_price_per_m, c.timestamp as since, c.source,
      not exists (
        select 1 from public.prices n
        where n.model_id = c.model_id and (n.timestamp, n.id) > (c.timestamp, c.id)
      ) as current
    from public.prices c
    join public.models m on m.id = c.model_id
    join public.providers p on p.id = m.provider_id
    where (of_provider is null or p.slug = of_provider)
      and (of_model is null or m.name = of_model)
      and (not only_current or not exists (
        select 1 from public.prices n
        where n.model_id = c.model_id and (n.timestamp, n.id) > (c.timestamp, c.id)
      ))
      and (api_prices.since is null or c.timestamp >= api_prices.since)
      and (until is null or c.timestamp < until)
      and (
        before_at is null
        or (c.timestamp <= before_at and (c.timestamp, c.id)
          < (before_at, coalesce(before_id, '00000000-0000-0000-0000-000000000000'::uuid)))
      )
    order by c.timestamp desc, c.id desc
    limit least(greatest(at_most, 0), 1001)
  ) e;
  return answer;
end
$$;

-- Whether measuring goes on: the newest result and the newest run.
create function public.api_health() returns json
language sql stable security invoker
set search_path = ''
set statement_timeout = '3s'
set timezone = 'UTC'
as $$
  select json_build_object(
    'now', now(),
    'newest_result', (
      select json_build_object('id', r.id, 'at', r.created_at, 'simulated', r.simulated)
      from public.benchmark_results r order by r.created_at desc limit 1
    ),
    'last_run', (
      select json_build_object('id', r.id, 'started_at', r.started_at, 'finished_at', r.finished_at)
      from public.runs r order by r.started_at desc limit 1
    )
  )
$$;

revoke all on function public.api_results(
  text, text, uuid, uuid, boolean, text, text, boolean, timestamptz, timestamptz, timestamptz, uuid, integer, boolean
) from public;
revoke all on function public.api_runs(
  uuid, text, text, text, timestamptz, timestamptz, timestamptz, uuid, integer) from public;
revoke all on function public.api_models(text, text, text, text, text, text, text, integer) from public;
revoke all on function public.api_prices(
  text, text, boolean, timestamptz, timestamptz, timestamptz, uuid, integer) from public;
revoke all on function public.api_health() from public;
grant execute on function public.api_results(
  text, text, uuid, uuid, boolean, text, text, boolean, timestamptz, timestamptz, timestamptz, uuid, integer, boolean
) to anon, authenticated, service_role;
grant execute on function public.api_runs(
  uuid, text, text, text, timestamptz, timestamptz, timestamptz, uuid, integer) to anon, authenticated, service_role;
grant execute on function public.api_models(text, text, text, text, text, text, text, integer)
  to anon, authenticated, service_role;
grant execute on function public.api_prices(
  text, text, boolean, timestamptz, timestamptz, timestamptz, uuid, integer) to anon, authenticated, service_role;
grant execute on function public.api_health() to anon, authenticated, service_role;

-- ---- 20261101001300_endpoint_windows.sql

-- Figures of the long windows, made ahead after each run: exact, and as old as their as_of says. The short windows are
-- computed when they are asked for. One function makes both, so they agree to the digit.

-- An endpoint's figures over a window, and a provider's in one line (model is null). Times in ms, money in USD.
create table public.endpoint_windows (
  time_window       text not null,
  -- previous: the window of the same length before the current one, to say what moved.
  part              text not null,
  location          text not null,
  provider          text not null,
  model             text,
  simulated         boolean not null,
  -- Results but for the probe's own failures.
  attempts          bigint not null,
  probe_failures    bigint not null,
  successes         bigint not null,
  provider_failures bigint not null,
  newest_at         timestamptz,
  within_2s         bigint not null,
  ttft_n            bigint not null,
  ttft_mean         double precision,
  ttft_p50          double precision,
  ttft_p95          double precision,
  ttft_stddev       double precision,
  answer_n          bigint not null,
  answer_p50        double precision,
  tps_n             bigint not null,
  tps_p50           double precision,
  latency_n         bigint not null,
  latency_p50       double precision,
  latency_p95       double precision,
  latency_p99       double precision,
  -- A provider's is that within its endpoints (pooled): the distance between a small and a large model is no instability.
  latency_stddev    double precision,
  cost_n            bigint not null,
  cost_per_request  double precision,
  cost_total        double precision,
  cost_tokens       bigint,
  -- Over the results with a rate.
  value_n           bigint not null,
  value_cost        double precision,
  value_tokens      bigint,
  -- [[start of the bucket (epoch, s), attempts, first tokens, their median, median rate], …], oldest first.
  trend             json,
  id                uuid primary key default gen_random_uuid()
);
create unique index endpoint_windows_key
  on public.endpoint_windows (time_window, part, location, provider, model) nulls not distinct;

-- Up to when the rows above reach, and what they were made of.
create table public.window_refreshes (
  time_window    text not null check (time_window in ('24h', '7d', '30d')),
  part           text not null check (part in ('current', 'previous')),
  location       text not null,
  as_of          timestamptz not null,
  prompt_version text,
  -- Results at this location in the window.
  results        bigint not null,
  took_ms        integer not null,
  id             uuid primary key default gen_random_uuid(),
  unique (time_window, part, location)
);
alter table public.endpoint_windows
  add foreign key (time_window, part, location)
  references public.window_refreshes (time_window, part, location) on delete cascade;

-- An index alone answers only for pages that a vacuum has seen; the default waits for a fifth of the table.
alter table public.benchmark_results set (autovacuum_vacuum_insert_scale_factor = 0.02);

alter table public.endpoint_windows enable row level security;
alter table public.window_refreshes enable row level security;
revoke all on public.endpoint_windows, public.window_refreshes from public, anon, authenticated, service_role;
grant select on public.endpoint_windows, public.window_refreshes to anon, authenticated;
grant select, insert, update, delete on public.endpoint_windows, public.window_refreshes to service_role;
create policy "Anyone reads windows" on public.endpoint_windows for select to anon, authenticated using (true);
create policy "Anyone reads refreshes" on public.window_refreshes for select to anon, authenticated using (true);

-- How far behind a window made ahead may be and still count: a day for a week, four for a month. A comparison with the
-- window before is held to less, since it pairs the two step by step.
create function public.window_tolerance(time_window text, part text) returns interval
language sql immutable parallel safe security invoker set search_path = ''
as $$
  select public.window_span(time_window) / case part when 'current' then 7 else 24 end
$$;

-- Computes a window at one location, which ends at `until`, for one version of the prompt: a row an endpoint and one a
-- provider. endpoints_only: without providers and trends, which take a third of the time.
create function public.window_figures(
  time_window text,
  part text,
  at_location text,
  until timestamptz,
  of_version text,
  endpoints_only boolean default false
)
returns public.endpoint_windows[]
language plpgsql
stable
security invoker
set search_path = ''
-- A month is sorted in memory; the default spills to disk.
set work_mem = '128MB'
-- As hosted: there a month is read from the index that holds all of it, not from a table eight times its size.
set random_page_cost = 1.1
-- The planner knows no sizes of the steps below (nor of tables that are not analysed yet) and takes them for a
-- row or two; with a thousand endpoints its nested loops would take seconds, and merges sort names for nothing.
-- What must loop is lateral.
set enable_nestloop = off
set enable_mergejoin = off
set plan_cache_mode = force_custom_plan
as $$
declare
  since constant timestamptz := until - public.window_span(time_window);
  step constant interval := public.window_step(time_window);
  nil constant uuid := '00000000-0000-0000-0000-000000000000';
  answer public.endpoint_windows[];
begin
  with
  -- Rows that name no version were written by other tools and are taken as the standard prompt's. Names are read only
  -- where there is no id: what has one is found whole in an index.
  recent as materialized (
    select r.run_id, r.provider_id, r.model_id, case when r.provider_id is null then r.provider end as provider,
      null::text as model, r.created_at, r.simulated, r.success, r.error_kind, r.status_code, r.ttft_ms,
      r.answer_ttft_ms, r.tps, r.total_latency_ms, r.cost_usd,
      r.input_tokens::bigint + r.output_tokens as tokens,
      r.cost_source <> 'unknown' or r.cost_usd > 0 as cost_known
    from public.benchmark_results r
    where r.model_id is not null
      and r.created_at > since and r.created_at <= until
      and r.location = at_location
      and (r.prompt_version is null or r.prompt_version = of_version)
    union all
    select r.run_id, r.provider_id, r.model_id, case when r.provider_id is null then r.provider end,
      r.model, r.created_at, r.simulated, r.success, r.error_kind, r.status_code, r.ttft_ms,
      r.answer_ttft_ms, r.tps, r.total_latency_ms, r.cost_usd,
      r.input_tokens::bigint + r.output_tokens,
      r.cost_source <> 'unknown' or r.cost_usd > 0
    from public.benchmark_results r
    where r.model_id is null
      and r.created_at > since and r.created_at <= until
      and r.location = at_location
      and (r.prompt_version is null or r.prompt_version = of_version)
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
    select r.provider_id, r.model_id, r.provider, r.model, r.simulated
    from recent r
    group by r.model_id, r.provider_id, r.provider, r.model, r.simulated
  ),
  resolved as (
    select
      s.provider_id, s.model_id, s.provider, s.model, s.simulated,
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
  -- Real and simulated never meet: one real result, ever, and an endpoint shows no simulated ones.
  measured_for_real as (
    select distinct n.slug, n.model_name
    from resolved n
    join resolved s on s.slug = n.slug and s.model_name = n.model_name and s.simulated
    where not n.simulated
      or exists (
        select 1
        from public.benchmark_results b
        where b.provider_id = n.provider_id and b.model_id = n.model_id
          and not b.simulated and b.created_at <= until
      ) or exists (
        select 1
        from public.benchmark_results b
        where b.provider = n.slug and b.model = n.model_name
          and not b.simulated and b.created_at <= until
      )
  ),
  -- From here on rows carry numbers, which sort faster than names.
  named as materialized (
    select
      r.*,
      dense_rank() over (order by r.slug, r.model_name)::integer as endpoint,
      dense_rank() over (order by r.slug)::integer as seller
    from resolved r
    where not r.simulated
      or (r.slug, r.model_name) not in (select f.slug, f.model_name from measured_for_real f)
  ),
  shown as materialized (
    select
      n.endpoint, n.seller, r.created_at, r.simulated, r.success, r.ttft_ms, r.answer_ttft_ms, r.tps,
      r.total_latency_ms, r.cost_usd, r.tokens, r.cost_known,
      -- failure_owner() written out: a function with a search_path of its own is called row by row, which
      -- doubles the time of a month. A test holds the two to the same answers.
      case
        when o.run_id is not null then 'probe'
        when r.success then null
        when r.error_kind in ('interrupted', 'probe_fault') then 'probe'
        when r.error_kind in ('no_answer', 'auth', 'quota', 'model_not_found', 'invalid_request') then 'operator'
        when r.error_kind = 'rate_limited' then 'shared'
        when r.error_kind is not null then 'provider'
        when r.status_code = 429 then 'shared'
        when r.status_code between 400 and 499 and r.status_code <> 408 then 'operator'
        else 'provider'
      end as owner
    from recent r
    join named n
      on n.simulated = r.simulated
      and coalesce(n.model_id, nil) = coalesce(r.model_id, nil)
      and coalesce(n.provider_id, nil) = coalesce(r.provider_id, nil)
      and coalesce(n.provider, '') = coalesce(r.provider, '')
      and coalesce(n.model, '') = coalesce(r.model, '')
    left join offline_runs o on o.run_id = r.run_id
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
      avg(d.ttft_ms) filter (where d.success) as ttft_mean,
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
      (sum(d.tokens) filter (where d.success and d.cost_known))::bigint as cost_tokens,
      count(*) filter (where d.success and d.cost_known and d.tps is not null) as value_n,
      sum(d.cost_usd) filter (where d.success and d.cost_known and d.tps is not null) as value_cost,
      (sum(d.tokens) filter (where d.success and d.cost_known and d.tps is not null))::bigint as value_tokens
    from shown d
    group by d.endpoint
  ),
  trends as (
    select
      b.endpoint,
      json_agg(
        json_build_array(extract(epoch from b.bucket)::bigint, b.attempts, b.n, b.ttft_p50, b.tps_p50) order by b.bucket
      ) as points
    from (
      select
        d.endpoint,
        date_bin(step, d.created_at, timestamptz '2000-01-01 00:00:00+00') as bucket,
        count(*) filter (where d.owner is distinct from 'probe') as attempts,
        count(d.ttft_ms) filter (where d.success) as n,
        percentile_cont(0.5) within group (order by d.ttft_ms) filter (where d.success) as ttft_p50,
        percentile_cont(0.5) within group (order by d.tps) filter (where d.success) as tps_p50
      from shown d
      where not endpoints_only
      group by 1, 2
    ) b
    group by b.endpoint
  ),
  names as (
    select distinct n.endpoint, n.seller, n.slug, n.model_name from named n
  ),
  -- Nor do they meet in a provider's line: where one endpoint is real, its simulated ones are left out.
  in_line as (
    select n.endpoint, n.seller, n.slug
    from names n
    join figures f on f.endpoint = n.endpoint
    left join (
      select distinct r.seller from names r join figures g on g.endpoint = r.endpoint where not g.simulated
    ) real on real.seller = n.seller
    where not endpoints_only and (not f.simulated or real.seller is null)
  ),
  -- What adds up is added up from the endpoints; only a median needs the rows again.
  seller_medians as (
    select d.seller, percentile_cont(0.5) within group (order by d.tps) as tps_p50
    from shown d
    where not endpoints_only and d.success and d.tps is not null and d.endpoint in (select l.endpoint from in_line l)
    group by d.seller
  ),
  sellers as (
    select
      l.seller, min(l.slug) as slug,
      bool_or(f.simulated) as simulated,
      sum(f.attempts)::bigint as attempts,
      sum(f.probe_failures)::bigint as probe_failures,
      sum(f.successes)::bigint as successes,
      sum(f.provider_failures)::bigint as provider_failures,
      max(f.newest_at) as newest_at,
      sum(f.within_2s)::bigint as within_2s,
      sum(f.ttft_n)::bigint as ttft_n,
      sum(f.ttft_mean * f.ttft_n) / nullif(sum(f.ttft_n), 0) as ttft_mean,
      sum(f.answer_n)::bigint as answer_n,
      sum(f.tps_n)::bigint as tps_n,
      coalesce(sum(f.successes) filter (where f.successes >= 2), 0)::bigint as latency_n,
      sqrt(
        sum(f.latency_stddev ^ 2 * f.successes) filter (where f.successes >= 2)
        / nullif(sum(f.successes) filter (where f.successes >= 2), 0)
      ) as latency_stddev,
      sum(f.cost_n)::bigint as cost_n,
      sum(f.cost_total) as cost_total,
      sum(f.cost_tokens)::bigint as cost_tokens,
      sum(f.value_n)::bigint as value_n,
      sum(f.value_cost) as value_cost,
      sum(f.value_tokens)::bigint as value_tokens
    from figures f
    join in_line l on l.endpoint = f.endpoint
    group by l.seller
  )
  select array_agg(rows::public.endpoint_windows) into answer
  from (
    select
      window_figures.time_window, window_figures.part, at_location, n.slug, n.model_name, f.simulated, f.attempts, f.probe_failures, f.successes,
      f.provider_failures, f.newest_at, f.within_2s, f.ttft_n, f.ttft_mean, f.ttft_p50, f.ttft_p95, f.ttft_stddev,
      f.answer_n, f.answer_p50, f.tps_n, f.tps_p50, f.successes, f.latency_p50, f.latency_p95, f.latency_p99,
      f.latency_stddev, f.cost_n, f.cost_per_request, f.cost_total, f.cost_tokens, f.value_n, f.value_cost,
      f.value_tokens, t.points, gen_random_uuid()
    from figures f
    join names n on n.endpoint = f.endpoint
    left join trends t on t.endpoint = f.endpoint
    union all
    select
      window_figures.time_window, window_figures.part, at_location, s.slug, null, s.simulated, s.attempts, s.probe_failures, s.successes,
      s.provider_failures, s.newest_at, s.within_2s, s.ttft_n, s.ttft_mean, null, null, null,
      s.answer_n, null, s.tps_n, m.tps_p50, s.latency_n, null, null, null,
      s.latency_stddev, s.cost_n, s.cost_total / nullif(s.cost_n, 0), s.cost_total, s.cost_tokens, s.value_n, s.value_cost,
      s.value_tokens, null, gen_random_uuid()
    from sellers s
    left join seller_medians m on m.seller = s.seller
  ) rows;

  return coalesce(answer, '{}');
end
$$;

-- Where a window's results were measured, most first, and up to when its figures are known: [{location, results, until,
-- prompt_version}]. Places whose window was made ahead, and lately enough, answer from what the refresh noted; `until`
-- is null for what must be computed: the short windows, times of the past, and places where nobody measures any more.
create function public.window_locations(time_window text default '24h', as_of timestamptz default null)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
declare
  until_time constant timestamptz := coalesce(as_of, now());
  since_time constant timestamptz := until_time - public.window_span(time_window);
  version constant text := nullif(public.current_prompt_version(until_time), '');
  answer jsonb;
begin
  with ahead as (
    select w.location, w.results, w.as_of as until, w.prompt_version
    from public.window_refreshes w
    where window_locations.as_of is null
      and w.time_window = window_locations.time_window and w.part = 'current'
      and w.as_of > until_time - public.window_tolerance(w.time_window, w.part)
  ), known as (
    select a.location, a.results, a.until, a.prompt_version from ahead a
    union all
    select l.place, public.location_results(l.place, since_time, until_time, version), null, version
    from unnest(public.measured_locations(since_time, until_time, version)) as l (place)
    where l.place not in (select a.location from ahead a)
  )
  select jsonb_agg(
    jsonb_build_object(
      'location', k.location, 'results', k.results, 'until', k.until, 'prompt_version', k.prompt_version)
    order by k.results desc, k.location)
  into answer
  from known k;
  return coalesce(answer, '[]');
end
$$;

-- time_window: '1h', '24h', '7d' or '30d', ending at as_of (default: now; 7d and 30d: the place's last refresh).
-- at_location: where it was measured from; by default the place with most results in the window.
-- endpoints_only: without providers and trends, for who shows neither.
create function public.dashboard_endpoints(
  time_window text default '24h',
  at_location text default null,
  as_of timestamptz default null,
  endpoints_only boolean default false
)
returns json
language plpgsql
stable
security invoker
set search_path = ''
-- PostgREST applies this to the whole request (db-hoisted-tx-settings).
set statement_timeout = '3s'
set plan_cache_mode = force_custom_plan
as $$
declare
  read_at constant timestamptz := coalesce(as_of, now());
  span constant interval := public.window_span(time_window);
  until_time timestamptz;
  version text;
  place text;
  located jsonb;
  places json;
  entries public.endpoint_windows[];
  answer json;
begin
  if span is null then
    raise exception 'time_window must be 1h, 24h, 7d or 30d' using errcode = '22023';
  end if;

  located := public.window_locations(time_window, as_of);
  with known as (
    select l.*
    from rows from (
      jsonb_to_recordset(located)
        as (location text, results bigint, until timestamptz, prompt_version text)
    ) with ordinality as l (location, results, until, prompt_version, position)
  ), chosen as (
    select coalesce(at_location, (select k.location from known k where k.position = 1)) as location
  )
  select
    c.location,
    k.prompt_version,
    k.until,
    (select json_agg(json_build_object('location', f.location, 'results', f.results) order by f.position) from known f)
  into place, version, until_time, places
  from chosen c
  left join known k on k.location = c.location;

  if until_time is not null then
    select array_agg(w) into entries
    from public.endpoint_windows w
    where w.time_window = dashboard_endpoints.time_window and w.part = 'current' and w.location = place;
  else
    until_time := read_at;
    version := coalesce(version, nullif(public.current_prompt_version(read_at), ''));
    entries := public.window_figures(time_window, 'current', place, until_time, version, endpoints_only);
  end if;

  with
  figures as (
    select * from unnest(entries)
  ),
  -- What is measured, and retired models that name a successor, are listed without results too.
  listed as (
    select f.provider, f.model from figures f where f.model is not null
    union
    select p.slug, m.name
    from public.models m
    join public.providers p on p.id = m.provider_id
    where m.active or (m.retired_at is not null and m.successor is not null)
  ),
  endpoints as (
    select
      l.provider, l.model,
      json_build_object(
        'provider', l.provider,
        'provider_name', coalesce(p.name, l.provider),
        'kind', p.kind,
        'model', l.model,
        'family', m.family,
        'identity', m.identity,
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
        'trend', case when endpoints_only then '[]'::json else coalesce(f.trend, '[]'::json) end
      ) as entry
    from listed l
    left join figures f on f.provider = l.provider and f.model = l.model
    left join public.providers p on p.slug = l.provider
    left join public.models m on m.provider_id = p.id and m.name = l.model
  ),
  newest_run as (
    select r.*, (select count(*) from public.benchmark_results b where b.run_id = r.id) as results
    from public.runs r
    where r.started_at <= read_at
    order by r.started_at desc
    limit 1
  )
  select json_build_object(
    'as_of', until_time,
    'read_at', read_at,
    'since', until_time - span,
    'window', time_window,
    'step_s', extract(epoch from public.window_step(time_window)),
    'prompt_version', version,
    'location', place,
    'locations', coalesce(places, '[]'::json),
    'newest_result_at', (
      select max(b.created_at) from public.benchmark_results b where b.created_at <= read_at
    ),
    'last_run', (
      select json_build_object(
        'id', r.id, 'run_name', r.run_name, 'triggered_by', r.triggered_by, 'started_at', r.started_at,
        'finished_at', r.finished_at, 'location', r.location, 'note', r.note, 'targets', r.targets,
        'skipped', jsonb_array_length(r.skipped),
        'skipped_for_budget', (
          select count(*) from jsonb_array_elements(r.skipped) s where s ->> 'reason' = 'budget'
        ),
        'results', r.results
      )
      from newest_run r
    ),
    'endpoints', (
      select coalesce(json_agg(e.entry order by e.provider, e.model), '[]'::json) from endpoints e
    ),
    'providers', (
      select coalesce(
        json_agg(
          json_build_object(
            'provider', f.provider,
            'provider_name', coalesce(p.name, f.provider),
            'kind', p.kind,
            'simulated', f.simulated,
            'attempts', f.attempts,
            'successes', f.successes,
            'uptime', f.successes::float8 / nullif(f.successes + f.provider_failures, 0),
            'ttft', json_build_object('n', f.ttft_n, 'mean', f.ttft_mean),
            'stability', json_build_object('n', f.latency_n, 'latency_stddev', f.latency_stddev),
            'value', json_build_object(
              'n', f.value_n, 'tps', f.tps_p50, 'cost', f.value_cost, 'tokens', f.value_tokens
            )
          )
          order by f.provider
        ),
        '[]'::json
      )
      from figures f
      left join public.providers p on p.slug = f.provider
      where f.model is null and not endpoints_only
    )
  ) into answer;

  return answer;
end
$$;

-- The window of the same length before the current one, at the same location, with as much as it takes to say what
-- moved: {as_of, prompt_version, location, endpoints: [{provider, model, simulated, ttft, tps, trend}]}. Null for the
-- 1 h window, which holds too few results to compare. Made ahead where a refresh has been; else computed.
create function public.dashboard_previous(
  time_window text default '24h',
  at_location text default null,
  as_of timestamptz default null
)
returns json
language plpgsql
stable
security invoker
set search_path = ''
set statement_timeout = '3s'
set plan_cache_mode = force_custom_plan
as $$
declare
  span constant interval := public.window_span(time_window);
  place text;
  version text;
  until_time timestamptz := coalesce(as_of, now()) - span;
  made_at timestamptz;
  entries public.endpoint_windows[];
begin
  if span is null then
    raise exception 'time_window must be 1h, 24h, 7d or 30d' using errcode = '22023';
  end if;
  if time_window = '1h' then
    return null;
  end if;
  place := coalesce(at_location, public.window_locations(time_window, as_of) -> 0 ->> 'location');

  if as_of is null then
    select w.as_of, w.prompt_version into made_at, version
    from public.window_refreshes w
    where w.time_window = dashboard_previous.time_window and w.part = 'previous' and w.location = place
      and w.as_of > until_time - public.window_tolerance(w.time_window, w.part);
  end if;
  if made_at is not null then
    until_time := made_at;
    select array_agg(w) into entries
    from public.endpoint_windows w
    where w.time_window = dashboard_previous.time_window and w.part = 'previous' and w.location = place;
  else
    version := nullif(public.current_prompt_version(until_time), '');
    entries := public.window_figures(time_window, 'previous', place, until_time, version);
  end if;

  return json_build_object(
    'as_of', until_time,
    'prompt_version', version,
    'location', place,
    'endpoints', (
      select coalesce(
        json_agg(
          json_build_object(
            'provider', f.provider,
            'model', f.model,
            'simulated', f.simulated,
            'ttft', json_build_object('n', f.ttft_n, 'p50', f.ttft_p50),
            'tps', json_build_object('n', f.tps_n, 'p50', f.tps_p50),
            'trend', f.trend
          )
          order by f.provider, f.model
        ),
        '[]'::json
      )
      from unnest(entries) f
      where f.model is not null
    )
  );
end
$$;

-- Makes one window ahead, at one location; for the service role, after each run. A previous window stands nearly still
-- and is made again only when it is behind by a hundredth of its length. Where results of the window come from a place
-- that nobody measures from any more, no run of its own asks for it: it is made too, one such place a call, before it
-- is too old to count. Answers with what became of at_location: {window, part, location, state: 'refreshed', 'fresh'
-- (nothing to do), 'empty' (no result) or 'busy' (another call is at it), took_ms}.
create function public.engine_refresh_windows(time_window text, part text, at_location text)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
-- A month of three hundred endpoints takes some seconds.
set statement_timeout = '20s'
set random_page_cost = 1.1
set plan_cache_mode = force_custom_plan
as $$
declare
  span constant interval := public.window_span(time_window);
  tolerance constant interval := public.window_tolerance(time_window, part);
  started constant timestamptz := clock_timestamp();
  until_time constant timestamptz := now() - case part when 'previous' then span else interval '0' end;
  version constant text := nullif(public.current_prompt_version(until_time), '');
  lapsed text;
  place text;
  place_started timestamptz;
  counted bigint;
  entries public.endpoint_windows[];
  state text;
  own_state text;
begin
  -- The day's current window is computed when it is asked for.
  if part not in ('current', 'previous') or time_window not in ('24h', '7d', '30d')
    or (part = 'current' and time_window = '24h') then
    raise exception 'A window made ahead is current 7d or 30d, or previous 24h, 7d or 30d.' using errcode = '22023';
  end if;

  select l.place into lapsed
  from unnest(public.measured_locations(until_time - span, until_time, version)) as l (place)
  left join public.window_refreshes w
    on w.time_window = engine_refresh_windows.time_window and w.part = engine_refresh_windows.part
    and w.location = l.place
  where l.place <> at_location and (w.as_of is null or w.as_of < until_time - tolerance / 2)
  order by w.as_of nulls first, l.place
  limit 1;
  -- What is too old to count is of no use.
  delete from public.window_refreshes w
  where w.time_window = engine_refresh_windows.time_window and w.part = engine_refresh_windows.part
    and w.as_of < until_time - tolerance;

  foreach place in array array_remove(array[at_location, lapsed], null) loop
    place_started := clock_timestamp();
    if part = 'previous' and exists (
      select 1
      from public.window_refreshes w
      where w.time_window = engine_refresh_windows.time_window and w.part = engine_refresh_windows.part
        and w.location = place and w.as_of > until_time - span / 96
    ) then
      state := 'fresh';
    elsif not pg_catalog.pg_try_advisory_xact_lock(
      pg_catalog.hashtextextended('engine_refresh_windows/' || time_window || '/' || part || '/' || place, 0)) then
      state := 'busy';
    else
      delete from public.window_refreshes w
      where w.time_window = engine_refresh_windows.time_window and w.part = engine_refresh_windows.part
        and w.location = place;
      counted := public.location_results(place, until_time - span, until_time, version);
      if counted = 0 and part = 'current' then
        state := 'empty';
      else
        insert into public.window_refreshes (time_window, part, location, as_of, prompt_version, results, took_ms)
        values (time_window, part, place, until_time, version, counted, 0);
        -- Into a variable first: to guess how many rows unnest() gives, the planner would compute them all once more.
        entries := public.window_figures(time_window, part, place, until_time, version);
        insert into public.endpoint_windows select * from unnest(entries);
        update public.window_refreshes w
        set took_ms = extract(epoch from clock_timestamp() - place_started) * 1000
        where w.time_window = engine_refresh_windows.time_window and w.part = engine_refresh_windows.part
          and w.location = place;
        state := 'refreshed';
      end if;
    end if;
    own_state := coalesce(own_state, state);
  end loop;
  return jsonb_build_object(
    'window', time_window, 'part', part, 'location', at_location, 'state', own_state,
    'took_ms', round(extract(epoch from clock_timestamp() - started) * 1000));
end
$$;

-- Hosted projects give new functions to everyone or to no one, depending on their age: say it outright.
revoke all on function public.window_tolerance(text, text) from public;
revoke all on function public.window_figures(text, text, text, timestamptz, text, boolean) from public;
revoke all on function public.window_locations(text, timestamptz) from public;
revoke all on function public.dashboard_endpoints(text, text, timestamptz, boolean) from public;
revoke all on function public.dashboard_previous(text, text, timestamptz) from public;
revoke all on function public.engine_refresh_windows(text, text, text) from public, anon, authenticated;
grant execute on function public.window_tolerance(text, text) to anon, authenticated, service_role;
grant execute on function public.window_figures(text, text, text, timestamptz, text, boolean)
  to anon, authenticated, service_role;
grant execute on function public.window_locations(text, timestamptz) to anon, authenticated, service_role;
grant execute on function public.dashboard_endpoints(text, text, timestamptz, boolean) to anon, authenticated, service_role;
grant execute on function public.dashboard_previous(text, text, timestamptz) to anon, authenticated, service_role;
grant execute on function public.engine_refresh_windows(text, text, text) to service_role;

-- ---- 20261126000100_one_pass_over_a_window.sql

-- The figures of a window are made in one pass over its results, which are read from an index that holds all they need.

-- In order of time at each place. A day of three hundred endpoints is some fourteen hundred pages of this index, where
-- the same results lie on eight thousand pages of the table.
drop index public.idx_benchmark_results_location_created_at;
create index idx_benchmark_results_location_created_at
  on public.benchmark_results (location, created_at)
  include (
    run_id, provider_id, model_id, provider, prompt_version, simulated, success, error_kind, status_code, ttft_ms,
    answer_ttft_ms, tps, total_latency_ms, cost_usd, cost_source, input_tokens, output_tokens);

-- Computes a window at one location, which ends at `until`, for one version of the prompt: a row an endpoint and one a
-- provider. endpoints_only: without providers and trends, which take half of the time.
create or replace function public.window_figures(
  time_window text,
  part text,
  at_location text,
  until timestamptz,
  of_version text,
  endpoints_only boolean default false
)
returns public.endpoint_windows[]
language plpgsql
stable
security invoker
set search_path = ''
-- A month is sorted in memory; the default spills to disk.
set work_mem = '128MB'
-- As hosted: there a month is read from the index that holds all of it, not from a table eight times its size.
set random_page_cost = 1.1
-- The planner knows no sizes of the steps below (nor of tables that are not analysed yet) and takes them for a
-- row or two; with a thousand endpoints its nested loops would take seconds, and merges sort names for nothing.
-- What must loop is lateral.
set enable_nestloop = off
set enable_mergejoin = off
set plan_cache_mode = force_custom_plan
as $$
declare
  since constant timestamptz := until - public.window_span(time_window);
  step constant interval := public.window_step(time_window);
  nil constant uuid := '00000000-0000-0000-0000-000000000000';
  answer public.endpoint_windows[];
begin
  with
  -- Nearly every row has both ids: its endpoint is known by a number, which joins and sorts faster than names.
  known as materialized (
    select m.id as model_id, m.provider_id, p.slug, m.name as model_name, (row_number() over ())::integer as endpoint
    from public.models m
    join public.providers p on p.id = m.provider_id
  ),
  -- A run in which every one of several providers was out of reach says that our own line was down.
  offline_runs as materialized (
    select asked.run_id
    from (
      select distinct r.run_id
      from public.benchmark_results r
      where not r.success and r.error_kind = 'network'
        and r.created_at > since and r.created_at <= until
        and r.location = at_location
        and (r.prompt_version is null or r.prompt_version = of_version)
    ) asked
    cross join lateral (
      select
        count(distinct coalesce(b.provider_id::text, b.provider)) as providers,
        bool_and(b.error_kind is not distinct from 'network') as all_network
      from public.benchmark_results b
      where b.run_id = asked.run_id
    ) seen
    where seen.providers >= 2 and seen.all_network
  ),
  recent as materialized (
    select
      k.endpoint, r.created_at, r.simulated, r.success, r.ttft_ms, r.answer_ttft_ms, r.tps, r.total_latency_ms, r.cost_usd,
      r.input_tokens::bigint + r.output_tokens as tokens,
      r.cost_source <> 'unknown' or r.cost_usd > 0 as cost_known,
      -- failure_owner() written out: a function with a search_path of its own is called row by row, which
      -- doubles the time of a month. A test holds the two to the same answers.
      case
        when o.run_id is not null then 'probe'
        when r.success then null
        when r.error_kind in ('interrupted', 'probe_fault') then 'probe'
        when r.error_kind in ('no_answer', 'auth', 'quota', 'model_not_found', 'invalid_request') then 'operator'
        when r.error_kind = 'rate_limited' then 'shared'
        when r.error_kind is not null then 'provider'
        when r.status_code = 429 then 'shared'
        when r.status_code between 400 and 499 and r.status_code <> 408 then 'operator'
        else 'provider'
      end as owner,
      -- How a row spells its endpoint, where the ids do not say it.
      case when k.endpoint is null then r.provider_id end as provider_id,
      case when k.endpoint is null then r.model_id end as model_id,
      case when k.endpoint is null and r.provider_id is null then r.provider end as provider,
      r.model
    from (
      -- Rows that name no version were written by other tools and are taken as the standard prompt's. The model's name
      -- is read only where there is no id: what has one is found whole in an index.
      select r.run_id, r.provider_id, r.model_id, r.provider, null::text as model, r.created_at, r.simulated, r.success,
        r.error_kind, r.status_code, r.ttft_ms, r.answer_ttft_ms, r.tps, r.total_latency_ms, r.cost_usd, r.cost_source,
        r.input_tokens, r.output_tokens
      from public.benchmark_results r
      where r.model_id is not null
        and r.created_at > since and r.created_at <= until
        and r.location = at_location
        and (r.prompt_version is null or r.prompt_version = of_version)
      union all
      select r.run_id, r.provider_id, r.model_id, r.provider, r.model, r.created_at, r.simulated, r.success,
        r.error_kind, r.status_code, r.ttft_ms, r.answer_ttft_ms, r.tps, r.total_latency_ms, r.cost_usd, r.cost_source,
        r.input_tokens, r.output_tokens
      from public.benchmark_results r
      where r.model_id is null
        and r.created_at > since and r.created_at <= until
        and r.location = at_location
        and (r.prompt_version is null or r.prompt_version = of_version)
    ) r
    left join known k on k.model_id = r.model_id and k.provider_id = r.provider_id
    left join offline_runs o on o.run_id = r.run_id
  ),
  -- The others' names are resolved once for each way of spelling them, not once a row.
  spellings as materialized (
    select r.provider_id, r.model_id, r.provider, r.model
    from recent r
    where r.endpoint is null
    group by r.provider_id, r.model_id, r.provider, r.model
  ),
  strays as materialized (
    select
      s.provider_id, s.model_id, s.provider, s.model, s.slug, s.model_name,
      coalesce(k.endpoint, -(dense_rank() over (order by s.slug, s.model_name))::integer) as endpoint
    from (
      select
        w.provider_id, w.model_id, w.provider, w.model,
        coalesce(p.slug, w.provider, 'unknown') as slug,
        coalesce(m.name, w.model, 'unknown') as model_name
      from spellings w
      left join lateral (
        select q.slug
        from public.providers q
        where q.id = w.provider_id
          or (w.provider_id is null and (q.slug = w.provider or q.name = w.provider))
        order by q.slug = w.provider desc
        limit 1
      ) p on true
      left join public.models m on m.id = w.model_id
    ) s
    left join known k on k.slug = s.slug and k.model_name = s.model_name
  ),
  placed as not materialized (
    select
      r.endpoint, r.created_at, r.simulated, r.success, r.ttft_ms, r.answer_ttft_ms, r.tps, r.total_latency_ms,
      r.cost_usd, r.tokens, r.cost_known, r.owner
    from recent r
    where r.endpoint is not null
    union all
    select
      s.endpoint, r.created_at, r.simulated, r.success, r.ttft_ms, r.answer_ttft_ms, r.tps, r.total_latency_ms,
      r.cost_usd, r.tokens, r.cost_known, r.owner
    from recent r
    join strays s
      on coalesce(s.provider_id, nil) = coalesce(r.provider_id, nil)
      and coalesce(s.model_id, nil) = coalesce(r.model_id, nil)
      and coalesce(s.provider, '') = coalesce(r.provider, '')
      and coalesce(s.model, '') = coalesce(r.model, '')
    where r.endpoint is null and exists (select from spellings)
  ),
  names as materialized (
    select n.*, (dense_rank() over (order by n.slug))::integer as seller
    from (
      select k.endpoint, k.slug, k.model_name, k.provider_id, k.model_id from known k
      union all
      select distinct s.endpoint, s.slug, s.model_name, null::uuid, null::uuid from strays s where s.endpoint < 0
    ) n
  ),
  -- Real and simulated never meet: one real result, ever, and an endpoint shows no simulated ones.
  played as materialized (
    select distinct r.endpoint from placed r where r.simulated
  ),
  measured_for_real as materialized (
    select n.endpoint
    from played s
    join names n on n.endpoint = s.endpoint
    where n.endpoint in (select r.endpoint from placed r where not r.simulated)
      or exists (
        select 1
        from public.benchmark_results b
        where b.provider_id = n.provider_id and b.model_id = n.model_id
          and not b.simulated and b.created_at <= until
      ) or exists (
        select 1
        from public.benchmark_results b
        where b.provider = n.slug and b.model = n.model_name
          and not b.simulated and b.created_at <= until
      )
  ),
  shown as not materialized (
    select r.*
    from placed r
    where not r.simulated or r.endpoint not in (select m.endpoint from measured_for_real m)
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
      avg(d.ttft_ms) filter (where d.success) as ttft_mean,
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
      (sum(d.tokens) filter (where d.success and d.cost_known))::bigint as cost_tokens,
      count(*) filter (where d.success and d.cost_known and d.tps is not null) as value_n,
      sum(d.cost_usd) filter (where d.success and d.cost_known and d.tps is not null) as value_cost,
      (sum(d.tokens) filter (where d.success and d.cost_known and d.tps is not null))::bigint as value_tokens
    from shown d
    group by d.endpoint
  ),
  trends as (
    select
      b.endpoint,
      json_agg(
        json_build_array(extract(epoch from b.bucket)::bigint, b.attempts, b.n, b.ttft_p50, b.tps_p50) order by b.bucket
      ) as points
    from (
      select
        d.endpoint,
        date_bin(step, d.created_at, timestamptz '2000-01-01 00:00:00+00') as bucket,
        count(*) filter (where d.owner is distinct from 'probe') as attempts,
        count(d.ttft_ms) filter (where d.success) as n,
        percentile_cont(0.5) within group (order by d.ttft_ms) filter (where d.success) as ttft_p50,
        percentile_cont(0.5) within group (order by d.tps) filter (where d.success) as tps_p50
      from shown d
      where not endpoints_only
      group by 1, 2
    ) b
    group by b.endpoint
  ),
  -- Nor do they meet in a provider's line: where one endpoint is real, its simulated ones are left out.
  in_line as (
    select n.endpoint, n.seller, n.slug
    from names n
    join figures f on f.endpoint = n.endpoint
    left join (
      select distinct r.seller from names r join figures g on g.endpoint = r.endpoint where not g.simulated
    ) real on real.seller = n.seller
    where not endpoints_only and (not f.simulated or real.seller is null)
  ),
  -- What adds up is added up from the endpoints; only a median needs the rows again.
  seller_medians as (
    select l.seller, percentile_cont(0.5) within group (order by d.tps) as tps_p50
    from shown d
    join in_line l on l.endpoint = d.endpoint
    where not endpoints_only and d.success and d.tps is not null
    group by l.seller
  ),
  sellers as (
    select
      l.seller, min(l.slug) as slug,
      bool_or(f.simulated) as simulated,
      sum(f.attempts)::bigint as attempts,
      sum(f.probe_failures)::bigint as probe_failures,
      sum(f.successes)::bigint as successes,
      sum(f.provider_failures)::bigint as provider_failures,
      max(f.newest_at) as newest_at,
      sum(f.within_2s)::bigint as within_2s,
      sum(f.ttft_n)::bigint as ttft_n,
      sum(f.ttft_mean * f.ttft_n) / nullif(sum(f.ttft_n), 0) as ttft_mean,
      sum(f.answer_n)::bigint as answer_n,
      sum(f.tps_n)::bigint as tps_n,
      coalesce(sum(f.successes) filter (where f.successes >= 2), 0)::bigint as latency_n,
      sqrt(
        sum(f.latency_stddev ^ 2 * f.successes) filter (where f.successes >= 2)
        / nullif(sum(f.successes) filter (where f.successes >= 2), 0)
      ) as latency_stddev,
      sum(f.cost_n)::bigint as cost_n,
      sum(f.cost_total) as cost_total,
      sum(f.cost_tokens)::bigint as cost_tokens,
      sum(f.value_n)::bigint as value_n,
      sum(f.value_cost) as value_cost,
      sum(f.value_tokens)::bigint as value_tokens
    from figures f
    join in_line l on l.endpoint = f.endpoint
    group by l.seller
  )
  select array_agg(rows::public.endpoint_windows) into answer
  from (
    select
      window_figures.time_window, window_figures.part, at_location, n.slug, n.model_name, f.simulated, f.attempts, f.probe_failures, f.successes,
      f.provider_failures, f.newest_at, f.within_2s, f.ttft_n, f.ttft_mean, f.ttft_p50, f.ttft_p95, f.ttft_stddev,
      f.answer_n, f.answer_p50, f.tps_n, f.tps_p50, f.successes, f.latency_p50, f.latency_p95, f.latency_p99,
      f.latency_stddev, f.cost_n, f.cost_per_request, f.cost_total, f.cost_tokens, f.value_n, f.value_cost,
      f.value_tokens, t.points, gen_random_uuid()
    from figures f
    join names n on n.endpoint = f.endpoint
    left join trends t on t.endpoint = f.endpoint
    union all
    select
      window_figures.time_window, window_figures.part, at_location, s.slug, null, s.simulated, s.attempts, s.probe_failures, s.successes,
      s.provider_failures, s.newest_at, s.within_2s, s.ttft_n, s.ttft_mean, null, null, null,
      s.answer_n, null, s.tps_n, m.tps_p50, s.latency_n, null, null, null,
      s.latency_stddev, s.cost_n, s.cost_total / nullif(s.cost_n, 0), s.cost_total, s.cost_tokens, s.value_n, s.value_cost,
      s.value_tokens, null, gen_random_uuid()
    from sellers s
    left join seller_medians m on m.seller = s.seller
  ) rows;

  return coalesce(answer, '{}');
end
$$;

-- Where most of a window's results were measured. Nothing is counted where there is one place, as there mostly is.
create function public.usual_place(time_window text, as_of timestamptz default null) returns text
language plpgsql stable security invoker set search_path = ''
as $$
declare
  until_time constant timestamptz := coalesce(as_of, now());
  places constant text[] := public.measured_locations(
    until_time - public.window_span(time_window), until_time, nullif(public.current_prompt_version(until_time), ''));
begin
  return case cardinality(places)
    when 1 then places[1]
    else public.window_locations(time_window, as_of) -> 0 ->> 'location'
  end;
end
$$;

-- As before, without counting where there is one place.
create or replace function public.dashboard_previous(
  time_window text default '24h',
  at_location text default null,
  as_of timestamptz default null
)
returns json
language plpgsql
stable
security invoker
set search_path = ''
set statement_timeout = '3s'
set plan_cache_mode = force_custom_plan
as $$
declare
  span constant interval := public.window_span(time_window);
  place text;
  version text;
  until_time timestamptz := coalesce(as_of, now()) - span;
  made_at timestamptz;
  entries public.endpoint_windows[];
begin
  if span is null then
    raise exception 'time_window must be 1h, 24h, 7d or 30d' using errcode = '22023';
  end if;
  if time_window = '1h' then
    return null;
  end if;
  place := coalesce(at_location, public.usual_place(time_window, as_of));

  if as_of is null then
    select w.as_of, w.prompt_version into made_at, version
    from public.window_refreshes w
    where w.time_window = dashboard_previous.time_window and w.part = 'previous' and w.location = place
      and w.as_of > until_time - public.window_tolerance(w.time_window, w.part);
  end if;
  if made_at is not null then
    until_time := made_at;
    select array_agg(w) into entries
    from public.endpoint_windows w
    where w.time_window = dashboard_previous.time_window and w.part = 'previous' and w.location = place;
  else
    version := nullif(public.current_prompt_version(until_time), '');
    entries := public.window_figures(time_window, 'previous', place, until_time, version);
  end if;

  return json_build_object(
    'as_of', until_time,
    'prompt_version', version,
    'location', place,
    'endpoints', (
      select coalesce(
        json_agg(
          json_build_object(
            'provider', f.provider,
            'model', f.model,
            'simulated', f.simulated,
            'ttft', json_build_object('n', f.ttft_n, 'p50', f.ttft_p50),
            'tps', json_build_object('n', f.tps_n, 'p50', f.tps_p50),
            'trend', f.trend
          )
          order by f.provider, f.model
        ),
        '[]'::json
      )
      from unnest(entries) f
      where f.model is not null
    )
  );
end
$$;

-- Hosted projects give new functions to everyone or to no one, depending on their age: say it outright.
revoke all on function public.usual_place(text, timestamptz) from public;
grant execute on function public.usual_place(text, timestamptz) to anon, authenticated, service_role;

-- ---- 20261126000200_days_so_far.sql

-- The day that goes on is counted up to the last run's end, like the days before it: what is left to count when
-- somebody asks is a run or two, not up to 28,800 results.

-- Results of the day before this moment (UTC) are counted. A day that is over: its end.
alter table public.endpoint_days add column counted_until timestamptz;
update public.endpoint_days set counted_until = (day + 1)::timestamp at time zone 'UTC';
alter table public.endpoint_days alter column counted_until set not null;
create index idx_endpoint_days_provider_model_day on public.endpoint_days (provider, model, day);

drop function public.endpoint_day(date, text, timestamptz);

-- The day's figures of every endpoint, from its results since from_time: [{provider, model, location, …}] as in
-- endpoint_days.
create function public.endpoint_day(
  of_day date, version text, until_time timestamptz default now(), from_time timestamptz default null
)
returns jsonb
language sql stable security invoker set search_path = ''
set work_mem = '64MB'
-- The planner knows no sizes of the steps below and takes them for a row or two: hashing is right for all of them.
set enable_nestloop = off
set enable_mergejoin = off
as $$
  with
  recent as materialized (
    select
      r.id, r.run_id, r.provider_id, r.model_id, r.provider, r.model, r.created_at, r.location, r.simulated,
      r.success, r.error_kind,
      -- failure_owner() written out for speed; a test holds these figures to those of dashboard_endpoints.
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
    where r.created_at >= greatest(of_day::timestamp at time zone 'UTC', from_time)
      and r.created_at < (of_day + 1)::timestamp at time zone 'UTC'
      and r.created_at <= until_time
      and (r.prompt_version is null or r.prompt_version = version)
  ),
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
  -- Names are resolved once for each way a series (endpoint, place, real or simulated) is written in the rows.
  spellings as (
    select distinct r.provider_id, r.model_id, r.provider, r.model, r.location, r.simulated from recent r
  ),
  resolved as (
    select s.*, coalesce(p.slug, s.provider, 'unknown') as slug, coalesce(m.name, s.model, 'unknown') as model_name
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
  named as materialized (
    select r.*, dense_rank() over (order by r.slug, r.model_name, r.location, r.simulated) as series
    from resolved r
  ),
  placed as materialized (
    select
      n.series, r.id, r.created_at, r.success, r.error_kind,
      case when o.run_id is not null then 'probe' else r.owner end as owner
    from recent r
    join named n
      on coalesce(n.provider_id, '00000000-0000-0000-0000-000000000000')
        = coalesce(r.provider_id, '00000000-0000-0000-0000-000000000000')
      and coalesce(n.model_id, '00000000-0000-0000-0000-000000000000')
        = coalesce(r.model_id, '00000000-0000-0000-0000-000000000000')
      and coalesce(n.provider, '') = coalesce(r.provider, '')
      and coalesce(n.model, '') = coalesce(r.model, '')
      and n.location = r.location
      and n.simulated = r.simulated
    left join offline_runs o on o.run_id = r.run_id
  ),
  figures as (
    select
      d.series,
      count(*) as results,
      count(*) filter (where d.owner is distinct from 'probe') as attempts,
      count(*) filter (where d.success) as successes,
      count(*) filter (where d.owner = 'provider') as provider_failures,
      min(d.created_at) filter (where d.success) as first_success_at,
      max(d.created_at) as newest_at
    from placed d
    group by d.series
  ),
  -- Rate limits and our own mistakes say nothing of the provider: they neither break a streak nor lengthen it.
  sequence as (
    select d.*, lag(d.success) over (partition by d.series order by d.created_at, d.id) as success_before
    from placed d
    where (d.success or d.owner = 'provider')
      and d.series in (select f.series from figures f where f.provider_failures > 0)
  ),
  -- Failures, and the success that ends each row of them: those with the same number of such successes before them
  -- belong together.
  counted as (
    select c.*, count(*) filter (where c.success) over (partition by c.series order by c.created_at, c.id) as ends
    from sequence c
    where not c.success or not c.success_before
  ),
  stretches as (
    select
      c.series,
      count(*) filter (where not c.success) as failures,
      min(c.created_at) filter (where not c.success) as began_at,
      max(c.created_at) filter (where not c.success) as last_at,
      array_agg(distinct coalesce(c.error_kind, 'unknown')) filter (where not c.success) as kinds,
      coalesce(bool_or(c.success_before is null), false) as begins_day,
      lead(min(c.created_at) filter (where c.success)) over (partition by c.series order by c.ends) as ended_at
    from counted c
    group by c.series, c.ends
  ),
  streaks as (
    select
      s.series,
      jsonb_agg(
        jsonb_build_object(
          'began_at', s.began_at, 'last_at', s.last_at, 'ended_at', s.ended_at, 'failures', s.failures,
          'kinds', s.kinds
        )
        order by s.began_at
      ) as list
    from stretches s
    where s.failures >= 2 or (s.failures = 1 and (s.begins_day or s.ended_at is null))
    group by s.series
  )
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'provider', n.slug, 'model', n.model_name, 'location', n.location, 'simulated', n.simulated,
        'results', f.results, 'attempts', f.attempts, 'successes', f.successes,
        'provider_failures', f.provider_failures, 'first_success_at', f.first_success_at,
        'newest_at', f.newest_at, 'streaks', coalesce(s.list, '[]'::jsonb)
      )
      order by n.series
    ),
    '[]'::jsonb
  )
  from figures f
  join (select distinct d.series, d.slug, d.model_name, d.location, d.simulated from named d) n on n.series = f.series
  left join streaks s on s.series = f.series
$$;

-- Counts days of the last 30 that are not counted yet, newest first: at most so many of those that are over, and the one
-- that goes on up to now. Answers with how many of those that are over. Where a run goes on, its results are left for
-- later: whether it was offline shows at its end.
create or replace function public.engine_keep_days(at_most integer default 2) returns integer
language plpgsql volatile security invoker set search_path = ''
-- Who waits here is a run that has ended; counting can wait for the next one.
set lock_timeout = '2s'
as $$
declare
  version constant text := public.current_prompt_version(now());
  today constant date := (now() at time zone 'UTC')::date;
  -- A run without an end that began longer ago was given up.
  settled constant timestamptz := coalesce(
    (select min(r.started_at) from public.runs r where r.finished_at is null and r.started_at > now() - interval '2 hours'),
    now()
  );
  missing date;
  ends_at timestamptz;
  kept integer := 0;
begin
  if not pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended('engine_keep_days', 0)) then
    return 0;
  end if;
  -- Results that come in meanwhile wait: else they would be neither counted nor make their day be forgotten.
  lock table public.endpoint_days in share row exclusive mode;
  for missing, ends_at in
    select d.day, d.ends_at
    from (
      select g::date as day, least((g::date + 1)::timestamp at time zone 'UTC', settled) as ends_at
      from generate_series(today, today - 30, interval '-1 day') g
    ) d
    where not exists (
        select 1 from public.endpoint_days k
        where k.day = d.day and k.prompt_version = version and k.counted_until >= d.ends_at
      )
      and exists (
        select 1 from public.benchmark_results r
        where r.created_at >= d.day::timestamp at time zone 'UTC' and r.created_at < d.ends_at
          and (r.prompt_version is null or r.prompt_version = version)
      )
    order by d.day desc
  loop
    continue when missing < today and kept >= at_most;
    delete from public.endpoint_days where day = missing;
    insert into public.endpoint_days
      (day, counted_until, prompt_version, provider, model, location, simulated, results, attempts, successes,
       provider_failures, first_success_at, newest_at, streaks)
    select missing, ends_at, version, x.provider, x.model, x.location, x.simulated, x.results, x.attempts, x.successes,
      x.provider_failures, x.first_success_at, x.newest_at, x.streaks
    from jsonb_to_recordset(public.endpoint_day(missing, version, ends_at - interval '1 microsecond')) as x(
      provider text, model text, location text, simulated boolean, results integer, attempts integer,
      successes integer, provider_failures integer, first_success_at timestamptz, newest_at timestamptz,
      streaks jsonb);
    kept := kept + (missing < today)::integer;
  end loop;
  delete from public.endpoint_days where day < today - 40;
  return kept;
end
$$;

-- A day whose counted results change is counted again: rows that come late, rows that are deleted.
create or replace function internal.forget_days() returns trigger
language plpgsql security invoker set search_path = ''
as $$
begin
  delete from public.endpoint_days k
  using (
    select (c.created_at at time zone 'UTC')::date as day, min(c.created_at) as first
    from changed c
    group by 1
  ) d
  where k.day = d.day and k.counted_until > d.first;
  return null;
end
$$;

-- Incidents of 30 days, newest first: {as_of, first_day, location, incidents: [{provider, provider_name, model, simulated,
-- began_at, last_failure_at, ended_at, failures, kinds, newest_at}]}. newest_at, the endpoint's newest result, stands only
-- where the incident has not ended. Without a place: the one with most results in the window that is looked at.
create function public.dashboard_incidents(
  time_window text default '30d', at_location text default null, as_of timestamptz default null
)
returns json
language plpgsql stable security invoker set search_path = ''
set statement_timeout = '3s'
set plan_cache_mode = force_custom_plan
as $$
declare
  until_time constant timestamptz := coalesce(as_of, now());
  last_day constant date := (until_time at time zone 'UTC')::date;
  first_day constant date := last_day - 29;
  version constant text := public.current_prompt_version(until_time);
  place text;
  answer json;
begin
  if public.window_span(time_window) is null then
    raise exception 'time_window must be 1h, 24h, 7d or 30d' using errcode = '22023';
  end if;
  place := coalesce(at_location, public.usual_place(time_window, as_of));

  with
  counted_days as materialized (
    select k.day, min(k.counted_until) as until
    from public.endpoint_days k
    where k.day between first_day and last_day
      and k.prompt_version = version
      and k.counted_until <= until_time
    group by k.day
  ),
  -- What is not counted yet.
  rest as materialized (
    select d.day, x.provider, x.model, x.location, x.simulated, x.first_success_at, x.newest_at, x.streaks
    from (select g::date as day from generate_series(first_day, last_day, interval '1 day') g) d
    left join counted_days c on c.day = d.day
    cross join lateral jsonb_to_recordset(public.endpoint_day(d.day, version, until_time, c.until)) as x(
      provider text, model text, location text, simulated boolean, first_success_at timestamptz,
      newest_at timestamptz, streaks jsonb)
    where c.until is null or c.until < (d.day + 1)::timestamp at time zone 'UTC'
  ),
  -- A day that goes on is in two parts: what is counted (0), and the rest (1).
  failing as materialized (
    select k.day, 0 as part, k.provider, k.model, k.simulated, k.streaks
    from public.endpoint_days k
    join counted_days c on c.day = k.day
    where k.prompt_version = version and k.location = place and k.streaks <> '[]'
    union all
    select r.day, 1, r.provider, r.model, r.simulated, r.streaks
    from rest r
    where r.location = place and r.streaks <> '[]'
  ),
  -- Real and simulated never meet: one real result, ever, and an endpoint shows no simulated ones.
  measured_for_real as (
    select s.provider, s.model
    from (select distinct f.provider, f.model from failing f where f.simulated) s
    left join public.providers p on p.slug = s.provider
    left join public.models m on m.provider_id = p.id and m.name = s.model
    where exists (
        select 1 from public.endpoint_days k
        where k.day between first_day and last_day and k.provider = s.provider and k.model = s.model and not k.simulated
      ) or exists (
        select 1 from rest r where r.provider = s.provider and r.model = s.model and not r.simulated
      ) or exists (
        select 1 from public.benchmark_results b
        where b.provider_id = p.id and b.model_id = m.id and not b.simulated and b.created_at <= until_time
      ) or exists (
        select 1 from public.benchmark_results b
        where b.provider = s.provider and b.model = s.model and not b.simulated and b.created_at <= until_time
      )
  ),
  -- A streak that is open at its part's end ends with the first success of a later one.
  pieces as (
    select
      f.provider, f.model, f.simulated, s.began_at, s.last_at, s.failures, s.kinds,
      coalesce(s.ended_at, counted.success_at, later.success_at) as ended_at
    from failing f
    cross join lateral jsonb_to_recordset(f.streaks) as s(
      began_at timestamptz, last_at timestamptz, ended_at timestamptz, failures integer, kinds jsonb)
    left join lateral (
      select k.first_success_at as success_at
      from public.endpoint_days k
      where s.ended_at is null
        and k.provider = f.provider and k.model = f.model and k.location = place and k.simulated = f.simulated
        and k.day > f.day and k.prompt_version = version and k.counted_until <= until_time
        and k.first_success_at is not null
      order by k.day
      limit 1
    ) counted on true
    left join lateral (
      select min(r.first_success_at) as success_at
      from rest r
      where s.ended_at is null
        and r.provider = f.provider and r.model = f.model and r.location = place and r.simulated = f.simulated
        and (r.day > f.day or (r.day = f.day and f.part = 0))
    ) later on true
    where not f.simulated or (f.provider, f.model) not in (select m.provider, m.model from measured_for_real m)
  ),
  -- Pieces that the same success ends (or none yet) are one streak.
  incidents as (
    select
      p.provider, p.model, p.simulated, p.ended_at,
      min(p.began_at) as began_at,
      max(p.last_at) as last_failure_at,
      sum(p.failures) as failures,
      jsonb_agg(p.kinds) as kinds
    from pieces p
    group by p.provider, p.model, p.simulated, p.ended_at
    having sum(p.failures) >= 2
  )
  select json_build_object(
    'as_of', until_time,
    'first_day', first_day,
    'location', place,
    'incidents', (
      select coalesce(
        json_agg(
          json_build_object(
            'provider', i.provider, 'provider_name', coalesce(p.name, i.provider), 'model', i.model,
            'simulated', i.simulated, 'began_at', i.began_at, 'last_failure_at', i.last_failure_at,
            'ended_at', i.ended_at, 'failures', i.failures,
            'kinds', (
              select json_agg(distinct k.kind)
              from jsonb_path_query(i.kinds, '$[*][*]') e
              cross join lateral (select e #>> '{}' as kind) k
            ),
            'newest_at', case when i.ended_at is null then coalesce(
              (
                select max(r.newest_at)
                from rest r
                where r.provider = i.provider and r.model = i.model and r.location = place and r.simulated = i.simulated
              ),
              (
                select k.newest_at
                from public.endpoint_days k
                where k.provider = i.provider and k.model = i.model and k.location = place and k.simulated = i.simulated
                  and k.prompt_version = version and k.counted_until <= until_time
                order by k.day desc
                limit 1
              )
            ) end
          )
          order by i.began_at desc, i.provider, i.model
        ),
        '[]'::json
      )
      from incidents i
      left join public.providers p on p.slug = i.provider
    )
  ) into answer;
  return answer;
end
$$;

-- Uptime by UTC day for 30 days (today included), incidents, and the engine's own health.
create or replace function public.dashboard_status(at_location text default null, as_of timestamptz default null)
returns json
language plpgsql stable security invoker set search_path = ''
set statement_timeout = '3s'
set work_mem = '64MB'
set enable_nestloop = off
as $$
declare
  until_time constant timestamptz := coalesce(as_of, now());
  last_day constant date := (until_time at time zone 'UTC')::date;
  first_day constant date := last_day - 29;
  version constant text := public.current_prompt_version(until_time);
  answer json;
begin
  with
  counted_days as (
    select k.day, min(k.counted_until) as until
    from public.endpoint_days k
    where k.day between first_day and last_day
      and k.prompt_version = version
      and k.counted_until <= until_time
    group by k.day
  ),
  -- A day that goes on is in two parts: what is counted, and the results since then.
  facts as materialized (
    select k.day, k.provider, k.model, k.location, k.simulated, k.results, k.attempts, k.successes,
      k.provider_failures, k.newest_at
    from public.endpoint_days k
    join counted_days c on c.day = k.day
    where k.prompt_version = version
    union all
    select d.day, x.provider, x.model, x.location, x.simulated, x.results, x.attempts, x.successes,
      x.provider_failures, x.newest_at
    from (select g::date as day from generate_series(first_day, last_day, interval '1 day') g) d
    left join counted_days c on c.day = d.day
    cross join lateral jsonb_to_recordset(public.endpoint_day(d.day, version, until_time, c.until)) as x(
      provider text, model text, location text, simulated boolean, results integer, attempts integer,
      successes integer, provider_failures integer, newest_at timestamptz)
    where c.until is null or c.until < (d.day + 1)::timestamp at time zone 'UTC'
  ),
  locations as (
    select f.location, sum(f.results)::bigint as results from facts f group by f.location
  ),
  place as (
    select coalesce(
      at_location,
      (select l.location from locations l order by l.results desc, l.location limit 1)
    ) as location
  ),
  placed as materialized (
    select f.* from facts f where f.location = (select p.location from place p)
  ),
  measured_for_real as (
    select s.provider, s.model
    from (select distinct d.provider, d.model from placed d where d.simulated) s
    left join public.providers p on p.slug = s.provider
    left join public.models m on m.provider_id = p.id and m.name = s.model
    where exists (
        select 1 from facts f where f.provider = s.provider and f.model = s.model and not f.simulated
      ) or exists (
        select 1 from public.benchmark_results b
        where b.provider_id = p.id and b.model_id = m.id and not b.simulated and b.created_at <= until_time
      ) or exists (
        select 1 from public.benchmark_results b
        where b.provider = s.provider and b.model = s.model and not b.simulated and b.created_at <= until_time
      )
  ),
  shown as materialized (
    select d.*
    from placed d
    left join measured_for_real r on r.provider = d.provider and r.model = d.model
    where not d.simulated or r.provider is null
  ),
  daily as (
    select
      d.provider, d.model, d.day,
      bool_or(d.simulated) as simulated,
      sum(d.attempts) as attempts,
      sum(d.successes) as successes,
      sum(d.provider_failures) as provider_failures,
      max(d.newest_at) as newest_at
    from shown d
    group by d.provider, d.model, d.day
  ),
  figures as (
    select
      d.provider, d.model,
      bool_or(d.simulated) as simulated,
      sum(d.attempts) as attempts,
      sum(d.successes) as successes,
      sum(d.provider_failures) as provider_failures,
      max(d.newest_at) as newest_at,
      json_agg(json_build_array(d.day - first_day, d.successes, d.provider_failures, d.attempts) order by d.day) as days
    from daily d
    group by d.provider, d.model
  ),
  listed as (
    select f.provider, f.model from figures f
    union
    select p.slug, m.name
    from public.models m
    join public.providers p on p.id = m.provider_id
    where m.active
  ),
  newest_run as (
    select r.*
    from public.runs r
    where r.started_at <= until_time
    order by r.started_at desc
    limit 1
  )
  select json_build_object(
    'as_of', until_time,
    'first_day', first_day,
    'last_day', last_day,
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
    'endpoints', (
      select coalesce(
        json_agg(
          json_build_object(
            'provider', l.provider, 'provider_name', coalesce(p.name, l.provider), 'kind', p.kind,
            'model', l.model, 'active', coalesce(m.active, false), 'retired_at', m.retired_at,
            'successor', m.successor, 'simulated', coalesce(f.simulated, false),
            'attempts', coalesce(f.attempts, 0), 'successes', coalesce(f.successes, 0),
            'provider_failures', coalesce(f.provider_failures, 0), 'newest_at', f.newest_at,
            'days', coalesce(f.days, '[]'::json)
          )
          order by l.provider, l.model
        ),
        '[]'::json
      )
      from listed l
      left join figures f on f.provider = l.provider and f.model = l.model
      left join public.providers p on p.slug = l.provider
      left join public.models m on m.provider_id = p.id and m.name = l.model
    ),
    'incidents', public.dashboard_incidents('30d', (select p.location from place p), until_time) -> 'incidents',
    'last_run', (
      select json_build_object(
        'id', r.id, 'run_name', r.run_name, 'triggered_by', r.triggered_by, 'started_at', r.started_at,
        'finished_at', r.finished_at, 'location', r.location, 'note', r.note, 'targets', r.targets,
        'results', (select count(*) from public.benchmark_results b where b.run_id = r.id),
        'skipped', r.skipped
      )
      from newest_run r
    ),
    'runs_24h', (
      select json_build_object(
        'started', count(*),
        'finished', count(*) filter (where r.finished_at is not null),
        'over_budget', count(*) filter (where r.skipped @> '[{"reason": "budget"}]')
      )
      from public.runs r
      where r.started_at > until_time - interval '24 hours' and r.started_at <= until_time
    )
  ) into answer;
  return answer;
end
$$;

-- Hosted projects give new functions to everyone or to no one, depending on their age: say it outright.
revoke all on function public.endpoint_day(date, text, timestamptz, timestamptz) from public;
revoke all on function public.dashboard_incidents(text, text, timestamptz) from public;
grant execute on function public.endpoint_day(date, text, timestamptz, timestamptz) to anon, authenticated, service_role;
grant execute on function public.dashboard_incidents(text, text, timestamptz) to anon, authenticated, service_role;

-- ---- 20261128161500_result_columns.sql

-- What else a measurement knows, and what keeps a result out of the figures. docs/metrics.md says what each means.

alter table public.benchmark_results
  -- What the answer itself says of who answered.
  add column served_model        text check (length(served_model) <= 500),
  add column system_fingerprint  text check (length(system_fingerprint) <= 200),
  add column service_tier        text check (length(service_tier) <= 100),
  add column provider_request_id text check (length(provider_request_id) <= 200),
  -- Between arrivals: the 99th percentile of the gaps, and the longest of them.
  add column gap_p99_ms          double precision check (gap_p99_ms >= 0 and gap_p99_ms < 'Infinity'),
  add column longest_gap_ms      double precision check (longest_gap_ms >= 0 and longest_gap_ms < 'Infinity'),
  -- The usage that was reported cannot be true for this request: no speed and no cost comes from it.
  add column usage_implausible   boolean not null default false,
  -- The request left from a data centre outside the region that the probe is named after.
  add column colo_outside_region boolean not null default false,
  -- A second request about a minute after a failure, to be sure of it. It enters no aggregate.
  add column confirmation        boolean not null default false,
  -- The proxy was told which upstream to use: `upstream` is then part of the series.
  add column upstream_pinned     boolean not null default false;

grant select (
  served_model, system_fingerprint, service_tier, provider_request_id, gap_p99_ms, longest_gap_ms, usage_implausible,
  colo_outside_region, confirmation, upstream_pinned
) on public.benchmark_results to anon, authenticated;

-- ---- 20261128162500_catalog_rules.sql

-- What a list states is kept beside what the rules read from a name, prices may differ by the hour, a list that is
-- not believed yet is remembered, and every text, number and date of a list is bounded here as well.

-- One printable line of at most 500 characters: no control characters, no line or paragraph separators, nothing that
-- turns the direction of writing.
create function public.is_line(value text) returns boolean
language sql immutable parallel safe security invoker set search_path = ''
as $$
  select length(value) <= 500
    and value !~ '[\u0001-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]'
$$;
-- Between 1970 and 9999; "infinity" is neither.
create function public.is_moment(value timestamptz) returns boolean
language sql immutable parallel safe security invoker set search_path = ''
as $$
  select value >= timestamptz '1970-01-01 00:00:00+00' and value < timestamptz '10000-01-01 00:00:00+00'
$$;

alter table public.providers
  -- {kind, syncs, reason, at, accepted}: the newest list lost or gained too much to be believed at once.
  add column held_list jsonb check (jsonb_typeof(held_list) = 'object' and length(held_list::text) <= 2000);

alter table public.models
  -- What its provider's list says of whether it thinks unasked; null where it says nothing.
  add column reasoning_stated boolean,
  -- Another id of the same model, where its provider's list says so.
  add column alias_of text;

alter table public.prices
  -- [{from, to, input, output, cachedInput}], UTC as "HH:MM": hours at which the price is another one.
  add column hours jsonb check (jsonb_typeof(hours) = 'array' and length(hours::text) <= 4000);

update public.models set successor = null where not public.is_line(successor);
update public.models set flag = left(regexp_replace(flag, '[^[:print:]]', ' ', 'g'), 500) where not public.is_line(flag);
update public.models set retires_at = null where not public.is_moment(retires_at);
alter table public.providers
  add constraint providers_texts_are_lines check (
    public.is_line(slug) and public.is_line(name) and public.is_line(base_url) and public.is_line(logo_url));
alter table public.models
  add constraint models_texts_are_lines check (
    public.is_line(name) and public.is_line(successor) and public.is_line(flag) and public.is_line(alias_of)
    and public.is_line(identity_by_rule) and public.is_line(identity_by_hand) and public.is_line(family)
    and public.is_line(quantization)),
  add constraint models_dates_are_moments check (
    public.is_moment(last_seen_at) and public.is_moment(retired_at) and public.is_moment(retires_at)),
  add constraint models_context_window_is_a_count check (context_window >= 0),
  add constraint models_held_price_is_small check (length(held_price::text) <= 6000);
alter table public.prices
  add constraint prices_are_believable check (
    input_price_per_m between 0 and 100000 and output_price_per_m between 0 and 100000
    and cached_input_price_per_m between 0 and 100000),
  add constraint prices_source_is_a_line check (public.is_line(source)),
  add constraint prices_timestamp_is_a_moment check (public.is_moment(timestamp));
alter table public.catalog_events
  add constraint catalog_events_are_small check (
    public.is_line(model) and public.is_moment(at) and length(before::text) <= 8000 and length(after::text) <= 8000);

-- A price as the engine writes it in JSON; null for none. `hours` only where there are any.
drop function public.price_json(double precision, double precision, double precision, text);
create function public.price_json(
  input double precision, output double precision, cached double precision, source text, hours jsonb default null
) returns jsonb
language sql immutable parallel safe security invoker set search_path = ''
as $$
  select case when input is null then null
    else jsonb_build_object('input', input, 'output', output, 'cachedInput', cached, 'source', source)
      || case when jsonb_typeof(hours) = 'array' then jsonb_build_object('hours', hours) else '{}' end end
$$;

create or replace function public.engine_targets(also text[] default '{}') returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
      'provider', p.slug,
      'providerId', p.id,
      'model', m.name,
      'modelId', m.id,
      'active', m.active,
      'reasoning', m.reasoning,
      'price', public.price_json(price.input_price_per_m, price.output_price_per_m, price.cached_input_price_per_m,
        price.source, price.hours) - 'source'
    ) order by p.slug, m.name), '[]')
  from public.models m
  join public.providers p on p.id = m.provider_id
  left join lateral (
    select * from public.prices where model_id = m.id order by timestamp desc, id desc limit 1
  ) price on true
  where m.active or p.slug || '/' || m.name = any (also);
$$;

-- Everything known of the models of one provider, or of all: [{provider, heldList, models: [...]}].
create or replace function public.engine_catalog(of_provider text default null) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
      'provider', p.slug,
      'heldList', p.held_list,
      'models', coalesce((
        select jsonb_agg(jsonb_build_object(
            'id', m.id,
            'name', m.name,
            'active', m.active,
            'available', m.available,
            'reasoning', m.reasoning,
            'reasoningByHand', m.reasoning_by_hand,
            'reasoningStated', m.reasoning_stated,
            'aliasOf', m.alias_of,
            'contextWindow', m.context_window,
            'lastSeenAt', m.last_seen_at,
            'retiredAt', m.retired_at,
            'retiresAt', m.retires_at,
            'successor', m.successor,
            'flag', m.flag,
            'family', m.family,
            'identity', m.identity,
            'identityByRule', m.identity_by_rule,
            'quantization', m.quantization,
            'price', public.price_json(price.input_price_per_m, price.output_price_per_m,
              price.cached_input_price_per_m, price.source, price.hours)
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
-- workers/benchmark/catalog/changes.ts, with `provider` (the row to make where it is missing; only `added` and
-- `heldLists` need it), `source` and `at`. Answers with how many of each kind were written.
create or replace function public.engine_apply_catalog(change jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  moment constant timestamptz := coalesce((change ->> 'at')::timestamptz, now());
  slug constant text := change -> 'provider' ->> 'slug';
  owner uuid;
  written jsonb := '{}';
  n integer;
  first_seen integer;
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

  -- One item, or none where nothing changes: what is held from now on, null for nothing.
  update public.providers p set held_list = nullif(e.held, 'null')
  from jsonb_array_elements(change -> 'heldLists') as e(held)
  where p.id = owner and p.held_list is distinct from nullif(e.held, 'null');

  with listed as (
    select * from jsonb_to_recordset(change -> 'added') as m(
      name text, "contextWindow" integer, reasoning boolean, "reasoningStated" boolean, "aliasOf" text,
      identity text, family text, quantization text, successor text, "retiresAt" timestamptz,
      price jsonb, "heldPrice" jsonb)
  ), made as (
    insert into public.models
      (provider_id, name, context_window, active, available, reasoning, reasoning_stated, alias_of, identity_by_rule,
       family, quantization, successor, retires_at, last_seen_at, held_price)
    select owner, l.name, l."contextWindow", false, true, l.reasoning, l."reasoningStated", l."aliasOf", l.identity,
      l.family, l.quantization, l.successor, l."retiresAt", moment,
      case when jsonb_typeof(l."heldPrice") = 'object' then l."heldPrice" end
    from listed l
    on conflict (name, provider_id) do nothing
    returning id, name
  ), priced as (
    insert into public.prices
      (provider_id, model_id, input_price_per_m, output_price_per_m, cached_input_price_per_m, hours, source, timestamp)
    select owner, made.id, (l.price ->> 'input')::double precision, (l.price ->> 'output')::double precision,
      (l.price ->> 'cachedInput')::double precision, l.price -> 'hours', change ->> 'source', moment
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
    set available = true, retired_at = null, flag = null
    from (
      select o.id, o.retired_at, o.last_seen_at
      from jsonb_to_recordset(change -> 'returned') as e(id uuid)
      join public.models o on o.id = e.id
      where not o.available or o.retired_at is not null
    ) was
    where m.id = was.id
    -- What somebody named before any list had it is new, not back.
    returning m.id, m.provider_id, m.name, m.context_window, m.identity, was.retired_at,
      was.retired_at is null and was.last_seen_at is null as is_new
  ), told as (
    insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
    select moment, case when b.is_new then 'new' else 'returned' end, b.provider_id, b.id, b.name,
      case when not b.is_new then jsonb_build_object('retiredAt', b.retired_at) end,
      case when b.is_new then
        jsonb_build_object('contextWindow', b.context_window, 'identity', b.identity, 'price', null) end
    from back b
    returning kind
  )
  select count(*) filter (where t.kind = 'returned'), count(*) filter (where t.kind = 'new') into n, first_seen
  from told t;
  written := written || jsonb_build_object('returned', n, 'new', (written ->> 'new')::integer + first_seen);

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

  with out as (
    update public.models m set active = false, flag = e.why
    from jsonb_to_recordset(change -> 'takenOut') as e(id uuid, why text)
    where m.id = e.id and m.active
    returning m.id, m.provider_id, m.name, m.flag, m.successor
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
  select moment, 'taken_out', o.provider_id, o.id, o.name,
    jsonb_build_object('active', true), jsonb_build_object('why', o.flag, 'successor', o.successor)
  from out o;
  get diagnostics n = row_count;
  written := written || jsonb_build_object('takenOut', n);

  with offered as (
    select e.*, m.provider_id, m.name, coalesce(e.at, moment) as read_at,
      public.price_json(latest.input_price_per_m, latest.output_price_per_m, latest.cached_input_price_per_m,
        latest.source, latest.hours) as old,
      public.price_json(e.input, e.output, e."cachedInput", e.source, e.hours) as new
    from jsonb_to_recordset(change -> 'prices') as e(
      id uuid, input double precision, output double precision, "cachedInput" double precision, hours jsonb,
      source text, at timestamptz)
    join public.models m on m.id = e.id
    left join lateral (
      select * from public.prices p where p.model_id = e.id order by p.timestamp desc, p.id desc limit 1
    ) latest on true
    where latest.id is null
       or (public.price_json(latest.input_price_per_m, latest.output_price_per_m, latest.cached_input_price_per_m,
             null, latest.hours) <> public.price_json(e.input, e.output, e."cachedInput", null, e.hours)
           and coalesce(e.at, moment) > latest.timestamp)
  ), recorded as (
    insert into public.prices
      (provider_id, model_id, input_price_per_m, output_price_per_m, cached_input_price_per_m, hours, source, timestamp)
    select o.provider_id, o.id, o.input, o.output, o."cachedInput", o.new -> 'hours', o.source, o.read_at
    from offered o
    returning model_id
  ), free as (
    update public.models m set held_price = null
    from recorded r where m.id = r.model_id and m.held_price is not null
  ), turned as (
    -- There and back again by the next day's sync is one event, not two, however often it turns.
    update public.catalog_events e
    set after = case when e.after ? 'revertedAt' then e.after - 'revertedAt'
      else e.after || jsonb_build_object('revertedAt', o.read_at) end
    from offered o
    where e.id = (
        select l.id from public.catalog_events l
        where l.model_id = o.id and l.kind = 'price' order by l.at desc, l.id desc limit 1)
      and e.at > moment - interval '36 hours'
      and (case when e.after ? 'revertedAt' then e.after else e.before end) - 'source' - 'revertedAt'
        = o.new - 'source'
    returning e.model_id
  ), told as (
    insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
    select moment, 'price', o.provider_id, o.id, o.name, o.old, o.new
    from offered o join recorded r on r.model_id = o.id
    where o.id not in (select t.model_id from turned t)
  )
  select count(*) into n from recorded;
  written := written || jsonb_build_object('price', n);

  -- `since` is when it was first read, `days` on how many days that was so, `day` the last of them.
  with flagged as (
    update public.models m set held_price = was.held
    from (
      select o.id, o.held_price is not null and e.days > 1 as is_repeated,
        public.price_json(e.input, e.output, e."cachedInput", e.source, e.hours)
          || jsonb_build_object('at', coalesce(e.since, moment), 'days', coalesce(e.days, 1),
            'day', coalesce(e.day, (moment at time zone 'utc')::date)) as held
      from jsonb_to_recordset(change -> 'heldPrices') as e(
        id uuid, input double precision, output double precision, "cachedInput" double precision, hours jsonb,
        source text, since timestamptz, days integer, day date)
      join public.models o on o.id = e.id
      where (o.held_price - array['at', 'days', 'day']) is distinct from
          public.price_json(e.input, e.output, e."cachedInput", e.source, e.hours)
        or (o.held_price ->> 'days')::integer is distinct from coalesce(e.days, 1)
    ) was
    where m.id = was.id
    returning m.id, m.provider_id, m.name, m.held_price, was.is_repeated
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
  select moment, 'price_held', f.provider_id, f.id, f.name,
    public.price_json(latest.input_price_per_m, latest.output_price_per_m, latest.cached_input_price_per_m,
      latest.source, latest.hours),
    f.held_price - array['at', 'days', 'day']
  from flagged f
  left join lateral (
    select * from public.prices p where p.model_id = f.id order by p.timestamp desc, p.id desc limit 1
  ) latest on true
  where not f.is_repeated;
  get diagnostics n = row_count;
  written := written || jsonb_build_object('priceHeld', n);

  update public.models m set held_price = null
  from jsonb_to_recordset(change -> 'releasedPrices') as e(id uuid)
  where m.id = e.id and m.held_price is not null;

  update public.models m set reasoning_stated = e."reasoningStated", alias_of = e."aliasOf"
  from jsonb_to_recordset(change -> 'stated') as e(id uuid, "reasoningStated" boolean, "aliasOf" text)
  where m.id = e.id
    and (m.reasoning_stated, m.alias_of) is distinct from (e."reasoningStated", e."aliasOf");

  update public.models m
  set identity_by_rule = e.identity, family = e.family, quantization = e.quantization
  from jsonb_to_recordset(change -> 'identities') as e(id uuid, identity text, family text, quantization text)
  where m.id = e.id
    and (m.identity_by_rule, m.family, m.quantization) is distinct from (e.identity, e.family, e.quantization);

  update public.models m set reasoning = e.reasoning
  from jsonb_to_recordset(change -> 'reasonings') as e(id uuid, reasoning boolean)
  where m.id = e.id and not m.reasoning_by_hand and m.reasoning is distinct from e.reasoning;

  update public.models m set last_seen_at = moment
  from jsonb_to_recordset(change -> 'seen') as e(id uuid)
  where m.id = e.id and (m.last_seen_at is null or m.last_seen_at < moment);

  return written;
end;
$$;

-- Takes a price that was held back as the price: a person has looked at it. Answers with it, null where none waits.
create or replace function public.engine_accept_price(of_model uuid) returns jsonb
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
    held - array['at', 'days', 'day'] || jsonb_build_object('id', of_model))));
  return held;
end;
$$;

-- What changed, newest first, for the pages and the feed: [{id, at, kind, provider, provider_name, model, before, after}].
-- Where there are more than `at_most`, each provider's newest are taken in turn, so that one that changes everything at
-- once hides nobody's news; counted after `kinds` has chosen.
drop function public.catalog_changes(timestamptz, text, integer);
create function public.catalog_changes(
  since timestamptz default now() - interval '30 days',
  of_provider text default null,
  at_most integer default 200,
  kinds text[] default null
) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(e) - 'place' order by e.at desc, e.provider, e.model, e.kind), '[]')
  from (
    select n.*
    from (
      select e.id, e.at, e.kind, p.slug as provider, p.name as provider_name, e.model, e.before, e.after,
        row_number() over (partition by e.provider_id order by e.at desc, e.model, e.kind) as place
      from public.catalog_events e
      join public.providers p on p.id = e.provider_id
      where e.at >= since and (of_provider is null or p.slug = of_provider)
        and (kinds is null or e.kind = any (kinds))
    ) n
    order by n.place, n.at desc, n.provider
    limit least(greatest(at_most, 0), 1000)
  ) e
$$;

-- Models that more than one provider offers, each with its endpoints and newest prices:
-- [{identity, family, endpoints: [{provider, kind, model, active, quantization, context_window, price}]}].
create or replace function public.same_models() returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(g) order by g.identity), '[]')
  from (
    select m.identity, min(m.family) as family, jsonb_agg(jsonb_build_object(
        'provider', p.slug, 'kind', p.kind, 'model', m.name, 'active', m.active, 'quantization', m.quantization,
        'context_window', m.context_window,
        'price', public.price_json(price.input_price_per_m, price.output_price_per_m,
          price.cached_input_price_per_m, price.source, price.hours)
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

revoke execute on function public.is_line(text) from public;
revoke execute on function public.is_moment(timestamptz) from public;
revoke execute on function public.price_json(double precision, double precision, double precision, text, jsonb) from public;
revoke execute on function public.catalog_changes(timestamptz, text, integer, text[]) from public;
grant execute on function public.is_line(text) to service_role;
grant execute on function public.is_moment(timestamptz) to service_role;
grant execute on function public.price_json(double precision, double precision, double precision, text, jsonb)
  to anon, authenticated, service_role;
grant execute on function public.catalog_changes(timestamptz, text, integer, text[])
  to anon, authenticated, service_role;

-- ---- 20261128163000_facts.sql

-- What is decided when a result is written, so that no page decides it again: which series the result belongs to, whose
-- its failure is, what came of its day, and which outages there were. docs/metrics.md gives the rules.

-- Whose failure a result is by its own words: 'provider', 'shared', 'operator' or 'probe'; null for a success. Rows that
-- name no kind (written by other tools) are judged by their status. A run in which nobody could be reached changes
-- this (settle_run).
create function internal.owner_of(error_kind text, status_code integer, success boolean) returns text
language sql immutable parallel safe
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

-- One endpoint measured one way from one place. Every result has one series, every figure is of one series.
create sequence internal.series_ids as integer;
create table public.series (
  id             integer primary key default nextval('internal.series_ids'),
  created_at     timestamptz not null default now(),
  -- The provider's slug and the model's name; of results that name an endpoint nobody knows, their own words.
  provider       text not null,
  model          text not null,
  workload       text not null check (workload in ('standard', 'short')),
  -- '' where results named none before any was known.
  prompt_version text not null,
  location       text not null,
  -- Who serves a proxied endpoint, where the proxy was told to use that one alone.
  upstream       text,
  simulated      boolean not null,
  -- An endpoint that was ever measured for real shows no simulated series.
  shown          boolean not null,
  -- All of the above that tells series apart in one short value: names may be too long for an index.
  key            text not null unique
);
create index idx_series_provider on public.series (provider, model);
create index idx_series_location on public.series (location, prompt_version);
create index idx_series_prompt_version on public.series (prompt_version) where workload = 'standard';

alter table public.series enable row level security;
revoke all on public.series from public, anon, authenticated, service_role;
grant select on public.series to anon, authenticated, service_role;
create policy "Anyone reads series" on public.series for select to anon, authenticated using (true);

create function internal.series_key(
  provider text, model text, workload text, prompt_version text, location text, upstream text, simulated boolean
) returns text
language sql stable parallel safe
as $$
  select md5(jsonb_build_array(provider, model, workload, prompt_version, location, upstream, simulated)::text)
$$;

-- The version of the standard prompt that was current at a moment: the newest one seen by then, else the first one seen
-- after it, else ''. Results of other tools name none: theirs is the one of their time.
create function internal.version_at(moment timestamptz) returns text
language plpgsql stable security definer set search_path = ''
as $$
declare
  versions constant text[] := array(
    select distinct s.prompt_version from public.series s where s.workload = 'standard' and s.prompt_version <> '');
begin
  if cardinality(versions) < 2 then
    return coalesce(versions[1], '');
  end if;
  return coalesce(
    (
      select s.prompt_version
      from public.series s
      cross join lateral (
        select r.created_at from public.benchmark_results r
        where r.series_id = s.id and r.created_at <= moment order by r.created_at desc limit 1
      ) newest
      where s.workload = 'standard' and s.prompt_version <> ''
      order by newest.created_at desc limit 1
    ), (
      select s.prompt_version
      from public.series s
      cross join lateral (
        select r.created_at from public.benchmark_results r
        where r.series_id = s.id and r.created_at > moment order by r.created_at limit 1
      ) next
      where s.workload = 'standard' and s.prompt_version <> ''
      order by next.created_at limit 1
    ), '');
end
$$;

-- The series a result belongs to; made where it is the first one.
create function internal.series_of(r public.benchmark_results) returns integer
language plpgsql volatile security definer set search_path = ''
as $$
declare
  s public.series;
begin
  s.provider := coalesce(
    (select p.slug from public.providers p where p.id = r.provider_id),
    (
      select p.slug from public.providers p
      where p.slug = r.provider or p.name = r.provider order by p.slug = r.provider desc limit 1
    ),
    r.provider, 'unknown');
  s.model := coalesce((select m.name from public.models m where m.id = r.model_id), r.model, 'unknown');
  s.prompt_version := coalesce(r.prompt_version, internal.version_at(r.created_at));
  s.workload := case when s.prompt_version like 'short%' then 'short' else 'standard' end;
  s.upstream := case when r.upstream_pinned then r.upstream end;
  s.key := internal.series_key(
    s.provider, s.model, s.workload, s.prompt_version, r.location, s.upstream, r.simulated);

  select k.id into s.id from public.series k where k.key = s.key;
  if s.id is not null then
    return s.id;
  end if;
  insert into public.series
    (provider, model, workload, prompt_version, location, upstream, simulated, shown, key)
  values (
    s.provider, s.model, s.workload, s.prompt_version, r.location, s.upstream, r.simulated,
    not r.simulated or not exists (
      select 1 from public.series k where k.provider = s.provider and k.model = s.model and not k.simulated),
    s.key)
  on conflict (key) do nothing
  returning id into s.id;
  if s.id is null then
    select k.id into strict s.id from public.series k where k.key = s.key;
  elsif not r.simulated then
    update public.series k set shown = false
    where k.provider = s.provider and k.model = s.model and k.simulated and k.shown;
  end if;
  return s.id;
end
$$;

alter table public.benchmark_results
  -- Always decided by a trigger; the default only says that no writer need name it.
  add column series_id integer default 0 references public.series (id),
  -- Whose failure it is: 'provider', 'shared', 'operator' or 'probe'; null for a success.
  add column failure_owner text check (failure_owner in ('provider', 'shared', 'operator', 'probe')),
  -- Whether the cost may enter a figure.
  add column cost_known boolean not null
    generated always as ((cost_source <> 'unknown' or cost_usd > 0) and not usage_implausible) stored;
grant select (series_id, failure_owner, cost_known) on public.benchmark_results to anon, authenticated;

-- Nobody could be reached, at two providers or more: our own connection was down, and the failures are the probe's.
alter table public.runs add column offline boolean not null default false;

create function internal.decide_facts() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  -- A provider or model that is deleted takes its id from the results, but not their series.
  if tg_op = 'INSERT' or not (
    (new.provider_id is null or new.provider_id is not distinct from old.provider_id)
    and (new.model_id is null or new.model_id is not distinct from old.model_id)
    and (new.provider, new.model, new.location, new.simulated, new.prompt_version, new.upstream_pinned)
      is not distinct from (old.provider, old.model, old.location, old.simulated, old.prompt_version, old.upstream_pinned)
    and (not new.upstream_pinned or new.upstream is not distinct from old.upstream)
  ) then
    new.series_id := internal.series_of(new);
  end if;
  new.failure_owner := internal.owner_of(new.error_kind, new.status_code, new.success);
  if new.error_kind = 'network' and (select r.offline from public.runs r where r.id = new.run_id) then
    new.failure_owner := 'probe';
  end if;
  return new;
end
$$;
create trigger decide_facts_on_insert before insert on public.benchmark_results
  for each row execute function internal.decide_facts();
create trigger decide_facts_on_update
  before update of provider_id, model_id, provider, model, location, simulated, prompt_version, upstream, upstream_pinned,
    success, error_kind, status_code
  on public.benchmark_results for each row execute function internal.decide_facts();

-- Results from before there were series.
update public.benchmark_results set location = location;
alter table public.benchmark_results alter column series_id set not null;

-- All that a figure is made of, side by side and in order of time.
create index idx_benchmark_results_series_id_created_at
  on public.benchmark_results (series_id, created_at)
  include (
    run_id, confirmation, success, failure_owner, ttft_ms, answer_ttft_ms, tps, total_latency_ms, cost_usd, cost_known,
    input_tokens, output_tokens);

-- What came of a series on a UTC day.
create table public.series_days (
  series_id         integer not null references public.series (id) on delete cascade,
  day               date not null,
  results           integer not null,
  attempts          integer not null,
  successes         integer not null,
  provider_failures integer not null,
  newest_at         timestamptz not null,
  primary key (series_id, day)
);

-- Two provider failures in a row or more, and the success that ended them. Rate limits, our own mistakes and our own
-- lost connection neither lengthen an outage nor end it.
create table public.outages (
  id              uuid primary key default gen_random_uuid(),
  series_id       integer not null references public.series (id) on delete cascade,
  began_at        timestamptz not null,
  last_failure_at timestamptz not null,
  ended_at        timestamptz,
  failures        integer not null check (failures >= 2),
  kinds           text[] not null,
  unique (series_id, began_at)
);
create index idx_outages_began_at on public.outages (began_at);

alter table public.series_days enable row level security;
alter table public.outages enable row level security;
revoke all on public.series_days, public.outages from public, anon, authenticated, service_role;
grant select on public.series_days, public.outages to anon, authenticated, service_role;
create policy "Anyone reads days" on public.series_days for select to anon, authenticated using (true);
create policy "Anyone reads outages" on public.outages for select to anon, authenticated using (true);

-- Counts a series' days again, from the first to the last of them that changed.
create function internal.count_days(of_series integer, first_at timestamptz, last_at timestamptz) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  first_day constant date := (first_at at time zone 'UTC')::date;
  last_day constant date := (last_at at time zone 'UTC')::date;
begin
  delete from public.series_days where series_id = of_series and day between first_day and last_day;
  insert into public.series_days (series_id, day, results, attempts, successes, provider_failures, newest_at)
  select
    of_series,
    (r.created_at at time zone 'UTC')::date,
    count(*),
    count(*) filter (where r.failure_owner is distinct from 'probe'),
    count(*) filter (where r.success),
    count(*) filter (where r.failure_owner = 'provider'),
    max(r.created_at)
  from public.benchmark_results r
  where r.series_id = of_series and not r.confirmation
    and r.created_at >= first_day::timestamp at time zone 'UTC'
    and r.created_at < (last_day + 1)::timestamp at time zone 'UTC'
  group by 2;
end
$$;

-- Finds a series' outages again between the last success before a change and the first one after it. Confirmations count
-- here: they are how a second failure is known early.
create function internal.find_outages(of_series integer, first_at timestamptz, last_at timestamptz) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  before_at constant timestamptz := coalesce((
    select r.created_at from public.benchmark_results r
    where r.series_id = of_series and r.success and r.created_at < first_at
    order by r.created_at desc limit 1
  ), '-infinity');
  after_at constant timestamptz := coalesce((
    select r.created_at from public.benchmark_results r
    where r.series_id = of_series and r.success and r.created_at > last_at
    order by r.created_at limit 1
  ), 'infinity');
begin
  delete from public.outages o
  where o.series_id = of_series and o.began_at > before_at and o.began_at <= after_at;
  if not exists (
    select 1 from public.benchmark_results r
    where r.series_id = of_series and r.failure_owner = 'provider'
      and r.created_at > before_at and r.created_at <= after_at
  ) then
    return;
  end if;
  insert into public.outages (series_id, began_at, last_failure_at, ended_at, failures, kinds)
  with told as materialized (
    select r.created_at, r.success, r.error_kind,
      count(*) filter (where r.success) over (order by r.created_at, r.success, r.id) as successes_before
    from public.benchmark_results r
    where r.series_id = of_series and (r.success or r.failure_owner = 'provider')
      and r.created_at > before_at and r.created_at <= after_at
  ), ends as (
    select t.successes_before, min(t.created_at) as at from told t where t.success group by 1
  )
  select of_series, min(f.created_at), max(f.created_at), min(e.at), count(*),
    array_agg(distinct coalesce(f.error_kind, 'unknown'))
  from told f
  left join ends e on e.successes_before = f.successes_before + 1
  where not f.success
  group by f.successes_before
  having count(*) >= 2;
end
$$;

-- Brings days and outages up to date for the series in which results changed: [{series_id, first_at, last_at}].
create function internal.record_changes(changes jsonb) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  c record;
begin
  for c in
    select x.series_id, x.first_at, x.last_at
    from jsonb_to_recordset(changes) as x(series_id integer, first_at timestamptz, last_at timestamptz)
    order by x.series_id
  loop
    -- One at a time: two counts at once would each miss the other's results.
    perform 1 from public.series s where s.id = c.series_id for no key update;
    perform internal.count_days(c.series_id, c.first_at, c.last_at);
    perform internal.find_outages(c.series_id, c.first_at, c.last_at);
  end loop;
end
$$;

-- Settles whether a run was offline, and whose its failures are.
create function internal.settle_run(of_run uuid) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  is_offline boolean;
begin
  perform 1 from public.runs r where r.id = of_run for no key update;
  select count(distinct s.provider) >= 2 and bool_and(r.error_kind is not distinct from 'network')
  into is_offline
  from public.benchmark_results r
  join public.series s on s.id = r.series_id
  where r.run_id = of_run and not r.confirmation;
  update public.runs r set offline = is_offline where r.id = of_run and r.offline <> is_offline;
  if found then
    update public.benchmark_results r
    set failure_owner = case when is_offline then 'probe' else 'provider' end
    where r.run_id = of_run and r.error_kind = 'network';
  end if;
end
$$;

create function internal.settle_ended_run() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform internal.settle_run(new.id);
  return null;
end
$$;
create trigger settle_ended_run after update of finished_at on public.runs
  for each row when (old.finished_at is null and new.finished_at is not null)
  execute function internal.settle_ended_run();

create function internal.record_inserted() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  late record;
begin
  perform internal.record_changes((
    select jsonb_agg(g) from (
      select c.series_id, min(c.created_at) as first_at, max(c.created_at) as last_at from changed c group by 1
    ) g
  ));
  -- Results that come after their run's end may show that it was offline, or that it was not.
  for late in
    select distinct r.id
    from changed c
    join public.runs r on r.id = c.run_id
    where r.finished_at is not null and (c.error_kind = 'network' or r.offline)
  loop
    perform internal.settle_run(late.id);
  end loop;
  return null;
end
$$;
create trigger record_inserted after insert on public.benchmark_results
  referencing new table as changed for each statement execute function internal.record_inserted();

create function internal.record_updated() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform internal.record_changes((
    select jsonb_agg(g) from (
      select c.series_id, min(c.created_at) as first_at, max(c.created_at) as last_at
      from before b
      join after a on a.id = b.id
      cross join lateral (values (b.series_id, b.created_at), (a.series_id, a.created_at)) as c (series_id, created_at)
      where (b.series_id, b.created_at, b.success, b.failure_owner, b.error_kind, b.confirmation)
        is distinct from (a.series_id, a.created_at, a.success, a.failure_owner, a.error_kind, a.confirmation)
      group by 1
    ) g
  ));
  perform internal.settle_run(r.id)
  from (
    select distinct a.run_id
    from before b
    join after a on a.id = b.id
    where b.error_kind is distinct from a.error_kind
  ) c
  join public.runs r on r.id = c.run_id
  where r.finished_at is not null;
  return null;
end
$$;
create trigger record_updated after update on public.benchmark_results
  referencing old table as before new table as after for each statement execute function internal.record_updated();

create function internal.record_deleted() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform internal.record_changes((
    select jsonb_agg(g) from (
      select c.series_id, min(c.created_at) as first_at, max(c.created_at) as last_at
      from changed c
      -- What pruning takes is remembered.
      where c.created_at > now() - interval '31 days'
      group by 1
    ) g
  ));
  return null;
end
$$;
create trigger record_deleted after delete on public.benchmark_results
  referencing old table as changed for each statement execute function internal.record_deleted();

-- Gives series another provider's or model's name; where there is such a series already, its results move there.
create function internal.rename_series(
  old_provider text, new_provider text, old_model text default null, new_model text default null
) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  s public.series;
  there integer;
begin
  for s in
    select * from public.series k
    where k.provider = old_provider and (old_model is null or k.model = old_model)
    order by k.id
  loop
    s.provider := new_provider;
    s.model := coalesce(new_model, s.model);
    s.key := internal.series_key(
      s.provider, s.model, s.workload, s.prompt_version, s.location, s.upstream, s.simulated);
    select k.id into there from public.series k where k.key = s.key and k.id <> s.id;
    if there is null then
      update public.series k set provider = s.provider, model = s.model, key = s.key where k.id = s.id;
    else
      update public.benchmark_results r set series_id = there where r.series_id = s.id;
      delete from public.series k where k.id = s.id;
    end if;
    update public.series k set shown = false
    where k.provider = s.provider and k.model = s.model and k.simulated and k.shown
      and exists (
        select 1 from public.series o where o.provider = s.provider and o.model = s.model and not o.simulated);
  end loop;
end
$$;

create function internal.name_provider() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' and old.slug <> new.slug then
    perform internal.rename_series(old.slug, new.slug);
  end if;
  -- Results may have named it by its display name before anybody knew its slug.
  if new.name <> new.slug and not exists (select 1 from public.providers p where p.slug = new.name) then
    perform internal.rename_series(new.name, new.slug);
  end if;
  return null;
end
$$;
create trigger name_provider after insert or update of slug, name on public.providers
  for each row execute function internal.name_provider();

create function internal.name_model() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  slug constant text := (select p.slug from public.providers p where p.id = new.provider_id);
begin
  perform internal.rename_series(slug, slug, old.name, new.name);
  return null;
end
$$;
create trigger name_model after update of name on public.models
  for each row when (old.name <> new.name) execute function internal.name_model();

revoke all on all functions in schema internal from public;

-- ---- 20261128165000_watch.sql

-- What the coordinator's watch has decided (workers/benchmark/watch/): how each endpoint is, since when and why, what its
-- states were, and the incidents. The Worker decides and writes; everybody else reads. docs/metrics.md has the rules.

create table public.endpoint_states (
  provider    text not null,
  model       text not null,
  location    text not null,
  simulated   boolean not null,
  state       text not null check (state in ('up', 'degraded', 'down')),
  since       timestamptz not null,
  -- One sentence with its figures.
  reason      text not null check (length(reason) <= 500),
  -- The newest request that says anything of the endpoint.
  measured_at timestamptz not null,
  primary key (provider, model, location, simulated)
);

-- One row for each change of an endpoint's state.
create table public.endpoint_state_changes (
  provider  text not null,
  model     text not null,
  location  text not null,
  simulated boolean not null,
  since     timestamptz not null,
  state     text not null check (state in ('up', 'degraded', 'down')),
  reason    text not null check (length(reason) <= 500),
  primary key (provider, model, location, simulated, since, state)
);
create index idx_endpoint_state_changes_since on public.endpoint_state_changes (since);

create table public.incidents (
  -- The id of the result with which it was noticed.
  id        uuid primary key,
  provider  text not null,
  location  text not null,
  simulated boolean not null,
  kind      text not null check (kind in ('outage', 'errors', 'slowdown')),
  opened_at timestamptz not null,
  closed_at timestamptz,
  -- [{model, since, until, reason, evidence: [result id]}]; until is null while the endpoint is in it.
  endpoints jsonb not null check (jsonb_typeof(endpoints) = 'array'),
  revision  integer not null
);
create index idx_incidents_opened_at on public.incidents (opened_at);
create index idx_incidents_provider on public.incidents (provider, opened_at);

alter table public.endpoint_states enable row level security;
alter table public.endpoint_state_changes enable row level security;
alter table public.incidents enable row level security;
revoke all on public.endpoint_states, public.endpoint_state_changes, public.incidents
  from public, anon, authenticated, service_role;
grant select on public.endpoint_states, public.endpoint_state_changes, public.incidents to anon, authenticated;
grant select, insert, update, delete
  on public.endpoint_states, public.endpoint_state_changes, public.incidents to service_role;
create policy "Anyone reads states" on public.endpoint_states for select to anon, authenticated using (true);
create policy "Anyone reads changes of state" on public.endpoint_state_changes
  for select to anon, authenticated using (true);
create policy "Anyone reads incidents" on public.incidents for select to anon, authenticated using (true);

-- Takes what the watch decided, all of it or nothing; the same again changes nothing:
-- {location, states: [{provider, model, simulated, state, since, reason, measured_at}],
--  incidents: [{id, provider, simulated, kind, opened_at, closed_at, endpoints, revision}]}.
create function public.engine_write_watch(change jsonb) returns void
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  here constant text := change ->> 'location';
begin
  insert into public.endpoint_state_changes (provider, model, location, simulated, since, state, reason)
  select s.provider, s.model, here, s.simulated, s.since, s.state, s.reason
  from jsonb_to_recordset(coalesce(change -> 'states', '[]')) as s(
    provider text, model text, simulated boolean, state text, since timestamptz, reason text)
  on conflict do nothing;

  insert into public.endpoint_states (provider, model, location, simulated, state, since, reason, measured_at)
  select s.provider, s.model, here, s.simulated, s.state, s.since, s.reason, s.measured_at
  from jsonb_to_recordset(coalesce(change -> 'states', '[]')) as s(
    provider text, model text, simulated boolean, state text, since timestamptz, reason text, measured_at timestamptz)
  on conflict (provider, model, location, simulated) do update
    set state = excluded.state, since = excluded.since, reason = excluded.reason, measured_at = excluded.measured_at;

  insert into public.incidents (id, provider, location, simulated, kind, opened_at, closed_at, endpoints, revision)
  select i.id, i.provider, here, i.simulated, i.kind, i.opened_at, i.closed_at, i.endpoints, i.revision
  from jsonb_to_recordset(coalesce(change -> 'incidents', '[]')) as i(
    id uuid, provider text, simulated boolean, kind text, opened_at timestamptz, closed_at timestamptz, endpoints jsonb,
    revision integer)
  on conflict (id) do update
    set opened_at = excluded.opened_at, closed_at = excluded.closed_at, endpoints = excluded.endpoints,
      revision = excluded.revision
    where incidents.revision <= excluded.revision;
end
$$;

-- How each endpoint that is shown is now, from one place: as the watch decided, 'unknown' where nothing was learned of it
-- for twice the schedule. Results that no watch has seen (a terminal's, another tool's) are judged by their outages.
create function public.endpoint_health(at_location text, as_of timestamptz default now())
returns table (
  provider text, model text, simulated boolean, state text, since timestamptz, reason text, measured_at timestamptz
)
language sql stable security invoker set search_path = ''
as $$
  with shown as (
    select s.provider, s.model, s.simulated, array_agg(s.id) as ids
    from public.series s
    where s.shown and s.workload = 'standard' and s.location = at_location
    group by 1, 2, 3
  ), known as (
    select h.provider, h.model, h.simulated, h.ids, n.created_at as newest_at, t.state, t.since, t.reason, t.measured_at
    from shown h
    left join public.endpoint_states t
      on t.provider = h.provider and t.model = h.model and t.simulated = h.simulated and t.location = at_location
    left join lateral (
      select max(l.created_at) as created_at
      from unnest(h.ids) as i(id)
      cross join lateral (
        select r.created_at from public.benchmark_results r
        where r.series_id = i.id and (r.success or r.failure_owner = 'provider')
          and r.created_at > as_of - interval '30 days' and r.created_at <= as_of
        order by r.created_at desc limit 1
      ) l
    ) n on true
  )
  select
    k.provider, k.model, k.simulated,
    case
      when coalesce(greatest(k.measured_at, k.newest_at), '-infinity') < as_of - interval '30 minutes' then 'unknown'
      when k.measured_at >= as_of - interval '30 minutes' then k.state
      when o.began_at is not null then 'down'
      else 'up'
    end,
    case
      when coalesce(greatest(k.measured_at, k.newest_at), '-infinity') < as_of - interval '30 minutes'
        then greatest(k.measured_at, k.newest_at)
      when k.measured_at >= as_of - interval '30 minutes' then k.since
      else o.began_at
    end,
    case
      when coalesce(greatest(k.measured_at, k.newest_at), '-infinity') < as_of - interval '30 minutes'
        then 'Nothing was measured for twice the schedule'
      when k.measured_at >= as_of - interval '30 minutes' then k.reason
      when o.began_at is not null
        then format('%s failures in a row since %s UTC: %s', o.failures, to_char(o.began_at at time zone 'UTC', 'HH24:MI'),
          array_to_string(o.kinds, ', '))
      else 'The last request succeeded'
    end,
    greatest(k.measured_at, k.newest_at)
  from known k
  left join lateral (
    select u.began_at, u.failures, u.kinds
    from public.outages u
    where u.series_id = any (k.ids) and u.ended_at is null
      and u.last_failure_at = k.newest_at
    order by u.began_at limit 1
  ) o on true
$$;

revoke all on function public.engine_write_watch(jsonb) from public;
revoke all on function public.endpoint_health(text, timestamptz) from public;
grant execute on function public.engine_write_watch(jsonb) to service_role;
grant execute on function public.endpoint_health(text, timestamptz) to anon, authenticated, service_role;

-- ---- the record of all that, as the Supabase CLI keeps it

create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
alter table supabase_migrations.schema_migrations add column if not exists statements text[];
alter table supabase_migrations.schema_migrations add column if not exists name text;
insert into supabase_migrations.schema_migrations (version, name) values
  ('20261101000000', 'core_tables'),
  ('20261101000100', 'access'),
  ('20261101000200', 'reference_data'),
  ('20261101000400', 'engine'),
  ('20261101000500', 'dashboard'),
  ('20261101000600', 'questions'),
  ('20261101000700', 'retention'),
  ('20261101000800', 'catalog'),
  ('20261101000900', 'model_pages'),
  ('20261101001000', 'compare'),
  ('20261101001100', 'runs_prices_status'),
  ('20261101001200', 'api'),
  ('20261101001300', 'endpoint_windows'),
  ('20261126000100', 'one_pass_over_a_window'),
  ('20261126000200', 'days_so_far'),
  ('20261128161500', 'result_columns'),
  ('20261128162500', 'catalog_rules'),
  ('20261128163000', 'facts'),
  ('20261128165000', 'watch');

commit;
