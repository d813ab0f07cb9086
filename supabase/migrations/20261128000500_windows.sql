-- The figures of a window, computed once when a run ends (and every few minutes in a long one) and read as rows by every
-- page, by the API and by badges. They reach up to their as_of.

-- Null for a window that there is not.
create function internal.window_span(time_window text) returns interval
language sql immutable parallel safe
return case time_window
  when '1h' then interval '1 hour'
  when '24h' then interval '24 hours'
  when '7d' then interval '7 days'
  when '30d' then interval '30 days'
end;

-- Width of a trend's bucket over a time of this length: of 1 h a quarter, of 24 h an hour, of 7 d six, of 30 d a day.
create function internal.step_of(span interval) returns interval
language sql immutable parallel safe
return case
  when span <= interval '3 hours' then interval '15 minutes'
  when span <= interval '48 hours' then interval '1 hour'
  when span <= interval '10 days' then interval '6 hours'
  else interval '1 day'
end;

-- The standard prompt's series that a place shows, one for each endpoint: where an upstream was pinned too, the endpoint
-- as its provider serves it.
create function internal.shown_series(at_location text, of_version text) returns setof public.series
language sql stable as $$
  select distinct on (s.provider, s.model) s.*
  from public.series s
  where s.location = at_location and s.prompt_version = of_version and s.workload = 'standard' and s.shown
  order by s.provider, s.model, s.upstream nulls first
$$;

-- A series' figures over a window as every page, the API and badges tell them: a percentile from as many results as it
-- takes, shares of what they are shares of. Zeros and nulls where there are none.
create function internal.figures_json(f public.series_windows) returns json
language sql stable as $$
  select json_build_object(
    'attempts', coalesce(f.attempts, 0), 'probe_failures', coalesce(f.probe_failures, 0),
    'successes', coalesce(f.successes, 0), 'provider_failures', coalesce(f.provider_failures, 0),
    'success_rate', f.successes::float8 / nullif(f.attempts, 0),
    'error_rate', (f.attempts - f.successes)::float8 / nullif(f.attempts, 0),
    'uptime', f.successes::float8 / nullif(f.successes + f.provider_failures, 0), 'newest_at', f.newest_at,
    'within_2s', json_build_object(
      'n', coalesce(f.successes + f.provider_failures, 0),
      'share', f.within_2s::float8 / nullif(f.successes + f.provider_failures, 0)),
    'ttft', json_build_object(
      'n', coalesce(f.ttft_n, 0), 'p50', f.ttft_p50, 'p95', case when f.ttft_n >= 20 then f.ttft_p95 end),
    'answer_ttft', json_build_object(
      'n', coalesce(f.answer_n, 0), 'p50', f.answer_p50, 'p95', case when f.answer_n >= 20 then f.answer_p95 end),
    'thinks_aloud', coalesce(f.thinks_aloud, false), 'tps', json_build_object(
      'n', coalesce(f.tps_n, 0), 'p50', f.tps_p50, 'p05', case when f.tps_n >= 20 then f.tps_p05 end),
    'latency', json_build_object(
      'n', coalesce(f.successes, 0), 'p50', f.latency_p50, 'p95', case when f.successes >= 20 then f.latency_p95 end,
      'p99', case when f.successes >= 100 then f.latency_p99 end),
    'stability', json_build_object(
      'n', coalesce(f.successes, 0), 'latency_stddev', case when f.successes >= 2 then f.latency_stddev end,
      'ttft_stddev', case when f.ttft_n >= 2 then f.ttft_stddev end),
    'cost', json_build_object(
      'n', coalesce(f.cost_n, 0), 'per_request', f.cost_per_request,
      'per_million', f.cost_total * 1000000 / nullif(f.cost_tokens, 0)),
    'value', json_build_object(
      'n', coalesce(f.value_n, 0), 'tps', f.tps_p50, 'cost', f.value_cost, 'tokens', f.value_tokens))
