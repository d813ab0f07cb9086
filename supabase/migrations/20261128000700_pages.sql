-- What the pages of an endpoint, of runs and of prices read: one JSON value each.

-- The shortest round step (1, 2, 2.5 or 5 times a power of ten) of which `steps` cover a range.
create function internal.round_step(of_range double precision, steps integer) returns double precision
language sql immutable parallel safe
return case when of_range > 0 then (
  select min(factor * power)
  from unnest(array[1, 2, 2.5, 5, 10]::double precision[]) as factor,
    (select 10 ^ floor(log((of_range / steps)::numeric))::double precision as power) whole
  where factor * power >= of_range / steps * (1 - 1e-9)
) else 1 end;

-- Counts of values in steps of a round width: {n, step, bins: [[start of the bin, count], ...], above, above_n}.
-- What lies beyond the 99th percentile's bin is counted in one number, so that one slow answer does not squeeze the rest.
create function internal.value_bins(of_values double precision[]) returns json
language sql immutable parallel safe as $$
  with known as (
    select v from unnest(of_values) as v where v is not null
  ), bounds as (
    select count(*) as n, min(v) as low, percentile_cont(0.99) within group (order by v) as high from known
  ), width as (
    select n, high, internal.round_step(greatest(high - low, high / 50), 20) as step from bounds
  ), placed as (
    select floor(v / step) as bin, floor(high / step) as last, step from known, width
  )
  select json_build_object(
    'n', w.n,
    'step', w.step,
    'bins', (
      select coalesce(json_agg(json_build_array(b.bin * w.step, b.n) order by b.bin), '[]')
      from (select p.bin, count(*) as n from placed p where p.bin <= p.last group by p.bin) b),
    'above', (floor(w.high / w.step) + 1) * w.step,
    'above_n', (select count(*) from placed p where p.bin > p.last)
  )
  from width w
$$;

-- One endpoint's figures, as in endpoint_json. Of an endpoint that nobody knows all of them are empty.
create function internal.endpoint_entry(
  of_provider text, of_model text, reading internal.reading, with_trend boolean
) returns json
language sql stable as $$
  select internal.endpoint_json(of_provider, of_model, p.name, p.kind, m, s, w, with_trend)
  from (select 1) one
  left join public.providers p on p.slug = of_provider
  left join public.models m on m.provider_id = p.id and m.name = of_model
  left join lateral (
    select k.* from public.series k
    where k.provider = of_provider and k.model = of_model and k.location = (reading).location
      and k.prompt_version = (reading).prompt_version and k.workload = 'standard' and k.shown
    order by k.upstream nulls first limit 1
  ) s on true
  left join lateral (
    select r.* from public.series_windows r
    where r.series_id = s.id and r.time_window = (reading).time_window and r.part = 'current'
    union all
    select f.* from internal.series_figures(s.id, 'span', 'current', (reading).since, (reading).until) f
    where (reading).time_window is null
  ) w on true
$$;

-- One endpoint's figures alone, for a badge: {as_of, endpoint}.
create function public.endpoint_figures(
  of_provider text, of_model text, time_window text default '24h', at_location text default null
) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
declare
  reading constant internal.reading := internal.reading_of(time_window, at_location);
begin
  return json_build_object(
    'as_of', reading.until, 'endpoint', internal.endpoint_entry(of_provider, of_model, reading, false));
end $$;

