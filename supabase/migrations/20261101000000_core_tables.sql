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