$$;

-- A series' figures from its own results (since excluded, until included).
create function internal.series_figures(
  of_series integer, time_window text, part text, since timestamptz, until timestamptz
) returns public.series_windows
language plpgsql stable as $$
declare
  f public.series_windows;
begin
  -- In the order of the table's columns.
  select
    of_series, time_window, part, null,
    count(*) filter (where r.failure_owner is distinct from 'probe') as attempts,
    count(*) filter (where r.failure_owner = 'probe') as probe_failures, count(*) filter (where r.success) as successes,
    count(*) filter (where r.failure_owner = 'provider') as provider_failures, max(r.created_at) as newest_at,
    count(*) filter (where r.ttft_ms <= 2000 and (r.success or r.failure_owner = 'provider')) as within_2s,
    count(r.ttft_ms) filter (where r.success) as ttft_n, avg(r.ttft_ms) filter (where r.success) as ttft_mean,
    percentile_cont(0.5) within group (order by r.ttft_ms) filter (where r.success) as ttft_p50,
    percentile_cont(0.95) within group (order by r.ttft_ms) filter (where r.success) as ttft_p95,
    stddev_pop(r.ttft_ms) filter (where r.success) as ttft_stddev,
    count(r.answer_ttft_ms) filter (where r.success) as answer_n,
    percentile_cont(0.5) within group (order by r.answer_ttft_ms) filter (where r.success) as answer_p50,
    percentile_cont(0.95) within group (order by r.answer_ttft_ms) filter (where r.success) as answer_p95,
    bool_or(r.answer_ttft_ms > r.ttft_ms) filter (where r.success) as thinks_aloud,
    count(r.tps) filter (where r.success) as tps_n,
    percentile_cont(0.5) within group (order by r.tps) filter (where r.success) as tps_p50,
    percentile_cont(0.05) within group (order by r.tps) filter (where r.success) as tps_p05,
    percentile_cont(0.95) within group (order by r.tps) filter (where r.success) as tps_p95,
    percentile_cont(0.5) within group (order by r.total_latency_ms) filter (where r.success) as latency_p50,
    percentile_cont(0.95) within group (order by r.total_latency_ms) filter (where r.success) as latency_p95,
    percentile_cont(0.99) within group (order by r.total_latency_ms) filter (where r.success) as latency_p99,
    stddev_pop(r.total_latency_ms) filter (where r.success) as latency_stddev,
    count(*) filter (where r.success and r.cost_known) as cost_n,
    avg(r.cost_usd) filter (where r.success and r.cost_known) as cost_per_request,
    sum(r.cost_usd) filter (where r.success and r.cost_known) as cost_total,
    (sum(r.input_tokens::bigint + r.output_tokens) filter (where r.success and r.cost_known))::bigint as cost_tokens,
    count(*) filter (where r.success and r.cost_known and r.tps is not null) as value_n,
    sum(r.cost_usd) filter (where r.success and r.cost_known and r.tps is not null) as value_cost,
    (sum(r.input_tokens::bigint + r.output_tokens)
      filter (where r.success and r.cost_known and r.tps is not null))::bigint as value_tokens,
    (
      -- As short as can be: there are thousands of them.
      select replace(json_agg(json_build_array(
        extract(epoch from b.bucket)::bigint, b.attempts, b.n, trim_scale(round(b.ttft_p50::numeric, 3)),
        trim_scale(round(b.tps_p50::numeric, 3))) order by b.bucket)::text, ' ', '')::json
      from (
        select
          date_bin(internal.step_of(until - since), t.created_at, timestamptz '2000-01-01 00:00:00+00') as bucket,
          count(*) filter (where t.failure_owner is distinct from 'probe') as attempts,
          count(t.ttft_ms) filter (where t.success) as n,
          percentile_cont(0.5) within group (order by t.ttft_ms) filter (where t.success) as ttft_p50,
          percentile_cont(0.5) within group (order by t.tps) filter (where t.success) as tps_p50
        from public.counted_results t
        where t.series_id = of_series and t.created_at > since and t.created_at <= until
        group by 1
      ) b
    ) as trend
  into f
  from public.counted_results r
  where r.series_id = of_series and r.created_at > since and r.created_at <= until;
  f.figures := internal.figures_json(f);
  return f;
