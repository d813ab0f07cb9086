-- What the page that compares endpoints reads. Their figures are those of every page; docs/metrics.md says what the
-- rest means.

-- The endpoint that "provider/model" names, as in the pages' addresses: a slug ends at the first slash; names of providers
-- that nobody knows may hold one, and the first endpoint in order has it. No row where nobody knows the provider.
create function internal.endpoint_of(named text) returns table (provider text, model text, known boolean)
language sql stable as $$
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
  ) e
  order by e.rank, e.provider, e.model
  limit 1
$$;

-- Several positive values in one: their geometric mean; equal values exactly, 0 where one of them is 0.
create function internal.one_value(of_values double precision[]) returns double precision
language sql immutable parallel safe as $$
  select case when min(v) = max(v) or min(v) = 0 then min(v) else exp(avg(ln(nullif(v, 0)))) end
  from unnest(of_values) v
$$;

-- A series run by run, in no order. `state` is s answered, f failed, p failed through the probe's fault. Several answers of a
-- run are one value; nearly every run has one alone, which is taken as it is.
create function internal.series_runs(of_series integer, since timestamptz, until timestamptz)
returns table (
  run_id uuid, at timestamptz, state text, ttft double precision, answer double precision, latency double precision,
  tps double precision, cost double precision)
language sql stable as $$
  with asked as materialized (
    select c.run_id, c.created_at, c.success, c.failure_owner,
      case when c.success then c.ttft_ms end as ttft, case when c.success then c.answer_ttft_ms end as answer,
      case when c.success then c.total_latency_ms end as latency, case when c.success then c.tps end as tps,
      case when c.success and c.cost_known then c.cost_usd end as cost
    from public.counted_results c
    where c.series_id = of_series and c.created_at > since and c.created_at <= until
  ),
  several as materialized (select r.run_id from asked r group by r.run_id having count(*) > 1)
  select r.run_id, r.created_at, case when r.success then 's' when r.failure_owner <> 'probe' then 'f' else 'p' end,
    r.ttft, r.answer, r.latency, r.tps, r.cost
  from asked r
  where r.run_id not in (select s.run_id from several s)
  union all
  select r.run_id, min(r.created_at),
    case when bool_or(r.success) then 's' when bool_or(r.failure_owner <> 'probe') then 'f' else 'p' end,
    internal.one_value(array_agg(r.ttft)), internal.one_value(array_agg(r.answer)),
    internal.one_value(array_agg(r.latency)), internal.one_value(array_agg(r.tps)), internal.one_value(array_agg(r.cost))
  from asked r
  where r.run_id in (select s.run_id from several s)
  group by r.run_id
$$;

-- Several series in the same runs. Each array has one entry a run, oldest first; a series' `states` has one letter a run, -
-- where it was not asked. A value is null where there is none. `answer` is null where it is `ttft` throughout.
create function internal.common_runs(series integer[], since timestamptz, until timestamptz) returns json
language sql stable as $$
  with found as materialized (
    select i.place, r.*
    from unnest(series) with ordinality as i (id, place)
    cross join lateral internal.series_runs(i.id, since, until) r
  ),
  axis as materialized (
    select a.run_id, a.at, row_number() over (order by a.at, a.run_id) as turn
    from (select f.run_id, min(f.at) as at from found f group by f.run_id) a
  )
  select json_build_object(
    'at', (select coalesce(json_agg(floor(extract(epoch from a.at)) order by a.turn), '[]') from axis a),
    'endpoints', (
      select coalesce(json_agg(coalesce(
        e.runs, '{"states": "", "ttft": [], "answer": null, "latency": [], "tps": [], "cost": []}') order by p.place), '[]')
      from generate_series(1, cardinality(series)) as p (place)
      left join (
        select o.place, json_build_object(
          'states', string_agg(coalesce(o.state, '-'), ''), 'ttft', json_agg(o.ttft),
          'answer', case when bool_or(o.answer is distinct from o.ttft) then json_agg(o.answer) end,
          'latency', json_agg(o.latency), 'tps', json_agg(o.tps), 'cost', json_agg(o.cost)) as runs
        from (
          select q.place, a.turn, f.state, f.ttft, f.answer, f.latency, f.tps, f.cost
          from generate_series(1, cardinality(series)) as q (place)
          cross join axis a
          left join found f on f.place = q.place and f.run_id = a.run_id
          -- In this order once, so that each array's own order costs nothing.
          order by 1, 2
        ) o
        group by o.place
      ) e on e.place = p.place))
$$;

-- Two to six endpoints (a JSON list of "provider/model", as in the pages' addresses) side by side over a window, or over
-- [from_at, to_at), and their results run by run. Without a place: the one with most results of all endpoints.
create function public.compare_endpoints(
  endpoints text, time_window text default '24h', at_location text default null, from_at timestamptz default null,
  to_at timestamptz default null
) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
declare
  list constant jsonb := endpoints;
  reading constant internal.reading := internal.reading_of(time_window, at_location, from_at, to_at);
  window_name constant text := coalesce(reading.time_window, '30d');
  usual constant text := internal.places(window_name) -> 0 ->> 'location';
  series integer[];
  compared jsonb;
begin
  if jsonb_typeof(list) <> 'array' or jsonb_array_length(list) not between 1 and 6 then
    raise exception 'endpoints must be a list of one to six names' using errcode = '22023';
  end if;
  select array_agg(s.id order by n.place), jsonb_agg(
    internal.endpoint_entry(coalesce(e.provider, ''), coalesce(e.model, ''), reading, false)::jsonb || jsonb_build_object(
      -- What it is usually like: its week.
      'usual', (
        select w.figures from public.series_windows w
        where w.series_id = s.id and w.time_window = '7d' and w.part = 'current'),
      'known', coalesce(e.known, false)) order by n.place)
  into series, compared
  from jsonb_array_elements_text(list) with ordinality as n (named, place)
  left join lateral internal.endpoint_of(n.named) e on true
  left join lateral (
    select k.id from internal.shown_series(reading.location, reading.prompt_version) k
    where k.provider = e.provider and k.model = e.model
  ) s on true;
  return json_build_object(
    'as_of', reading.until, 'read_at', now(), 'since', reading.since,
    'step_s', extract(epoch from internal.step_of(reading.until - reading.since)),
    'prompt_version', nullif(reading.prompt_version, ''), 'location', reading.location, 'usual_location', usual,
    -- Where they were measured from.
    'locations', (
      select coalesce(json_agg(l order by l.location = usual desc, l.results desc, l.location), '[]')
      from (
        select s.location, sum(w.attempts + w.probe_failures)::bigint as results
        from public.series s
        join public.series_windows w
          on w.series_id = s.id and w.time_window = window_name and w.part = 'current'
        where s.shown and (s.provider, s.model) in (
          select c ->> 'provider', c ->> 'model' from jsonb_array_elements(compared) c)
        group by s.location
      ) l),
    'newest_result_at', internal.newest_result_at(),
    'endpoints', compared,
    'runs', internal.common_runs(series, reading.since, reading.until));
end $$;

-- The endpoints there are to choose from: those that are measured now, and those that were within 30 days. `newest_at` is
-- null where nothing was measured in that time.
create function public.compare_choices() returns json
language sql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
  with measured as (
    select s.provider, s.model, max(t.newest_at) as newest_at, bool_and(s.simulated) as simulated
    from public.series s
    join public.series_totals t on t.series_id = s.id and t.newest_at > now() - interval '30 days'
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
