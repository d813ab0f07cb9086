-- Generated from supabase/migrations by `npm run supabase:schema`. Do not edit.
--
-- The whole schema with its reference data in one piece, for a new, empty project: paste it into the SQL editor
-- and run it once. It is one transaction: all of it or nothing. It records the migrations it holds, so that
-- `npm run migrate` brings later ones.

begin;

-- ---- 20261128000000_tables.sql

-- The five core tables and what stands beside them. What each measured column means stands in docs/metrics.md.

-- Nothing is left to default privileges: older projects grant every new table to the API's roles, newer ones leave them
-- truncate, references and trigger. Whatever is made from here on, by later migrations too, is closed until it is granted.
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;
-- Execute for everyone is a default of Postgres itself and can be taken away for all schemas only.
alter default privileges revoke execute on functions from public;

-- Helpers and triggers, out of the API's reach.
create schema internal;

-- What checks ask of a value. Without settings of their own, so that they are inlined: a row is written through many.

-- One printable line of at most 500 characters: no control characters, no line or paragraph separators, nothing that
-- turns the direction of writing.
create function internal.is_line(value text) returns boolean
language sql immutable parallel safe
return length(value) <= 500
  and value !~ '[\u0001-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]';

-- Between 1970 and 9999; "infinity" is neither.
create function internal.is_moment(value timestamptz) returns boolean
language sql immutable parallel safe
return value >= timestamptz '1970-01-01 00:00:00+00' and value < timestamptz '10000-01-01 00:00:00+00';

-- Nothing, or an amount that can be squared, divided and added up without leaving a double's range.
create function internal.is_amount(value double precision) returns boolean
language sql immutable parallel safe
return value = 0 or (value >= 1e-150 and value < 1e15);

create table public.providers (
  id uuid primary key default gen_random_uuid(), name text not null unique,
  base_url text, logo_url text, created_at timestamptz not null default now(),
  -- The id used in commands and URLs ("openai"); `name` is for people ("OpenAI").
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  -- direct: the company that runs the model answers; proxy: a reseller passes the request on.
  kind text not null default 'direct' check (kind in ('direct', 'proxy')),
  -- {kind, syncs, reason, at, accepted}: the newest list lost or gained too much to be believed at once.
  held_list jsonb check (jsonb_typeof(held_list) = 'object' and length(held_list::text) <= 2000),
  -- Where it says itself how it is.
  status_url text check (status_url ~ '^https://[^/ ]+(/[^ ]*)?$'),
  -- Of a provider that an operator has added: how it is asked, and the setting that holds its key, 'none' where its
  -- server wants none. Null for the built-in ones. workers/benchmark/providers/stored.ts says what may stand here.
  dialect jsonb check (jsonb_typeof(dialect) = 'object' and length(dialect::text) <= 8000),
  key_variable text check (key_variable = 'none' or key_variable ~ '^[A-Z0-9][A-Z0-9_]{0,90}_API_KEY$'),
  check (dialect is null or base_url is not null),
  constraint providers_fit_pages check (
    internal.is_moment(created_at) and internal.is_line(slug) and internal.is_line(name) and internal.is_line(base_url)
    and internal.is_line(logo_url) and internal.is_line(status_url))
);
create index idx_providers_name on public.providers (name);

create table public.models (
  id uuid primary key default gen_random_uuid(), name text not null check (name <> ''),
  provider_id uuid not null references public.providers (id) on delete cascade,
  context_window integer check (context_window > 0), created_at timestamptz not null default now(),
  -- active: measured in every run. available: offered by the provider when last seen.
  active boolean not null default false, available boolean not null default true,
  reasoning boolean not null default false, last_seen_at timestamptz, retired_at timestamptz,
  -- The model name at the same provider that takes this one's place, where one is known.
  successor text,
  -- Why the engine took the model out of the runs, for a person to read.
  flag text,
  -- What the rules in workers/benchmark/catalog/identity.ts read from the name, and a person's correction of it.
  -- Two models with the same identity are the same model, whoever serves it. No sync touches the correction.
  identity_by_rule text, identity_by_hand text check (identity_by_hand <> ''),
  identity text generated always as (coalesce(identity_by_hand, identity_by_rule)) stored,
  family text, quantization text,
  -- A person has set `reasoning`: no sync changes it then.
  reasoning_by_hand boolean not null default false,
  -- What its provider's list says of whether it thinks unasked; null where it says nothing.
  reasoning_stated boolean,
  -- Another id of the same model, where its provider's list says so.
  alias_of text,
  -- When the provider will stop serving it, where it has said so.
  retires_at timestamptz,
  -- {input, output, cachedInput, source, at, days, day}: a price more than ten times the last one, or less than a tenth.
  held_price jsonb check (jsonb_typeof(held_price) = 'object' and length(held_price::text) <= 6000),
  -- Upstreams of a proxy at which the model is measured alone, each in a series of its own; `active` or not.
  pinned_upstreams text[] not null default '{}'
    check (cardinality(pinned_upstreams) <= 20 and internal.is_line(array_to_string(pinned_upstreams, ' '))),
  -- The model that answers say they come from, and when the newest of them did.
  served_model text check (length(served_model) <= 500), served_at timestamptz,
  unique (name, provider_id),
  constraint models_texts_are_lines check (
    internal.is_line(name) and internal.is_line(successor) and internal.is_line(flag) and internal.is_line(alias_of)
    and internal.is_line(identity_by_rule) and internal.is_line(identity_by_hand) and internal.is_line(family)
    and internal.is_line(quantization)),
  constraint models_dates_are_moments check (
    internal.is_moment(created_at) and internal.is_moment(last_seen_at) and internal.is_moment(retired_at)
    and internal.is_moment(retires_at) and internal.is_moment(served_at))
);
create index idx_models_provider_id on public.models (provider_id);
create index idx_models_name on public.models (name);
create index idx_models_active on public.models (active) where active;
create index idx_models_identity on public.models (identity);

-- A price's history: one row for each change, the newest row is the price.
create table public.prices (
  id uuid primary key default gen_random_uuid(),
  provider_id uuid not null references public.providers (id) on delete cascade,
  model_id uuid not null references public.models (id) on delete cascade,
  input_price_per_m double precision not null, output_price_per_m double precision not null,
  timestamp timestamptz not null default now() check (internal.is_moment(timestamp)),
  cached_input_price_per_m double precision, source text not null default 'manual' check (internal.is_line(source)),
  -- [{from, to, input, output, cachedInput}], UTC as "HH:MM": hours at which the price is another one.
  hours jsonb check (jsonb_typeof(hours) = 'array' and length(hours::text) <= 4000),
  constraint prices_are_amounts check (
    internal.is_amount(input_price_per_m) and internal.is_amount(output_price_per_m)
    and internal.is_amount(cached_input_price_per_m)
    and greatest(input_price_per_m, output_price_per_m, cached_input_price_per_m) <= 100000)
);
create index idx_prices_provider_id on public.prices (provider_id);
create index idx_prices_model_id on public.prices (model_id);
create index idx_prices_timestamp on public.prices (timestamp);
create index idx_prices_model_id_timestamp on public.prices (model_id, timestamp desc);

create table public.runs (
  id uuid primary key default gen_random_uuid(), run_name text not null, triggered_by text not null,
  started_at timestamptz not null default now() check (internal.is_moment(started_at)),
  finished_at timestamptz check (internal.is_moment(finished_at)),
  -- [{provider, model, reason, until}]: a target that was not asked is no result.
  skipped jsonb not null default '[]' check (jsonb_typeof(skipped) = 'array'),
  -- How many targets the run set out with, and where it measured from.
  targets integer check (targets >= 0), location text,
  -- The cron time that asked for the run; one cron time makes one run at one location.
  scheduled_for timestamptz check (internal.is_moment(scheduled_for)),
  -- Why a run ended other than by reaching its last target.
  note text,
  -- Nobody could be reached, at two providers or more: our own connection was down, and the failures are the probe's.
  -- Settled at the run's end.
  offline boolean not null default false,
  -- The coordinator's watch judges its results; those of other runs are judged once they are stored.
  watched boolean not null default false
);
create index idx_runs_started_at on public.runs (started_at desc);

-- One endpoint measured one way from one place. Every result has one series, every figure is of one series.
create sequence internal.series_ids as integer;
create table public.series (
  id integer primary key default nextval('internal.series_ids'), created_at timestamptz not null default now(),
  -- The provider's slug and the model's name; of results that name an endpoint nobody knows, their own words.
  provider text not null, model text not null,
  workload text not null check (workload in ('standard', 'short')),
  -- '' where results named none before any was known.
  prompt_version text not null, location text not null,
  -- Who serves a proxied endpoint, where the proxy was told to use that one alone.
  upstream text, simulated boolean not null,
  -- An endpoint that was ever measured for real shows no simulated series.
  shown boolean not null,
  -- When its newest request was, confirmations left out.
  newest_at timestamptz,
  -- All of the above that tells series apart in one short value: names may be too long for an index.
  key text not null unique
);
-- By hash, since a name may be too long for another.
create index idx_series_model on public.series using hash (model);

create table public.benchmark_results (
  id uuid primary key default gen_random_uuid(),
  run_id uuid not null references public.runs (id) on delete cascade,
  provider_id uuid references public.providers (id) on delete set null,
  model_id uuid references public.models (id) on delete set null,
  -- Names as they were when measured: they outlive the rows they point at.
  provider text, model text,
  input_tokens integer not null, output_tokens integer not null,
  total_latency_ms double precision not null, ttft_ms double precision, tps double precision,
  status_code integer, success boolean not null default true,
  error_message text check (length(error_message) <= 500), response_text text, cost_usd double precision not null,
  created_at timestamptz not null default now() check (internal.is_moment(created_at)),

  ttfb_ms double precision, answer_ttft_ms double precision, warmup_ms double precision,
  -- Between arrivals: the 99th percentile of the gaps, and the longest of them.
  gap_p99_ms double precision, longest_gap_ms double precision,
  error_kind text check (error_kind in (
    'network', 'timeout', 'server_error', 'stream_error', 'stream_truncated', 'empty_response', 'bad_response',
    'rate_limited', 'no_answer', 'auth', 'quota', 'model_not_found', 'invalid_request', 'interrupted', 'probe_fault')),
  finish_reason text, reasoning_tokens integer, cached_tokens integer, tokens_estimated boolean not null default false,
  -- The usage that was reported cannot be true for this request: no speed and no cost comes from it.
  usage_implausible boolean not null default false,
  cost_source text not null default 'unknown' check (cost_source in ('provider', 'price', 'unknown')),
  -- The price (USD per million tokens) that the cost was computed with: it outlives a price change.
  input_price_per_m double precision, output_price_per_m double precision, cached_input_price_per_m double precision,
  answer_ok boolean,
  chunk_times_ms real[] check (
    0 <= all (chunk_times_ms) and real 'Infinity' > all (chunk_times_ms)
    and array_ndims(chunk_times_ms) = 1 and array_position(chunk_times_ms, null) is null),
  truncated boolean not null default false, skipped_events integer not null default 0,
  -- What the answer itself says of who answered.
  served_model text check (length(served_model) <= 500), system_fingerprint text check (length(system_fingerprint) <= 200),
  service_tier text check (length(service_tier) <= 100), provider_request_id text check (length(provider_request_id) <= 200),
  endpoint_host text, upstream text,
  -- The proxy was told which upstream to use: `upstream` is then part of the series.
  upstream_pinned boolean not null default false,
  provider_timing jsonb, colo text,
  -- The request left from a data centre outside the region that the probe is named after.
  colo_outside_region boolean not null default false,
  simulated boolean not null default false, location text not null default 'local' check (octet_length(location) <= 2500),
  prompt_version text, request_params jsonb, probe_version text,
  -- A second request about a minute after a failure, to be sure of it. It enters no aggregate.
  confirmation boolean not null default false,

  -- Facts (facts.sql): always decided by a trigger; the default only says that no writer need name the series.
  series_id integer not null default 0 references public.series (id),
  -- Whose failure it is; null for a success.
  failure_owner text check (failure_owner in ('provider', 'shared', 'operator', 'probe')),
  -- Whether the cost may enter a figure.
  cost_known boolean not null
    generated always as ((cost_source <> 'unknown' or cost_usd > 0) and not usage_implausible) stored,
  check (error_kind is null or not success),
  constraint benchmark_results_tokens_are_counts check (
    least(input_tokens, output_tokens, reasoning_tokens, cached_tokens, skipped_events) >= 0),
  constraint benchmark_results_are_amounts check (
    internal.is_amount(total_latency_ms) and internal.is_amount(ttft_ms) and internal.is_amount(tps)
    and internal.is_amount(cost_usd) and internal.is_amount(ttfb_ms) and internal.is_amount(answer_ttft_ms)
    and internal.is_amount(warmup_ms) and internal.is_amount(gap_p99_ms) and internal.is_amount(longest_gap_ms)
    and internal.is_amount(input_price_per_m) and internal.is_amount(output_price_per_m)
    and internal.is_amount(cached_input_price_per_m))
);
-- With what a list of runs counts, so that it need not look at the results themselves.
create index idx_benchmark_results_run_id on public.benchmark_results (run_id)
  include (confirmation, success, simulated);
create index idx_benchmark_results_provider_id on public.benchmark_results (provider_id);
create index idx_benchmark_results_model_id on public.benchmark_results (model_id);
create index idx_benchmark_results_provider on public.benchmark_results (provider);
create index idx_benchmark_results_model on public.benchmark_results (model);
create index idx_benchmark_results_created_at on public.benchmark_results (created_at);
-- All that a figure is made of, side by side and in order of time: a month of a series is some forty pages of this index,
-- where the same rows lie on three thousand pages of the table.
create index idx_benchmark_results_series_id_created_at on public.benchmark_results (series_id, created_at)
  include (
    run_id, confirmation, success, failure_owner, ttft_ms, answer_ttft_ms, tps, total_latency_ms, cost_usd, cost_known,
    input_tokens, output_tokens);
-- Failures are few. Who asks for them alone must not walk through a month of successes.
create index idx_benchmark_results_series_id_failed on public.benchmark_results (series_id, created_at) where not success;
create index idx_benchmark_results_created_at_failed on public.benchmark_results (created_at desc, id desc)
  where not success;
-- What can still be dropped, oldest first: a row leaves its index when it is pruned, so that a step finds the
-- next ones without walking over all that earlier steps have emptied.
create index idx_benchmark_results_created_at_chunk_times on public.benchmark_results (created_at)
  where chunk_times_ms is not null;
create index idx_benchmark_results_created_at_response_text on public.benchmark_results (created_at)
  where response_text is not null;
-- An index alone answers only for pages that a vacuum has seen; the default waits for a fifth of the table.
alter table public.benchmark_results set (autovacuum_vacuum_insert_scale_factor = 0.02);

create table public.catalog_events (
  id uuid primary key default gen_random_uuid(), at timestamptz not null default now(),
  kind text not null check (kind in (
    'new', 'retired', 'returned', 'price', 'price_held', 'context', 'retirement_announced', 'taken_out', 'served_model')),
  provider_id uuid not null references public.providers (id) on delete cascade,
  model_id uuid references public.models (id) on delete set null,
  -- As it was named then: it outlives the row.
  model text not null,
  before jsonb, after jsonb,
  constraint catalog_events_are_small check (
    internal.is_line(model) and internal.is_moment(at)
    and jsonb_typeof(before) = 'object' and length(before::text) <= 8000
    and jsonb_typeof(after) = 'object' and length(after::text) <= 8000)
);
create index idx_catalog_events_at on public.catalog_events (at desc);
create index idx_catalog_events_provider_id on public.catalog_events (provider_id);
create index idx_catalog_events_model_id on public.catalog_events (model_id);

-- What raw rows said before they were pruned, by the hour.
create table public.hourly_rollups (
  id uuid primary key default gen_random_uuid(), created_at timestamptz not null default now(),
  hour timestamptz not null, provider_id uuid references public.providers (id) on delete set null,
  model_id uuid references public.models (id) on delete set null, provider text, model text,
  location text not null, simulated boolean not null, prompt_version text,
  -- All results of the hour, failures included.
  n integer not null check (n > 0), successes integer not null,
  -- {"timeout": 2, …}
  failures jsonb not null, input_tokens bigint not null, output_tokens bigint not null,
  cost_usd double precision not null,
  -- Over successes, each with its own count.
  ttft_n integer not null, ttft_sum_ms double precision not null, ttft_p50_ms double precision,
  ttft_p95_ms double precision, tps_n integer not null, tps_sum double precision not null, tps_p50 double precision,
  tps_p95 double precision, latency_n integer not null, latency_sum_ms double precision not null,
  latency_p50_ms double precision, latency_p95_ms double precision
);
create index idx_hourly_rollups_hour on public.hourly_rollups (hour);
create index idx_hourly_rollups_model_id on public.hourly_rollups (model_id);

-- What came of a series on a UTC day.
create table public.series_days (
  series_id integer not null references public.series (id) on delete cascade, day date not null,
  results integer not null, attempts integer not null, successes integer not null, provider_failures integer not null,
  newest_at timestamptz not null,
  primary key (series_id, day)
);

-- What came of a series since it began: one row for each way in which its requests end. It only ever grows; what is pruned
-- or deleted later stays counted (facts.sql).
create table public.series_totals (
  series_id integer not null references public.series (id) on delete cascade,
  -- 'success', or the error's kind ('unknown' where none was named), and whose failure it was ('' for a success).
  outcome text not null, failure_owner text not null, requests bigint not null,
  -- As reported; usage that cannot be true counts as nothing.
  input_tokens bigint not null, output_tokens bigint not null,
  -- Of requests whose cost is known.
  cost_usd double precision not null, primary key (series_id, outcome, failure_owner)
);

-- Up to when the windows at a place reach, and what they were made of.
create table public.window_refreshes (
  time_window text not null check (time_window in ('1h', '24h', '7d', '30d')),
  -- previous: the window of the same length before the current one, to say what moved.
  part text not null check (part in ('current', 'previous')), location text not null,
  as_of timestamptz not null, prompt_version text not null,
  -- Results of the series that are shown.
  results bigint not null, took_ms integer not null, primary key (time_window, part, location)
);

-- A series' figures over a window. Times in ms, money in USD.
create table public.series_windows (
  series_id integer not null references public.series (id) on delete cascade,
  time_window text not null, part text not null,
  -- All of what follows but the trend, as readers are told it (internal.figures_json).
  figures json,
  -- Results but for the probe's own failures.
  attempts bigint not null, probe_failures bigint not null, successes bigint not null, provider_failures bigint not null,
  newest_at timestamptz,
  -- First token within 2 s, of successes and the provider's failures.
  within_2s bigint not null,
  ttft_n bigint not null, ttft_mean double precision, ttft_p50 double precision, ttft_p95 double precision,
  ttft_stddev double precision, answer_n bigint not null, answer_p50 double precision, answer_p95 double precision,
  thinks_aloud boolean, tps_n bigint not null, tps_p50 double precision, tps_p05 double precision, tps_p95 double precision,
  latency_p50 double precision, latency_p95 double precision, latency_p99 double precision, latency_stddev double precision,
  cost_n bigint not null, cost_per_request double precision, cost_total double precision, cost_tokens bigint,
  -- Over the results with a rate.
  value_n bigint not null, value_cost double precision, value_tokens bigint,
  -- [[start of the bucket (epoch, s), attempts, first tokens, their median, median rate], …], oldest first; medians to the
  -- thousandth.
  trend json, primary key (series_id, time_window, part)
);

-- A provider in one line, over its endpoints at a place.
create table public.provider_windows (
  time_window text not null, location text not null, provider text not null, simulated boolean not null,
  attempts bigint not null, successes bigint not null, provider_failures bigint not null, ttft_n bigint not null,
  ttft_mean double precision,
  -- That within its endpoints (pooled): the distance between a small and a large model is no instability.
  latency_n bigint not null, latency_stddev double precision, tps_p50 double precision, value_n bigint not null,
  value_cost double precision, value_tokens bigint, id uuid primary key default gen_random_uuid()
);
create index idx_provider_windows_time_window on public.provider_windows (time_window);

-- What the coordinator's watch has decided (workers/benchmark/watch/): how each endpoint is, since when and why, what its
-- states were, and the incidents. The Worker decides and writes; everybody else reads. docs/metrics.md has the rules.
-- Outages of results that no watch has judged stand among the incidents too (facts.sql).
create table public.endpoint_states (
  provider text not null, model text not null, location text not null, simulated boolean not null,
  state text not null check (state in ('up', 'degraded', 'down')),
  since timestamptz not null check (internal.is_moment(since)),
  -- One sentence with its figures.
  reason text not null check (length(reason) <= 500),
  -- The newest request that says anything of the endpoint.
  measured_at timestamptz not null check (internal.is_moment(measured_at)),
  primary key (provider, model, location, simulated)
);

-- One row for each change of an endpoint's state.
create table public.endpoint_state_changes (
  provider text not null, model text not null, location text not null, simulated boolean not null,
  since timestamptz not null check (internal.is_moment(since)),
  state text not null check (state in ('up', 'degraded', 'down')), reason text not null check (length(reason) <= 500),
  primary key (provider, model, location, simulated, since, state)
);
create index idx_endpoint_state_changes_since on public.endpoint_state_changes (since);