end $$;

-- Providers in one line each. Real and simulated never meet there either: where one endpoint is real, its simulated ones
-- are left out. What adds up is added up from the endpoints; only a median needs the results again.
create function internal.refresh_providers(of_window text, at_location text, of_version text, until timestamptz)
returns void
language sql volatile security definer set search_path = '' as $$
  delete from public.provider_windows p where p.time_window = of_window and p.location = at_location;
  insert into public.provider_windows (
    time_window, location, provider, simulated, attempts, successes, provider_failures, ttft_n, ttft_mean, latency_n,
    latency_stddev, value_n, value_cost, value_tokens, tps_p50)
  select
    of_window, at_location, x.provider, bool_or(x.simulated), sum(x.attempts), sum(x.successes), sum(x.provider_failures),
    sum(x.ttft_n), sum(x.ttft_mean * x.ttft_n) / nullif(sum(x.ttft_n), 0),
    coalesce(sum(x.successes) filter (where x.successes >= 2), 0),
    sqrt(
      sum(x.latency_stddev ^ 2 * x.successes) filter (where x.successes >= 2)
      / nullif(sum(x.successes) filter (where x.successes >= 2), 0)),
    sum(x.value_n), sum(x.value_cost), sum(x.value_tokens)::bigint, (
      select percentile_cont(0.5) within group (order by r.tps)
      from unnest(array_agg(x.series_id)) as i (id)
      join public.counted_results r on r.series_id = i.id
      where r.success and r.created_at > until - internal.window_span(of_window) and r.created_at <= until)
  from (
    select s.provider, s.simulated, bool_or(not s.simulated) over (partition by s.provider) as any_real, w.*
    from internal.shown_series(at_location, of_version) s
    join public.series_windows w on w.series_id = s.id and w.time_window = of_window and w.part = 'current'
  ) x
  where not x.simulated or not x.any_real
  group by x.provider
$$;

-- Computes one window at one place anew. A previous window stands nearly still: it is computed again only when it is
-- behind by a hundredth of its length. Answers 'refreshed', 'fresh' (nothing to do), 'empty' (no result) or 'busy'
-- (another call is at it).
create function internal.refresh_window(of_window text, of_part text, at_location text, until timestamptz) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
  started constant timestamptz := clock_timestamp();
  span constant interval := internal.window_span(of_window);
  version constant text := internal.version_at(until);
  counted bigint;
begin
  if of_part = 'previous' and exists (
    select 1 from public.window_refreshes w
    where w.time_window = of_window and w.part = of_part and w.location = at_location
      and w.as_of between until - span / 96 and until
  ) then
    return 'fresh';
  end if;
  if not pg_catalog.pg_try_advisory_xact_lock(
    pg_catalog.hashtextextended(concat_ws('/', 'refresh_window', of_window, of_part, at_location), 0)) then
    return 'busy';
  end if;

  delete from public.series_windows w
  using public.series s
  where s.id = w.series_id and s.location = at_location and w.time_window = of_window and w.part = of_part;
  with computed as (
    insert into public.series_windows
    select f.*
    from public.series s
    cross join lateral internal.series_figures(s.id, of_window, of_part, until - span, until) f
    where s.location = at_location and s.prompt_version = version and s.workload = 'standard' and s.shown
      and f.newest_at is not null
    returning attempts + probe_failures as results
  )
  select coalesce(sum(c.results), 0) into counted from computed c;
  if of_part = 'current' then
    perform internal.refresh_providers(of_window, at_location, version, until);
  end if;

  delete from public.window_refreshes w
  where w.time_window = of_window and w.part = of_part and w.location = at_location;
  if counted = 0 and of_part = 'current' then
    return 'empty';
  end if;
  insert into public.window_refreshes (time_window, part, location, as_of, prompt_version, results, took_ms)
  values (
    of_window, of_part, at_location, until, version, counted,
    extract(epoch from clock_timestamp() - started) * 1000);
  return 'refreshed';
