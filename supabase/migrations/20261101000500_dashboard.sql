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