create table public.incidents (
  -- The id of the result with which it was noticed; of a series' own outage made of its series and its begin.
  id uuid primary key,
  provider text not null, location text not null, simulated boolean not null,
  kind text not null check (kind in ('outage', 'errors', 'slowdown')),
  opened_at timestamptz not null check (internal.is_moment(opened_at)),
  closed_at timestamptz check (internal.is_moment(closed_at)),
  -- [{model, since, until, reason, evidence: [result id]}]; until is null while the endpoint is in it.
  endpoints jsonb not null check (jsonb_typeof(endpoints) = 'array'),
  revision integer not null,
  -- The series whose stored results show it; null where the watch noticed it.
  series_id integer references public.series (id) on delete cascade
);
create index idx_incidents_opened_at on public.incidents (opened_at);
create index idx_incidents_provider on public.incidents (provider, opened_at);
create index idx_incidents_open on public.incidents (provider) where closed_at is null;
create index idx_incidents_series_id on public.incidents (series_id) where series_id is not null;

-- What requests cost whose results are stored nowhere (a terminal's quick tests): part of the budget of 24 hours.
create table public.unsaved_spending (
  -- The request's.
  id  uuid primary key,
  at  timestamptz not null check (internal.is_moment(at)),
  usd double precision not null check (internal.is_amount(usd))
);
create index idx_unsaved_spending_at on public.unsaved_spending (at);

-- ---- 20261128000200_facts.sql

-- What is decided when a result is written, so that no page decides it again: which series the result belongs to, whose
-- its failure is, what came of its day, and which outages there were. docs/metrics.md gives the rules. Triggers and what
-- they call run as their owner: nobody else writes these facts.

-- Whose failure a result is by its own words: 'provider', 'shared', 'operator' or 'probe'; null for a success. Rows that
-- name no kind (written by other tools) are judged by their status. A run in which nobody could be reached changes
-- this (settle_run).
create function internal.owner_of(error_kind text, status_code integer, success boolean) returns text
language sql immutable parallel safe
return case
  when success then null
  when error_kind in ('interrupted', 'probe_fault') then 'probe'
  when error_kind in ('no_answer', 'auth', 'quota', 'model_not_found', 'invalid_request') then 'operator'
  when error_kind = 'rate_limited' then 'shared'
  when error_kind is not null then 'provider'
  when status_code = 429 then 'shared'
  when status_code between 400 and 499 and status_code <> 408 then 'operator'
  else 'provider'
end;

create function internal.series_key(
  provider text, model text, workload text, prompt_version text, location text, upstream text, simulated boolean
) returns text
language sql stable parallel safe
return md5(jsonb_build_array(provider, model, workload, prompt_version, location, upstream, simulated)::text);

-- The version of the standard prompt that was current at a moment: the newest one seen by then, else the first one seen
-- after it, else ''. Results of other tools name none: theirs is the one of their time.
create function internal.version_at(moment timestamptz) returns text
language plpgsql stable security definer set search_path = '' as $$
declare
  versions constant text[] := array(
    select distinct s.prompt_version from public.series s where s.workload = 'standard' and s.prompt_version <> '');
begin
  if cardinality(versions) < 2 then
    return coalesce(versions[1], '');
  end if;
  return coalesce((
    with nearest as materialized (
      select s.prompt_version, coalesce(
        (select max(r.created_at) from public.benchmark_results r where r.series_id = s.id and r.created_at <= moment),
        (select min(r.created_at) from public.benchmark_results r where r.series_id = s.id and r.created_at > moment)) as at
      from public.series s
      where s.workload = 'standard' and s.prompt_version <> ''
    )
    select n.prompt_version from nearest n where n.at is not null
    order by n.at > moment, case when n.at <= moment then n.at end desc, n.at limit 1), '');
end $$;

-- Decides whether an endpoint's series are shown: one that was ever measured for real shows no simulated ones.
create function internal.decide_shown(of_provider text, of_model text) returns void
language sql volatile as $$
  update public.series s set shown = not s.shown
  where s.provider = of_provider and s.model = of_model and s.shown = (s.simulated and exists (
    select 1 from public.series o where o.provider = of_provider and o.model = of_model and not o.simulated))
$$;

-- The series a result belongs to; made where it is the first one.
create function internal.series_of(r public.benchmark_results) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  s public.series;
begin
  s.provider := coalesce((
    select p.slug from public.providers p where p.id = r.provider_id or r.provider in (p.slug, p.name)
    order by p.id = r.provider_id desc, p.slug = r.provider desc limit 1), r.provider, 'unknown');
  s.model := coalesce((select m.name from public.models m where m.id = r.model_id), r.model, 'unknown');
  s.prompt_version := coalesce(r.prompt_version, internal.version_at(r.created_at));
  s.workload := case when s.prompt_version like 'short%' then 'short' else 'standard' end;
  s.upstream := case when r.upstream_pinned then r.upstream end;
  s.key := internal.series_key(s.provider, s.model, s.workload, s.prompt_version, r.location, s.upstream, r.simulated);
  select k.id into s.id from public.series k where k.key = s.key;
  if s.id is null then
    insert into public.series (provider, model, workload, prompt_version, location, upstream, simulated, shown, key)
    values (s.provider, s.model, s.workload, s.prompt_version, r.location, s.upstream, r.simulated, true, s.key)
    on conflict (key) do nothing;
    perform internal.decide_shown(s.provider, s.model);
    select k.id into strict s.id from public.series k where k.key = s.key;
  end if;
  return s.id;
end $$;

create function internal.decide_facts() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  -- A provider or model that is deleted takes its id from the results, but not their series.
  if tg_op = 'INSERT' or (
    coalesce(new.provider_id, old.provider_id), coalesce(new.model_id, old.model_id), new.provider, new.model,
    new.location, new.simulated, new.prompt_version, new.upstream_pinned, case when new.upstream_pinned then new.upstream end
  ) is distinct from (
    old.provider_id, old.model_id, old.provider, old.model,
    old.location, old.simulated, old.prompt_version, old.upstream_pinned, case when new.upstream_pinned then old.upstream end
  ) then
    new.series_id := internal.series_of(new);
  end if;
  new.failure_owner := internal.owner_of(new.error_kind, new.status_code, new.success);
  if new.error_kind = 'network' and (select r.offline from public.runs r where r.id = new.run_id) then
    new.failure_owner := 'probe';
  end if;
  return new;
end $$;
create trigger decide_facts
  before insert or update of provider_id, model_id, provider, model, location, simulated, prompt_version, upstream,
    upstream_pinned, success, error_kind, status_code
  on public.benchmark_results for each row execute function internal.decide_facts();

-- An outage that the watch has noticed is told once: what stored results alone say of it goes.
create function internal.yield_to_watch(of_provider text, changed uuid[]) returns void
language sql volatile as $$
  delete from public.incidents d
  using public.incidents i
  where d.provider = of_provider and d.series_id is not null
    and i.provider = of_provider and i.series_id is null and i.kind = 'outage'
    and (d.id = any (changed) or i.id = any (changed))
    and i.location = d.location and i.simulated = d.simulated
    and i.opened_at <= coalesce(d.closed_at, 'infinity') and coalesce(i.closed_at, 'infinity') >= d.opened_at
    and i.endpoints @> jsonb_build_array(jsonb_build_object('model', d.endpoints #> '{0,model}'))
$$;

-- Finds a series' outages again between the last success before a change and the first one after it: two provider
-- failures in a row or more, and the success that ended them. Rate limits, our own mistakes and our own lost connection
-- neither lengthen an outage nor end it. Confirmations count: they are how a second failure is known early. Where the
-- coordinator's watch saw every failure, it is for the watch to say.
create function internal.find_outages(of_series integer, first_at timestamptz, last_at timestamptz) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  s public.series;
  before_at constant timestamptz := coalesce((select max(r.created_at) from public.benchmark_results r
    where r.series_id = of_series and r.success and r.created_at < first_at), '-infinity');
  after_at constant timestamptz := coalesce((select min(r.created_at) from public.benchmark_results r
    where r.series_id = of_series and r.success and r.created_at > last_at), 'infinity');
  found_ids uuid[];
begin
  select * into s from public.series k where k.id = of_series and k.workload = 'standard' and k.upstream is null;
  delete from public.incidents i
  where i.series_id = of_series and i.opened_at > before_at and i.opened_at <= after_at;
  if s.id is null or not exists (
    select 1 from public.benchmark_results r
    where r.series_id = of_series and r.failure_owner = 'provider'
      and r.created_at > before_at and r.created_at <= after_at
  ) then
    return;
  end if;
  with told as materialized (
    select r.id, r.created_at, r.success, coalesce(r.error_kind, 'unknown') as kind, u.watched,
      count(*) filter (where r.success) over (order by r.created_at, r.success, r.id) as successes_before,
      min(r.created_at) filter (where r.success) over (order by r.created_at desc, r.success desc, r.id desc) as success_at
    from public.benchmark_results r
    join public.runs u on u.id = r.run_id
    where r.series_id = of_series and (r.success or r.failure_owner = 'provider')
      and r.created_at > before_at and r.created_at <= after_at
  ), outages as (
    select min(f.created_at) as began_at, min(f.success_at) as ended_at,
      format('%s failures in a row since %s UTC: %s', count(*),
        to_char(min(f.created_at) at time zone 'UTC', 'HH24:MI'), string_agg(distinct f.kind, ', ')) as reason,
      to_jsonb((array_agg(f.id order by f.created_at, f.id))[1:9]) as evidence
    from told f
    where not f.success
    group by f.successes_before
    having count(*) >= 2 and not bool_and(f.watched)
  ), written as (
    insert into public.incidents
      (id, provider, location, simulated, kind, opened_at, closed_at, endpoints, revision, series_id)
    select md5(s.key || extract(epoch from o.began_at))::uuid, s.provider, s.location, s.simulated, 'outage',
      o.began_at, o.ended_at, jsonb_build_array(jsonb_build_object(
        'model', s.model, 'since', o.began_at, 'until', o.ended_at, 'reason', o.reason, 'evidence', o.evidence)),
      1, s.id
    from outages o
    returning id
  )
  select array_agg(w.id) into found_ids from written w;
  perform internal.yield_to_watch(s.provider, found_ids);
end $$;

-- Brings days and outages up to date for a series in which results changed. Who changes several takes them in the order of
-- their ids, so that two writers never wait for each other.
create function internal.record_change(of_series integer, first_at timestamptz, last_at timestamptz) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  first_day constant date := (first_at at time zone 'UTC')::date;
  last_day constant date := (last_at at time zone 'UTC')::date;
begin
  -- One at a time: two counts at once would each miss the other's results.
  perform 1 from public.series s where s.id = of_series for no key update;
  delete from public.series_days where series_id = of_series and day between first_day and last_day;
  insert into public.series_days (series_id, day, results, attempts, successes, provider_failures, newest_at)
  select of_series, (r.created_at at time zone 'UTC')::date, count(*),
    count(*) filter (where r.failure_owner is distinct from 'probe'), count(*) filter (where r.success),
    count(*) filter (where r.failure_owner = 'provider'), max(r.created_at)
  from public.benchmark_results r
  where r.series_id = of_series and not r.confirmation
    and r.created_at >= first_day::timestamp at time zone 'UTC'
    and r.created_at < (last_day + 1)::timestamp at time zone 'UTC'
  group by 2;
  update public.series s set newest_at = (
    select d.newest_at from public.series_days d where d.series_id = s.id order by d.day desc limit 1)
  where s.id = of_series;
  perform internal.find_outages(of_series, first_at, last_at);
end $$;

-- Adds results to what their series came to. Each is added once, when whose failure it is has been settled: where nobody was
-- reached that is at its run's end, else when it is written. Nothing is ever taken away again.
create function internal.add_to_totals(ids uuid[]) returns void
language sql volatile security definer set search_path = '' as $$
  insert into public.series_totals as t
    (series_id, outcome, failure_owner, requests, input_tokens, output_tokens, cost_usd)
  select
    r.series_id, case when r.success then 'success' else coalesce(r.error_kind, 'unknown') end,
    coalesce(r.failure_owner, ''), count(*),
    coalesce(sum(r.input_tokens) filter (where not r.usage_implausible), 0),
    coalesce(sum(r.output_tokens) filter (where not r.usage_implausible), 0),
    coalesce(sum(r.cost_usd) filter (where r.cost_known), 0)
  from public.benchmark_results r
  where r.id = any (ids) and not r.confirmation
  group by 1, 2, 3
  -- Always in one order, so that two writers never wait for each other.
  order by 1, 2, 3
  on conflict (series_id, outcome, failure_owner) do update set
    requests = t.requests + excluded.requests, input_tokens = t.input_tokens + excluded.input_tokens,
    output_tokens = t.output_tokens + excluded.output_tokens, cost_usd = t.cost_usd + excluded.cost_usd
$$;

-- Settles whether a run was offline, and whose its failures are.
create function internal.settle_run(of_run uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
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
end $$;

create function internal.settle_ended_run() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform internal.settle_run(new.id);
  perform internal.add_to_totals(array(
    select r.id from public.benchmark_results r where r.run_id = new.id and r.error_kind = 'network'));
  return null;
end $$;
create trigger settle_ended_run after update of finished_at on public.runs
  for each row when (old.finished_at is null and new.finished_at is not null)
  execute function internal.settle_ended_run();

create function internal.record_written_or_deleted() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  gone public.series;
begin
  -- What pruning takes is remembered.
  if tg_op = 'DELETE' and current_setting('internal.pruning', true) = 'on' then
    return null;
  end if;
  perform internal.record_change(c.series_id, min(c.created_at), max(c.created_at))
  from changed c group by c.series_id order by c.series_id;
  if tg_op = 'INSERT' then
    -- Results that come after their run's end may show that it was offline, or that it was not.
    perform internal.settle_run(r.id)
    from changed c
    join public.runs r on r.id = c.run_id
    where r.finished_at is not null and (c.error_kind = 'network' or r.offline)
    group by r.id;
    perform internal.add_to_totals(array(
      select c.id
      from changed c
      left join public.runs r on r.id = c.run_id
      where c.error_kind is distinct from 'network' or r.finished_at is not null));
    return null;
  end if;
  -- A series of which nothing is left or remembered has never been.
  for gone in
    delete from public.series s
    where s.id in (select c.series_id from changed c)
      and not exists (select 1 from public.benchmark_results r where r.series_id = s.id)
      and not exists (select 1 from public.series_days d where d.series_id = s.id)
    returning *
  loop
    perform internal.decide_shown(gone.provider, gone.model);
  end loop;
  return null;
end $$;
create trigger record_inserted after insert on public.benchmark_results
  referencing new table as changed for each statement execute function internal.record_written_or_deleted();
create trigger record_deleted after delete on public.benchmark_results
  referencing old table as changed for each statement execute function internal.record_written_or_deleted();

create function internal.record_updated() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform internal.record_change(c.series_id, min(c.created_at), max(c.created_at))
  from before b
  join after a on a.id = b.id
  cross join lateral (values (b.series_id, b.created_at), (a.series_id, a.created_at)) as c (series_id, created_at)
  where (b.series_id, b.created_at, b.success, b.failure_owner, b.error_kind, b.confirmation)
    is distinct from (a.series_id, a.created_at, a.success, a.failure_owner, a.error_kind, a.confirmation)
  group by c.series_id
  order by c.series_id;
  perform internal.settle_run(r.id)
  from before b
  join after a on a.id = b.id
  join public.runs r on r.id = a.run_id
  where b.error_kind is distinct from a.error_kind and r.finished_at is not null
  group by r.id;
  return null;
end $$;
create trigger record_updated after update on public.benchmark_results
  referencing old table as before new table as after for each statement execute function internal.record_updated();

-- Gives series another provider's or model's name; where there is such a series already, its results move there.
create function internal.rename_series(
  old_provider text, new_provider text, old_model text default null, new_model text default null
) returns void
language plpgsql volatile security definer set search_path = '' as $$
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
    s.key := internal.series_key(s.provider, s.model, s.workload, s.prompt_version, s.location, s.upstream, s.simulated);
    select k.id into there from public.series k where k.key = s.key and k.id <> s.id;
    if there is null then
      update public.series k set provider = s.provider, model = s.model, key = s.key where k.id = s.id;
      update public.incidents i
      set provider = s.provider, endpoints = jsonb_set(i.endpoints, '{0,model}', to_jsonb(s.model))
      where i.series_id = s.id;
    else
      update public.benchmark_results r set series_id = there where r.series_id = s.id;
      insert into public.series_totals as t
      select there, o.outcome, o.failure_owner, o.requests, o.input_tokens, o.output_tokens, o.cost_usd
      from public.series_totals o where o.series_id = s.id
      on conflict (series_id, outcome, failure_owner) do update set
        requests = t.requests + excluded.requests, input_tokens = t.input_tokens + excluded.input_tokens,
        output_tokens = t.output_tokens + excluded.output_tokens, cost_usd = t.cost_usd + excluded.cost_usd;
      delete from public.series k where k.id = s.id;
    end if;
    perform internal.decide_shown(s.provider, s.model);
  end loop;
end $$;

create function internal.name_provider() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'UPDATE' and old.slug <> new.slug then
    perform internal.rename_series(old.slug, new.slug);
  end if;
  -- Results may have named it by its display name before anybody knew its slug.
  if new.name <> new.slug and not exists (select 1 from public.providers p where p.slug = new.name) then
    perform internal.rename_series(new.name, new.slug);
  end if;
  return null;
end $$;
create trigger name_provider after insert or update of slug, name on public.providers
  for each row execute function internal.name_provider();

create function internal.name_model() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform internal.rename_series(p.slug, p.slug, old.name, new.name)
  from public.providers p where p.id = new.provider_id;
  return null;
end $$;
create trigger name_model after update of name on public.models
  for each row when (old.name <> new.name) execute function internal.name_model();

-- Which results count, by the names they count under: all but confirmations. `shown` and `workload` say what pages show.
create view public.counted_results with (security_invoker = true) as
select
  r.id, r.run_id, r.series_id, s.provider, s.model, s.workload, s.prompt_version, s.location, s.upstream, s.simulated,
  s.shown, r.created_at, r.success, r.status_code, r.error_kind, r.failure_owner, r.ttft_ms, r.answer_ttft_ms, r.tps,
  r.total_latency_ms, r.input_tokens, r.output_tokens, r.cost_usd, r.cost_known
from public.benchmark_results r
join public.series s on s.id = r.series_id
where not r.confirmation;

-- ---- 20261128000300_reference_data.sql

-- Providers, the models measured by default and their first prices. Runs again without harm: it adds what is
-- missing and fills in blanks, and never touches `active`, a name, or a model that has a price.

insert into public.providers (slug, name, kind, base_url, logo_url, status_url) values
  ('openai', 'OpenAI', 'direct', 'https://api.openai.com/v1', '/logos/openai.svg', 'https://status.openai.com'),
  ('groq', 'Groq', 'direct', 'https://api.groq.com/openai/v1', '/logos/groq.svg', 'https://groqstatus.com'),
  ('together', 'Together AI', 'direct', 'https://api.together.xyz/v1', '/logos/together.svg', 'https://status.together.ai'),
  ('openrouter', 'OpenRouter', 'proxy', 'https://openrouter.ai/api/v1', '/logos/openrouter.svg',
    'https://status.openrouter.ai')
on conflict (slug) do update set
  base_url = coalesce(providers.base_url, excluded.base_url),
  logo_url = coalesce(providers.logo_url, excluded.logo_url),
  status_url = coalesce(providers.status_url, excluded.status_url);

-- Each model as the rules read its name, and its list price in USD per million tokens with the day it was read and where.
-- Retired models stay: their history is measured, and a page says what took their place.
with reference as (
  select p.id as provider_id, r.*
  from (values
    ('openai', 'gpt-4o-mini', 'gpt-4o-mini', 'gpt-4o-mini', 128000, true, false, null::timestamptz, null,
      0.15, 0.60, 0.075, timestamptz '2026-11-05T00:00:00Z', 'https://developers.openai.com/api/docs/pricing'),
    ('openrouter', 'openai/gpt-4o-mini', 'gpt-4o-mini', 'gpt-4o-mini', 128000, true, false, null, null,
      0.15, 0.60, 0.075, '2026-11-01T00:00:00Z', 'https://openrouter.ai/api/v1/models'),
    -- https://console.groq.com/docs/deprecations
    ('groq', 'llama-3.1-8b-instant', 'llama-3.1-8b', 'llama-3.1', 131072, false, false,
      '2026-08-16T00:00:00Z', 'openai/gpt-oss-20b', 0.05, 0.08, null, '2026-05-01T00:00:00Z', 'https://groq.com/pricing'),
    -- https://docs.together.ai/docs/deprecations
    ('together', 'mistralai/Mixtral-8x7B-Instruct-v0.1', 'mixtral-8x7b', 'mixtral', 32768, false, false,
      '2026-04-16T00:00:00Z', 'openai/gpt-oss-20b', 0.60, 0.60, null, '2026-01-23T00:00:00Z',
      'https://api.together.xyz/v1/models'),
    -- The same open model at three providers: a comparison of providers, not of models.
    ('groq', 'openai/gpt-oss-20b', 'gpt-oss-20b', 'gpt-oss', 131072, true, true, null, null,
      0.075, 0.30, 0.0375, '2026-05-01T00:00:00Z', 'https://groq.com/pricing'),
    ('together', 'openai/gpt-oss-20b', 'gpt-oss-20b', 'gpt-oss', 131072, true, true, null, null,
      0.05, 0.20, null, '2026-01-23T00:00:00Z', 'https://api.together.xyz/v1/models'),
    ('openrouter', 'openai/gpt-oss-20b', 'gpt-oss-20b', 'gpt-oss', 131072, true, true, null, null,
      0.03, 0.11, 0.015, '2026-03-21T00:00:00Z', 'https://openrouter.ai/api/v1/models')
  ) as r (
    slug, name, identity, family, context_window, active, reasoning, retired_at, successor,
    input, output, cached, read_at, source)
  join public.providers p on p.slug = r.slug
), listed as (
  insert into public.models (provider_id, name, context_window, active, available, reasoning, retired_at, successor,
    identity_by_rule, family, last_seen_at)
  select r.provider_id, r.name, r.context_window, r.active, r.active, r.reasoning, r.retired_at, r.successor, r.identity,
    r.family, r.read_at
  from reference r
  on conflict (name, provider_id) do update set
    context_window = coalesce(models.context_window, excluded.context_window),
    reasoning = models.reasoning or excluded.reasoning,
    retired_at = coalesce(models.retired_at, excluded.retired_at),
    successor = coalesce(models.successor, excluded.successor),
    identity_by_rule = excluded.identity_by_rule, family = excluded.family,
    last_seen_at = coalesce(models.last_seen_at, excluded.last_seen_at)
  returning id, provider_id, name
)
insert into public.prices
  (provider_id, model_id, input_price_per_m, output_price_per_m, cached_input_price_per_m, timestamp, source)
select l.provider_id, l.id, r.input, r.output, r.cached, r.read_at, r.source
from listed l
join reference r using (provider_id, name)
where not exists (select 1 from public.prices known where known.model_id = l.id);

-- ---- 20261128000400_catalogue.sql

-- What providers offer, kept current: what the measuring Worker reads and writes of it, and the pages' catalogue.
-- docs/models-and-prices.md says what they may read of it.

-- A price as the engine writes it in JSON; null for none. `hours` only where there are any.
create function internal.price_json(
  input double precision, output double precision, cached double precision, source text, hours jsonb default null
) returns jsonb
language sql immutable parallel safe
return case when input is not null then
  jsonb_build_object('input', input, 'output', output, 'cachedInput', cached, 'source', source)
  || case when jsonb_typeof(hours) = 'array' then jsonb_build_object('hours', hours) else '{}' end end;

-- A model's price now; no row for none.
create function internal.newest_price(of_model uuid) returns setof public.prices
language sql stable rows 1 as $$
  select * from public.prices p where p.model_id = of_model order by p.timestamp desc, p.id desc limit 1
$$;

create function internal.stored_price_json(p public.prices) returns jsonb
language sql immutable parallel safe
return internal.price_json(
  (p).input_price_per_m, (p).output_price_per_m, (p).cached_input_price_per_m, (p).source, (p).hours);

-- What a run measures, and models named in `also` ("slug/model") whether active or not: one target for the model as its
-- provider routes it, and one for each upstream at which it is measured alone.
create function public.engine_targets(also text[] default '{}') returns jsonb
language sql stable security invoker set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
      'provider', p.slug, 'providerId', p.id, 'model', m.name, 'modelId', m.id,
      'active', m.active or asked.upstream is not null, 'upstream', asked.upstream, 'reasoning', m.reasoning,
      'price', internal.stored_price_json(price) - 'source'
    ) order by p.slug, m.name, asked.upstream nulls first), '[]')
  from public.models m
  join public.providers p on p.id = m.provider_id
  cross join lateral (
    select null::text as upstream where m.active or p.slug || '/' || m.name = any (also)
    union all
    select unnest(m.pinned_upstreams)
  ) asked
  left join lateral internal.newest_price(m.id) price on true;
$$;

-- Everything known of the models of one provider, or of all: [{provider, heldList, models: [...]}].
create function public.engine_catalog(of_provider text default null) returns jsonb
language sql stable security invoker set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
      'provider', p.slug,
      'heldList', p.held_list,
      'models', coalesce((
        select jsonb_agg(jsonb_build_object(
            'id', m.id, 'name', m.name, 'active', m.active, 'available', m.available, 'reasoning', m.reasoning,
            'reasoningByHand', m.reasoning_by_hand, 'reasoningStated', m.reasoning_stated, 'aliasOf', m.alias_of,
            'contextWindow', m.context_window, 'lastSeenAt', m.last_seen_at, 'retiredAt', m.retired_at,
            'retiresAt', m.retires_at, 'successor', m.successor, 'flag', m.flag, 'family', m.family,
            'identity', m.identity, 'identityByRule', m.identity_by_rule, 'quantization', m.quantization,
            'price', internal.stored_price_json(price) || jsonb_build_object('at', price.timestamp),
            'heldPrice', m.held_price
          ) order by m.name)
        from public.models m
        left join lateral internal.newest_price(m.id) price on true
        where m.provider_id = p.id
      ), '[]')
    ) order by p.slug), '[]')
  from public.providers p
  where of_provider is null or p.slug = of_provider