end $$;

-- Computes one window at one place; for the service role, after each run. Where a place is no longer measured, no run of
-- its own asks for it: the one that waited longest is computed too, before it is behind by a twenty-fourth of the window.
-- {window, part, location, state, took_ms}: what became of at_location.
create function public.engine_refresh_windows(
  time_window text, part text, at_location text, as_of timestamptz default null
) returns jsonb
language plpgsql volatile security invoker set search_path = ''
-- A month of three hundred endpoints takes some seconds.
set statement_timeout = '20s' as $$
declare
  span constant interval := internal.window_span(time_window);
  until constant timestamptz := coalesce(as_of, now()) - case part when 'previous' then span else interval '0' end;
  started constant timestamptz := clock_timestamp();
  state text;
  lapsed text;
begin
  if span is null or part not in ('current', 'previous') or (part = 'previous' and time_window = '1h') then
    raise exception 'A window is current 1h, 24h, 7d or 30d, or previous 24h, 7d or 30d.' using errcode = '22023';
  end if;
  state := internal.refresh_window(time_window, part, at_location, until);
  select l.location into lapsed
  from (select distinct s.location from public.series s where s.shown and s.location <> at_location) l
  left join public.window_refreshes w
    on w.location = l.location and w.time_window = engine_refresh_windows.time_window
    and w.part = engine_refresh_windows.part
  where w.as_of < until - span / 24
    -- A place without results in the window has none to compute.
    or (w.as_of is null and exists (
      select 1
      from public.series s
      join public.series_days d on d.series_id = s.id
      where s.location = l.location and s.shown
        and d.day between (until - span)::date - 1 and until::date + 1))
  order by w.as_of nulls first, l.location
  limit 1;
  if lapsed is not null then
    perform internal.refresh_window(time_window, part, lapsed, until);
  end if;
  return jsonb_build_object(
    'window', time_window, 'part', part, 'location', at_location, 'state', state,
    'took_ms', round(extract(epoch from clock_timestamp() - started) * 1000));
end $$;

-- Where a window's results were measured, most first: [{location, results}].
create function internal.places(of_window text) returns json
language sql stable as $$
  select coalesce(json_agg(json_build_object('location', w.location, 'results', w.results)
    order by w.results desc, w.location), '[]')
  from public.window_refreshes w
  where w.time_window = of_window and w.part = 'current'
$$;

-- What a page reads: a named window up to its refresh, or any other time (time_window is null), whose figures are computed
-- by the same function from the series' own results. since is excluded and until included.
create type internal.reading as (
  time_window text, location text, prompt_version text, since timestamptz, until timestamptz);

-- The reading that a page asks for: [from_at, to_at), at most 31 days, where both are given, else the window; of the place
-- that is asked for, by default the one with most results. Nothing reaches further than the newest refresh of the place
-- does, so that all pages say the same. Where there is none (a place nobody knows, a new database), nothing is read, as of
-- now.
create function internal.reading_of(
  time_window text, at_location text, from_at timestamptz default null, to_at timestamptz default null,
  part text default 'current'
) returns internal.reading
language plpgsql stable as $$
declare
  named constant boolean := from_at is null or to_at is null;
  span constant interval := internal.window_span(time_window);
  reading internal.reading;
