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