$$;

-- What a list says of models, in two parts, each of which answers with how many of each kind it wrote. Beside a statement
-- that changes models, public.models still reads as it was before.

-- Models that a list has for the first time, no longer, or again; then what it says of models it had before, and models
-- that are taken out of the runs.
create function internal.apply_models(
  change jsonb, owner uuid, moment timestamptz, out "new" integer, out retired integer, out returned integer,
  out context integer, out announced integer, out "takenOut" integer
)
language plpgsql volatile set search_path = '' as $$
begin
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
      l.family, l.quantization, l.successor, l."retiresAt", moment, l."heldPrice"
    from listed l
    on conflict (name, provider_id) do nothing
    returning id, name
  ), priced as (
    insert into public.prices
      (provider_id, model_id, input_price_per_m, output_price_per_m, cached_input_price_per_m, hours, source, timestamp)
    select owner, made.id, (l.price ->> 'input')::double precision, (l.price ->> 'output')::double precision,
      (l.price ->> 'cachedInput')::double precision, l.price -> 'hours', change ->> 'source', moment
    from made join listed l using (name)
    where l.price is not null
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, after)
  select moment, 'new', owner, made.id, made.name,
    jsonb_build_object('contextWindow', l."contextWindow", 'identity', l.identity, 'price', l.price)
  from made join listed l using (name);
  get diagnostics "new" = row_count;

  with gone as (
    update public.models m
    set available = false, retired_at = moment, successor = coalesce(e.successor, m.successor)
    from jsonb_to_recordset(change -> 'retired') as e(id uuid, successor text)
    where m.id = e.id and m.available
    returning m.id, m.provider_id, m.name, m.last_seen_at, m.active, m.successor
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
  select moment, 'retired', g.provider_id, g.id, g.name,
    jsonb_build_object('lastSeenAt', g.last_seen_at, 'active', g.active), jsonb_build_object('successor', g.successor)
  from gone g;
  get diagnostics retired = row_count;

  with back as (
    update public.models m set available = true, retired_at = null, flag = null
    from jsonb_to_recordset(change -> 'returned') as e(id uuid)
    where m.id = e.id and (not m.available or m.retired_at is not null)
    returning m.id
  ), told as (
    insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
    select moment, case when n.is_new then 'new' else 'returned' end, o.provider_id, o.id, o.name,
      case when not n.is_new then jsonb_build_object('retiredAt', o.retired_at) end, case when n.is_new then
        jsonb_build_object('contextWindow', o.context_window, 'identity', o.identity, 'price', null) end
    from back
    join public.models o using (id)
    -- What somebody named before any list had it is new, not back.
    cross join lateral (select o.retired_at is null and o.last_seen_at is null as is_new) n
    returning kind
  )
  select count(*) filter (where t.kind = 'returned'), "new" + count(*) filter (where t.kind = 'new') into returned, "new"
  from told t;

  with changed as (
    update public.models m set context_window = e."contextWindow"
    from jsonb_to_recordset(change -> 'contexts') as e(id uuid, "contextWindow" integer)
    where m.id = e.id and m.context_window is distinct from e."contextWindow"
    returning m.id, m.context_window
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
  select moment, 'context', o.provider_id, o.id, o.name,
    jsonb_build_object('contextWindow', o.context_window), jsonb_build_object('contextWindow', c.context_window)
  from changed c join public.models o using (id);
  get diagnostics context = row_count;

  with told as (
    update public.models m set retires_at = e."retiresAt", successor = e.successor
    from jsonb_to_recordset(change -> 'announced') as e(id uuid, "retiresAt" timestamptz, successor text)
    where m.id = e.id and (m.retires_at, m.successor) is distinct from (e."retiresAt", e.successor)
    returning m.id, m.retires_at, m.successor
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
  select moment, 'retirement_announced', o.provider_id, o.id, o.name,
    jsonb_build_object('retiresAt', o.retires_at, 'successor', o.successor),
    jsonb_build_object('retiresAt', t.retires_at, 'successor', t.successor)
  from told t join public.models o using (id);
  get diagnostics announced = row_count;

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
  get diagnostics "takenOut" = row_count;

  update public.models m set reasoning_stated = e."reasoningStated", alias_of = e."aliasOf"
  from jsonb_to_recordset(change -> 'stated') as e(id uuid, "reasoningStated" boolean, "aliasOf" text)
  where m.id = e.id and (m.reasoning_stated, m.alias_of) is distinct from (e."reasoningStated", e."aliasOf");

  update public.models m set identity_by_rule = e.identity, family = e.family, quantization = e.quantization
  from jsonb_to_recordset(change -> 'identities') as e(id uuid, identity text, family text, quantization text)
  where m.id = e.id
    and (m.identity_by_rule, m.family, m.quantization) is distinct from (e.identity, e.family, e.quantization);

  update public.models m set reasoning = e.reasoning
  from jsonb_to_recordset(change -> 'reasonings') as e(id uuid, reasoning boolean)
  where m.id = e.id and not m.reasoning_by_hand and m.reasoning is distinct from e.reasoning;

  update public.models m set last_seen_at = moment
  from jsonb_to_recordset(change -> 'seen') as e(id uuid)
  where m.id = e.id and (m.last_seen_at is null or m.last_seen_at < moment);
end $$;

-- Prices that hold from now on, and prices that wait for a person.
create function internal.apply_prices(change jsonb, moment timestamptz, out price integer, out "priceHeld" integer)
language plpgsql volatile set search_path = '' as $$
begin
  with offered as (
    select e.*, m.provider_id, m.name, n.read_at, n.old, n.new
    from jsonb_to_recordset(change -> 'prices') as e(
      id uuid, input double precision, output double precision, "cachedInput" double precision, hours jsonb,
      source text, at timestamptz)
    join public.models m on m.id = e.id
    left join lateral internal.newest_price(e.id) latest on true
    cross join lateral (
      select coalesce(e.at, moment) as read_at, internal.stored_price_json(latest) as old,
        internal.price_json(e.input, e.output, e."cachedInput", e.source, e.hours) as new) n
    where latest.id is null or (n.read_at > latest.timestamp and (
      n.old - 'source' <> n.new - 'source'
      -- A person's word makes the same price theirs.
      or (e.source = 'manual' and latest.source <> 'manual')))
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
      and (case when e.after ? 'revertedAt' then e.after else e.before end) - 'source' - 'revertedAt' = o.new - 'source'
    returning e.model_id
  ), told as (
    insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
    select moment, 'price', o.provider_id, o.id, o.name, o.old, o.new
    from offered o join recorded r on r.model_id = o.id
    where o.id not in (select t.model_id from turned t) and o.new - 'source' is distinct from o.old - 'source'
  )
  select count(*) into price from recorded;

  -- `since` is when it was first read, `days` on how many days that was so, `day` the last of them.
  with flagged as (
    update public.models m set held_price = n.price || jsonb_build_object(
      'at', coalesce(e.since, moment), 'days', coalesce(e.days, 1),
      'day', coalesce(e.day, (moment at time zone 'utc')::date))
    from jsonb_to_recordset(change -> 'heldPrices') as e(
      id uuid, input double precision, output double precision, "cachedInput" double precision, hours jsonb,
      source text, since timestamptz, days integer, day date)
    cross join lateral internal.price_json(e.input, e.output, e."cachedInput", e.source, e.hours) as n (price)
    where m.id = e.id
      and ((m.held_price - array['at', 'days', 'day']) is distinct from n.price
        or (m.held_price ->> 'days')::integer is distinct from coalesce(e.days, 1))
    returning m.id, n.price, e.days
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
  select moment, 'price_held', o.provider_id, o.id, o.name, internal.stored_price_json(latest), f.price
  from flagged f
  join public.models o using (id)
  left join lateral internal.newest_price(o.id) latest on true
  where not (o.held_price is not null and f.days > 1);
  get diagnostics "priceHeld" = row_count;

  update public.models m set held_price = null
  from jsonb_to_recordset(change -> 'releasedPrices') as e(id uuid)
  where m.id = e.id and m.held_price is not null;
end $$;

-- Writes what a sync found, all of it or nothing, each change with its event. Every statement looks again at the row
-- as it is now, so that a change found twice is written once. The shape is CatalogChange in
-- workers/benchmark/catalog/changes.ts, with `provider` (the row to make where it is missing; only `added` and
-- `heldLists` need it), `source` and `at`. Answers with how many of each kind were written.
create function public.engine_apply_catalog(change jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = '' as $$
declare
  moment constant timestamptz := coalesce((change ->> 'at')::timestamptz, now());
  owner uuid;
begin
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('engine_apply_catalog', 0));
  if change -> 'provider' ->> 'slug' is not null then
    insert into public.providers (slug, name, kind, base_url, logo_url)
    select p.slug, p.name, p.kind, p."baseUrl", p."logoUrl"
    from jsonb_to_record(change -> 'provider') as p(slug text, name text, kind text, "baseUrl" text, "logoUrl" text)
    on conflict do nothing;
    select p.id into strict owner from public.providers p where p.slug = change -> 'provider' ->> 'slug';
  end if;

  -- One item, or none where nothing changes: what is held from now on, null for nothing.
  update public.providers p set held_list = nullif(e.held, 'null')
  from jsonb_array_elements(change -> 'heldLists') as e(held)
  where p.id = owner and p.held_list is distinct from nullif(e.held, 'null');

  return to_jsonb(internal.apply_models(change, owner, moment)) || to_jsonb(internal.apply_prices(change, moment));
end $$;

-- Takes a price that was held back as the price: a person has looked at it. Answers with it, null where none waits.
create function public.engine_accept_price(of_model uuid) returns jsonb
language plpgsql volatile security invoker set search_path = '' as $$
declare
  held jsonb;
begin
  select m.held_price into held from public.models m where m.id = of_model for update;
  if held is not null then
    perform public.engine_apply_catalog(jsonb_build_object('prices', jsonb_build_array(
      held - array['at', 'days', 'day'] || jsonb_build_object('id', of_model))));
  end if;
  return held;
end $$;

-- What changed, newest first, for the pages and the feed: [{id, at, kind, provider, provider_name, model, before, after}].
-- Where there are more than `at_most`, each provider's newest are taken in turn, so that one that changes everything at
-- once hides nobody's news; counted after `kinds` has chosen.
create function public.catalog_changes(
  since timestamptz default now() - interval '30 days', of_provider text default null, at_most integer default 200,
  kinds text[] default null
) returns jsonb
language sql stable security invoker set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(e) - 'place' order by e.at desc, e.provider, e.model, e.kind), '[]')
  from (
    select e.id, e.at, e.kind, p.slug as provider, p.name as provider_name, e.model, e.before, e.after,
      row_number() over (partition by e.provider_id order by e.at desc, e.model, e.kind) as place
    from public.catalog_events e
    join public.providers p on p.id = e.provider_id
    where e.at >= since and (of_provider is null or p.slug = of_provider) and (kinds is null or e.kind = any (kinds))
    order by place, e.at desc, p.slug
    limit least(greatest(at_most, 0), 1000)
  ) e
$$;

-- The catalogue: the models of each provider, those measured first, retired ones apart, and what changed.
-- search: words, all of which stand in the model's name, family or identity or in its provider's name.
-- of_provider: one provider's models, `per_page` a page; without it the first `per_provider` of each.
create function public.model_catalog(
  search text default '', of_provider text default null, page integer default 1, per_page integer default 150,
  per_provider integer default 20
) returns json
language sql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
  with matching as materialized (
    select m.id, m.name, p.slug, m.active, m.reasoning, m.context_window, m.retired_at, m.retires_at, m.successor,
      m.identity, p.name as provider_name, p.kind
    from public.models m
    join public.providers p on p.id = m.provider_id
    -- A name that somebody tried and no list ever had is no model to speak of.
    where (m.available or m.active or m.retired_at is not null) and not exists (
      select 1 from unnest((select array_remove(string_to_array(lower(search), ' '), ''))) as word
      where position(word in lower(concat_ws(' ', p.slug, p.name, m.name, m.identity, m.family))) = 0)
  ), offered as (
    select x.*, row_number() over (partition by x.slug order by x.active desc, x.name) as place
    from matching x
    where x.retired_at is null
  ), retired as (
    select x.*, count(*) over () as total
    from matching x
    where x.retired_at is not null and (of_provider is null or x.slug = of_provider)
    order by x.retired_at desc nulls last, x.slug, x.name
    limit 40
  ), changes as (
    select e.at, e.kind, p.slug as provider, p.name as provider_name, count(*) as n,
      (array_agg(json_build_object('model', e.model, 'before', e.before, 'after', e.after) order by e.model))[1:4] as models
    from public.catalog_events e
    join public.providers p on p.id = e.provider_id
    where e.at > now() - interval '30 days' and (of_provider is null or p.slug = of_provider)
    group by e.at, e.kind, p.slug, p.name
    order by e.at desc, p.slug, e.kind
    limit 20
  )
  select json_build_object(
    'as_of', now(), 'counts', (
      select json_build_object(
        'active', count(*) filter (where m.active and m.retired_at is null),
        'available', count(*) filter (where m.available and not m.active and m.retired_at is null),
        'retired', count(*) filter (where m.retired_at is not null))
      from public.models m),
    'providers', (
      select coalesce(json_agg(json_build_object(
        'provider', g.slug, 'name', g.provider_name, 'kind', g.kind, 'total', g.total, 'active', g.active_total,
        'models', g.models) order by g.active_total desc, g.slug), '[]')
      from (
        select o.slug, o.provider_name, o.kind, count(*) as total, count(*) filter (where o.active) as active_total,
          json_agg(json_build_object(
            'model', o.name, 'active', o.active, 'reasoning', o.reasoning, 'context_window', o.context_window,
            'retires_at', o.retires_at, 'identity', o.identity, 'elsewhere', (
              select count(*) from public.models e
              where e.identity = o.identity and e.id <> o.id and e.available and e.retired_at is null),
            'price', (
              select json_build_array(h.input_price_per_m, h.output_price_per_m) from internal.newest_price(o.id) h)
          ) order by o.place) filter (where case
            when of_provider is null then o.place <= per_provider
            else o.slug = of_provider and o.place > (page - 1) * per_page and o.place <= page * per_page end) as models
        from offered o
        group by o.slug, o.provider_name, o.kind
      ) g
      where g.models is not null),
    'retired_total', (select coalesce(max(r.total), 0) from retired r), 'retired', (
      select coalesce(json_agg(json_build_object(
        'provider', r.slug, 'provider_name', r.provider_name, 'model', r.name, 'retired_at', r.retired_at,
        'successor', r.successor, 'successor_known', exists (
          select 1 from public.models n join public.providers q on q.id = n.provider_id
          where q.slug = r.slug and n.name = r.successor)
      ) order by r.retired_at desc nulls last, r.slug, r.name), '[]')
      from retired r),
    'changes', (select coalesce(json_agg(c order by c.at desc, c.provider, c.kind), '[]') from changes c)
  )
$$;

-- The newest price of each model that has one, in USD per million tokens.
create view public.latest_prices with (security_invoker = true) as
select distinct on (price.model_id)
  p.slug as provider, p.name as provider_name, m.name as model, m.active, price.input_price_per_m,
  price.output_price_per_m, price.cached_input_price_per_m, price.timestamp as since, price.source, price.provider_id,
  price.model_id
from public.prices price
join public.models m on m.id = price.model_id
join public.providers p on p.id = price.provider_id
order by price.model_id, price.timestamp desc, price.id desc;

-- Measures a model at one upstream alone, or no longer. Answers whether that changed anything.
create function public.engine_pin_upstream(of_model uuid, at_upstream text, pinned boolean) returns boolean
language plpgsql volatile security invoker set search_path = '' as $$
begin
  update public.models m
  set pinned_upstreams = case when pinned then m.pinned_upstreams || at_upstream
    else array_remove(m.pinned_upstreams, at_upstream) end
  where m.id = of_model and pinned <> (at_upstream = any (m.pinned_upstreams));
  return found;
end $$;

-- An answer that comes from another model than those before it is news. Two that take turns within a day, as while a
-- new version is rolled out, are one change; what the simulator and pinned upstreams say changes nothing.
create function internal.note_served_models() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  said record;
begin
  for said in
    select distinct on (c.model_id) c.model_id, c.served_model, c.created_at, m.served_model as before, m.served_at,
      m.provider_id, m.name
    from changed c
    join public.models m on m.id = c.model_id
    where c.success and not c.simulated and not c.upstream_pinned and c.served_model is not null
    order by c.model_id, c.created_at desc
  loop
    continue when said.created_at < said.served_at;
    update public.models set served_model = said.served_model, served_at = said.created_at where id = said.model_id;
    continue when said.before is null or said.before = said.served_model or exists (
      select 1 from public.catalog_events e
      where e.model_id = said.model_id and e.kind = 'served_model' and e.at > said.created_at - interval '1 day'
        and said.served_model in (e.before ->> 'servedModel', e.after ->> 'servedModel'));
    insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
    values (
      said.created_at, 'served_model', said.provider_id, said.model_id, said.name,
      jsonb_build_object('servedModel', said.before), jsonb_build_object('servedModel', said.served_model));
  end loop;
  return null;
end $$;
create trigger note_served_models after insert on public.benchmark_results
  referencing new table as changed for each statement execute function internal.note_served_models();

-- ---- 20261128000500_windows.sql

-- The figures of a window, computed once when a run ends (and every few minutes in a long one) and read as rows by every
-- page, by the API and by badges. They reach up to their as_of.

-- Null for a window that there is not.
create function internal.window_span(time_window text) returns interval
language sql immutable parallel safe
return case time_window
  when '1h' then interval '1 hour'
  when '24h' then interval '24 hours'
  when '7d' then interval '7 days'
  when '30d' then interval '30 days'
end;

-- Width of a trend's bucket over a time of this length: of 1 h a quarter, of 24 h an hour, of 7 d six, of 30 d a day.
create function internal.step_of(span interval) returns interval
language sql immutable parallel safe
return case
  when span <= interval '3 hours' then interval '15 minutes'
  when span <= interval '48 hours' then interval '1 hour'
  when span <= interval '10 days' then interval '6 hours'
  else interval '1 day'
end;

-- The standard prompt's series that a place shows, one for each endpoint: where an upstream was pinned too, the endpoint
-- as its provider serves it.
create function internal.shown_series(at_location text, of_version text) returns setof public.series
language sql stable as $$
  select distinct on (s.provider, s.model) s.*
  from public.series s
  where s.location = at_location and s.prompt_version = of_version and s.workload = 'standard' and s.shown
  order by s.provider, s.model, s.upstream nulls first
$$;

-- A series' figures over a window as every page, the API and badges tell them: a percentile from as many results as it
-- takes, shares of what they are shares of. Zeros and nulls where there are none.
create function internal.figures_json(f public.series_windows) returns json
language sql stable as $$
  select json_build_object(
    'attempts', coalesce(f.attempts, 0), 'probe_failures', coalesce(f.probe_failures, 0),
    'successes', coalesce(f.successes, 0), 'provider_failures', coalesce(f.provider_failures, 0),
    'success_rate', f.successes::float8 / nullif(f.attempts, 0),
    'error_rate', (f.attempts - f.successes)::float8 / nullif(f.attempts, 0),
    'uptime', f.successes::float8 / nullif(f.successes + f.provider_failures, 0), 'newest_at', f.newest_at,
    'within_2s', json_build_object(
      'n', coalesce(f.successes + f.provider_failures, 0),
      'share', f.within_2s::float8 / nullif(f.successes + f.provider_failures, 0)),
    'ttft', json_build_object(
      'n', coalesce(f.ttft_n, 0), 'p50', f.ttft_p50, 'p95', case when f.ttft_n >= 20 then f.ttft_p95 end),
    'answer_ttft', json_build_object(
      'n', coalesce(f.answer_n, 0), 'p50', f.answer_p50, 'p95', case when f.answer_n >= 20 then f.answer_p95 end),
    'thinks_aloud', coalesce(f.thinks_aloud, false), 'tps', json_build_object(
      'n', coalesce(f.tps_n, 0), 'p50', f.tps_p50, 'p05', case when f.tps_n >= 20 then f.tps_p05 end),
    'latency', json_build_object(
      'n', coalesce(f.successes, 0), 'p50', f.latency_p50, 'p95', case when f.successes >= 20 then f.latency_p95 end,
      'p99', case when f.successes >= 100 then f.latency_p99 end),
    'stability', json_build_object(
      'n', coalesce(f.successes, 0), 'latency_stddev', case when f.successes >= 2 then f.latency_stddev end,
      'ttft_stddev', case when f.ttft_n >= 2 then f.ttft_stddev end),
    'cost', json_build_object(
      'n', coalesce(f.cost_n, 0), 'per_request', f.cost_per_request,
      'per_million', f.cost_total * 1000000 / nullif(f.cost_tokens, 0)),
    'value', json_build_object(
      'n', coalesce(f.value_n, 0), 'tps', f.tps_p50, 'cost', f.value_cost, 'tokens', f.value_tokens))
$$;

-- A series' figures from its own results (since excluded, until included).
create function internal.series_figures(
  of_series integer, time_window text, part text, since timestamptz, until timestamptz
) returns public.series_windows
language plpgsql stable as $$
declare
  f public.series_windows;
begin
  -- In the order of the table's columns.
  select
    of_series, time_window, part, null,
    count(*) filter (where r.failure_owner is distinct from 'probe') as attempts,
    count(*) filter (where r.failure_owner = 'probe') as probe_failures, count(*) filter (where r.success) as successes,
    count(*) filter (where r.failure_owner = 'provider') as provider_failures, max(r.created_at) as newest_at,
    count(*) filter (where r.ttft_ms <= 2000 and (r.success or r.failure_owner = 'provider')) as within_2s,
    count(r.ttft_ms) filter (where r.success) as ttft_n, avg(r.ttft_ms) filter (where r.success) as ttft_mean,
    percentile_cont(0.5) within group (order by r.ttft_ms) filter (where r.success) as ttft_p50,
    percentile_cont(0.95) within group (order by r.ttft_ms) filter (where r.success) as ttft_p95,
    stddev_pop(r.ttft_ms) filter (where r.success) as ttft_stddev,
    count(r.answer_ttft_ms) filter (where r.success) as answer_n,
    percentile_cont(0.5) within group (order by r.answer_ttft_ms) filter (where r.success) as answer_p50,
    percentile_cont(0.95) within group (order by r.answer_ttft_ms) filter (where r.success) as answer_p95,
    bool_or(r.answer_ttft_ms > r.ttft_ms) filter (where r.success) as thinks_aloud,
    count(r.tps) filter (where r.success) as tps_n,
    percentile_cont(0.5) within group (order by r.tps) filter (where r.success) as tps_p50,
    percentile_cont(0.05) within group (order by r.tps) filter (where r.success) as tps_p05,
    percentile_cont(0.95) within group (order by r.tps) filter (where r.success) as tps_p95,
    percentile_cont(0.5) within group (order by r.total_latency_ms) filter (where r.success) as latency_p50,
    percentile_cont(0.95) within group (order by r.total_latency_ms) filter (where r.success) as latency_p95,
    percentile_cont(0.99) within group (order by r.total_latency_ms) filter (where r.success) as latency_p99,
    stddev_pop(r.total_latency_ms) filter (where r.success) as latency_stddev,
    count(*) filter (where r.success and r.cost_known) as cost_n,
    avg(r.cost_usd) filter (where r.success and r.cost_known) as cost_per_request,
    sum(r.cost_usd) filter (where r.success and r.cost_known) as cost_total,
    (sum(r.input_tokens::bigint + r.output_tokens) filter (where r.success and r.cost_known))::bigint as cost_tokens,
    count(*) filter (where r.success and r.cost_known and r.tps is not null) as value_n,
    sum(r.cost_usd) filter (where r.success and r.cost_known and r.tps is not null) as value_cost,
    (sum(r.input_tokens::bigint + r.output_tokens)
      filter (where r.success and r.cost_known and r.tps is not null))::bigint as value_tokens,
    (
      -- As short as can be: there are thousands of them.
      select replace(json_agg(json_build_array(
        extract(epoch from b.bucket)::bigint, b.attempts, b.n, trim_scale(round(b.ttft_p50::numeric, 3)),
        trim_scale(round(b.tps_p50::numeric, 3))) order by b.bucket)::text, ' ', '')::json
      from (
        select
          date_bin(internal.step_of(until - since), t.created_at, timestamptz '2000-01-01 00:00:00+00') as bucket,
          count(*) filter (where t.failure_owner is distinct from 'probe') as attempts,
          count(t.ttft_ms) filter (where t.success) as n,
          percentile_cont(0.5) within group (order by t.ttft_ms) filter (where t.success) as ttft_p50,
          percentile_cont(0.5) within group (order by t.tps) filter (where t.success) as tps_p50
        from public.counted_results t
        where t.series_id = of_series and t.created_at > since and t.created_at <= until
        group by 1
      ) b
    ) as trend
  into f
  from public.counted_results r
  where r.series_id = of_series and r.created_at > since and r.created_at <= until;
  f.figures := internal.figures_json(f);
  return f;
end $$;

-- Providers in one line each. Real and simulated never meet there either: where one endpoint is real, its simulated ones
-- are left out. What adds up is added up from the endpoints; only a median needs the results again.
create function internal.refresh_providers(of_window text, at_location text, of_version text, until timestamptz)
returns void
language sql volatile security definer set search_path = '' as $$
  delete from public.provider_windows p where p.time_window = of_window and p.location = at_location;
  insert into public.provider_windows (
    time_window, location, provider, simulated, attempts, successes, provider_failures, ttft_n, ttft_mean, latency_n,
    latency_stddev, value_n, value_cost, value_tokens, tps_p50)
  select
    of_window, at_location, x.provider, bool_or(x.simulated), sum(x.attempts), sum(x.successes), sum(x.provider_failures),
    sum(x.ttft_n), sum(x.ttft_mean * x.ttft_n) / nullif(sum(x.ttft_n), 0),
    coalesce(sum(x.successes) filter (where x.successes >= 2), 0),
    sqrt(
      sum(x.latency_stddev ^ 2 * x.successes) filter (where x.successes >= 2)
      / nullif(sum(x.successes) filter (where x.successes >= 2), 0)),
    sum(x.value_n), sum(x.value_cost), sum(x.value_tokens)::bigint, (
      select percentile_cont(0.5) within group (order by r.tps)
      from unnest(array_agg(x.series_id)) as i (id)
      join public.counted_results r on r.series_id = i.id
      where r.success and r.created_at > until - internal.window_span(of_window) and r.created_at <= until)
  from (
    select s.provider, s.simulated, bool_or(not s.simulated) over (partition by s.provider) as any_real, w.*
    from internal.shown_series(at_location, of_version) s
    join public.series_windows w on w.series_id = s.id and w.time_window = of_window and w.part = 'current'
  ) x
  where not x.simulated or not x.any_real
  group by x.provider
$$;

-- Computes one window at one place anew. A previous window stands nearly still: it is computed again only when it is
-- behind by a hundredth of its length. Answers 'refreshed', 'fresh' (nothing to do), 'empty' (no result) or 'busy'
-- (another call is at it).
create function internal.refresh_window(of_window text, of_part text, at_location text, until timestamptz) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
  started constant timestamptz := clock_timestamp();
  span constant interval := internal.window_span(of_window);
  version constant text := internal.version_at(until);
  counted bigint;
begin
  if of_part = 'previous' and exists (
    select 1 from public.window_refreshes w
    where w.time_window = of_window and w.part = of_part and w.location = at_location
      and w.as_of between until - span / 96 and until
  ) then
    return 'fresh';
  end if;
  if not pg_catalog.pg_try_advisory_xact_lock(
    pg_catalog.hashtextextended(concat_ws('/', 'refresh_window', of_window, of_part, at_location), 0)) then
    return 'busy';
  end if;

  delete from public.series_windows w
  using public.series s
  where s.id = w.series_id and s.location = at_location and w.time_window = of_window and w.part = of_part;
  with computed as (
    insert into public.series_windows
    select f.*
    from public.series s
    cross join lateral internal.series_figures(s.id, of_window, of_part, until - span, until) f
    where s.location = at_location and s.prompt_version = version and s.workload = 'standard' and s.shown
      and f.newest_at is not null
    returning attempts + probe_failures as results
  )
  select coalesce(sum(c.results), 0) into counted from computed c;
  if of_part = 'current' then
    perform internal.refresh_providers(of_window, at_location, version, until);
  end if;

  delete from public.window_refreshes w
  where w.time_window = of_window and w.part = of_part and w.location = at_location;
  if counted = 0 and of_part = 'current' then
    return 'empty';
  end if;
  insert into public.window_refreshes (time_window, part, location, as_of, prompt_version, results, took_ms)
  values (
    of_window, of_part, at_location, until, version, counted,
    extract(epoch from clock_timestamp() - started) * 1000);
  return 'refreshed';
end $$;

-- Computes one window at one place; for the service role, after each run. Where a place is no longer measured, no run of
-- its own asks for it: the one that waited longest is computed too, before it is behind by a twenty-fourth of the window.
-- {window, part, location, state, took_ms}: what became of at_location.
create function public.engine_refresh_windows(
  time_window text, part text, at_location text, as_of timestamptz default null
) returns jsonb
language plpgsql volatile security invoker set search_path = ''
-- A month of three hundred endpoints takes some seconds.
set statement_timeout = '20s' as $$
declare
  span constant interval := internal.window_span(time_window);
  until constant timestamptz := coalesce(as_of, now()) - case part when 'previous' then span else interval '0' end;
  started constant timestamptz := clock_timestamp();
  state text;
  lapsed text;
begin
  if span is null or part not in ('current', 'previous') or (part = 'previous' and time_window = '1h') then
    raise exception 'A window is current 1h, 24h, 7d or 30d, or previous 24h, 7d or 30d.' using errcode = '22023';
  end if;
  state := internal.refresh_window(time_window, part, at_location, until);
  select l.location into lapsed
  from (select distinct s.location from public.series s where s.shown and s.location <> at_location) l
  left join public.window_refreshes w
    on w.location = l.location and w.time_window = engine_refresh_windows.time_window
    and w.part = engine_refresh_windows.part
  where w.as_of < until - span / 24
    -- A place without results in the window has none to compute.
    or (w.as_of is null and exists (
      select 1
      from public.series s
      join public.series_days d on d.series_id = s.id
      where s.location = l.location and s.shown
        and d.day between (until - span)::date - 1 and until::date + 1))
  order by w.as_of nulls first, l.location
  limit 1;
  if lapsed is not null then
    perform internal.refresh_window(time_window, part, lapsed, until);
  end if;
  return jsonb_build_object(
    'window', time_window, 'part', part, 'location', at_location, 'state', state,
    'took_ms', round(extract(epoch from clock_timestamp() - started) * 1000));
end $$;

-- Where a window's results were measured, most first: [{location, results}].
create function internal.places(of_window text) returns json
language sql stable as $$
  select coalesce(json_agg(json_build_object('location', w.location, 'results', w.results)
    order by w.results desc, w.location), '[]')
  from public.window_refreshes w
  where w.time_window = of_window and w.part = 'current'
$$;

-- What a page reads: a named window up to its refresh, or any other time (time_window is null), whose figures are computed
-- by the same function from the series' own results. since is excluded and until included.
create type internal.reading as (
  time_window text, location text, prompt_version text, since timestamptz, until timestamptz);

-- The reading that a page asks for: [from_at, to_at), at most 31 days, where both are given, else the window; of the place
-- that is asked for, by default the one with most results. Nothing reaches further than the newest refresh of the place
-- does, so that all pages say the same. Where there is none (a place nobody knows, a new database), nothing is read, as of
-- now.
create function internal.reading_of(
  time_window text, at_location text, from_at timestamptz default null, to_at timestamptz default null,
  part text default 'current'
) returns internal.reading
language plpgsql stable as $$
declare
  named constant boolean := from_at is null or to_at is null;
  span constant interval := internal.window_span(time_window);
  reading internal.reading;
begin
  reading.location := coalesce(
    at_location, internal.places(case when named then time_window else '30d' end) -> 0 ->> 'location');
  if named then
    if span is null then
      raise exception 'time_window must be 1h, 24h, 7d or 30d' using errcode = '22023';
    end if;
    select w.prompt_version, w.as_of into reading.prompt_version, reading.until
    from public.window_refreshes w
    where w.time_window = reading_of.time_window and w.part = reading_of.part and w.location = reading.location;
    if not found then
      reading.prompt_version := internal.version_at(now());
      reading.until := now() - case part when 'previous' then span else interval '0' end;
    end if;
    reading.time_window := time_window;
    reading.since := reading.until - span;
  else
    if to_at <= from_at or to_at > from_at + interval '31 days' then
      raise exception 'from_at must be before to_at, by 31 days at most' using errcode = '22023';
    end if;
    reading.since := from_at - interval '1 microsecond';
    reading.until := greatest(reading.since, least(to_at - interval '1 microsecond', (
      select max(w.as_of) from public.window_refreshes w
      where w.location = reading.location and w.part = 'current')));
    reading.prompt_version := internal.version_at(reading.until);
  end if;
  return reading;
end $$;

-- An endpoint as every page, the API and badges tell it: what the catalogue knows of it and the figures of one series and
-- one window. All of it may be null.
create function internal.endpoint_json(
  of_provider text, of_model text, provider_name text, provider_kind text, m public.models, s public.series,
  f public.series_windows, with_trend boolean
) returns json
language sql stable as $$
  select json_build_object(
    'provider', of_provider, 'provider_name', coalesce(provider_name, of_provider), 'kind', provider_kind, 'model', of_model,
    'family', (m).family, 'identity', (m).identity, 'active', coalesce((m).active, false),
    'reasoning', coalesce((m).reasoning, false), 'retired_at', (m).retired_at, 'successor', (m).successor,
    'simulated', coalesce((s).simulated, false), 'figures', coalesce((f).figures, internal.figures_json(null)),
    'trend', case when with_trend then coalesce((f).trend, '[]'::json) else '[]'::json end)
$$;

-- The newest run that pages name, with what came of it, and how many endpoints it skipped for which reason.
create function internal.last_run() returns json
language sql stable as $$
  select json_build_object(
    'id', r.id, 'run_name', r.run_name, 'triggered_by', r.triggered_by, 'started_at', r.started_at,
    'finished_at', r.finished_at, 'location', r.location, 'note', r.note, 'targets', r.targets,
    'skipped', (
      select coalesce(json_agg(k order by k.count desc, k.reason), '[]')
      from (
        select left(coalesce(s ->> 'reason', 'unknown'), 100) as reason, count(*) as count
        from jsonb_array_elements(r.skipped) s group by 1) k),
    'results', (select count(*) from public.benchmark_results b where b.run_id = r.id and not b.confirmation))
  from public.runs r
  where r.started_at <= now()
  order by r.started_at desc
  limit 1
$$;

create function internal.newest_result_at() returns timestamptz
language sql stable as $$
  select r.created_at from public.benchmark_results r where r.created_at <= now() order by r.created_at desc limit 1
$$;

-- All endpoints over a window. endpoints_only: without providers and trends, for who shows neither.
create function public.dashboard_endpoints(
  time_window text default '24h', at_location text default null, endpoints_only boolean default false
) returns json
language plpgsql stable security invoker set search_path = ''
-- PostgREST applies this to the whole request (db-hoisted-tx-settings).
set statement_timeout = '3s' as $$
declare
  reading constant internal.reading := internal.reading_of(time_window, at_location);
begin
  return json_build_object(
    'as_of', reading.until, 'read_at', now(), 'since', reading.since,
    'window', time_window, 'step_s', extract(epoch from internal.step_of(internal.window_span(time_window))),
    'prompt_version', nullif(reading.prompt_version, ''),
    'location', reading.location, 'locations', internal.places(reading.time_window),
    'newest_result_at', internal.newest_result_at(),
    'last_run', internal.last_run(),
    'endpoints', (
      with measured as materialized (
        select s.provider, s.model, s, w as figures
        from internal.shown_series(reading.location, reading.prompt_version) s
        join public.series_windows w
          on w.series_id = s.id and w.time_window = reading.time_window and w.part = 'current'
      ),
      -- What is measured, and retired models that name a successor, are listed without results too.
      listed as (
        select m.provider, m.model from measured m
        union
        select p.slug, m.name
        from public.models m
        join public.providers p on p.id = m.provider_id
        where m.active or (m.retired_at is not null and m.successor is not null))
      select coalesce(json_agg(
        internal.endpoint_json(l.provider, l.model, p.name, p.kind, m, x.s, x.figures, not endpoints_only)
        order by l.provider, l.model), '[]')
      from listed l
      left join measured x on x.provider = l.provider and x.model = l.model
      left join public.providers p on p.slug = l.provider
      left join public.models m on m.provider_id = p.id and m.name = l.model),
    'providers', (
      select coalesce(json_agg(json_build_object(
        'provider', f.provider, 'provider_name', coalesce(p.name, f.provider), 'kind', p.kind, 'simulated', f.simulated,
        'attempts', f.attempts, 'successes', f.successes,
        'uptime', f.successes::float8 / nullif(f.successes + f.provider_failures, 0),
        'ttft', json_build_object('n', f.ttft_n, 'mean', f.ttft_mean),
        'stability', json_build_object('n', f.latency_n, 'latency_stddev', f.latency_stddev),
        'value', json_build_object('n', f.value_n, 'tps', f.tps_p50, 'cost', f.value_cost, 'tokens', f.value_tokens)
      ) order by f.provider), '[]')
      from public.provider_windows f
      left join public.providers p on p.slug = f.provider
      where f.time_window = reading.time_window and f.location = reading.location and not endpoints_only),
    -- What any window is judged beside: TTFT in the newest hour and over seven days, and list prices per million tokens:
    -- [provider, model, ttft_p50 and n of the hour, ttft_p50 and n of the week, input price, output price].
    'beside', (
      select coalesce(json_agg(json_build_array(
        s.provider, s.model, hour.ttft_p50, coalesce(hour.ttft_n, 0), week.ttft_p50, coalesce(week.ttft_n, 0),
        price.input_price_per_m, price.output_price_per_m)), '[]')
      from internal.shown_series(reading.location, reading.prompt_version) s
      left join public.series_windows hour
        on hour.series_id = s.id and hour.time_window = '1h' and hour.part = 'current'
      left join public.series_windows week
        on week.series_id = s.id and week.time_window = '7d' and week.part = 'current'
      left join public.providers p on p.slug = s.provider
      left join public.models m on m.provider_id = p.id and m.name = s.model
      left join lateral internal.newest_price(m.id) price on true
      where not endpoints_only));
end $$;

-- The window of the same length before the current one, at the same place, with as much as it takes to say what
-- moved: {as_of, prompt_version, location, endpoints: [{provider, model, simulated, ttft, tps, trend}]}. Null for the
-- 1 h window, which holds too few results to compare.
create function public.dashboard_previous(time_window text default '24h', at_location text default null) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
declare
  reading constant internal.reading := internal.reading_of(time_window, at_location, part => 'previous');
begin
  if time_window = '1h' then
    return null;
  end if;
  return json_build_object(
    'as_of', reading.until, 'prompt_version', nullif(reading.prompt_version, ''), 'location', reading.location,
    'endpoints', (
      select coalesce(json_agg(json_build_object(
        'provider', s.provider, 'model', s.model, 'simulated', s.simulated,
        'ttft', f.ttft_p50, 'tps', f.tps_p50, 'trend', coalesce(f.trend, '[]')) order by s.provider, s.model), '[]')
      from internal.shown_series(reading.location, reading.prompt_version) s
      join public.series_windows f on f.series_id = s.id and f.time_window = reading.time_window and f.part = 'previous'));
end $$;

-- ---- 20261128000600_status.sql

-- Uptime by UTC day for 30 days (today included), incidents, and the engine's own health: all of it read from stored facts.

-- Takes what the watch decided, all of it or nothing; the same again changes nothing:
-- {location, states: [{provider, model, simulated, state, since, reason, measured_at}],
--  incidents: [{id, provider, simulated, kind, opened_at, closed_at, endpoints, revision}]}.
create function public.engine_write_watch(change jsonb) returns void
language plpgsql volatile security invoker set search_path = '' as $$
declare
  here constant text := change ->> 'location';
begin
  insert into public.endpoint_state_changes (provider, model, location, simulated, since, state, reason)
  select s.provider, s.model, here, s.simulated, s.since, s.state, s.reason
  from jsonb_populate_recordset(null::public.endpoint_states, change -> 'states') s
  on conflict do nothing;
  insert into public.endpoint_states (provider, model, location, simulated, state, since, reason, measured_at)
  select s.provider, s.model, here, s.simulated, s.state, s.since, s.reason, s.measured_at
  from jsonb_populate_recordset(null::public.endpoint_states, change -> 'states') s
  on conflict (provider, model, location, simulated) do update
    set state = excluded.state, since = excluded.since, reason = excluded.reason, measured_at = excluded.measured_at;

  insert into public.incidents (id, provider, location, simulated, kind, opened_at, closed_at, endpoints, revision)
  select i.id, i.provider, here, i.simulated, i.kind, i.opened_at, i.closed_at, i.endpoints, i.revision
  from jsonb_populate_recordset(null::public.incidents, change -> 'incidents') i
  on conflict (id) do update
    set opened_at = excluded.opened_at, closed_at = excluded.closed_at, endpoints = excluded.endpoints,
      revision = excluded.revision
    where incidents.revision <= excluded.revision;
  perform internal.yield_to_watch(i.provider, array_agg(i.id))
  from jsonb_populate_recordset(null::public.incidents, change -> 'incidents') i
  group by i.provider;
end $$;

-- How each endpoint that is shown is now, from one place: as the watch decided, 'unknown' where nothing was learned of it
-- for twice the schedule. Where the watch is silent and results go on (a terminal's, another tool's), what is stored of
-- them says it.
create function public.endpoint_health(
  at_location text, as_of timestamptz default now(), of_provider text default null, of_model text default null,
  of_series integer[] default null
)
returns table (
  provider text, model text, simulated boolean, state text, since timestamptz, reason text, measured_at timestamptz
)
language sql stable security invoker set search_path = '' as $$
  with shown as (
    select s.provider, s.model, s.simulated, array_agg(s.id) as ids
    from public.series s
    where s.shown and s.workload = 'standard' and s.upstream is null and s.location = at_location
      and (of_provider is null or s.provider = of_provider) and (of_model is null or s.model = of_model)
      and (of_series is null or s.id = any (of_series))
    group by 1, 2, 3
  ), known as (
    select h.provider, h.model, h.simulated, n.created_at as newest_at, n.success, t.state, t.since, t.reason, t.measured_at
    from shown h
    left join public.endpoint_states t
      on t.provider = h.provider and t.model = h.model and t.simulated = h.simulated and t.location = at_location
    left join lateral (
      select l.created_at, l.success
      from unnest(h.ids) as i(id)
      cross join lateral (
        select r.created_at, r.success from public.benchmark_results r
        where r.series_id = i.id and (r.success or r.failure_owner = 'provider')
          and r.created_at > as_of - interval '30 days' and r.created_at <= as_of
        order by r.created_at desc limit 1
      ) l
      order by l.created_at desc limit 1
    ) n on true
  )
  select k.provider, k.model, k.simulated, v.state, v.since, v.reason, greatest(k.measured_at, k.newest_at)
  from known k
  left join lateral (
    select i.opened_at, e ->> 'reason' as reason
    from public.incidents i
    cross join jsonb_array_elements(i.endpoints) e
    where not k.success and i.provider = k.provider and i.closed_at is null and i.kind = 'outage'
      and i.location = at_location and i.simulated = k.simulated
      and e ->> 'model' = k.model and e ->> 'until' is null
    order by i.opened_at limit 1
  ) o on true
  cross join lateral (
    select 1, 'unknown', greatest(k.measured_at, k.newest_at), 'Nothing was measured for twice the schedule'
    where coalesce(greatest(k.measured_at, k.newest_at), '-infinity') < as_of - interval '30 minutes'
    union all
    select 2, k.state, k.since, k.reason where k.measured_at >= as_of - interval '30 minutes'
    union all
    select 3, 'down', o.opened_at, o.reason where o.opened_at is not null
    union all
    select 4, 'up', null, 'The last request succeeded'
    -- The first that holds.
    order by 1 limit 1
  ) v (rank, state, since, reason)
$$;

-- How endpoints are now, all, a provider's or one, from one place (by default the one with most results in 24 h): {as_of,
-- location, states: [{provider, model, simulated, state, since, reason, measured_at}]}.
create function public.current_states(
  at_location text default null, as_of timestamptz default now(), of_provider text default null, of_model text default null
) returns json
language sql stable security invoker set search_path = '' set statement_timeout = '3s' set timezone = 'UTC' as $$
  select json_build_object('as_of', as_of, 'location', p.location, 'states', (
    select coalesce(json_agg(h order by h.provider, h.model, h.simulated), '[]')
    from public.endpoint_health(p.location, as_of, of_provider, of_model) h))
  from (select coalesce(at_location, internal.places('24h') -> 0 ->> 'location') as location) p
$$;

-- Incidents, newest first: [{id, provider, provider_name, location, simulated, kind, opened_at, closed_at, ongoing,
-- measured_at, endpoints}]. Where nothing was measured for a day, nobody knows whether one that has no end still goes on:
-- measured_at, its endpoints' newest request, says how long it lasted at least. `is_open` asks for those that are ongoing,
-- or for the others; filters that are null do not filter.
create function public.api_incidents(
  of_incident uuid default null, of_provider text default null, of_kind text default null,
  of_location text default null, is_open boolean default null, since timestamptz default null,
  before_at timestamptz default null, before_id uuid default null, at_most integer default 50,
  as_of timestamptz default now()
) returns json
language sql stable security invoker set search_path = '' set statement_timeout = '3s' set timezone = 'UTC' as $$
  select coalesce(json_agg(row_to_json(e) order by e.opened_at desc, e.id desc), '[]'::json)
  from (
    select i.id, i.provider, coalesce(p.name, i.provider) as provider_name, i.location, i.simulated, i.kind, i.opened_at,
      i.closed_at, m.ongoing, m.measured_at, i.endpoints
    from public.incidents i
    left join public.providers p on p.slug = i.provider
    cross join lateral (
      -- A case, so that nothing is sought for those that have ended.
      select case when i.closed_at is null then greatest(
        (
          select max(t.measured_at) from public.endpoint_states t
          where t.provider = i.provider and t.location = i.location and t.simulated = i.simulated
            and i.endpoints @> jsonb_build_array(jsonb_build_object('model', t.model))),
        (select max(r.created_at) from public.benchmark_results r where r.series_id = i.series_id), i.opened_at) end as at
    ) n
    cross join lateral (
      select n.at as measured_at, coalesce(n.at >= as_of - interval '24 hours', false) as ongoing) m
    where (of_incident is null or i.id = of_incident)
      and (of_provider is null or i.provider = of_provider)
      and (of_kind is null or i.kind = of_kind)
      and (of_location is null or i.location = of_location)
      and (is_open is null or m.ongoing = is_open)
      and (api_incidents.since is null or coalesce(i.closed_at, m.measured_at) >= api_incidents.since)
      and (before_at is null or (i.opened_at, i.id) < (before_at, coalesce(before_id, '00000000-0000-0000-0000-000000000000')))
      and (i.series_id is null or exists (select 1 from public.series s where s.id = i.series_id and s.shown))
    order by i.opened_at desc, i.id desc
    limit least(greatest(at_most, 0), 501)
  ) e
$$;

-- What the status page reads: states as in endpoint_health, incidents of the 30 days as in api_incidents.
create function public.dashboard_status(at_location text default null, as_of timestamptz default now()) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
declare
  last_day constant date := (as_of at time zone 'UTC')::date;
  first_day constant date := last_day - 29;
  version constant text := internal.version_at(as_of);
  places constant json := internal.places('30d');
  place constant text := coalesce(at_location, places -> 0 ->> 'location');
begin
  return json_build_object(
    'as_of', as_of, 'first_day', first_day, 'last_day', last_day, 'location', place, 'locations', places,
    'newest_result_at', internal.newest_result_at(),
    'endpoints', (
      with figures as materialized (
        select s.provider, s.model, s.simulated,
          sum(d.attempts) as attempts, sum(d.successes) as successes, sum(d.provider_failures) as provider_failures,
          max(d.newest_at) as newest_at,
          json_agg(json_build_array(d.day - first_day, d.successes, d.provider_failures, d.attempts) order by d.day) as days
        from internal.shown_series(place, version) s
        join public.series_days d on d.series_id = s.id and d.day between first_day and last_day
        group by s.provider, s.model, s.simulated
      ),
      listed as (
        select f.provider, f.model from figures f
        union
        select p.slug, m.name from public.models m join public.providers p on p.id = m.provider_id where m.active)
      select coalesce(json_agg(json_build_object(
        'provider', l.provider, 'provider_name', coalesce(p.name, l.provider), 'kind', p.kind, 'model', l.model,
        'active', coalesce(m.active, false), 'retired_at', m.retired_at, 'successor', m.successor,
        'simulated', coalesce(f.simulated, false), 'attempts', coalesce(f.attempts, 0),
        'successes', coalesce(f.successes, 0), 'provider_failures', coalesce(f.provider_failures, 0),
        'newest_at', f.newest_at, 'days', coalesce(f.days, '[]')) order by l.provider, l.model), '[]')
      from listed l
      left join figures f on f.provider = l.provider and f.model = l.model
      left join public.providers p on p.slug = l.provider
      left join public.models m on m.provider_id = p.id and m.name = l.model),
    'states', (
      select coalesce(json_agg(h order by h.provider, h.model), '[]') from public.endpoint_health(place, as_of) h),
    'incidents', public.api_incidents(
      of_location => place, since => first_day::timestamp at time zone 'UTC', at_most => 500, as_of => as_of),
    'last_run', internal.last_run(),
    'runs_24h', (
      select json_build_object(
        'started', count(*), 'finished', count(*) filter (where r.finished_at is not null),
        'over_budget', count(*) filter (where r.skipped @> '[{"reason": "budget"}]'))
      from public.runs r
      where r.started_at > as_of - interval '24 hours' and r.started_at <= as_of));
end $$;

-- What a watch that remembers nothing begins with (a new coordinator, a first start beside a history), of each endpoint at
-- a place, oldest first: its newest successes as [epoch ms, ttft, total latency, tps], and its newest requests of any
-- outcome that says something of it; and the incidents that are open.
create function public.engine_watch_memory(at_location text, since timestamptz) returns json
language sql stable security invoker set search_path = '' as $$
  with watched as materialized (
    select s.provider, s.model, s.simulated, array_agg(s.id) as ids
    from public.series s
    where s.shown and s.workload = 'standard' and s.upstream is null and s.location = at_location
    group by 1, 2, 3
  )
  select json_build_object(
    'endpoints', (
      select coalesce(json_agg(json_build_object(
        'provider', w.provider, 'model', w.model, 'simulated', w.simulated, 'past', coalesce(p.past, '[]'),
        'recent', n.recent)), '[]')
      from watched w
      cross join lateral (
        select json_agg(json_build_array(
          round(extract(epoch from r.created_at) * 1000), round(r.ttft_ms::numeric, 1),
          round(r.total_latency_ms::numeric, 1), round(r.tps::numeric, 1)) order by r.created_at) as past
        from public.benchmark_results r
        where r.series_id = any (w.ids) and r.created_at >= engine_watch_memory.since and r.success and not r.confirmation
      ) p
      cross join lateral (
        select json_agg(r order by r.created_at) as recent
        from (
          select l.*
          from unnest(w.ids) as i (id)
          cross join lateral (
            select k.id, k.created_at, k.success, k.error_kind, k.status_code, k.confirmation, k.ttft_ms, k.total_latency_ms,
              k.tps
            from public.benchmark_results k
            where k.series_id = i.id and k.created_at >= engine_watch_memory.since
              and (k.success or k.failure_owner = 'provider')
            order by k.created_at desc limit 24
          ) l
          order by l.created_at desc limit 24
        ) r
      ) n
      where n.recent is not null),
    'incidents', (
      select coalesce(json_agg(o), '[]')
      from (
        select i.id, i.provider, i.simulated, i.kind, i.opened_at, i.endpoints, i.revision from public.incidents i
        where i.location = at_location and i.closed_at is null and i.series_id is null
      ) o))
$$;

-- ---- 20261128000700_pages.sql

-- What the pages of an endpoint, of runs and of prices read: one JSON value each.

-- The shortest round step (1, 2, 2.5 or 5 times a power of ten) of which `steps` cover a range.
create function internal.round_step(of_range double precision, steps integer) returns double precision
language sql immutable parallel safe
return case when of_range > 0 then (
  select min(factor * power)
  from unnest(array[1, 2, 2.5, 5, 10]::double precision[]) as factor,
    (select 10 ^ floor(log((of_range / steps)::numeric))::double precision as power) whole
  where factor * power >= of_range / steps * (1 - 1e-9)
) else 1 end;

-- Counts of values in steps of a round width: {n, step, bins: [[start of the bin, count], ...], above, above_n}.
-- What lies beyond the 99th percentile's bin is counted in one number, so that one slow answer does not squeeze the rest.
create function internal.value_bins(of_values double precision[]) returns json
language sql immutable parallel safe as $$
  with known as (
    select v from unnest(of_values) as v where v is not null
  ), bounds as (
    select count(*) as n, min(v) as low, percentile_cont(0.99) within group (order by v) as high from known
  ), width as (
    select n, high, internal.round_step(greatest(high - low, high / 50), 20) as step from bounds
  ), placed as (
    select floor(v / step) as bin, floor(high / step) as last, step from known, width
  )
  select json_build_object(
    'n', w.n,
    'step', w.step,
    'bins', (
      select coalesce(json_agg(json_build_array(b.bin * w.step, b.n) order by b.bin), '[]')
      from (select p.bin, count(*) as n from placed p where p.bin <= p.last group by p.bin) b),
    'above', (floor(w.high / w.step) + 1) * w.step,
    'above_n', (select count(*) from placed p where p.bin > p.last)
  )
  from width w
$$;

-- One endpoint's figures, as in endpoint_json. Of an endpoint that nobody knows all of them are empty.
create function internal.endpoint_entry(
  of_provider text, of_model text, reading internal.reading, with_trend boolean
) returns json
language sql stable as $$
  select internal.endpoint_json(of_provider, of_model, p.name, p.kind, m, s, w, with_trend)
  from (select 1) one
  left join public.providers p on p.slug = of_provider
  left join public.models m on m.provider_id = p.id and m.name = of_model
  left join lateral (
    select k.* from public.series k
    where k.provider = of_provider and k.model = of_model and k.location = (reading).location
      and k.prompt_version = (reading).prompt_version and k.workload = 'standard' and k.shown
    order by k.upstream nulls first limit 1
  ) s on true
  left join lateral (
    select r.* from public.series_windows r
    where r.series_id = s.id and r.time_window = (reading).time_window and r.part = 'current'
    union all
    select f.* from internal.series_figures(s.id, 'span', 'current', (reading).since, (reading).until) f
    where (reading).time_window is null
  ) w on true
$$;

-- One endpoint's figures alone, for a badge: {as_of, endpoint}.
create function public.endpoint_figures(
  of_provider text, of_model text, time_window text default '24h', at_location text default null
) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
declare
  reading constant internal.reading := internal.reading_of(time_window, at_location);
begin
  return json_build_object(
    'as_of', reading.until, 'endpoint', internal.endpoint_entry(of_provider, of_model, reading, false));
end $$;

-- A series over time: what stands in each of the trend's buckets, as [n, median, slow end, mean time of the samples (epoch,
-- ms)]. The slow end of times is the 95th percentile, of rates the 5th; 19 in 20 answers were faster.
create function internal.series_buckets(of_series integer, since timestamptz, until timestamptz, step interval)
returns json
language sql stable as $$
  select coalesce(json_agg(json_build_object(
    'at', b.at, 'attempts', b.attempts, 'provider_failures', b.provider_failures,
    'ttft', json_build_array(b.ttft_n, b.ttft_p50, case when b.ttft_n >= 20 then b.ttft_p95 end, round(b.ttft_at)),
    'tps', json_build_array(b.tps_n, b.tps_p50, case when b.tps_n >= 20 then b.tps_p05 end, round(b.tps_at)),
    'latency', json_build_array(
      b.latency_n, b.latency_p50, case when b.latency_n >= 20 then b.latency_p95 end, round(b.latency_at))
  ) order by b.at), '[]')
  from (
    select
      date_bin(step, r.created_at, timestamptz '2000-01-01 00:00:00+00') as at,
      count(*) filter (where r.failure_owner is distinct from 'probe') as attempts,
      count(*) filter (where r.failure_owner = 'provider') as provider_failures,
      count(r.ttft_ms) filter (where r.success) as ttft_n,
      avg(extract(epoch from r.created_at) * 1000) filter (where r.success and r.ttft_ms is not null) as ttft_at,
      percentile_cont(0.5) within group (order by r.ttft_ms) filter (where r.success) as ttft_p50,
      percentile_cont(0.95) within group (order by r.ttft_ms) filter (where r.success) as ttft_p95,
      count(r.tps) filter (where r.success) as tps_n,
      avg(extract(epoch from r.created_at) * 1000) filter (where r.success and r.tps is not null) as tps_at,
      percentile_cont(0.5) within group (order by r.tps) filter (where r.success) as tps_p50,
      percentile_cont(0.05) within group (order by r.tps) filter (where r.success) as tps_p05,
      count(*) filter (where r.success) as latency_n,
      avg(extract(epoch from r.created_at) * 1000) filter (where r.success) as latency_at,
      percentile_cont(0.5) within group (order by r.total_latency_ms) filter (where r.success) as latency_p50,
      percentile_cont(0.95) within group (order by r.total_latency_ms) filter (where r.success) as latency_p95
    from public.counted_results r
    where r.series_id = of_series and r.created_at > since and r.created_at <= until
    group by 1
  ) b