begin
  reading.location := coalesce(
    at_location, internal.places(case when named then time_window else '30d' end) -> 0 ->> 'location');
  if named then
    if span is null then
      raise exception 'time_window must be 1h, 24h, 7d or 30d' using errcode = '22023';
    end if;
    select w.prompt_version, w.as_of into reading.prompt_version, reading.until
    from public.window_refreshes w
    where w.time_window = reading_of.time_window and w.part = reading_of.part and w.location = reading.location;
    if not found then
      reading.prompt_version := internal.version_at(now());
      reading.until := now() - case part when 'previous' then span else interval '0' end;
    end if;
    reading.time_window := time_window;
    reading.since := reading.until - span;
  else
    if to_at <= from_at or to_at > from_at + interval '31 days' then
      raise exception 'from_at must be before to_at, by 31 days at most' using errcode = '22023';
    end if;
    reading.since := from_at - interval '1 microsecond';
    reading.until := greatest(reading.since, least(to_at - interval '1 microsecond', (
      select max(w.as_of) from public.window_refreshes w
      where w.location = reading.location and w.part = 'current')));
    reading.prompt_version := internal.version_at(reading.until);
  end if;
  return reading;
end $$;

-- An endpoint as every page, the API and badges tell it: what the catalogue knows of it and the figures of one series and
-- one window. All of it may be null.
create function internal.endpoint_json(
  of_provider text, of_model text, provider_name text, provider_kind text, m public.models, s public.series,
  f public.series_windows, with_trend boolean
) returns json
language sql stable as $$
  select json_build_object(
    'provider', of_provider, 'provider_name', coalesce(provider_name, of_provider), 'kind', provider_kind, 'model', of_model,
    'family', (m).family, 'identity', (m).identity, 'active', coalesce((m).active, false),
    'reasoning', coalesce((m).reasoning, false), 'retired_at', (m).retired_at, 'successor', (m).successor,
    'simulated', coalesce((s).simulated, false), 'figures', coalesce((f).figures, internal.figures_json(null)),
    'trend', case when with_trend then coalesce((f).trend, '[]'::json) else '[]'::json end)
$$;

-- The newest run that pages name, with what came of it, and how many endpoints it skipped for which reason.
create function internal.last_run() returns json
language sql stable as $$
  select json_build_object(
    'id', r.id, 'run_name', r.run_name, 'triggered_by', r.triggered_by, 'started_at', r.started_at,
    'finished_at', r.finished_at, 'location', r.location, 'note', r.note, 'targets', r.targets,
    'skipped', (
      select coalesce(json_agg(k order by k.count desc, k.reason), '[]')
      from (
        select left(coalesce(s ->> 'reason', 'unknown'), 100) as reason, count(*) as count
        from jsonb_array_elements(r.skipped) s group by 1) k),
    'results', (select count(*) from public.benchmark_results b where b.run_id = r.id and not b.confirmation))
  from public.runs r
  where r.started_at <= now()
  order by r.started_at desc
  limit 1
$$;

create function internal.newest_result_at() returns timestamptz
language sql stable as $$
  select r.created_at from public.benchmark_results r where r.created_at <= now() order by r.created_at desc limit 1
$$;

-- All endpoints over a window. endpoints_only: without providers and trends, for who shows neither.
create function public.dashboard_endpoints(
  time_window text default '24h', at_location text default null, endpoints_only boolean default false
) returns json
language plpgsql stable security invoker set search_path = ''
-- PostgREST applies this to the whole request (db-hoisted-tx-settings).
set statement_timeout = '3s' as $$
declare
  reading constant internal.reading := internal.reading_of(time_window, at_location);
