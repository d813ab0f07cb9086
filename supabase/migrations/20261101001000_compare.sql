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
