-- Uptime by UTC day for 30 days (today included), incidents, and the engine's own health: all of it read from stored facts.

-- Takes what the watch decided, all of it or nothing; the same again changes nothing:
-- {location, states: [{provider, model, simulated, state, since, reason, measured_at}],
--  incidents: [{id, provider, simulated, kind, opened_at, closed_at, endpoints, revision}]}.
create function public.engine_write_watch(change jsonb) returns void
language plpgsql volatile security invoker set search_path = '' as $$
declare
  here constant text := change ->> 'location';
begin
  insert into public.endpoint_state_changes (provider, model, location, simulated, since, state, reason)
  select s.provider, s.model, here, s.simulated, s.since, s.state, s.reason
  from jsonb_populate_recordset(null::public.endpoint_states, change -> 'states') s
  on conflict do nothing;
  insert into public.endpoint_states (provider, model, location, simulated, state, since, reason, measured_at)
  select s.provider, s.model, here, s.simulated, s.state, s.since, s.reason, s.measured_at
  from jsonb_populate_recordset(null::public.endpoint_states, change -> 'states') s
  on conflict (provider, model, location, simulated) do update
    set state = excluded.state, since = excluded.since, reason = excluded.reason, measured_at = excluded.measured_at;

  insert into public.incidents (id, provider, location, simulated, kind, opened_at, closed_at, endpoints, revision)
  select i.id, i.provider, here, i.simulated, i.kind, i.opened_at, i.closed_at, i.endpoints, i.revision
  from jsonb_populate_recordset(null::public.incidents, change -> 'incidents') i
  on conflict (id) do update
    set opened_at = excluded.opened_at, closed_at = excluded.closed_at, endpoints = excluded.endpoints,
      revision = excluded.revision
    where incidents.revision <= excluded.revision;
  perform internal.yield_to_watch(i.provider, array_agg(i.id))
  from jsonb_populate_recordset(null::public.incidents, change -> 'incidents') i
  group by i.provider;
end $$;

-- How each endpoint that is shown is now, from one place: as the watch decided, 'unknown' where nothing was learned of it
-- for twice the schedule. Where the watch is silent and results go on (a terminal's, another tool's), what is stored of
-- them says it.
create function public.endpoint_health(
  at_location text, as_of timestamptz default now(), of_provider text default null, of_model text default null,
  of_series integer[] default null
)
returns table (
  provider text, model text, simulated boolean, state text, since timestamptz, reason text, measured_at timestamptz
)
language sql stable security invoker set search_path = '' as $$
  with shown as (
    select s.provider, s.model, s.simulated, array_agg(s.id) as ids
    from public.series s
    where s.shown and s.workload = 'standard' and s.upstream is null and s.location = at_location
      and (of_provider is null or s.provider = of_provider) and (of_model is null or s.model = of_model)
      and (of_series is null or s.id = any (of_series))
    group by 1, 2, 3
  ), known as (
    select h.provider, h.model, h.simulated, n.created_at as newest_at, n.success, t.state, t.since, t.reason, t.measured_at
    from shown h
    left join public.endpoint_states t
      on t.provider = h.provider and t.model = h.model and t.simulated = h.simulated and t.location = at_location
    left join lateral (
      select l.created_at, l.success
      from unnest(h.ids) as i(id)
      cross join lateral (
        select r.created_at, r.success from public.benchmark_results r
        where r.series_id = i.id and (r.success or r.failure_owner = 'provider')
          and r.created_at > as_of - interval '30 days' and r.created_at <= as_of
        order by r.created_at desc limit 1
      ) l
      order by l.created_at desc limit 1
    ) n on true
  )
  select k.provider, k.model, k.simulated, v.state, v.since, v.reason, greatest(k.measured_at, k.newest_at)
  from known k
  left join lateral (
    select i.opened_at, e ->> 'reason' as reason
    from public.incidents i
    cross join jsonb_array_elements(i.endpoints) e
    where not k.success and i.provider = k.provider and i.closed_at is null and i.kind = 'outage'
      and i.location = at_location and i.simulated = k.simulated
      and e ->> 'model' = k.model and e ->> 'until' is null
    order by i.opened_at limit 1
  ) o on true
  cross join lateral (
    select 1, 'unknown', greatest(k.measured_at, k.newest_at), 'Nothing was measured for twice the schedule'
    where coalesce(greatest(k.measured_at, k.newest_at), '-infinity') < as_of - interval '30 minutes'
    union all
    select 2, k.state, k.since, k.reason where k.measured_at >= as_of - interval '30 minutes'
    union all
    select 3, 'down', o.opened_at, o.reason where o.opened_at is not null
    union all
    select 4, 'up', null, 'The last request succeeded'
    -- The first that holds.
    order by 1 limit 1
  ) v (rank, state, since, reason)
$$;

-- How endpoints are now, all, a provider's or one, from one place (by default the one with most results in 24 h): {as_of,
-- location, states: [{provider, model, simulated, state, since, reason, measured_at}]}.
create function public.current_states(
  at_location text default null, as_of timestamptz default now(), of_provider text default null, of_model text default null
) returns json
language sql stable security invoker set search_path = '' set statement_timeout = '3s' set timezone = 'UTC' as $$
  select json_build_object('as_of', as_of, 'location', p.location, 'states', (
    select coalesce(json_agg(h order by h.provider, h.model, h.simulated), '[]')
    from public.endpoint_health(p.location, as_of, of_provider, of_model) h))
  from (select coalesce(at_location, internal.places('24h') -> 0 ->> 'location') as location) p
$$;