-- A series over time: what stands in each of the trend's buckets, as [n, median, slow end, mean time of the samples (epoch,
-- ms)]. The slow end of times is the 95th percentile, of rates the 5th; 19 in 20 answers were faster.
create function internal.series_buckets(of_series integer, since timestamptz, until timestamptz, step interval)
returns json
language sql stable as $$
  select coalesce(json_agg(json_build_object(
    'at', b.at, 'attempts', b.attempts, 'provider_failures', b.provider_failures,
    'ttft', json_build_array(b.ttft_n, b.ttft_p50, case when b.ttft_n >= 20 then b.ttft_p95 end, round(b.ttft_at)),
    'tps', json_build_array(b.tps_n, b.tps_p50, case when b.tps_n >= 20 then b.tps_p05 end, round(b.tps_at)),
    'latency', json_build_array(
      b.latency_n, b.latency_p50, case when b.latency_n >= 20 then b.latency_p95 end, round(b.latency_at))
  ) order by b.at), '[]')
  from (
    select
      date_bin(step, r.created_at, timestamptz '2000-01-01 00:00:00+00') as at,
      count(*) filter (where r.failure_owner is distinct from 'probe') as attempts,
      count(*) filter (where r.failure_owner = 'provider') as provider_failures,
      count(r.ttft_ms) filter (where r.success) as ttft_n,
      avg(extract(epoch from r.created_at) * 1000) filter (where r.success and r.ttft_ms is not null) as ttft_at,
      percentile_cont(0.5) within group (order by r.ttft_ms) filter (where r.success) as ttft_p50,
      percentile_cont(0.95) within group (order by r.ttft_ms) filter (where r.success) as ttft_p95,
      count(r.tps) filter (where r.success) as tps_n,
      avg(extract(epoch from r.created_at) * 1000) filter (where r.success and r.tps is not null) as tps_at,
      percentile_cont(0.5) within group (order by r.tps) filter (where r.success) as tps_p50,
      percentile_cont(0.05) within group (order by r.tps) filter (where r.success) as tps_p05,
      count(*) filter (where r.success) as latency_n,
      avg(extract(epoch from r.created_at) * 1000) filter (where r.success) as latency_at,
      percentile_cont(0.5) within group (order by r.total_latency_ms) filter (where r.success) as latency_p50,
      percentile_cont(0.95) within group (order by r.total_latency_ms) filter (where r.success) as latency_p95
    from public.counted_results r
    where r.series_id = of_series and r.created_at > since and r.created_at <= until
    group by 1
  ) b
$$;

-- Failures of some series by kind and owner, most first, each with the newest one and its message.
create function internal.series_failures(of_series integer[], since timestamptz, until timestamptz) returns json
language sql stable as $$
  select coalesce(json_agg(to_jsonb(k) || jsonb_build_object('message', left(b.error_message, 300), 'run_id', b.run_id)
    order by k.n desc, k.kind, k.owner), '[]')
  from (
    select coalesce(r.error_kind, 'status ' || r.status_code, 'unknown') as kind, r.failure_owner as owner,
      count(*) as n, coalesce(array_agg(distinct r.status_code) filter (where r.status_code is not null), '{}') as statuses,
      max(r.created_at) as newest_at, (array_agg(r.id order by r.created_at desc, r.id))[1] as newest_id
    from public.counted_results r
    where r.series_id = any (of_series) and not r.success and r.created_at > since and r.created_at <= until
    group by 1, 2
  ) k
  join public.benchmark_results b on b.id = k.newest_id
$$;

-- Requests of a series (since excluded, until included), by which: 'newest' ten of them, the newest fifty that 'failed', or
-- the twenty with the 'slowest' TTFT, slowest first.
create function internal.series_requests(of_series integer, since timestamptz, until timestamptz, which text) returns json
language sql stable as $$
  select coalesce(json_agg(b order by case when which = 'slowest' then b.ttft_ms end desc, b.at desc, b.id), '[]')
  from (
    (
      select n.id from public.benchmark_results n
      where which = 'newest' and n.series_id = of_series and n.created_at > since and n.created_at <= until
      order by n.created_at desc limit 10
    ) union all (
      select f.id from public.benchmark_results f
      where which = 'failed' and f.series_id = of_series and not f.success and f.created_at > since and f.created_at <= until
      order by f.created_at desc limit 50
    ) union all (
      select c.id from public.counted_results c
      where which = 'slowest' and c.series_id = of_series and c.success and c.ttft_ms is not null
        and c.created_at > since and c.created_at <= until
      order by c.ttft_ms desc, c.created_at desc limit 20
    )
  ) i
  cross join lateral (
    select r.id, r.run_id, r.created_at as at, r.success, r.error_kind, r.failure_owner as owner, r.status_code,
      r.error_message, left(r.response_text, 1200) as text, length(r.response_text) as text_length, r.ttft_ms, r.tps,
      r.total_latency_ms, r.input_tokens, r.output_tokens, r.finish_reason, r.upstream, r.simulated, r.confirmation
    from public.benchmark_results r
    where r.id = i.id
  ) b
$$;

-- The same model at other providers: by its identity, where it has none by its name. Each with its figures.
create function internal.same_elsewhere(of_model public.models, named text, reading internal.reading) returns json
language sql stable as $$
  select coalesce(json_agg(json_build_object(
    'endpoint', internal.endpoint_entry(o.slug, o.name, reading, false), 'quantization', o.quantization, 'price', (
      select json_build_object('input', p.input_price_per_m, 'output', p.output_price_per_m)
      from internal.newest_price(o.id) p
    )) order by o.active desc, o.kind, o.slug, o.name), '[]')
  from (
    select m.id, m.name, m.active, m.quantization, p.slug, p.kind
    from public.models m
    join public.providers p on p.id = m.provider_id
    where (m.identity = (of_model).identity or ((of_model).identity is null and m.name = named))
      and m.id is distinct from (of_model).id and (m.available or m.active)
    order by m.active desc, p.kind, p.slug, m.name
    limit 12
  ) o
