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
  select coalesce(
    json_agg(
      json_build_object(
        'provider', s.provider, 'provider_name', coalesce(p.name, s.provider), 'model', s.model,
        'simulated', s.simulated, 'began_at', o.began_at, 'last_failure_at', o.last_failure_at,
        'ended_at', o.ended_at, 'failures', o.failures, 'kinds', o.kinds,
        'newest_at', case when o.ended_at is null then (
          select max(r.created_at) from public.benchmark_results r where r.series_id = s.id
        ) end)
      order by o.began_at desc, s.provider, s.model),
    '[]')
  from internal.shown_series(at_location, of_version) s
  join public.outages o on o.series_id = s.id
  left join public.providers p on p.slug = s.provider
  where coalesce(o.ended_at, o.last_failure_at) >= first_day::timestamp at time zone 'UTC'
$$;

-- {as_of, first_day, location, incidents: [{provider, provider_name, model, simulated, began_at, last_failure_at, ended_at,
-- failures, kinds, newest_at}]}, of the 30 days up to as_of. Without a place: the one with most results in the window that is looked at.
create function public.dashboard_incidents(
  time_window text default '30d', at_location text default null, as_of timestamptz default now()
) returns json
language plpgsql stable security invoker set search_path = ''
set statement_timeout = '3s'
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
language plpgsql stable security invoker set search_path = ''
set statement_timeout = '3s'
as $$
declare
  last_day constant date := (as_of at time zone 'UTC')::date;
  first_day constant date := last_day - 29;
  version constant text := internal.version_at(as_of);
  places constant json := internal.places_of_days(first_day, version);
  place constant text := coalesce(at_location, places -> 0 ->> 'location');
begin
  return json_build_object(
    'as_of', as_of,
    'first_day', first_day,
    'last_day', last_day,
    'location', place,
    'locations', places,
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
        select p.slug, m.name from public.models m join public.providers p on p.id = m.provider_id where m.active
      )
      select coalesce(
        json_agg(
          json_build_object(
            'provider', l.provider, 'provider_name', coalesce(p.name, l.provider), 'kind', p.kind,
            'model', l.model, 'active', coalesce(m.active, false), 'retired_at', m.retired_at,
            'successor', m.successor, 'simulated', coalesce(f.simulated, false),
            'attempts', coalesce(f.attempts, 0), 'successes', coalesce(f.successes, 0),
            'provider_failures', coalesce(f.provider_failures, 0), 'newest_at', f.newest_at,
            'days', coalesce(f.days, '[]'))
          order by l.provider, l.model),
        '[]')
      from listed l
      left join figures f on f.provider = l.provider and f.model = l.model
      left join public.providers p on p.slug = l.provider
      left join public.models m on m.provider_id = p.id and m.name = l.model
    ),
    'incidents', internal.incidents(place, version, first_day),
    'last_run', internal.last_run(),
    'runs_24h', (
      select json_build_object(
        'started', count(*),
        'finished', count(*) filter (where r.finished_at is not null),
        'over_budget', count(*) filter (where r.skipped @> '[{"reason": "budget"}]'))
      from public.runs r
      where r.started_at > as_of - interval '24 hours' and r.started_at <= as_of
    ));
end
$$;

grant execute on function
  internal.places_of_days(date, text), internal.incidents(text, text, date)
  to anon, authenticated, service_role;
revoke all on function public.dashboard_incidents(text, text, timestamptz) from public;
revoke all on function public.dashboard_status(text, timestamptz) from public;
grant execute on function public.dashboard_incidents(text, text, timestamptz) to anon, authenticated, service_role;
grant execute on function public.dashboard_status(text, timestamptz) to anon, authenticated, service_role;