begin
  return json_build_object(
    'as_of', reading.until, 'read_at', now(), 'since', reading.since,
    'window', time_window, 'step_s', extract(epoch from internal.step_of(internal.window_span(time_window))),
    'prompt_version', nullif(reading.prompt_version, ''),
    'location', reading.location, 'locations', internal.places(reading.time_window),
    'newest_result_at', internal.newest_result_at(),
    'last_run', internal.last_run(),
    'endpoints', (
      with measured as materialized (
        select s.provider, s.model, s, w as figures
        from internal.shown_series(reading.location, reading.prompt_version) s
        join public.series_windows w
          on w.series_id = s.id and w.time_window = reading.time_window and w.part = 'current'
      ),
      -- What is measured, and retired models that name a successor, are listed without results too.
      listed as (
        select m.provider, m.model from measured m
        union
        select p.slug, m.name
        from public.models m
        join public.providers p on p.id = m.provider_id
        where m.active or (m.retired_at is not null and m.successor is not null))
      select coalesce(json_agg(
        internal.endpoint_json(l.provider, l.model, p.name, p.kind, m, x.s, x.figures, not endpoints_only)
        order by l.provider, l.model), '[]')
      from listed l
      left join measured x on x.provider = l.provider and x.model = l.model
      left join public.providers p on p.slug = l.provider
      left join public.models m on m.provider_id = p.id and m.name = l.model),
    'providers', (
      select coalesce(json_agg(json_build_object(
        'provider', f.provider, 'provider_name', coalesce(p.name, f.provider), 'kind', p.kind, 'simulated', f.simulated,
        'attempts', f.attempts, 'successes', f.successes,
        'uptime', f.successes::float8 / nullif(f.successes + f.provider_failures, 0),
        'ttft', json_build_object('n', f.ttft_n, 'mean', f.ttft_mean),
        'stability', json_build_object('n', f.latency_n, 'latency_stddev', f.latency_stddev),
        'value', json_build_object('n', f.value_n, 'tps', f.tps_p50, 'cost', f.value_cost, 'tokens', f.value_tokens)
      ) order by f.provider), '[]')
      from public.provider_windows f
      left join public.providers p on p.slug = f.provider
      where f.time_window = reading.time_window and f.location = reading.location and not endpoints_only),
    -- What any window is judged beside: TTFT in the newest hour and over seven days, and list prices per million tokens:
    -- [provider, model, ttft_p50 and n of the hour, ttft_p50 and n of the week, input price, output price].
    'beside', (
      select coalesce(json_agg(json_build_array(
        s.provider, s.model, hour.ttft_p50, coalesce(hour.ttft_n, 0), week.ttft_p50, coalesce(week.ttft_n, 0),
        price.input_price_per_m, price.output_price_per_m)), '[]')
      from internal.shown_series(reading.location, reading.prompt_version) s
      left join public.series_windows hour
        on hour.series_id = s.id and hour.time_window = '1h' and hour.part = 'current'
      left join public.series_windows week
        on week.series_id = s.id and week.time_window = '7d' and week.part = 'current'
      left join public.providers p on p.slug = s.provider
      left join public.models m on m.provider_id = p.id and m.name = s.model
      left join lateral internal.newest_price(m.id) price on true
      where not endpoints_only));
end $$;

-- The window of the same length before the current one, at the same place, with as much as it takes to say what
-- moved: {as_of, prompt_version, location, endpoints: [{provider, model, simulated, ttft, tps, trend}]}. Null for the
-- 1 h window, which holds too few results to compare.
create function public.dashboard_previous(time_window text default '24h', at_location text default null) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
declare
  reading constant internal.reading := internal.reading_of(time_window, at_location, part => 'previous');
begin
  if time_window = '1h' then
    return null;
  end if;
  return json_build_object(
    'as_of', reading.until, 'prompt_version', nullif(reading.prompt_version, ''), 'location', reading.location,
    'endpoints', (
      select coalesce(json_agg(json_build_object(
        'provider', s.provider, 'model', s.model, 'simulated', s.simulated,
        'ttft', f.ttft_p50, 'tps', f.tps_p50, 'trend', coalesce(f.trend, '[]')) order by s.provider, s.model), '[]')
      from internal.shown_series(reading.location, reading.prompt_version) s
      join public.series_windows f on f.series_id = s.id and f.time_window = reading.time_window and f.part = 'previous'));
end $$;