$$;

-- One endpoint (provider + model) over a window, or over [from_at, to_at). requests: as in internal.series_requests. Null
-- where neither the catalogue nor any result knows it.
create function public.model_page(
  of_provider text, of_model text, time_window text default '24h', at_location text default null,
  from_at timestamptz default null, to_at timestamptz default null, requests text default 'newest'
) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
declare
  reading constant internal.reading := internal.reading_of(time_window, at_location, from_at, to_at);
  since constant timestamptz := reading.since;
  step constant interval := internal.step_of(reading.until - since);
  m public.models;
  series integer;
begin
  select k.* into m from public.models k join public.providers p on p.id = k.provider_id
  where p.slug = of_provider and k.name = of_model;
  if m.id is null and not exists (
    select 1 from public.series s where s.provider = of_provider and s.model = of_model
  ) then
    return null;
  end if;
  select s.id into series from internal.shown_series(reading.location, reading.prompt_version) s
  where s.provider = of_provider and s.model = of_model;

  return json_build_object(
    'as_of', reading.until, 'read_at', now(), 'since', since, 'step_s', extract(epoch from step),
    'location', reading.location, 'locations', internal.places(coalesce(reading.time_window, '30d')),
    'newest_result_at', internal.newest_result_at(),
    'endpoint', internal.endpoint_entry(of_provider, of_model, reading, true),
    'facts', case when m.id is not null then json_build_object(
      'available', m.available, 'context_window', m.context_window, 'identity', m.identity, 'family', m.family,
      'quantization', m.quantization, 'known_since', m.created_at, 'last_seen_at', m.last_seen_at,
      'retires_at', m.retires_at, 'successor_known', exists (
        select 1 from public.models n where n.provider_id = m.provider_id and n.name = m.successor)
    ) end,
    'buckets', internal.series_buckets(series, since, reading.until, step),
    -- A short time holds few enough answers to show each of them.
    'answers', case when step <= interval '1 hour' then (
      select coalesce(json_agg(json_build_array(
        floor(extract(epoch from a.created_at) * 1000), a.ttft_ms, a.tps, a.total_latency_ms) order by a.created_at), '[]')
      from (
        select r.created_at, r.ttft_ms, r.tps, r.total_latency_ms from public.counted_results r
        where r.series_id = series and r.success and r.created_at > since and r.created_at <= reading.until
        order by r.created_at desc limit 300
      ) a
    ) else '[]' end,
    'distributions', (
      select json_build_object(
        'ttft', internal.value_bins(array_agg(r.ttft_ms)),
        'tps', internal.value_bins(array_agg(r.tps)),
        'latency', internal.value_bins(array_agg(r.total_latency_ms)))
      from public.counted_results r
      where r.series_id = series and r.success and r.created_at > since and r.created_at <= reading.until),
    'failures', internal.series_failures(array[series], since, reading.until),
    'prices', (
      select coalesce(json_agg(json_build_object(
        'at', h.timestamp, 'input', h.input_price_per_m, 'output', h.output_price_per_m,
        'cached_input', h.cached_input_price_per_m, 'source', h.source) order by h.timestamp desc, h.id desc), '[]')
      from (
        select * from public.prices p where p.model_id = m.id order by p.timestamp desc, p.id desc limit 50
      ) h),
    'newest_at', (select max(r.created_at) from public.benchmark_results r where r.series_id = series),
    'results', case when requests = 'newest' and reading.time_window is not null
      then internal.series_requests(series, '-infinity', 'infinity', requests)
      else internal.series_requests(series, since, reading.until, requests) end,
    'elsewhere', internal.same_elsewhere(m, of_model, reading));
end $$;

-- What shows that an endpoint is down or degraded since a moment: its figures of the 7 days before as `usual` and since then
-- as `now`, and its newest requests since then, confirmations among them.
create function public.endpoint_evidence(
  of_provider text, of_model text, began_at timestamptz, at_location text default null
) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
declare
  reading constant internal.reading := internal.reading_of('24h', at_location);
  before constant timestamptz := began_at - interval '1 microsecond';
  series constant integer := (
    select s.id from internal.shown_series(reading.location, reading.prompt_version) s
    where s.provider = of_provider and s.model = of_model);