$$;

-- Failures of some series by kind and owner, most first, each with the newest one and its message.
create function internal.series_failures(of_series integer[], since timestamptz, until timestamptz) returns json
language sql stable as $$
  select coalesce(json_agg(to_jsonb(k) || jsonb_build_object('message', left(b.error_message, 300), 'run_id', b.run_id)
    order by k.n desc, k.kind, k.owner), '[]')
  from (
    select coalesce(r.error_kind, 'status ' || r.status_code, 'unknown') as kind, r.failure_owner as owner,
      count(*) as n, coalesce(array_agg(distinct r.status_code) filter (where r.status_code is not null), '{}') as statuses,
      max(r.created_at) as newest_at, (array_agg(r.id order by r.created_at desc, r.id))[1] as newest_id
    from public.counted_results r
    where r.series_id = any (of_series) and not r.success and r.created_at > since and r.created_at <= until
    group by 1, 2
  ) k
  join public.benchmark_results b on b.id = k.newest_id
$$;

-- Requests of a series (since excluded, until included), by which: 'newest' ten of them, the newest fifty that 'failed', or
-- the twenty with the 'slowest' TTFT, slowest first.
create function internal.series_requests(of_series integer, since timestamptz, until timestamptz, which text) returns json
language sql stable as $$
  select coalesce(json_agg(b order by case when which = 'slowest' then b.ttft_ms end desc, b.at desc, b.id), '[]')
  from (
    (
      select n.id from public.benchmark_results n
      where which = 'newest' and n.series_id = of_series and n.created_at > since and n.created_at <= until
      order by n.created_at desc limit 10
    ) union all (
      select f.id from public.benchmark_results f
      where which = 'failed' and f.series_id = of_series and not f.success and f.created_at > since and f.created_at <= until
      order by f.created_at desc limit 50
    ) union all (
      select c.id from public.counted_results c
      where which = 'slowest' and c.series_id = of_series and c.success and c.ttft_ms is not null
        and c.created_at > since and c.created_at <= until
      order by c.ttft_ms desc, c.created_at desc limit 20
    )
  ) i
  cross join lateral (
    select r.id, r.run_id, r.created_at as at, r.success, r.error_kind, r.failure_owner as owner, r.status_code,
      r.error_message, left(r.response_text, 1200) as text, length(r.response_text) as text_length, r.ttft_ms, r.tps,
      r.total_latency_ms, r.input_tokens, r.output_tokens, r.finish_reason, r.upstream, r.simulated, r.confirmation
    from public.benchmark_results r
    where r.id = i.id
  ) b
