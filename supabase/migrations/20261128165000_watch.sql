-- What the coordinator's watch has decided (workers/benchmark/watch/): how each endpoint is, since when and why, what its
-- states were, and the incidents. The Worker decides and writes; everybody else reads. docs/metrics.md has the rules.

create table public.endpoint_states (
  provider    text not null,
  model       text not null,
  location    text not null,
  simulated   boolean not null,
  state       text not null check (state in ('up', 'degraded', 'down')),
  since       timestamptz not null,
  -- One sentence with its figures.
  reason      text not null check (length(reason) <= 500),
  -- The newest request that says anything of the endpoint.
  measured_at timestamptz not null,
  primary key (provider, model, location, simulated)
);

-- One row for each change of an endpoint's state.
create table public.endpoint_state_changes (
  provider  text not null,
  model     text not null,
  location  text not null,
  simulated boolean not null,
  since     timestamptz not null,
  state     text not null check (state in ('up', 'degraded', 'down')),
  reason    text not null check (length(reason) <= 500),
  primary key (provider, model, location, simulated, since, state)
);
create index idx_endpoint_state_changes_since on public.endpoint_state_changes (since);

create table public.incidents (
  -- The id of the result with which it was noticed.
  id        uuid primary key,
  provider  text not null,
  location  text not null,
  simulated boolean not null,
  kind      text not null check (kind in ('outage', 'errors', 'slowdown')),
  opened_at timestamptz not null,
  closed_at timestamptz,
  -- [{model, since, until, reason, evidence: [result id]}]; until is null while the endpoint is in it.
  endpoints jsonb not null check (jsonb_typeof(endpoints) = 'array'),
  revision  integer not null
);
create index idx_incidents_opened_at on public.incidents (opened_at);
create index idx_incidents_provider on public.incidents (provider, opened_at);

alter table public.endpoint_states enable row level security;
alter table public.endpoint_state_changes enable row level security;
alter table public.incidents enable row level security;
revoke all on public.endpoint_states, public.endpoint_state_changes, public.incidents
  from public, anon, authenticated, service_role;
grant select on public.endpoint_states, public.endpoint_state_changes, public.incidents to anon, authenticated;
grant select, insert, update, delete
  on public.endpoint_states, public.endpoint_state_changes, public.incidents to service_role;
create policy "Anyone reads states" on public.endpoint_states for select to anon, authenticated using (true);
create policy "Anyone reads changes of state" on public.endpoint_state_changes
  for select to anon, authenticated using (true);
create policy "Anyone reads incidents" on public.incidents for select to anon, authenticated using (true);

-- Takes what the watch decided, all of it or nothing; the same again changes nothing:
-- {location, states: [{provider, model, simulated, state, since, reason, measured_at}],
--  incidents: [{id, provider, simulated, kind, opened_at, closed_at, endpoints, revision}]}.
create function public.engine_write_watch(change jsonb) returns void
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  here constant text := change ->> 'location';
begin
  insert into public.endpoint_state_changes (provider, model, location, simulated, since, state, reason)
  select s.provider, s.model, here, s.simulated, s.since, s.state, s.reason
  from jsonb_to_recordset(coalesce(change -> 'states', '[]')) as s(
    provider text, model text, simulated boolean, state text, since timestamptz, reason text)
  on conflict do nothing;

  insert into public.endpoint_states (provider, model, location, simulated, state, since, reason, measured_at)
  select s.provider, s.model, here, s.simulated, s.state, s.since, s.reason, s.measured_at
  from jsonb_to_recordset(coalesce(change -> 'states', '[]')) as s(
    provider text, model text, simulated boolean, state text, since timestamptz, reason text, measured_at timestamptz)
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
  select
    k.provider, k.model, k.simulated,
    case
      when coalesce(greatest(k.measured_at, k.newest_at), '-infinity') < as_of - interval '30 minutes' then 'unknown'
      when k.measured_at >= as_of - interval '30 minutes' then k.state
      when o.began_at is not null then 'down'
      else 'up'
    end,
    case
      when coalesce(greatest(k.measured_at, k.newest_at), '-infinity') < as_of - interval '30 minutes'
        then greatest(k.measured_at, k.newest_at)
      when k.measured_at >= as_of - interval '30 minutes' then k.since
      else o.began_at
    end,
    case
      when coalesce(greatest(k.measured_at, k.newest_at), '-infinity') < as_of - interval '30 minutes'
        then 'Nothing was measured for twice the schedule'
      when k.measured_at >= as_of - interval '30 minutes' then k.reason
      when o.began_at is not null
        then format('%s failures in a row since %s UTC: %s', o.failures, to_char(o.began_at at time zone 'UTC', 'HH24:MI'),
          array_to_string(o.kinds, ', '))
      else 'The last request succeeded'
    end,
    greatest(k.measured_at, k.newest_at)
  from known k
  left join lateral (
    select u.began_at, u.failures, u.kinds
    from public.outages u
    where u.series_id = any (k.ids) and u.ended_at is null
      and u.last_failure_at = k.newest_at
    order by u.began_at limit 1
  ) o on true
$$;

revoke all on function public.engine_write_watch(jsonb) from public;
revoke all on function public.endpoint_health(text, timestamptz) from public;
grant execute on function public.engine_write_watch(jsonb) to service_role;
grant execute on function public.endpoint_health(text, timestamptz) to anon, authenticated, service_role;