begin
  return (
    select json_build_object(
      'usual', u.figures, 'now', n.figures, 'requests', (
        select coalesce(json_agg(q order by q.at desc, q.id), '[]')
        from (
          select r.id, r.run_id, r.created_at as at, r.success, r.error_kind, r.failure_owner as owner, r.status_code,
            r.ttft_ms, r.tps, r.total_latency_ms, r.confirmation
          from public.benchmark_results r
          where r.series_id = series and r.created_at > before
          order by r.created_at desc limit 8
        ) q))
    from internal.series_figures(series, 'span', 'usual', before - interval '7 days', before) u
    cross join internal.series_figures(series, 'span', 'now', before, now()) n);
end $$;

-- One model at all its providers (an identity), those measured first. At most a hundred; `total` says how many there are.
-- Null where no model has that identity.
create function public.identity_page(
  of_identity text, time_window text default '24h', at_location text default null,
  from_at timestamptz default null, to_at timestamptz default null
) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
declare
  reading constant internal.reading := internal.reading_of(time_window, at_location, from_at, to_at);
  total constant bigint := (select count(*) from public.models m where m.identity = of_identity);
begin
  if total = 0 then
    return null;
  end if;
  return json_build_object(
    'as_of', reading.until, 'read_at', now(), 'since', reading.since,
    'step_s', extract(epoch from internal.step_of(reading.until - reading.since)),
    'location', reading.location, 'locations', internal.places(coalesce(reading.time_window, '30d')),
    'newest_result_at', internal.newest_result_at(), 'identity', of_identity, 'total', total,
    'family', (select max(m.family) from public.models m where m.identity = of_identity),
    'endpoints', (
      select json_agg(json_build_object(
        'endpoint', internal.endpoint_entry(o.slug, o.name, reading, true), 'quantization', o.quantization,
        'context_window', o.context_window, 'available', o.available, 'price', (
          select json_build_object(
            'input', p.input_price_per_m, 'output', p.output_price_per_m, 'cached', p.cached_input_price_per_m)
          from internal.newest_price(o.id) p)
        ) order by o.active desc, o.available desc, o.slug, o.name)
      from (
        select m.id, m.name, m.active, m.available, m.quantization, m.context_window, p.slug
        from public.models m
        join public.providers p on p.id = m.provider_id
        where m.identity = of_identity
        order by m.active desc, m.available desc, p.slug, m.name
        limit 100
      ) o),
    'changes', (
      select coalesce(json_agg(c order by c.at desc, c.provider, c.model, c.kind), '[]')
      from (
        select e.at, e.kind, p.slug as provider, p.name as provider_name, e.model, e.before, e.after
        from public.models m
        join public.catalog_events e on e.model_id = m.id
        join public.providers p on p.id = m.provider_id
        where m.identity = of_identity
        order by e.at desc
        limit 30
      ) c));
end $$;

-- One provider over a window: what is known of it, its endpoints (those that are measured, or were in the window), and its
-- failures by kind. Null where nobody knows it.
create function public.provider_page(
  of_provider text, time_window text default '24h', at_location text default null
) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
declare
  reading constant internal.reading := internal.reading_of(time_window, at_location);
  p record;
  series constant integer[] := array(
    select s.id from internal.shown_series(reading.location, reading.prompt_version) s where s.provider = of_provider);
begin
  select k.id, k.name, k.kind, k.status_url into p from public.providers k where k.slug = of_provider;
  if p.id is null and not exists (select 1 from public.series s where s.provider = of_provider) then
    return null;
  end if;
  return json_build_object(
    'as_of', reading.until, 'read_at', now(), 'since', reading.since,
    'step_s', extract(epoch from internal.step_of(reading.until - reading.since)),
    'location', reading.location, 'locations', internal.places(time_window),
    'newest_result_at', internal.newest_result_at(),
    'provider', of_provider, 'name', coalesce(p.name, of_provider), 'kind', p.kind, 'status_url', p.status_url,
    'models', (select count(*) from public.models m where m.provider_id = p.id and m.available),
    'endpoints', (
      select coalesce(json_agg(json_build_object(
        'endpoint', internal.endpoint_entry(of_provider, l.model, reading, true), 'identity', (
          select m.identity from public.models m where m.provider_id = p.id and m.name = l.model)) order by l.model), '[]')
      from (
        select s.model
        from public.series s
        join public.series_windows w
          on w.series_id = s.id and w.time_window = reading.time_window and w.part = 'current'
        where s.id = any (series)
        union
        select m.name from public.models m where m.provider_id = p.id and m.active
        order by 1 limit 150
      ) l),
    'failures', internal.series_failures(series, reading.since, reading.until));