$$;

-- The same model at other providers: by its identity, where it has none by its name. Each with its figures.
create function internal.same_elsewhere(of_model public.models, named text, reading internal.reading) returns json
language sql stable as $$
  select coalesce(json_agg(json_build_object(
    'endpoint', internal.endpoint_entry(o.slug, o.name, reading, false), 'quantization', o.quantization, 'price', (
      select json_build_object('input', p.input_price_per_m, 'output', p.output_price_per_m)
      from internal.newest_price(o.id) p
    )) order by o.active desc, o.kind, o.slug, o.name), '[]')
  from (
    select m.id, m.name, m.active, m.quantization, p.slug, p.kind
    from public.models m
    join public.providers p on p.id = m.provider_id
    where (m.identity = (of_model).identity or ((of_model).identity is null and m.name = named))
      and m.id is distinct from (of_model).id and (m.available or m.active)
    order by m.active desc, p.kind, p.slug, m.name
    limit 12
  ) o
$$;

-- One endpoint (provider + model) over a window, or over [from_at, to_at). requests: as in internal.series_requests. Null
-- where neither the catalogue nor any result knows it.
create function public.model_page(
  of_provider text, of_model text, time_window text default '24h', at_location text default null,
  from_at timestamptz default null, to_at timestamptz default null, requests text default 'newest'
) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
declare
  reading constant internal.reading := internal.reading_of(time_window, at_location, from_at, to_at);
  since constant timestamptz := reading.since;
  step constant interval := internal.step_of(reading.until - since);
  m public.models;
  series integer;
