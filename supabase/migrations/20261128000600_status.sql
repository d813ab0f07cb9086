-- Uptime by UTC day for 30 days (today included), incidents, and the engine's own health: all of it read from stored facts.

-- Where the standard prompt's results of 30 days were measured, most first: [{location, results}].
create function internal.places_of_days(first_day date, of_version text) returns json
language sql stable
as $$
  select coalesce(
    json_agg(json_build_object('location', l.location, 'results', l.results) order by l.results desc, l.location), '[]')
  from (
    select s.location, sum(d.results)::bigint as results
    from public.series s
    join public.series_days d on d.series_id = s.id
    where s.workload = 'standard' and s.prompt_version = of_version and s.shown and d.day >= first_day
    group by s.location
  ) l
$$;

-- Incidents of 30 days at a place, newest first. newest_at, the endpoint's newest result, stands only where the incident
-- has not ended.
create function internal.incidents(at_location text, of_version text, first_day date) returns json
language sql stable
as $$
  select coalesce(json_agg(json_build_object(
    'provider', s.provider, 'provider_name', coalesce(p.name, s.provider), 'model', s.model, 'simulated', s.simulated,
    'began_at', o.began_at, 'last_failure_at', o.last_failure_at, 'ended_at', o.ended_at, 'failures', o.failures,
    'kinds', o.kinds, 'newest_at', case when o.ended_at is null then (
      select max(r.created_at) from public.benchmark_results r where r.series_id = s.id) end
  ) order by o.began_at desc, s.provider, s.model), '[]')
  from internal.shown_series(at_location, of_version) s
  join public.outages o on o.series_id = s.id
  left join public.providers p on p.slug = s.provider
  where coalesce(o.ended_at, o.last_failure_at) >= first_day::timestamp at time zone 'UTC'
$$;

-- {as_of, first_day, location, incidents: [{provider, provider_name, model, simulated, began_at, last_failure_at, ended_at,
-- failures, kinds, newest_at}]}, of the 30 days up to as_of. Without a place: the one with most results in the
-- window that is looked at.
create function public.dashboard_incidents(
  time_window text default '30d', at_location text default null, as_of timestamptz default now()
) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s'
as $$
declare
  first_day constant date := (as_of at time zone 'UTC')::date - 29;
  place constant text := (internal.refresh_of(time_window, 'current', at_location)).location;
begin
  return json_build_object(
    'as_of', as_of, 'first_day', first_day, 'location', place,
    'incidents', internal.incidents(place, internal.version_at(as_of), first_day));
end
$$;

create function public.dashboard_status(at_location text default null, as_of timestamptz default now()) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s'
as $$
declare
  last_day constant date := (as_of at time zone 'UTC')::date;
  first_day constant date := last_day - 29;
  version constant text := internal.version_at(as_of);
  places constant json := internal.places_of_days(first_day, version);
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
    'incidents', internal.incidents(place, version, first_day),
    'last_run', internal.last_run(),
    'runs_24h', (
      select json_build_object(
        'started', count(*), 'finished', count(*) filter (where r.finished_at is not null),
        'over_budget', count(*) filter (where r.skipped @> '[{"reason": "budget"}]'))
      from public.runs r
      where r.started_at > as_of - interval '24 hours' and r.started_at <= as_of
    ));
end
$$;

-- Takes what the watch decided, all of it or nothing; the same again changes nothing:
-- {location, states: [{provider, model, simulated, state, since, reason, measured_at}],
--  incidents: [{id, provider, simulated, kind, opened_at, closed_at, endpoints, revision}]}.
create function public.engine_write_watch(change jsonb) returns void
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  here constant text := change ->> 'location';
begin
  with decided as (
    select * from jsonb_to_recordset(coalesce(change -> 'states', '[]')) as s(
      provider text, model text, simulated boolean, state text, since timestamptz, reason text, measured_at timestamptz)
  ), told as (
    insert into public.endpoint_state_changes (provider, model, location, simulated, since, state, reason)
    select d.provider, d.model, here, d.simulated, d.since, d.state, d.reason from decided d
    on conflict do nothing
  )
  insert into public.endpoint_states (provider, model, location, simulated, state, since, reason, measured_at)
  select d.provider, d.model, here, d.simulated, d.state, d.since, d.reason, d.measured_at from decided d
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

create function internal.outage_reason(o public.outages) returns text
language sql stable
as $$
  select format('%s failures in a row since %s UTC: %s', (o).failures,
    to_char((o).began_at at time zone 'UTC', 'HH24:MI'), array_to_string((o).kinds, ', '))
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
    where s.shown and s.workload = 'standard' and s.upstream is null and s.location = at_location
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
  select k.provider, k.model, k.simulated, v.state, v.since, v.reason, greatest(k.measured_at, k.newest_at)
  from known k
  left join lateral (
    select u as outage, u.began_at from public.outages u
    where u.series_id = any (k.ids) and u.ended_at is null and u.last_failure_at = k.newest_at
    order by u.began_at limit 1
  ) o on true
  cross join lateral (
    select 1, 'unknown', greatest(k.measured_at, k.newest_at), 'Nothing was measured for twice the schedule'
    where coalesce(greatest(k.measured_at, k.newest_at), '-infinity') < as_of - interval '30 minutes'
    union all
    select 2, k.state, k.since, k.reason where k.measured_at >= as_of - interval '30 minutes'
    union all
    select 3, 'down', o.began_at, internal.outage_reason(o.outage) where o.began_at is not null
    union all
    select 4, 'up', null, 'The last request succeeded'
    -- The first that holds.
    order by 1 limit 1
  ) v (rank, state, since, reason)