end $$;

-- Runs, newest first, a page at a time: those before a run or those after it, of all or of [from_at, to_at). Null where that
-- run is not there. More than 10,000 are counted as 10,001.
create function public.dashboard_runs(
  before uuid default null, after uuid default null, page_size integer default 50,
  from_at timestamptz default null, to_at timestamptz default null
) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
declare
  size constant integer := least(greatest(page_size, 1), 200);
  edge_id constant uuid := coalesce(before, after);
  edge_at constant timestamptz := (select r.started_at from public.runs r where r.id = edge_id);
  is_after constant boolean := before is null and after is not null;
  first_at constant timestamptz := coalesce(from_at, '-infinity');
  end_at constant timestamptz := coalesce(to_at, 'infinity');
  ids uuid[];
  more boolean;
begin
  if edge_id is not null and edge_at is null then
    return null;
  end if;
  if is_after then
    ids := array(
      select r.id from public.runs r
      where (r.started_at, r.id) > (edge_at, edge_id) and r.started_at >= first_at and r.started_at < end_at
      order by r.started_at, r.id limit size + 1);
  else
    ids := array(
      select r.id from public.runs r
      where (edge_id is null or (r.started_at, r.id) < (edge_at, edge_id))
        and r.started_at >= first_at and r.started_at < end_at
      order by r.started_at desc, r.id desc limit size + 1);
  end if;
  more := cardinality(ids) > size;
  return (
    select json_build_object(
      'as_of', now(),
      'total', (
        select count(*)
        from (select 1 from public.runs o where o.started_at >= first_at and o.started_at < end_at limit 10001) counted),
      'newer', case when is_after then more else edge_id is not null end, 'older', is_after or more,
      'runs', coalesce(json_agg(json_build_object(
        'id', r.id, 'run_name', r.run_name, 'triggered_by', r.triggered_by, 'started_at', r.started_at,
        'finished_at', r.finished_at, 'location', r.location, 'targets', r.targets, 'note', r.note,
        'skipped', jsonb_array_length(r.skipped), 'over_budget', r.skipped @> '[{"reason": "budget"}]',
        'results', s.results, 'failures', s.failures, 'simulated', s.simulated, 'offline', r.offline
      ) order by r.started_at desc, r.id desc), '[]'))
    from public.runs r
    cross join lateral (
      select count(*) as results, count(*) filter (where not b.success) as failures,
        count(*) filter (where b.simulated) as simulated
      from public.benchmark_results b
      where b.run_id = r.id and not b.confirmation
    ) s
    where r.id = any (ids[1:size]));
end $$;

-- One run with a page of its results in the order they were asked, or one result alone. An unknown run
-- is {"run": null}.
-- Texts are cut to text_limit characters, arrival times thinned to about 600 [place, ms] pairs: the first, the last and
-- evenly spaced ones between them.
create function public.dashboard_run(
  of_run uuid, of_result uuid default null, only_failed boolean default false, page integer default 1,
  page_size integer default 20, text_limit integer default 2000
) returns json
language sql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
  with wanted as materialized (
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
      'note', r.note, 'skipped', r.skipped),
    'previous', (
      select q.id from public.runs q where (q.started_at, q.id) < (r.started_at, r.id)
      order by q.started_at desc, q.id desc limit 1),
    'next', (
      select q.id from public.runs q where (q.started_at, q.id) > (r.started_at, r.id)
      order by q.started_at, q.id limit 1),
    'counts', (
      select json_build_object(
        'results', count(*), 'failures', count(*) filter (where not b.success),
        'simulated', count(*) filter (where b.simulated), 'offline', r.offline,
        'cost_usd', sum(b.cost_usd) filter (where b.cost_source <> 'unknown' or b.cost_usd > 0),
        'cost_unknown', count(*) filter (where b.cost_source = 'unknown' and b.cost_usd = 0 and b.output_tokens > 0))
      from public.benchmark_results b
      where b.run_id = r.id),
    'matching', (select count(*) from wanted),
    'results', (
      select coalesce(json_agg(x order by x.created_at, x.id), '[]')
      from (
        select b.id, b.created_at, s.provider, coalesce(p.name, s.provider) as provider_name, p.kind, s.model, b.simulated,
          b.success, b.status_code, b.error_kind, b.error_message, b.failure_owner as owner, b.confirmation,
          b.total_latency_ms, b.ttfb_ms, b.ttft_ms, b.answer_ttft_ms, b.warmup_ms, b.tps, b.input_tokens, b.output_tokens,
          b.reasoning_tokens, b.cached_tokens, b.tokens_estimated, b.cost_usd, b.cost_source, b.finish_reason, b.answer_ok,
          b.truncated, b.skipped_events, b.upstream, b.location, b.colo, b.prompt_version,
          left(b.response_text, least(greatest(text_limit, 0), 100000)) as text,
          coalesce(length(b.response_text), 0) as text_chars,
          coalesce(cardinality(b.chunk_times_ms), 0) as arrivals,
          (
            select json_agg(json_build_array(u.place, u.ms) order by u.place)
            -- Counted here: to ask the array itself for each arrival unpacks it each time.
            from (
              select a.ms, a.place, count(*) over () as n from unnest(b.chunk_times_ms) with ordinality as a(ms, place)
            ) u
            where u.place = 1 or u.place = u.n or u.place % greatest(u.n / 600, 1) = 0
          ) as times
        from paged g
        join public.benchmark_results b on b.id = g.id
        join public.series s on s.id = b.series_id
        left join public.providers p on p.slug = s.provider
      ) x)
  )
  from public.runs r
  where r.id = of_run), '{"run": null}'::json)