begin
  select k.* into m from public.models k join public.providers p on p.id = k.provider_id
  where p.slug = of_provider and k.name = of_model;
  if m.id is null and not exists (
    select 1 from public.series s where s.provider = of_provider and s.model = of_model
  ) then
    return null;
  end if;
  select s.id into series from internal.shown_series(reading.location, reading.prompt_version) s
  where s.provider = of_provider and s.model = of_model;

  return json_build_object(
    'as_of', reading.until, 'read_at', now(), 'since', since, 'step_s', extract(epoch from step),
    'location', reading.location, 'locations', internal.places(coalesce(reading.time_window, '30d')),
    'newest_result_at', internal.newest_result_at(),
    'endpoint', internal.endpoint_entry(of_provider, of_model, reading, true),
    'facts', case when m.id is not null then json_build_object(
      'available', m.available, 'context_window', m.context_window, 'identity', m.identity, 'family', m.family,
      'quantization', m.quantization, 'known_since', m.created_at, 'last_seen_at', m.last_seen_at,
      'retires_at', m.retires_at, 'successor_known', exists (
        select 1 from public.models n where n.provider_id = m.provider_id and n.name = m.successor)
    ) end,
    'buckets', internal.series_buckets(series, since, reading.until, step),
    -- A short time holds few enough answers to show each of them.
    'answers', case when step <= interval '1 hour' then (
      select coalesce(json_agg(json_build_array(
        floor(extract(epoch from a.created_at) * 1000), a.ttft_ms, a.tps, a.total_latency_ms) order by a.created_at), '[]')
      from (
        select r.created_at, r.ttft_ms, r.tps, r.total_latency_ms from public.counted_results r
        where r.series_id = series and r.success and r.created_at > since and r.created_at <= reading.until
        order by r.created_at desc limit 300
      ) a
    ) else '[]' end,
    'distributions', (
      select json_build_object(
        'ttft', internal.value_bins(array_agg(r.ttft_ms)),
        'tps', internal.value_bins(array_agg(r.tps)),
        'latency', internal.value_bins(array_agg(r.total_latency_ms)))
      from public.counted_results r
      where r.series_id = series and r.success and r.created_at > since and r.created_at <= reading.until),
    'failures', internal.series_failures(array[series], since, reading.until),
    'prices', (
      select coalesce(json_agg(json_build_object(
        'at', h.timestamp, 'input', h.input_price_per_m, 'output', h.output_price_per_m,
        'cached_input', h.cached_input_price_per_m, 'source', h.source) order by h.timestamp desc, h.id desc), '[]')
      from (
        select * from public.prices p where p.model_id = m.id order by p.timestamp desc, p.id desc limit 50
      ) h),
    'newest_at', (select max(r.created_at) from public.benchmark_results r where r.series_id = series),
    'results', case when requests = 'newest' and reading.time_window is not null
      then internal.series_requests(series, '-infinity', 'infinity', requests)
      else internal.series_requests(series, since, reading.until, requests) end,
    'elsewhere', internal.same_elsewhere(m, of_model, reading));
end $$;

-- What shows that an endpoint is down or degraded since a moment: its figures of the 7 days before as `usual` and since then
-- as `now`, and its newest requests since then, confirmations among them.
create function public.endpoint_evidence(
  of_provider text, of_model text, began_at timestamptz, at_location text default null
) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
declare
  reading constant internal.reading := internal.reading_of('24h', at_location);
  before constant timestamptz := began_at - interval '1 microsecond';
  series constant integer := (
    select s.id from internal.shown_series(reading.location, reading.prompt_version) s
    where s.provider = of_provider and s.model = of_model);
begin
  return (
    select json_build_object(
      'usual', u.figures, 'now', n.figures, 'requests', (
        select coalesce(json_agg(q order by q.at desc, q.id), '[]')
        from (
          select r.id, r.run_id, r.created_at as at, r.success, r.error_kind, r.failure_owner as owner, r.status_code,
            r.ttft_ms, r.tps, r.total_latency_ms, r.confirmation
          from public.benchmark_results r
          where r.series_id = series and r.created_at > before
          order by r.created_at desc limit 8
        ) q))
    from internal.series_figures(series, 'span', 'usual', before - interval '7 days', before) u
    cross join internal.series_figures(series, 'span', 'now', before, now()) n);
end $$;

-- One model at all its providers (an identity), those measured first. At most a hundred; `total` says how many there are.
-- Null where no model has that identity.
create function public.identity_page(
  of_identity text, time_window text default '24h', at_location text default null,
  from_at timestamptz default null, to_at timestamptz default null
) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
declare
  reading constant internal.reading := internal.reading_of(time_window, at_location, from_at, to_at);
  total constant bigint := (select count(*) from public.models m where m.identity = of_identity);
begin
  if total = 0 then
    return null;
  end if;
  return json_build_object(
    'as_of', reading.until, 'read_at', now(), 'since', reading.since,
    'step_s', extract(epoch from internal.step_of(reading.until - reading.since)),
    'location', reading.location, 'locations', internal.places(coalesce(reading.time_window, '30d')),
    'newest_result_at', internal.newest_result_at(), 'identity', of_identity, 'total', total,
    'family', (select max(m.family) from public.models m where m.identity = of_identity),
    'endpoints', (
      select json_agg(json_build_object(
        'endpoint', internal.endpoint_entry(o.slug, o.name, reading, true), 'quantization', o.quantization,
        'context_window', o.context_window, 'available', o.available, 'price', (
          select json_build_object(
            'input', p.input_price_per_m, 'output', p.output_price_per_m, 'cached', p.cached_input_price_per_m)
          from internal.newest_price(o.id) p)
        ) order by o.active desc, o.available desc, o.slug, o.name)
      from (
        select m.id, m.name, m.active, m.available, m.quantization, m.context_window, p.slug
        from public.models m
        join public.providers p on p.id = m.provider_id
        where m.identity = of_identity
        order by m.active desc, m.available desc, p.slug, m.name
        limit 100
      ) o),
    'changes', (
      select coalesce(json_agg(c order by c.at desc, c.provider, c.model, c.kind), '[]')
      from (
        select e.at, e.kind, p.slug as provider, p.name as provider_name, e.model, e.before, e.after
        from public.models m
        join public.catalog_events e on e.model_id = m.id
        join public.providers p on p.id = m.provider_id
        where m.identity = of_identity
        order by e.at desc
        limit 30
      ) c));
end $$;

-- One provider over a window: what is known of it, its endpoints (those that are measured, or were in the window), and its
-- failures by kind. Null where nobody knows it.
create function public.provider_page(
  of_provider text, time_window text default '24h', at_location text default null
) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
declare
  reading constant internal.reading := internal.reading_of(time_window, at_location);
  p record;
  series constant integer[] := array(
    select s.id from internal.shown_series(reading.location, reading.prompt_version) s where s.provider = of_provider);
begin
  select k.id, k.name, k.kind, k.status_url into p from public.providers k where k.slug = of_provider;
  if p.id is null and not exists (select 1 from public.series s where s.provider = of_provider) then
    return null;
  end if;
  return json_build_object(
    'as_of', reading.until, 'read_at', now(), 'since', reading.since,
    'step_s', extract(epoch from internal.step_of(reading.until - reading.since)),
    'location', reading.location, 'locations', internal.places(time_window),
    'newest_result_at', internal.newest_result_at(),
    'provider', of_provider, 'name', coalesce(p.name, of_provider), 'kind', p.kind, 'status_url', p.status_url,
    'models', (select count(*) from public.models m where m.provider_id = p.id and m.available),
    'endpoints', (
      select coalesce(json_agg(json_build_object(
        'endpoint', internal.endpoint_entry(of_provider, l.model, reading, true), 'identity', (
          select m.identity from public.models m where m.provider_id = p.id and m.name = l.model)) order by l.model), '[]')
      from (
        select s.model
        from public.series s
        join public.series_windows w
          on w.series_id = s.id and w.time_window = reading.time_window and w.part = 'current'
        where s.id = any (series)
        union
        select m.name from public.models m where m.provider_id = p.id and m.active
        order by 1 limit 150
      ) l),
    'failures', internal.series_failures(series, reading.since, reading.until));
end $$;

-- Runs, newest first, a page at a time: those before a run or those after it, of all or of [from_at, to_at). Null where that
-- run is not there. More than 10,000 are counted as 10,001.
create function public.dashboard_runs(
  before uuid default null, after uuid default null, page_size integer default 50,
  from_at timestamptz default null, to_at timestamptz default null
) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
declare
  size constant integer := least(greatest(page_size, 1), 200);
  edge_id constant uuid := coalesce(before, after);
  edge_at constant timestamptz := (select r.started_at from public.runs r where r.id = edge_id);
  is_after constant boolean := before is null and after is not null;
  first_at constant timestamptz := coalesce(from_at, '-infinity');
  end_at constant timestamptz := coalesce(to_at, 'infinity');
  ids uuid[];
  more boolean;
begin
  if edge_id is not null and edge_at is null then
    return null;
  end if;
  if is_after then
    ids := array(
      select r.id from public.runs r
      where (r.started_at, r.id) > (edge_at, edge_id) and r.started_at >= first_at and r.started_at < end_at
      order by r.started_at, r.id limit size + 1);
  else
    ids := array(
      select r.id from public.runs r
      where (edge_id is null or (r.started_at, r.id) < (edge_at, edge_id))
        and r.started_at >= first_at and r.started_at < end_at
      order by r.started_at desc, r.id desc limit size + 1);
  end if;
  more := cardinality(ids) > size;
  return (
    select json_build_object(
      'as_of', now(),
      'total', (
        select count(*)
        from (select 1 from public.runs o where o.started_at >= first_at and o.started_at < end_at limit 10001) counted),
      'newer', case when is_after then more else edge_id is not null end, 'older', is_after or more,
      'runs', coalesce(json_agg(json_build_object(
        'id', r.id, 'run_name', r.run_name, 'triggered_by', r.triggered_by, 'started_at', r.started_at,
        'finished_at', r.finished_at, 'location', r.location, 'targets', r.targets, 'note', r.note,
        'skipped', jsonb_array_length(r.skipped), 'over_budget', r.skipped @> '[{"reason": "budget"}]',
        'results', s.results, 'failures', s.failures, 'simulated', s.simulated, 'offline', r.offline
      ) order by r.started_at desc, r.id desc), '[]'))
    from public.runs r
    cross join lateral (
      select count(*) as results, count(*) filter (where not b.success) as failures,
        count(*) filter (where b.simulated) as simulated
      from public.benchmark_results b
      where b.run_id = r.id and not b.confirmation
    ) s
    where r.id = any (ids[1:size]));
end $$;

-- One run with a page of its results in the order they were asked, or one result alone. An unknown run
-- is {"run": null}.
-- Texts are cut to text_limit characters, arrival times thinned to about 600 [place, ms] pairs: the first, the last and
-- evenly spaced ones between them.
create function public.dashboard_run(
  of_run uuid, of_result uuid default null, only_failed boolean default false, page integer default 1,
  page_size integer default 20, text_limit integer default 2000
) returns json
language sql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
  with wanted as materialized (
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
      'note', r.note, 'skipped', r.skipped),
    'previous', (
      select q.id from public.runs q where (q.started_at, q.id) < (r.started_at, r.id)
      order by q.started_at desc, q.id desc limit 1),
    'next', (
      select q.id from public.runs q where (q.started_at, q.id) > (r.started_at, r.id)
      order by q.started_at, q.id limit 1),
    'counts', (
      select json_build_object(
        'results', count(*), 'failures', count(*) filter (where not b.success),
        'simulated', count(*) filter (where b.simulated), 'offline', r.offline,
        'cost_usd', sum(b.cost_usd) filter (where b.cost_source <> 'unknown' or b.cost_usd > 0),
        'cost_unknown', count(*) filter (where b.cost_source = 'unknown' and b.cost_usd = 0 and b.output_tokens > 0))
      from public.benchmark_results b
      where b.run_id = r.id),
    'matching', (select count(*) from wanted),
    'results', (
      select coalesce(json_agg(x order by x.created_at, x.id), '[]')
      from (
        select b.id, b.created_at, s.provider, coalesce(p.name, s.provider) as provider_name, p.kind, s.model, b.simulated,
          b.success, b.status_code, b.error_kind, b.error_message, b.failure_owner as owner, b.confirmation,
          b.total_latency_ms, b.ttfb_ms, b.ttft_ms, b.answer_ttft_ms, b.warmup_ms, b.tps, b.input_tokens, b.output_tokens,
          b.reasoning_tokens, b.cached_tokens, b.tokens_estimated, b.cost_usd, b.cost_source, b.finish_reason, b.answer_ok,
          b.truncated, b.skipped_events, b.upstream, b.location, b.colo, b.prompt_version,
          left(b.response_text, least(greatest(text_limit, 0), 100000)) as text,
          coalesce(length(b.response_text), 0) as text_chars,
          coalesce(cardinality(b.chunk_times_ms), 0) as arrivals,
          (
            select json_agg(json_build_array(u.place, u.ms) order by u.place)
            -- Counted here: to ask the array itself for each arrival unpacks it each time.
            from (
              select a.ms, a.place, count(*) over () as n from unnest(b.chunk_times_ms) with ordinality as a(ms, place)
            ) u
            where u.place = 1 or u.place = u.n or u.place % greatest(u.n / 600, 1) = 0
          ) as times
        from paged g
        join public.benchmark_results b on b.id = g.id
        join public.series s on s.id = b.series_id
        left join public.providers p on p.slug = s.provider
      ) x)
  )
  from public.runs r
  where r.id = of_run), '{"run": null}'::json)
$$;

-- The newest price of every model, what it was before, and what waits for a person. With measured_only: models that
-- are measured in every run.
create function public.dashboard_prices(measured_only boolean default true) returns json
language sql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
  with listed as materialized (
    select m.*, p.slug, p.name as provider_name, p.kind
    from public.models m
    join public.providers p on p.id = m.provider_id
    where m.active or not measured_only
  ),
  ordered as materialized (
    select x.model_id, x.input_price_per_m, x.output_price_per_m, x.cached_input_price_per_m, x.timestamp, x.source,
      row_number() over w as place, lead(x.timestamp) over w as before_at, lead(x.input_price_per_m) over w as input_before,
      lead(x.output_price_per_m) over w as output_before, lead(x.cached_input_price_per_m) over w as cached_before
    from public.prices x
    window w as (partition by x.model_id order by x.timestamp desc, x.id desc)
  ),
  history as (
    select o.model_id, count(*) as prices,
      json_agg(json_build_object(
        'input', o.input_price_per_m, 'output', o.output_price_per_m, 'cached', o.cached_input_price_per_m,
        'since', o.timestamp, 'source', o.source) order by o.place) filter (where o.place <= 4) as newest
    from ordered o
    group by o.model_id
  ),
  changes as (
    select l.slug as provider, l.provider_name, l.name as model, o.timestamp as at, o.input_price_per_m as input,
      o.output_price_per_m as output, o.cached_input_price_per_m as cached, o.input_before, o.output_before, o.cached_before,
      o.source
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
      select coalesce(json_agg(json_build_object(
        'provider', l.slug, 'provider_name', l.provider_name, 'kind', l.kind, 'model', l.name, 'active', l.active,
        'available', l.available, 'retired_at', l.retired_at, 'successor', l.successor, 'prices', coalesce(h.prices, 0),
        'history', coalesce(h.newest, '[]'::json), 'held', l.held_price) order by l.slug, l.name), '[]')
      from listed l
      left join history h on h.model_id = l.id),
    'changes', (select coalesce(json_agg(c order by c.at desc, c.provider, c.model), '[]') from changes c))
$$;

-- Which upstreams served a proxied model that it routed by itself, over a time (since excluded,
-- until included): [{upstream, n}], the most first.
create function public.upstream_shares(
  of_provider text, of_model text, since timestamptz, at_location text default null, until timestamptz default 'infinity'
) returns jsonb
language sql stable security invoker set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(u) order by u.n desc, u.upstream), '[]')
  from (
    select r.upstream, count(*) as n
    from public.series s
    join public.benchmark_results r on r.series_id = s.id
    where s.provider = of_provider and s.model = of_model and s.upstream is null and s.workload = 'standard' and s.shown
      and (at_location is null or s.location = at_location)
      and r.created_at > since and r.created_at <= until and r.upstream is not null and not r.confirmation
    group by r.upstream
    order by count(*) desc, r.upstream
    limit 50
  ) u
$$;

-- ---- 20261128000800_comparison.sql

-- What the page that compares endpoints reads. Their figures are those of every page; docs/metrics.md says what the
-- rest means.

-- The endpoint that "provider/model" names, as in the pages' addresses: a slug ends at the first slash; names of providers
-- that nobody knows may hold one, and the first endpoint in order has it. No row where nobody knows the provider.
create function internal.endpoint_of(named text) returns table (provider text, model text, known boolean)
language sql stable as $$
  select e.provider, e.model, e.rank < 3
  from (
    select p.slug as provider, m.name as model, 1 as rank
    from public.providers p join public.models m on m.provider_id = p.id
    where p.slug = split_part(named, '/', 1) and m.name = substr(named, strpos(named, '/') + 1)
    union all
    select s.provider, s.model, 2 from public.series s where s.provider || '/' || s.model = named
    union all
    select p.slug, substr(named, strpos(named, '/') + 1), 3
    from public.providers p where p.slug = split_part(named, '/', 1) and strpos(named, '/') > 0
  ) e
  order by e.rank, e.provider, e.model
  limit 1
