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
