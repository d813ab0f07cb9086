-- What the page that compares two endpoints reads. Their figures are those of every page; docs/metrics.md says what the
-- rest means.

-- The endpoint that "provider/model" names, as in the pages' addresses: a slug ends at the first slash; names of providers
-- that nobody knows may hold one, and the first endpoint in order has it.
create function internal.endpoint_of(named text) returns table (provider text, model text, known boolean)
language sql stable
as $$
  select e.provider, e.model, e.rank < 3
  from (
    select p.slug as provider, m.name as model, 1 as rank
    from public.providers p join public.models m on m.provider_id = p.id
    where p.slug = split_part(named, '/', 1) and m.name = substr(named, strpos(named, '/') + 1)
    union all
    select s.provider, s.model, 2 from public.series s where s.provider || '/' || s.model = named
    union all
    select p.slug, substr(named, strpos(named, '/') + 1), 3
    from public.providers p where p.slug = split_part(named, '/', 1) and strpos(named, '/') > 0
    union all
    select null, null, 4
  ) e
  order by e.rank, e.provider, e.model
  limit 1
$$;

-- Several positive values in one: their geometric mean; equal values exactly, 0 where one of them is 0.
create function internal.one_value(of_values double precision[]) returns double precision
language sql immutable parallel safe
as $$
  select case when min(v) = max(v) or min(v) = 0 then min(v) else exp(avg(ln(nullif(v, 0)))) end
  from unnest(of_values) v
$$;

-- A series run by run, oldest first. `state` is s answered, f failed, p failed through the probe's fault. Several answers
-- of a run are one value.
create function internal.series_runs(of_series integer, since timestamptz, until timestamptz)
returns table (
  run_id uuid, at timestamptz, state text, ttft double precision, answer double precision, latency double precision,
  tps double precision, cost double precision)
language sql stable
as $$
  select
    r.run_id, min(r.created_at),
    case when bool_or(r.success) then 's' when bool_or(r.failure_owner <> 'probe') then 'f' else 'p' end,
    case when count(*) = 1 then min(r.ttft_ms) filter (where r.success)
      else internal.one_value(array_agg(r.ttft_ms) filter (where r.success)) end,
    case when count(*) = 1 then min(r.answer_ttft_ms) filter (where r.success)
      else internal.one_value(array_agg(r.answer_ttft_ms) filter (where r.success)) end,
    case when count(*) = 1 then min(r.total_latency_ms) filter (where r.success)
      else internal.one_value(array_agg(r.total_latency_ms) filter (where r.success)) end,
    case when count(*) = 1 then min(r.tps) filter (where r.success)
      else internal.one_value(array_agg(r.tps) filter (where r.success)) end,
    case when count(*) = 1 then min(r.cost_usd) filter (where r.success and r.cost_known)
      else internal.one_value(array_agg(r.cost_usd) filter (where r.success and r.cost_known)) end
  from public.counted_results r
  where r.series_id = of_series and r.created_at > since and r.created_at <= until
  group by r.run_id
$$;

-- Two series in the same runs. Each array has one entry a run, oldest first; a side's `states` has one letter a run, - where
-- it was not asked. A value is null where there is none.
create function internal.paired_runs(series_a integer, series_b integer, since timestamptz, until timestamptz) returns json
language sql stable
as $$
  select json_build_object(
    'at', coalesce(json_agg(floor(extract(epoch from r.at)) order by r.at, r.run_id), '[]'), 'a', json_build_object(
      'states', coalesce(string_agg(coalesce(r.a_state, '-'), '' order by r.at, r.run_id), ''),
      'ttft', coalesce(json_agg(r.a_ttft order by r.at, r.run_id), '[]'),
      'answer', coalesce(json_agg(r.a_answer order by r.at, r.run_id), '[]'),
      'latency', coalesce(json_agg(r.a_latency order by r.at, r.run_id), '[]'),
      'tps', coalesce(json_agg(r.a_tps order by r.at, r.run_id), '[]'),
      'cost', coalesce(json_agg(r.a_cost order by r.at, r.run_id), '[]')),
    'b', json_build_object(
      'states', coalesce(string_agg(coalesce(r.b_state, '-'), '' order by r.at, r.run_id), ''),
      'ttft', coalesce(json_agg(r.b_ttft order by r.at, r.run_id), '[]'),
      'answer', coalesce(json_agg(r.b_answer order by r.at, r.run_id), '[]'),
      'latency', coalesce(json_agg(r.b_latency order by r.at, r.run_id), '[]'),
      'tps', coalesce(json_agg(r.b_tps order by r.at, r.run_id), '[]'),
      'cost', coalesce(json_agg(r.b_cost order by r.at, r.run_id), '[]')))
  from (
    select
      least(x.at, y.at) as at, run_id,
      x.state as a_state, x.ttft as a_ttft, x.answer as a_answer, x.latency as a_latency, x.tps as a_tps, x.cost as a_cost,
      y.state as b_state, y.ttft as b_ttft, y.answer as b_answer, y.latency as b_latency, y.tps as b_tps, y.cost as b_cost
    from internal.series_runs(series_a, since, until) x
    full join internal.series_runs(series_b, since, until) y using (run_id)
    -- In this order once, so that each array's own order costs nothing.
    order by 1, 2
  ) r