$$;

-- Several positive values in one: their geometric mean; equal values exactly, 0 where one of them is 0.
create function internal.one_value(of_values double precision[]) returns double precision
language sql immutable parallel safe as $$
  select case when min(v) = max(v) or min(v) = 0 then min(v) else exp(avg(ln(nullif(v, 0)))) end
  from unnest(of_values) v
$$;

-- A series run by run, in no order. `state` is s answered, f failed, p failed through the probe's fault. Several answers of a
-- run are one value; nearly every run has one alone, which is taken as it is.
create function internal.series_runs(of_series integer, since timestamptz, until timestamptz)
returns table (
  run_id uuid, at timestamptz, state text, ttft double precision, answer double precision, latency double precision,
  tps double precision, cost double precision)
language sql stable as $$
  with asked as materialized (
    select c.run_id, c.created_at, c.success, c.failure_owner,
      case when c.success then c.ttft_ms end as ttft, case when c.success then c.answer_ttft_ms end as answer,
      case when c.success then c.total_latency_ms end as latency, case when c.success then c.tps end as tps,
      case when c.success and c.cost_known then c.cost_usd end as cost
    from public.counted_results c
    where c.series_id = of_series and c.created_at > since and c.created_at <= until
  ),
  several as materialized (select r.run_id from asked r group by r.run_id having count(*) > 1)
  select r.run_id, r.created_at, case when r.success then 's' when r.failure_owner <> 'probe' then 'f' else 'p' end,
    r.ttft, r.answer, r.latency, r.tps, r.cost
  from asked r
  where r.run_id not in (select s.run_id from several s)
  union all
  select r.run_id, min(r.created_at),
    case when bool_or(r.success) then 's' when bool_or(r.failure_owner <> 'probe') then 'f' else 'p' end,
    internal.one_value(array_agg(r.ttft)), internal.one_value(array_agg(r.answer)),
    internal.one_value(array_agg(r.latency)), internal.one_value(array_agg(r.tps)), internal.one_value(array_agg(r.cost))
  from asked r
  where r.run_id in (select s.run_id from several s)
  group by r.run_id
$$;

-- Several series in the same runs. Each array has one entry a run, oldest first; a series' `states` has one letter a run, -
-- where it was not asked. A value is null where there is none. `answer` is null where it is `ttft` throughout.
create function internal.common_runs(series integer[], since timestamptz, until timestamptz) returns json
language sql stable as $$
  with found as materialized (
    select i.place, r.*
    from unnest(series) with ordinality as i (id, place)
    cross join lateral internal.series_runs(i.id, since, until) r
  ),
  axis as materialized (
    select a.run_id, a.at, row_number() over (order by a.at, a.run_id) as turn
    from (select f.run_id, min(f.at) as at from found f group by f.run_id) a
  )
  select json_build_object(
    'at', (select coalesce(json_agg(floor(extract(epoch from a.at)) order by a.turn), '[]') from axis a),
    'endpoints', (
      select coalesce(json_agg(coalesce(
        e.runs, '{"states": "", "ttft": [], "answer": null, "latency": [], "tps": [], "cost": []}') order by p.place), '[]')
      from generate_series(1, cardinality(series)) as p (place)
      left join (
        select o.place, json_build_object(
          'states', string_agg(coalesce(o.state, '-'), ''), 'ttft', json_agg(o.ttft),
          'answer', case when bool_or(o.answer is distinct from o.ttft) then json_agg(o.answer) end,
          'latency', json_agg(o.latency), 'tps', json_agg(o.tps), 'cost', json_agg(o.cost)) as runs
        from (
          select q.place, a.turn, f.state, f.ttft, f.answer, f.latency, f.tps, f.cost
          from generate_series(1, cardinality(series)) as q (place)
          cross join axis a
          left join found f on f.place = q.place and f.run_id = a.run_id
          -- In this order once, so that each array's own order costs nothing.
          order by 1, 2
        ) o
        group by o.place
      ) e on e.place = p.place))
$$;

-- Two to six endpoints (a JSON list of "provider/model", as in the pages' addresses) side by side over a window, or over
-- [from_at, to_at), and their results run by run. Without a place: the one with most results of all endpoints.
create function public.compare_endpoints(
  endpoints text, time_window text default '24h', at_location text default null, from_at timestamptz default null,
  to_at timestamptz default null
) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
declare
  list constant jsonb := endpoints;
  reading constant internal.reading := internal.reading_of(time_window, at_location, from_at, to_at);
  window_name constant text := coalesce(reading.time_window, '30d');
  usual constant text := internal.places(window_name) -> 0 ->> 'location';
  series integer[];
  compared jsonb;
begin
  if jsonb_typeof(list) <> 'array' or jsonb_array_length(list) not between 1 and 6 then
    raise exception 'endpoints must be a list of one to six names' using errcode = '22023';
  end if;
  select array_agg(s.id order by n.place), jsonb_agg(
    internal.endpoint_entry(coalesce(e.provider, ''), coalesce(e.model, ''), reading, false)::jsonb || jsonb_build_object(
      -- What it is usually like: its week.
      'usual', (
        select w.figures from public.series_windows w
        where w.series_id = s.id and w.time_window = '7d' and w.part = 'current'),
      'known', coalesce(e.known, false)) order by n.place)
  into series, compared
  from jsonb_array_elements_text(list) with ordinality as n (named, place)
  left join lateral internal.endpoint_of(n.named) e on true
  left join lateral (
    select k.id from internal.shown_series(reading.location, reading.prompt_version) k
    where k.provider = e.provider and k.model = e.model
  ) s on true;
  return json_build_object(
    'as_of', reading.until, 'read_at', now(), 'since', reading.since,
    'step_s', extract(epoch from internal.step_of(reading.until - reading.since)),
    'prompt_version', nullif(reading.prompt_version, ''), 'location', reading.location, 'usual_location', usual,
    -- Where they were measured from.
    'locations', (
      select coalesce(json_agg(l order by l.location = usual desc, l.results desc, l.location), '[]')
      from (
        select s.location, sum(w.attempts + w.probe_failures)::bigint as results
        from public.series s
        join public.series_windows w
          on w.series_id = s.id and w.time_window = window_name and w.part = 'current'
        where s.shown and (s.provider, s.model) in (
          select c ->> 'provider', c ->> 'model' from jsonb_array_elements(compared) c)
        group by s.location
      ) l),
    'newest_result_at', internal.newest_result_at(),
    'endpoints', compared,
    'runs', internal.common_runs(series, reading.since, reading.until));
end $$;

-- The endpoints there are to choose from: those that are measured now, and those that were within 30 days. `newest_at` is
-- null where nothing was measured in that time.
create function public.compare_choices() returns json
language sql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
  with measured as (
    select s.provider, s.model, max(s.newest_at) as newest_at, bool_and(s.simulated) as simulated
    from public.series s
    where s.shown and s.newest_at > now() - interval '30 days'
    group by s.provider, s.model
  ),
  listed as (
    select k.provider, k.model from measured k
    union
    select p.slug, m.name from public.models m join public.providers p on p.id = m.provider_id where m.active
  )
  select json_build_object('endpoints', coalesce(json_agg(json_build_object(
    'provider', l.provider, 'provider_name', coalesce(p.name, l.provider), 'kind', p.kind, 'model', l.model,
    'identity', m.identity, 'active', coalesce(m.active, false), 'newest_at', k.newest_at,
    'simulated', coalesce(k.simulated, false)) order by l.provider, l.model), '[]'))
  from listed l
  left join measured k on k.provider = l.provider and k.model = l.model
  left join public.providers p on p.slug = l.provider
  left join public.models m on m.provider_id = p.id and m.name = l.model
$$;

-- ---- 20261128000900_api.sql

-- What programs read: pages of rows, newest first, each page one JSON value. A page ends at a key (time and id), not at
-- an offset, so that rows which arrive meanwhile neither repeat nor hide any, and the thousandth page costs what the
-- first one does. Callers ask for one row more than they show: so they know whether another page follows.

-- Results by the names they count under, newest first. Filters that are null do not filter; `since` is inside the
-- span, `until` is not. in_full: with the answer's text, the arrivals and the provider's own times.
create function public.api_results(
  of_provider text default null, of_model text default null, of_run uuid default null, of_result uuid default null,
  of_success boolean default null, of_error_kind text default null, of_failure_owner text default null,
  of_location text default null, of_simulated boolean default null, since timestamptz default null, until timestamptz default null,
  before_at timestamptz default null, before_id uuid default null, at_most integer default 100,
  in_full boolean default false
) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' set timezone = 'UTC'
-- Filters that are not used vanish from the plan, and those that are used find their index: with a plan for any filter a
-- page by provider reads every result.
set plan_cache_mode = force_custom_plan as $$
declare
  wanted constant integer := least(greatest(at_most, 0), 5001);
  -- The series that the filters name; null where they name none.
  series constant integer[] := case when coalesce(of_provider, of_model, of_location, of_simulated::text) is not null then array(
    select s.id from public.series s
    where (of_provider is null or s.provider = of_provider)
      and (of_model is null or s.model = of_model)
      and (of_location is null or s.location = of_location)
      and (of_simulated is null or s.simulated = of_simulated)) end;
  until_at constant timestamptz := least(until, before_at + interval '1 microsecond', 'infinity');
  since_at constant timestamptz := greatest(since, '-infinity');
  before_key constant uuid := coalesce(before_id, '00000000-0000-0000-0000-000000000000');
  ids uuid[];
begin
  if of_result is null and of_run is null and cardinality(series) * wanted <= 20000 then
    -- Few series: the newest of each, then the newest of those.
    ids := array(
      select k.id
      from unnest(series) as s (id)
      cross join lateral (
        select b.id, b.created_at from public.benchmark_results b
        where b.series_id = s.id
          and (of_success is null or (of_success and b.success) or (not of_success and not b.success))
          and (of_error_kind is null or (not b.success and b.error_kind = of_error_kind))
          and (of_failure_owner is null or (not b.success and b.failure_owner = of_failure_owner))
          and b.created_at >= since_at and b.created_at < until_at
          and (before_at is null or (b.created_at, b.id) < (before_at, before_key))
        order by b.created_at desc, b.id desc limit wanted
      ) k
      order by k.created_at desc, k.id desc limit wanted);
  else
    ids := array(
      select b.id from public.benchmark_results b
      where (of_run is null or b.run_id = of_run) and (of_result is null or b.id = of_result)
        and (series is null or b.series_id = any (series))
        and (of_success is null or (of_success and b.success) or (not of_success and not b.success))
        and (of_error_kind is null or (not b.success and b.error_kind = of_error_kind))
        and (of_failure_owner is null or (not b.success and b.failure_owner = of_failure_owner))
        and b.created_at >= since_at and b.created_at < until_at
        and (before_at is null or (b.created_at, b.id) < (before_at, before_key))
      order by b.created_at desc, b.id desc limit wanted);
  end if;

  return (
    select coalesce(json_agg(x order by i.place), '[]')
    from unnest(ids) with ordinality as i (id, place)
    cross join lateral (
      select r.id, r.run_id, r.created_at, s.provider, s.model, r.simulated, r.location, r.colo, r.success,
        r.status_code, r.error_kind, r.failure_owner, r.error_message, r.finish_reason, r.ttfb_ms, r.ttft_ms,
        r.answer_ttft_ms, r.total_latency_ms, r.tps, r.warmup_ms, r.input_tokens, r.output_tokens, r.reasoning_tokens,
        r.cached_tokens, r.tokens_estimated, r.cost_usd, r.cost_source, r.input_price_per_m, r.output_price_per_m,
        r.cached_input_price_per_m, r.answer_ok, r.truncated, r.skipped_events, r.upstream, r.prompt_version,
        r.probe_version, r.request_params, case when in_full then r.provider_timing end as provider_timing,
        case when in_full then r.response_text end as response_text,
        case when in_full then r.chunk_times_ms end as chunk_times_ms
      from public.benchmark_results r
      join public.series s on s.id = r.series_id
      where r.id = i.id
    ) x);
end $$;

-- Runs, newest first, each with what came of it.
create function public.api_runs(
  of_run uuid default null, of_name text default null, of_trigger text default null, of_location text default null,
  since timestamptz default null, until timestamptz default null, before_at timestamptz default null,
  before_id uuid default null, at_most integer default 50
) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' set timezone = 'UTC' as $$
begin
  return (
    select coalesce(json_agg(row_to_json(e) order by e.started_at desc, e.id desc), '[]'::json)
    from (
      select r.id, r.run_name, r.triggered_by, r.started_at, r.finished_at, r.scheduled_for, r.location, r.targets, r.note,
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
          and (before_at is null
            or (o.started_at, o.id) < (before_at, coalesce(before_id, '00000000-0000-0000-0000-000000000000')))
        order by o.started_at desc, o.id desc
        limit least(greatest(at_most, 0), 1001)
      ) r
      cross join lateral (
        select count(*) as results, count(*) filter (where b.success) as successes,
          count(*) filter (where b.simulated) as simulated_results
        from public.benchmark_results b
        where b.run_id = r.id and not b.confirmation
      ) c
    ) e);
end $$;

-- The catalogue, by provider and name, each model with its newest price. simulated: whether its results of the last
-- 24 hours were; null where there are none. of_state: 'active' (measured in every run), 'available' (offered by the
-- provider), 'retired' (no longer).
create function public.api_models(
  of_provider text default null, of_model text default null, of_identity text default null, of_family text default null,
  of_state text default null, after_provider text default null, after_model text default null, at_most integer default 100
) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' set timezone = 'UTC' as $$
begin
  return (
    with measured as (
      select k.provider, k.model, bool_and(k.simulated) as simulated
      from public.series k
      where k.shown and k.newest_at > now() - interval '24 hours'
      group by k.provider, k.model)
    select coalesce(json_agg(row_to_json(e) order by e.provider collate "C", e.model collate "C"), '[]'::json)
    from (
      select p.slug as provider, p.name as provider_name, p.kind, m.name as model, m.identity, m.family, m.quantization,
        m.context_window, m.reasoning, m.active, m.available, m.created_at as first_seen_at, m.last_seen_at,
        m.retires_at, m.retired_at, m.successor, case when price.id is not null then json_build_object(
          'input_price_per_m', price.input_price_per_m, 'output_price_per_m', price.output_price_per_m,
          'cached_input_price_per_m', price.cached_input_price_per_m, 'since', price.timestamp, 'source', price.source
        ) end as price, s.simulated
      from public.models m
      join public.providers p on p.id = m.provider_id
      left join measured s on s.provider = p.slug and s.model = m.name
      left join lateral internal.newest_price(m.id) price on true
      where (of_provider is null or p.slug = of_provider)
        and (of_model is null or m.name = of_model)
        and (of_identity is null or m.identity = of_identity)
        and (of_family is null or m.family = of_family)
        and (
          of_state is null
          or (of_state = 'active' and m.active)
          or (of_state = 'available' and m.available and m.retired_at is null)
          or (of_state = 'retired' and m.retired_at is not null))
        and (
          after_provider is null
          or (p.slug collate "C", m.name collate "C") > (after_provider collate "C", coalesce(after_model, '') collate "C")
        )
      order by p.slug collate "C", m.name collate "C"
      limit least(greatest(at_most, 0), 1001)
    ) e);
end $$;

-- List prices in USD per million tokens, newest first; only_current leaves out those that another one followed.
create function public.api_prices(
  of_provider text default null, of_model text default null, only_current boolean default false,
  since timestamptz default null, until timestamptz default null, before_at timestamptz default null,
  before_id uuid default null, at_most integer default 100
) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' set timezone = 'UTC' as $$
begin
  return (
    select coalesce(json_agg(row_to_json(e) order by e.since desc, e.id desc), '[]'::json)
    from (
      select c.id, p.slug as provider, p.name as provider_name, m.name as model, c.input_price_per_m, c.output_price_per_m,
        c.cached_input_price_per_m, c.timestamp as since, c.source, n.current
      from public.prices c
      join public.models m on m.id = c.model_id
      join public.providers p on p.id = m.provider_id
      cross join lateral (
        select not exists (
          select 1 from public.prices o where o.model_id = c.model_id and (o.timestamp, o.id) > (c.timestamp, c.id)
        ) as current
      ) n
      where (of_provider is null or p.slug = of_provider)
        and (of_model is null or m.name = of_model)
        and (not only_current or n.current)
        and (api_prices.since is null or c.timestamp >= api_prices.since)
        and (until is null or c.timestamp < until)
        and (before_at is null
          or (c.timestamp, c.id) < (before_at, coalesce(before_id, '00000000-0000-0000-0000-000000000000')))
      order by c.timestamp desc, c.id desc
      limit least(greatest(at_most, 0), 1001)
    ) e);
end $$;

-- Whether measuring goes on: the newest result and the newest run.
create function public.api_health() returns json
language sql stable security invoker set search_path = '' set statement_timeout = '3s' set timezone = 'UTC' as $$
  select json_build_object(
    'now', now(),
    'newest_result', (
      select json_build_object('id', r.id, 'at', r.created_at, 'simulated', r.simulated)
      from public.benchmark_results r order by r.created_at desc limit 1),
    'last_run', (
      select json_build_object('id', r.id, 'started_at', r.started_at, 'finished_at', r.finished_at)
      from public.runs r order by r.started_at desc limit 1))
$$;

-- Whatever a filter can name, so that an address with something else need not ask anything else of the database:
-- {providers: [{provider, models}], locations, identities, families}. Null where that would be more than 50,000 names.
create function public.known_values() returns json
language sql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
  with endpoints as (
    select p.slug as provider, m.name as model, m.identity, m.family
    from public.providers p
    left join public.models m on m.provider_id = p.id
    union all
    select s.provider, s.model, null, null from public.series s
    union all
    select e.provider, e.model, null, null from public.endpoint_states e
  )
  select case when (select count(*) from endpoints) <= 50000 then json_build_object(
    'providers', (
      select coalesce(json_agg(l), '[]') from (
        select e.provider, coalesce(json_agg(distinct e.model) filter (where e.model is not null), '[]') as models
        from endpoints e group by e.provider) l),
    'locations', (
      select coalesce(json_agg(l.location), '[]') from (
        select s.location from public.series s
        union select r.location from public.runs r where r.location is not null
        union select e.location from public.endpoint_states e) l),
    'identities', (select coalesce(json_agg(distinct e.identity), '[]') from endpoints e where e.identity is not null),
    'families', (select coalesce(json_agg(distinct e.family), '[]') from endpoints e where e.family is not null)) end
$$;

-- What /metrics shows (app/lib/api/metrics.ts), all of it from stored facts, in rows as short as can be: an endpoint is told
-- once and named by its place in `endpoints` from then on. An endpoint here is one as measured from one place; where there
-- are more than at_most, active ones go first, then those measured last. Times are seconds since 1970.
create function public.api_metrics(
  of_windows text[] default '{1h,24h,7d,30d}', at_most integer default 300
) returns json
language sql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
  with measured as materialized (
    select s.provider, s.model, s.location, s.simulated, max(s.newest_at) as newest_at
    from public.series s
    where s.newest_at is not null
    group by 1, 2, 3, 4
  ), endpoints as materialized (
    select e.*, row_number() over (
      order by e.provider collate "C", e.model collate "C", e.location collate "C", e.simulated) - 1 as place
    from (
      select d.*, m.id as model_id, m.identity, coalesce(m.active, false) as active
      from measured d
      left join public.providers p on p.slug = d.provider
      left join public.models m on m.provider_id = p.id and m.name = d.model
      order by coalesce(m.active, false) desc, d.newest_at desc, d.provider, d.model
      limit least(greatest(at_most, 0), 1000)
    ) e
  ), own as materialized (
    select e.place, s.id, s.location, s.workload, s.prompt_version, s.upstream, s.shown
    from endpoints e
    join public.series s
      on s.provider = e.provider and s.model = e.model and s.location = e.location and s.simulated = e.simulated
  )
  select json_build_object(
    'omitted', (select count(*) from measured) - (select count(*) from endpoints),
    'endpoints', (
      select coalesce(json_agg(json_build_array(
        e.provider, e.model, coalesce(e.identity, ''), e.location, e.simulated, extract(epoch from e.newest_at),
        case when e.active then price.input_price_per_m end, case when e.active then price.output_price_per_m end,
        case when e.active then price.cached_input_price_per_m end) order by e.place), '[]')
      from endpoints e
      left join lateral internal.newest_price(e.model_id) price on true),
    'totals', (
      select coalesce(json_agg(json_build_array(
        x.place, x.workload, x.outcome, x.failure_owner, x.requests, x.input_tokens, x.output_tokens, x.cost_usd)
        order by x.place, x.workload, x.outcome, x.failure_owner), '[]')
      from (
        -- Whatever the prompt's version was: a counter goes on when it changes.
        select o.place, o.workload, t.outcome, t.failure_owner, sum(t.requests) as requests,
          sum(t.input_tokens) as input_tokens, sum(t.output_tokens) as output_tokens, sum(t.cost_usd) as cost_usd
        from own o
        join public.series_totals t on t.series_id = o.id
        group by 1, 2, 3, 4
      ) x),
    -- Percentiles from as many results as everywhere (internal.figures_json), of the series that pages show
    -- (internal.shown_series).
    'windows', (
      select coalesce(json_agg(json_build_array(
        s.place, f.time_window, f.attempts, f.successes, f.provider_failures, f.ttft_p50,
        case when f.ttft_n >= 20 then f.ttft_p95 end, f.latency_p50, case when f.successes >= 20 then f.latency_p95 end,
        f.tps_p50, case when f.tps_n >= 20 then f.tps_p05 end, case when f.tps_n >= 20 then f.tps_p95 end)
        order by s.place, f.time_window), '[]')
      from (
        select distinct on (o.place, w.time_window) o.place, o.id, w.time_window
        from own o
        join public.window_refreshes w
          on w.location = o.location and w.prompt_version = o.prompt_version and w.part = 'current'
        where o.workload = 'standard' and o.shown and w.time_window = any (of_windows)
        order by o.place, w.time_window, o.upstream nulls first
      ) s
      join public.series_windows f on f.series_id = s.id and f.time_window = s.time_window and f.part = 'current'),
    'refreshes', (
      select coalesce(json_agg(
        json_build_array(w.location, w.time_window, extract(epoch from w.as_of)) order by w.location, w.time_window), '[]')
      from public.window_refreshes w
      where w.part = 'current' and w.time_window = any (of_windows)
        and w.location in (select e.location from endpoints e)),
    'states', (
      select coalesce(json_agg(json_build_array(e.place, h.state) order by e.place), '[]')
      from (select o.location, array_agg(o.id) as ids from own o group by 1) l
      cross join lateral public.endpoint_health(l.location, of_series => l.ids) h
      join endpoints e
        on e.provider = h.provider and e.model = h.model and e.location = l.location and e.simulated = h.simulated),
    'runs', (
      select coalesce(json_agg(json_build_array(
        r.location, extract(epoch from r.started_at), greatest(0, extract(epoch from r.finished_at - r.started_at)))
        order by r.location), '[]')
      from (
        select distinct on (n.location) n.* from public.runs n
        where n.started_at between now() - interval '2 days' and now() and n.finished_at is not null
          and n.location is not null
        order by n.location, n.started_at desc
      ) r))
