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