$$;

-- Two endpoints ("provider/model", as in the pages' addresses) side by side, and their results run by run, up to the
-- window's refresh. Without a place: the one with most results of all endpoints in the window.
create function public.compare_endpoints(
  a text, b text, time_window text default '24h', at_location text default null
) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s'
as $$
declare
  reading constant internal.reading := internal.reading_of(time_window, at_location);
  usual constant text := internal.places(time_window) -> 0 ->> 'location';
  sides jsonb := '{}';
  series integer[] := '{}';
  side text;
  e record;
begin
  foreach side in array array['a', 'b'] loop
    select * into e from internal.endpoint_of(case side when 'a' then compare_endpoints.a else compare_endpoints.b end);
    sides := sides || jsonb_build_object(side,
      internal.endpoint_entry(e.provider, e.model, reading, false)::jsonb || jsonb_build_object('known', e.known and (
        exists (
          select 1 from public.models m join public.providers p on p.id = m.provider_id
          where p.slug = e.provider and m.name = e.model)
        or exists (select 1 from public.series s where s.provider = e.provider and s.model = e.model))));
    series := array_append(series, (
      select s.id from internal.shown_series(reading.location, reading.prompt_version) s
      where s.provider = e.provider and s.model = e.model));
  end loop;
  return json_build_object(
    'as_of', reading.until, 'read_at', now(), 'since', reading.since,
    'prompt_version', nullif(reading.prompt_version, ''), 'location', reading.location, 'usual_location', usual,
    -- Where the two were measured from.
    'locations', (
      select coalesce(json_agg(l order by l.location = usual desc, l.results desc, l.location), '[]')
      from (
        select s.location, sum(w.attempts + w.probe_failures)::bigint as results
        from public.series s
        join public.series_windows w
          on w.series_id = s.id and w.time_window = compare_endpoints.time_window and w.part = 'current'
        where s.shown and (s.provider, s.model) in (
          (sides -> 'a' ->> 'provider', sides -> 'a' ->> 'model'), (sides -> 'b' ->> 'provider', sides -> 'b' ->> 'model'))
        group by s.location
      ) l),
    'newest_result_at', internal.newest_result_at(),
    'a', sides -> 'a',
    'b', sides -> 'b',
    'runs', internal.paired_runs(series[1], series[2], reading.since, reading.until));
end
$$;

-- The endpoints there are to choose from: those that are measured now, and those that were within 30 days. `newest_at` is
-- null where nothing was measured in that time.
create function public.compare_choices() returns json
language sql stable security invoker set search_path = '' set statement_timeout = '3s'
as $$
  with measured as (
    select s.provider, s.model, max(w.newest_at) as newest_at, bool_and(s.simulated) as simulated
    from public.series s
    join public.series_windows w on w.series_id = s.id and w.time_window = '30d' and w.part = 'current'
    where s.shown
    group by s.provider, s.model
  ),
  listed as (
    select k.provider, k.model from measured k
    union
    select p.slug, m.name from public.models m join public.providers p on p.id = m.provider_id where m.active
  )
  select json_build_object('endpoints', coalesce(json_agg(json_build_object(
    'provider', l.provider, 'provider_name', coalesce(p.name, l.provider), 'kind', p.kind, 'model', l.model,
    'identity', m.identity, 'active', coalesce(m.active, false), 'newest_at', k.newest_at,
    'simulated', coalesce(k.simulated, false)) order by l.provider, l.model), '[]'))
  from listed l
  left join measured k on k.provider = l.provider and k.model = l.model
  left join public.providers p on p.slug = l.provider
  left join public.models m on m.provider_id = p.id and m.name = l.model
$$;