$$;

-- ---- 20261128001000_retention.sql

-- Keeping the database small, for those who ask for it: chunk times, texts and raw rows go at ages of their own, rows only
-- once an hourly rollup holds what they said. And what was spent, which is read from the newest rows.

-- One step of pruning, of one kind, small enough for a statement timeout; the caller repeats it until a step
-- drops nothing. Rows first, an hour at a time: what goes whole need not be emptied before. Then chunk times, then
-- texts. Picked by place (ctid), which no plan answers by reading the whole table.
-- Ages in days, null for "keep": nothing is older than that. Raw rows younger than 31 days are never touched: the
-- dashboard's longest window reads them. Rows that arrive after their hour was rolled up make a rollup of their own.
create function public.engine_prune(chunk_times_days integer, texts_days integer, rows_days integer) returns jsonb
language plpgsql volatile security invoker set search_path = '' as $$
declare
  step constant integer := 1000;
  chunk_times integer := 0;
  texts integer := 0;
  deleted integer := 0;
  oldest timestamptz;
begin
  if least(chunk_times_days, texts_days, rows_days) < 1 then
    raise exception 'An age must be at least one day.' using errcode = '22023';
  elsif rows_days < 31 then
    raise exception 'Raw rows are kept for at least 31 days.' using errcode = '22023';
  end if;

  select date_trunc('hour', min(created_at), 'UTC') into oldest from public.benchmark_results
  where created_at < date_trunc('hour', now() - make_interval(days => rows_days), 'UTC');
  if oldest is not null then
    perform set_config('internal.pruning', 'on', true);
    with gone as (
      delete from public.benchmark_results
      where created_at >= oldest and created_at < oldest + interval '1 hour'
      returning *
    ), counted as (
      select *, case when success then ttft_ms end as ttft, case when success then tps end as rate,
        case when success then total_latency_ms end as latency, count(*) over (
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
        sum(g.input_tokens), sum(g.output_tokens), sum(g.cost_usd), count(g.ttft), coalesce(sum(g.ttft), 0),
        percentile_cont(0.5) within group (order by g.ttft), percentile_cont(0.95) within group (order by g.ttft),
        count(g.rate), coalesce(sum(g.rate), 0),
        percentile_cont(0.5) within group (order by g.rate), percentile_cont(0.95) within group (order by g.rate),
        count(g.latency), coalesce(sum(g.latency), 0),
        percentile_cont(0.5) within group (order by g.latency), percentile_cont(0.95) within group (order by g.latency)
      from counted g
      group by g.provider_id, g.model_id, g.provider, g.model, g.location, g.simulated, g.prompt_version
      returning n
    )
    select coalesce(sum(n), 0) into deleted from rolled;
    perform set_config('internal.pruning', '', true);
  end if;
  if deleted = 0 then
    update public.benchmark_results set chunk_times_ms = null
    where ctid = any (array(
      select ctid from public.benchmark_results
      where created_at < now() - make_interval(days => chunk_times_days) and chunk_times_ms is not null
      order by created_at limit step));
    get diagnostics chunk_times = row_count;
  end if;
  if deleted + chunk_times = 0 then
    update public.benchmark_results set response_text = null
    where ctid = any (array(
      select ctid from public.benchmark_results
      where created_at < now() - make_interval(days => texts_days) and response_text is not null
      order by created_at limit step));
    get diagnostics texts = row_count;
  end if;

  return jsonb_build_object('chunkTimes', chunk_times, 'texts', texts, 'rows', deleted);
end $$;

-- What real requests cost since a time, those whose results are stored nowhere included. of_others: but for what the
-- coordinator's own runs asked, which its ledger counts. Tokens whose price nobody knows are told apart, for the caller to
-- count at the dearest price it knows.
create function public.engine_spent_since(since timestamptz, of_others boolean default false) returns jsonb
language plpgsql stable security invoker set search_path = ''
-- With a plan for any time it reads every result there is: 3.5 s of ten million.
set plan_cache_mode = force_custom_plan as $$
declare
  others constant uuid[] := case when of_others then array(
    select u.id from public.runs u where not u.watched and u.started_at >= since - interval '1 day') end;
begin
  return (
    select jsonb_build_object(
      'usd', coalesce(sum(r.cost_usd) filter (where r.cost_source <> 'unknown'), 0)
        + (select coalesce(sum(n.usd), 0) from public.unsaved_spending n where n.at >= since),
      'unpricedInputTokens', coalesce(sum(r.input_tokens) filter (where r.cost_source = 'unknown'), 0),
      'unpricedOutputTokens', coalesce(sum(r.output_tokens) filter (where r.cost_source = 'unknown'), 0))
    from public.benchmark_results r
    where r.created_at >= since and not r.simulated and (others is null or r.run_id = any (others)));
end $$;

-- Takes what requests cost whose results are stored nowhere: [{id, at, usd}], the newest word of each request.
-- What is older than two days counts into no budget and goes.
create function public.engine_note_spending(entries jsonb) returns void
language sql volatile security invoker set search_path = '' as $$
  delete from public.unsaved_spending n where n.at < now() - interval '2 days';
  insert into public.unsaved_spending (id, at, usd)
  select e.id, e.at, e.usd from jsonb_to_recordset(entries) as e(id uuid, at timestamptz, usd double precision)
  on conflict (id) do update set at = excluded.at, usd = excluded.usd;
$$;

-- ---- 20261128001100_access.sql

-- Who may do what: all of it here. Tables and columns by name, functions by what they are.

do $$
declare
  name text;
  roles text;
begin
  for name in select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' loop
    execute format('alter table public.%I enable row level security', name);
    -- These are read by no page: they are for whoever holds the service key.
    if name not in ('hourly_rollups', 'unsaved_spending') then
      execute format('create policy "Anyone reads" on public.%I for select to anon, authenticated using (true)', name);
    end if;
  end loop;

  -- Readers execute what writes nothing and is not for the Worker alone (engine_*). That takes helpers of `internal` too,
  -- since functions use them with the caller's own rights; the API itself offers `public` alone.
  for name, roles in
    select p.oid::regprocedure, case
      when p.provolatile = 'v' or p.proname like 'engine\_%' or p.proname in ('owner_of', 'series_key') then 'service_role'
      else 'anon, authenticated, service_role' end
    from pg_proc p
    where p.pronamespace in ('public'::regnamespace, 'internal'::regnamespace) and p.proowner = current_user::regrole
  loop
    execute format('grant execute on function %s to %s', name, roles);
  end loop;
end $$;
grant usage on schema internal to anon, authenticated, service_role;

-- Readers: with or without an account the same, which is what the public pages show.
grant select on
  public.models, public.prices, public.runs, public.series, public.series_days, public.series_totals,
  public.catalog_events, public.window_refreshes, public.series_windows, public.provider_windows, public.endpoint_states,
  public.endpoint_state_changes, public.incidents, public.counted_results, public.latest_prices
  to anon, authenticated, service_role;
-- The address and the setting of a provider that was added are nobody else's business.
grant select (id, slug, name, kind, logo_url, status_url, created_at) on public.providers to anon, authenticated;
-- Column by column: what a later migration adds is not public by accident. Left out is endpoint_host, since a
-- base URL of one's own may name a machine inside one's network. (`select *` is refused to readers therefore.)
grant select (
  id, run_id, provider_id, model_id, provider, model, input_tokens, output_tokens, total_latency_ms, ttft_ms, tps,
  status_code, success, error_message, response_text, cost_usd, created_at, ttfb_ms, answer_ttft_ms, warmup_ms,
  gap_p99_ms, longest_gap_ms, error_kind, finish_reason, reasoning_tokens, cached_tokens, tokens_estimated,
  usage_implausible, cost_source, input_price_per_m, output_price_per_m, cached_input_price_per_m, answer_ok,
  chunk_times_ms, truncated, skipped_events, served_model, system_fingerprint, service_tier, provider_request_id,
  upstream, upstream_pinned, provider_timing, colo, colo_outside_region, simulated, location, prompt_version,
  request_params, probe_version, confirmation, series_id, failure_owner, cost_known
) on public.benchmark_results to anon, authenticated;

-- The one writer. Row level security does not hold it back (bypassrls); grants do: no truncate, no references. Facts and
-- windows are written by triggers and functions of their own alone.
grant select, insert, update, delete on
  public.providers, public.models, public.prices, public.runs, public.benchmark_results, public.catalog_events,
  public.endpoint_states, public.endpoint_state_changes, public.incidents, public.unsaved_spending
  to service_role;
grant select, insert on public.hourly_rollups to service_role;

-- ---- 20261129000000_trends.sql

-- Trends as columns: {from, step, ttft, tps} from the first step with a result to the last, in place of
-- [at, attempts, n, ttft, tps] for each step. They are half as long, and read in a third of the time.

-- A series' figures from its own results (since excluded, until included).
create or replace function internal.series_figures(
  of_series integer, time_window text, part text, since timestamptz, until timestamptz
) returns public.series_windows
language plpgsql stable as $$
declare
  f public.series_windows;
  step constant interval := internal.step_of(until - since);
  step_s constant bigint := extract(epoch from step);
begin
  -- In the order of the table's columns.
  select
    of_series, time_window, part, null,
    count(*) filter (where r.failure_owner is distinct from 'probe') as attempts,
    count(*) filter (where r.failure_owner = 'probe') as probe_failures, count(*) filter (where r.success) as successes,
    count(*) filter (where r.failure_owner = 'provider') as provider_failures, max(r.created_at) as newest_at,
    count(*) filter (where r.ttft_ms <= 2000 and (r.success or r.failure_owner = 'provider')) as within_2s,
    count(r.ttft_ms) filter (where r.success) as ttft_n, avg(r.ttft_ms) filter (where r.success) as ttft_mean,
    percentile_cont(0.5) within group (order by r.ttft_ms) filter (where r.success) as ttft_p50,
    percentile_cont(0.95) within group (order by r.ttft_ms) filter (where r.success) as ttft_p95,
    stddev_pop(r.ttft_ms) filter (where r.success) as ttft_stddev,
    count(r.answer_ttft_ms) filter (where r.success) as answer_n,
    percentile_cont(0.5) within group (order by r.answer_ttft_ms) filter (where r.success) as answer_p50,
    percentile_cont(0.95) within group (order by r.answer_ttft_ms) filter (where r.success) as answer_p95,
    bool_or(r.answer_ttft_ms > r.ttft_ms) filter (where r.success) as thinks_aloud,
    count(r.tps) filter (where r.success) as tps_n,
    percentile_cont(0.5) within group (order by r.tps) filter (where r.success) as tps_p50,
    percentile_cont(0.05) within group (order by r.tps) filter (where r.success) as tps_p05,
    percentile_cont(0.95) within group (order by r.tps) filter (where r.success) as tps_p95,
    percentile_cont(0.5) within group (order by r.total_latency_ms) filter (where r.success) as latency_p50,
    percentile_cont(0.95) within group (order by r.total_latency_ms) filter (where r.success) as latency_p95,
    percentile_cont(0.99) within group (order by r.total_latency_ms) filter (where r.success) as latency_p99,
    stddev_pop(r.total_latency_ms) filter (where r.success) as latency_stddev,
    count(*) filter (where r.success and r.cost_known) as cost_n,
    avg(r.cost_usd) filter (where r.success and r.cost_known) as cost_per_request,
    sum(r.cost_usd) filter (where r.success and r.cost_known) as cost_total,
    (sum(r.input_tokens::bigint + r.output_tokens) filter (where r.success and r.cost_known))::bigint as cost_tokens,
    count(*) filter (where r.success and r.cost_known and r.tps is not null) as value_n,
    sum(r.cost_usd) filter (where r.success and r.cost_known and r.tps is not null) as value_cost,
    (sum(r.input_tokens::bigint + r.output_tokens)
      filter (where r.success and r.cost_known and r.tps is not null))::bigint as value_tokens,
    (
      -- Columns, and as short as can be: there are hundreds of them on a page.
      with buckets as materialized (
        select
          (extract(epoch from date_bin(step, t.created_at, timestamptz '2000-01-01 00:00:00+00')))::bigint as at,
          percentile_cont(0.5) within group (order by t.ttft_ms) filter (where t.success) as ttft_p50,
          percentile_cont(0.5) within group (order by t.tps) filter (where t.success) as tps_p50
        from public.counted_results t
        where t.series_id = of_series and t.created_at > since and t.created_at <= until
        group by 1)
      select replace(json_build_object(
        'from', min(g.at), 'step', step_s,
        'ttft', json_agg(trim_scale(round(b.ttft_p50::numeric, 3)) order by g.at),
        'tps', json_agg(trim_scale(round(b.tps_p50::numeric, 3)) order by g.at))::text, ' ', '')::json
      from (select generate_series(min(at), max(at), step_s) as at from buckets) g
      left join buckets b on b.at = g.at
      having count(*) > 0
    ) as trend
  into f
  from public.counted_results r
  where r.series_id = of_series and r.created_at > since and r.created_at <= until;
  f.figures := internal.figures_json(f);
  return f;
end $$;

-- An endpoint as every page, the API and badges tell it: what the catalogue knows of it and the figures of one series and
-- one window. All of it may be null.
create or replace function internal.endpoint_json(
  of_provider text, of_model text, provider_name text, provider_kind text, m public.models, s public.series,
  f public.series_windows, with_trend boolean
) returns json
language sql stable as $$
  select json_build_object(
    'provider', of_provider, 'provider_name', coalesce(provider_name, of_provider), 'kind', provider_kind, 'model', of_model,
    'family', (m).family, 'identity', (m).identity, 'active', coalesce((m).active, false),
    'reasoning', coalesce((m).reasoning, false), 'retired_at', (m).retired_at, 'successor', (m).successor,
    'simulated', coalesce((s).simulated, false), 'figures', coalesce((f).figures, internal.figures_json(null)),
    'trend', case when with_trend then (f).trend end)
$$;

-- The window of the same length before the current one, at the same place, with as much as it takes to say what
-- moved: {as_of, prompt_version, location, endpoints: [{provider, model, simulated, ttft, tps, trend}]}. Null for the
-- 1 h window, which holds too few results to compare.
create or replace function public.dashboard_previous(time_window text default '24h', at_location text default null) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
declare
  reading constant internal.reading := internal.reading_of(time_window, at_location, part => 'previous');
begin
  if time_window = '1h' then
    return null;
  end if;
  return json_build_object(
    'as_of', reading.until, 'prompt_version', nullif(reading.prompt_version, ''), 'location', reading.location,
    'endpoints', (
      select coalesce(json_agg(json_build_object(
        'provider', s.provider, 'model', s.model, 'simulated', s.simulated,
        'ttft', f.ttft_p50, 'tps', f.tps_p50, 'trend', f.trend) order by s.provider, s.model), '[]')
      from internal.shown_series(reading.location, reading.prompt_version) s
      join public.series_windows f on f.series_id = s.id and f.time_window = reading.time_window and f.part = 'previous'));
end $$;

-- What is stored already.
update public.series_windows w
set trend = (
  select json_build_object(
    'from', min(g.at), 'step', g.step_s, 'ttft', json_agg(p.ttft order by g.at), 'tps', json_agg(p.tps order by g.at))
  from (
    select generate_series(min((e ->> 0)::bigint), max((e ->> 0)::bigint), s.step_s) as at, s.step_s
    from json_array_elements(w.trend) e
    cross join (select extract(epoch from internal.step_of(internal.window_span(w.time_window)))::bigint as step_s) s
    group by s.step_s
  ) g
  left join lateral (
    select e -> 3 as ttft, e -> 4 as tps from json_array_elements(w.trend) e where (e ->> 0)::bigint = g.at
  ) p on true
  group by g.step_s)
where json_typeof(w.trend) = 'array';

-- ---- 20261129000100_overview_news.sql

-- What the overview tells beside its figures, in one call, since each costs its Worker a twentieth of a page:
-- {states, incidents, changes}, as current_states, api_incidents and catalog_changes have them.
create function public.overview_news(
  at_location text default null, since timestamptz default now() - interval '24 hours', kinds text[] default null,
  most_incidents integer default 500, most_changes integer default 1000
) returns json
language sql stable security invoker set search_path = '' set statement_timeout = '3s' set timezone = 'UTC' as $$
  select json_build_object(
    'states', public.current_states(at_location),
    'incidents', public.api_incidents(
      of_location => at_location, since => overview_news.since, at_most => most_incidents),
    'changes', public.catalog_changes(
      since => overview_news.since, at_most => most_changes, kinds => overview_news.kinds))
$$;
grant execute on function public.overview_news to anon, authenticated, service_role;

-- ---- 20261129000200_spending.sql

-- What a terminal noted of a request whose result is stored after all is counted once: the row says what it cost, and the
-- note what it may have cost beyond that, such as a worst case that stays. So a note need not be taken back, by a command
-- that may have been killed before it could.
create or replace function public.engine_spent_since(since timestamptz, of_others boolean default false) returns jsonb
language plpgsql stable security invoker set search_path = ''
-- With a plan for any time it reads every result there is: 3.5 s of ten million.
set plan_cache_mode = force_custom_plan as $$
declare
  others constant uuid[] := case when of_others then array(
    select u.id from public.runs u where not u.watched and u.started_at >= since - interval '1 day') end;
begin
  return (
    select jsonb_build_object(
      'usd', coalesce(sum(r.cost_usd) filter (where r.cost_source <> 'unknown'), 0) + (
        select coalesce(sum(case
          when s.id is null then n.usd
          -- Its tokens are counted at the dearest price.
          when s.cost_source = 'unknown' then 0
          else greatest(n.usd - s.cost_usd, 0) end), 0)
        from public.unsaved_spending n left join public.benchmark_results s on s.id = n.id
        where n.at >= since),
      'unpricedInputTokens', coalesce(sum(r.input_tokens) filter (where r.cost_source = 'unknown'), 0),
      'unpricedOutputTokens', coalesce(sum(r.output_tokens) filter (where r.cost_source = 'unknown'), 0))
    from public.benchmark_results r
    where r.created_at >= since and not r.simulated and (others is null or r.run_id = any (others)));
end $$;

-- ---- the record of all that, as the Supabase CLI keeps it

create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
alter table supabase_migrations.schema_migrations add column if not exists statements text[];
alter table supabase_migrations.schema_migrations add column if not exists name text;
insert into supabase_migrations.schema_migrations (version, name) values
  ('20261128000000', 'tables'),
  ('20261128000200', 'facts'),
  ('20261128000300', 'reference_data'),
  ('20261128000400', 'catalogue'),
  ('20261128000500', 'windows'),
  ('20261128000600', 'status'),
  ('20261128000700', 'pages'),
  ('20261128000800', 'comparison'),
  ('20261128000900', 'api'),
  ('20261128001000', 'retention'),
  ('20261128001100', 'access'),
  ('20261129000000', 'trends'),
  ('20261129000100', 'overview_news'),
  ('20261129000200', 'spending');

commit;
