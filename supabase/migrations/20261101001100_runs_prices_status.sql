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