$$;

-- The newest price of every model, what it was before, and what waits for a person. With measured_only: models that
-- are measured in every run.
create function public.dashboard_prices(measured_only boolean default true) returns json
language sql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
  with listed as materialized (
    select m.*, p.slug, p.name as provider_name, p.kind
    from public.models m
    join public.providers p on p.id = m.provider_id
    where m.active or not measured_only
  ),
  ordered as materialized (
    select x.model_id, x.input_price_per_m, x.output_price_per_m, x.cached_input_price_per_m, x.timestamp, x.source,
      row_number() over w as place, lead(x.timestamp) over w as before_at, lead(x.input_price_per_m) over w as input_before,
      lead(x.output_price_per_m) over w as output_before, lead(x.cached_input_price_per_m) over w as cached_before
    from public.prices x
    window w as (partition by x.model_id order by x.timestamp desc, x.id desc)
  ),
  history as (
    select o.model_id, count(*) as prices,
      json_agg(json_build_object(
        'input', o.input_price_per_m, 'output', o.output_price_per_m, 'cached', o.cached_input_price_per_m,
        'since', o.timestamp, 'source', o.source) order by o.place) filter (where o.place <= 4) as newest
    from ordered o
    group by o.model_id
  ),
  changes as (
    select l.slug as provider, l.provider_name, l.name as model, o.timestamp as at, o.input_price_per_m as input,
      o.output_price_per_m as output, o.cached_input_price_per_m as cached, o.input_before, o.output_before, o.cached_before,
      o.source
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
      select coalesce(json_agg(json_build_object(
        'provider', l.slug, 'provider_name', l.provider_name, 'kind', l.kind, 'model', l.name, 'active', l.active,
        'available', l.available, 'retired_at', l.retired_at, 'successor', l.successor, 'prices', coalesce(h.prices, 0),
        'history', coalesce(h.newest, '[]'::json), 'held', l.held_price) order by l.slug, l.name), '[]')
      from listed l
      left join history h on h.model_id = l.id),
    'changes', (select coalesce(json_agg(c order by c.at desc, c.provider, c.model), '[]') from changes c))
$$;

-- Which upstreams served a proxied model that it routed by itself, over a time (since excluded,
-- until included): [{upstream, n}], the most first.
create function public.upstream_shares(
  of_provider text, of_model text, since timestamptz, at_location text default null, until timestamptz default 'infinity'
) returns jsonb
language sql stable security invoker set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(u) order by u.n desc, u.upstream), '[]')
  from (
    select r.upstream, count(*) as n
    from public.series s
    join public.benchmark_results r on r.series_id = s.id
    where s.provider = of_provider and s.model = of_model and s.upstream is null and s.workload = 'standard' and s.shown
      and (at_location is null or s.location = at_location)
      and r.created_at > since and r.created_at <= until and r.upstream is not null and not r.confirmation
    group by r.upstream
    order by count(*) desc, r.upstream
    limit 50
  ) u
$$;
