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