$$;

-- How endpoints are now, from one place (by default the one with most results lately): {as_of, location,
-- states: [{provider, model, simulated, state, since, reason, measured_at}]}.
create function public.current_states(at_location text default null, as_of timestamptz default now()) returns json
language sql stable security invoker set search_path = '' set statement_timeout = '3s' set timezone = 'UTC'
as $$
  with place as (
    select coalesce(at_location, (
      select s.location
      from public.series_days d
      join public.series s on s.id = d.series_id
      where s.shown and s.workload = 'standard'
        and d.day between ((as_of at time zone 'UTC')::date - 1) and (as_of at time zone 'UTC')::date
      group by 1 order by sum(d.results) desc, 1 limit 1
    )) as location
  )
  select json_build_object(
    'as_of', as_of, 'location', p.location,
    'states', coalesce((
      select json_agg(h order by h.provider, h.model, h.simulated) from public.endpoint_health(p.location, as_of) h
    ), '[]'))
  from place p
$$;

-- Incidents, newest first: what the watch noticed, and outages of results that no watch has seen. Filters that are null
-- do not filter.
create function public.api_incidents(
  of_incident uuid default null, of_provider text default null, of_kind text default null,
  of_location text default null, is_open boolean default null, since timestamptz default null,
  before_at timestamptz default null, before_id uuid default null, at_most integer default 50
) returns json
language sql stable security invoker set search_path = '' set statement_timeout = '3s' set timezone = 'UTC'
as $$
  with noticed as (
    select i.id, i.provider, i.location, i.simulated, i.kind, i.opened_at, i.closed_at, i.endpoints
    from public.incidents i
    union all
    select
      md5(format('%s %s', s.key, o.began_at))::uuid, s.provider, s.location, s.simulated, 'outage', o.began_at, o.ended_at,
      jsonb_build_array(jsonb_build_object(
        'model', s.model, 'since', o.began_at, 'until', o.ended_at, 'reason', internal.outage_reason(o),
        'evidence', '[]'::jsonb))
    from public.outages o
    join public.series s on s.id = o.series_id
    where s.shown and s.workload = 'standard' and s.upstream is null
      and not exists (
        select 1 from public.incidents i
        where i.kind = 'outage' and i.provider = s.provider and i.location = s.location and i.simulated = s.simulated
          and i.opened_at <= o.last_failure_at and (i.closed_at is null or i.closed_at >= o.began_at))
  )
  select coalesce(json_agg(row_to_json(e) order by e.opened_at desc, e.id desc), '[]'::json)
  from (
    select n.id, n.provider, coalesce(p.name, n.provider) as provider_name, n.location, n.simulated, n.kind, n.opened_at,
      n.closed_at, n.endpoints
    from noticed n
    left join public.providers p on p.slug = n.provider
    where (of_incident is null or n.id = of_incident)
      and (of_provider is null or n.provider = of_provider)
      and (of_kind is null or n.kind = of_kind)
      and (of_location is null or n.location = of_location)
      and (is_open is null or (n.closed_at is null) = is_open)
      and (api_incidents.since is null or coalesce(n.closed_at, 'infinity') >= api_incidents.since)
      and (before_at is null or (n.opened_at, n.id) < (before_at, coalesce(before_id, '00000000-0000-0000-0000-000000000000')))
    order by n.opened_at desc, n.id desc
    limit least(greatest(at_most, 0), 501)
  ) e
$$;

-- What a watch that remembers nothing begins with (a new coordinator, a first start beside a history): the newest successes
-- of each endpoint at a place, oldest first, as [epoch ms, ttft, total latency, tps], and the incidents that are open.
create function public.engine_watch_memory(at_location text, since timestamptz) returns json
language sql stable security invoker set search_path = ''
as $$
  select json_build_object(
    'endpoints', coalesce((
      select json_agg(json_build_object(
        'provider', e.provider, 'model', e.model, 'simulated', e.simulated, 'past', e.past))
      from (
        select s.provider, s.model, s.simulated,
          json_agg(json_build_array(
            round(extract(epoch from r.created_at) * 1000), round(r.ttft_ms::numeric, 1),
            round(r.total_latency_ms::numeric, 1), round(r.tps::numeric, 1)) order by r.created_at) as past
        from public.series s
        join public.benchmark_results r on r.series_id = s.id
        where s.shown and s.workload = 'standard' and s.upstream is null and s.location = at_location
          and r.created_at >= engine_watch_memory.since and r.success and not r.confirmation
        group by 1, 2, 3
      ) e
    ), '[]'),
    'incidents', coalesce((
      select json_agg(json_build_object(
        'id', i.id, 'provider', i.provider, 'simulated', i.simulated, 'kind', i.kind, 'opened_at', i.opened_at,
        'endpoints', i.endpoints, 'revision', i.revision))
      from public.incidents i
      where i.location = at_location and i.closed_at is null
    ), '[]'))
$$;
