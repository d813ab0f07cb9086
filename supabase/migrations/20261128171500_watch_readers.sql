-- What pages and programs read of the watch: states now, and incidents.

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
    'as_of', as_of,
    'location', p.location,
    'states', coalesce((
      select json_agg(h order by h.provider, h.model, h.simulated) from public.endpoint_health(p.location, as_of) h
    ), '[]'))
  from place p
$$;

-- Incidents, newest first: what the watch noticed, and outages of results that no watch has seen. Filters that are null
-- do not filter.
create function public.api_incidents(
  of_incident uuid default null,
  of_provider text default null,
  of_kind text default null,
  of_location text default null,
  is_open boolean default null,
  since timestamptz default null,
  before_at timestamptz default null,
  before_id uuid default null,
  at_most integer default 50
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
        'model', s.model, 'since', o.began_at, 'until', o.ended_at,
        'reason', format('%s failures in a row since %s UTC: %s', o.failures,
          to_char(o.began_at at time zone 'UTC', 'HH24:MI'), array_to_string(o.kinds, ', ')),
        'evidence', '[]'::jsonb))
    from public.outages o
    join public.series s on s.id = o.series_id
    where s.shown and s.workload = 'standard' and s.upstream is null
      and not exists (
        select 1 from public.incidents i
        where i.kind = 'outage' and i.provider = s.provider and i.location = s.location and i.simulated = s.simulated
          and i.opened_at <= o.last_failure_at and (i.closed_at is null or i.closed_at >= o.began_at)
      )
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

revoke all on function public.current_states(text, timestamptz) from public;
revoke all on function
  public.api_incidents(uuid, text, text, text, boolean, timestamptz, timestamptz, uuid, integer) from public;
grant execute on function public.current_states(text, timestamptz) to anon, authenticated, service_role;
grant execute on function
  public.api_incidents(uuid, text, text, text, boolean, timestamptz, timestamptz, uuid, integer)
  to anon, authenticated, service_role;