-- Incidents, newest first: [{id, provider, provider_name, location, simulated, kind, opened_at, closed_at, ongoing,
-- measured_at, endpoints}]. Where nothing was measured for a day, nobody knows whether one that has no end still goes on:
-- measured_at, its endpoints' newest request, says how long it lasted at least. `is_open` asks for those that are ongoing,
-- or for the others; filters that are null do not filter.
create function public.api_incidents(
  of_incident uuid default null, of_provider text default null, of_kind text default null,
  of_location text default null, is_open boolean default null, since timestamptz default null,
  before_at timestamptz default null, before_id uuid default null, at_most integer default 50,
  as_of timestamptz default now()
) returns json
language sql stable security invoker set search_path = '' set statement_timeout = '3s' set timezone = 'UTC' as $$
  select coalesce(json_agg(row_to_json(e) order by e.opened_at desc, e.id desc), '[]'::json)
  from (
    select i.id, i.provider, coalesce(p.name, i.provider) as provider_name, i.location, i.simulated, i.kind, i.opened_at,
      i.closed_at, m.ongoing, m.measured_at, i.endpoints
    from public.incidents i
    left join public.providers p on p.slug = i.provider
    left join lateral (
      select greatest(
        (
          select max(t.measured_at) from public.endpoint_states t
          where t.provider = i.provider and t.location = i.location and t.simulated = i.simulated
            and i.endpoints @> jsonb_build_array(jsonb_build_object('model', t.model))),
        (select max(r.created_at) from public.benchmark_results r where r.series_id = i.series_id), i.opened_at) as at
      where i.closed_at is null
    ) n on true
    cross join lateral (
      select n.at as measured_at, coalesce(n.at >= as_of - interval '24 hours', false) as ongoing) m
    where (of_incident is null or i.id = of_incident)
      and (of_provider is null or i.provider = of_provider)
      and (of_kind is null or i.kind = of_kind)
      and (of_location is null or i.location = of_location)
      and (is_open is null or m.ongoing = is_open)
      and (api_incidents.since is null or coalesce(i.closed_at, m.measured_at) >= api_incidents.since)
      and (before_at is null or (i.opened_at, i.id) < (before_at, coalesce(before_id, '00000000-0000-0000-0000-000000000000')))
      and (i.series_id is null or exists (select 1 from public.series s where s.id = i.series_id and s.shown))
    order by i.opened_at desc, i.id desc
    limit least(greatest(at_most, 0), 501)
  ) e
$$;

-- What the status page reads: states as in endpoint_health, incidents of the 30 days as in api_incidents.
create function public.dashboard_status(at_location text default null, as_of timestamptz default now()) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
declare
  last_day constant date := (as_of at time zone 'UTC')::date;
  first_day constant date := last_day - 29;
  version constant text := internal.version_at(as_of);
  places constant json := internal.places('30d');
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
    'states', (
      select coalesce(json_agg(h order by h.provider, h.model), '[]') from public.endpoint_health(place, as_of) h),
    'incidents', public.api_incidents(
      of_location => place, since => first_day::timestamp at time zone 'UTC', at_most => 500, as_of => as_of),
    'last_run', internal.last_run(),
    'runs_24h', (
      select json_build_object(
        'started', count(*), 'finished', count(*) filter (where r.finished_at is not null),
        'over_budget', count(*) filter (where r.skipped @> '[{"reason": "budget"}]'))
      from public.runs r
      where r.started_at > as_of - interval '24 hours' and r.started_at <= as_of));
end $$;

-- What a watch that remembers nothing begins with (a new coordinator, a first start beside a history), of each endpoint at
-- a place, oldest first: its newest successes as [epoch ms, ttft, total latency, tps], and its newest requests of any
-- outcome that says something of it; and the incidents that are open.
create function public.engine_watch_memory(at_location text, since timestamptz) returns json
language sql stable security invoker set search_path = '' as $$
  with watched as materialized (
    select s.provider, s.model, s.simulated, array_agg(s.id) as ids
    from public.series s
    where s.shown and s.workload = 'standard' and s.upstream is null and s.location = at_location
    group by 1, 2, 3
  )
  select json_build_object(
    'endpoints', (
      select coalesce(json_agg(json_build_object(
        'provider', w.provider, 'model', w.model, 'simulated', w.simulated, 'past', coalesce(p.past, '[]'),
        'recent', n.recent)), '[]')
      from watched w
      cross join lateral (
        select json_agg(json_build_array(
          round(extract(epoch from r.created_at) * 1000), round(r.ttft_ms::numeric, 1),
          round(r.total_latency_ms::numeric, 1), round(r.tps::numeric, 1)) order by r.created_at) as past
        from public.benchmark_results r
        where r.series_id = any (w.ids) and r.created_at >= engine_watch_memory.since and r.success and not r.confirmation
      ) p
      cross join lateral (
        select json_agg(r order by r.created_at) as recent
        from (
          select l.*
          from unnest(w.ids) as i (id)
          cross join lateral (
            select k.id, k.created_at, k.success, k.error_kind, k.status_code, k.confirmation, k.ttft_ms, k.total_latency_ms,
              k.tps
            from public.benchmark_results k
            where k.series_id = i.id and k.created_at >= engine_watch_memory.since
              and (k.success or k.failure_owner = 'provider')
            order by k.created_at desc limit 24
          ) l
          order by l.created_at desc limit 24
        ) r
      ) n
      where n.recent is not null),
    'incidents', (
      select coalesce(json_agg(o), '[]')
      from (
        select i.id, i.provider, i.simulated, i.kind, i.opened_at, i.endpoints, i.revision from public.incidents i
        where i.location = at_location and i.closed_at is null and i.series_id is null
      ) o))
$$;
