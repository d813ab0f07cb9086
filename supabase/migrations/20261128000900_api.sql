-- What programs read: pages of rows, newest first, each page one JSON value. A page ends at a key (time and id), not at
-- an offset, so that rows which arrive meanwhile neither repeat nor hide any, and the thousandth page costs what the
-- first one does. Callers ask for one row more than they show: so they know whether another page follows.

-- Results by the names they count under, newest first. Filters that are null do not filter; `since` is inside the
-- span, `until` is not. in_full: with the answer's text, the arrivals and the provider's own times.
create function public.api_results(
  of_provider text default null, of_model text default null, of_run uuid default null, of_result uuid default null,
  of_success boolean default null, of_error_kind text default null, of_failure_owner text default null,
  of_location text default null, of_simulated boolean default null, since timestamptz default null, until timestamptz default null,
  before_at timestamptz default null, before_id uuid default null, at_most integer default 100,
  in_full boolean default false
) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' set timezone = 'UTC'
-- Filters that are not used vanish from the plan, and those that are used find their index: with a plan for any filter a
-- page by provider reads every result.
set plan_cache_mode = force_custom_plan as $$
declare
  wanted constant integer := least(greatest(at_most, 0), 5001);
  -- The series that the filters name; null where they name none.
  series constant integer[] := case when coalesce(of_provider, of_model, of_location, of_simulated::text) is not null then array(
    select s.id from public.series s
    where (of_provider is null or s.provider = of_provider)
      and (of_model is null or s.model = of_model)
      and (of_location is null or s.location = of_location)
      and (of_simulated is null or s.simulated = of_simulated)) end;
  until_at constant timestamptz := least(until, before_at + interval '1 microsecond', 'infinity');
  since_at constant timestamptz := greatest(since, '-infinity');
  before_key constant uuid := coalesce(before_id, '00000000-0000-0000-0000-000000000000');
  ids uuid[];
begin
  if of_result is null and of_run is null and cardinality(series) * wanted <= 20000 then
    -- Few series: the newest of each, then the newest of those.
    ids := array(
      select k.id
      from unnest(series) as s (id)
      cross join lateral (
        select b.id, b.created_at from public.benchmark_results b
        where b.series_id = s.id
          and (of_success is null or (of_success and b.success) or (not of_success and not b.success))
          and (of_error_kind is null or (not b.success and b.error_kind = of_error_kind))
          and (of_failure_owner is null or (not b.success and b.failure_owner = of_failure_owner))
          and b.created_at >= since_at and b.created_at < until_at
          and (before_at is null or (b.created_at, b.id) < (before_at, before_key))
        order by b.created_at desc, b.id desc limit wanted
      ) k
      order by k.created_at desc, k.id desc limit wanted);
  else
    ids := array(
      select b.id from public.benchmark_results b
      where (of_run is null or b.run_id = of_run) and (of_result is null or b.id = of_result)
        and (series is null or b.series_id = any (series))
        and (of_success is null or (of_success and b.success) or (not of_success and not b.success))
        and (of_error_kind is null or (not b.success and b.error_kind = of_error_kind))
        and (of_failure_owner is null or (not b.success and b.failure_owner = of_failure_owner))
        and b.created_at >= since_at and b.created_at < until_at
        and (before_at is null or (b.created_at, b.id) < (before_at, before_key))
      order by b.created_at desc, b.id desc limit wanted);
  end if;

  return (
    select coalesce(json_agg(x order by i.place), '[]')
    from unnest(ids) with ordinality as i (id, place)
    cross join lateral (
      select r.id, r.run_id, r.created_at, s.provider, s.model, r.simulated, r.location, r.colo, r.success,
        r.status_code, r.error_kind, r.failure_owner, r.error_message, r.finish_reason, r.ttfb_ms, r.ttft_ms,
        r.answer_ttft_ms, r.total_latency_ms, r.tps, r.warmup_ms, r.input_tokens, r.output_tokens, r.reasoning_tokens,
        r.cached_tokens, r.tokens_estimated, r.cost_usd, r.cost_source, r.input_price_per_m, r.output_price_per_m,
        r.cached_input_price_per_m, r.answer_ok, r.truncated, r.skipped_events, r.upstream, r.prompt_version,
        r.probe_version, r.request_params, case when in_full then r.provider_timing end as provider_timing,
        case when in_full then r.response_text end as response_text,
        case when in_full then r.chunk_times_ms end as chunk_times_ms
      from public.benchmark_results r
      join public.series s on s.id = r.series_id
      where r.id = i.id
    ) x);
end $$;

-- Runs, newest first, each with what came of it.
create function public.api_runs(
  of_run uuid default null, of_name text default null, of_trigger text default null, of_location text default null,
  since timestamptz default null, until timestamptz default null, before_at timestamptz default null,
  before_id uuid default null, at_most integer default 50
) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' set timezone = 'UTC' as $$
begin
  return (
    select coalesce(json_agg(row_to_json(e) order by e.started_at desc, e.id desc), '[]'::json)
    from (
      select r.id, r.run_name, r.triggered_by, r.started_at, r.finished_at, r.scheduled_for, r.location, r.targets, r.note,
        r.skipped, c.results, c.successes, c.simulated_results
      from (
        select o.*
        from public.runs o
        where (of_run is null or o.id = of_run)
          and (of_name is null or o.run_name = of_name)
          and (of_trigger is null or o.triggered_by = of_trigger)
          and (of_location is null or o.location = of_location)
          and (since is null or o.started_at >= since)
          and (until is null or o.started_at < until)
          and (before_at is null
            or (o.started_at, o.id) < (before_at, coalesce(before_id, '00000000-0000-0000-0000-000000000000')))
        order by o.started_at desc, o.id desc
        limit least(greatest(at_most, 0), 1001)
      ) r
      cross join lateral (
        select count(*) as results, count(*) filter (where b.success) as successes,
          count(*) filter (where b.simulated) as simulated_results
        from public.benchmark_results b
        where b.run_id = r.id and not b.confirmation
      ) c
    ) e);
end $$;

-- The catalogue, by provider and name, each model with its newest price. simulated: whether its results of the last
-- 24 hours were; null where there are none. of_state: 'active' (measured in every run), 'available' (offered by the
-- provider), 'retired' (no longer).
create function public.api_models(
  of_provider text default null, of_model text default null, of_identity text default null, of_family text default null,
  of_state text default null, after_provider text default null, after_model text default null, at_most integer default 100
) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' set timezone = 'UTC' as $$
begin
  return (
    with measured as (
      select k.provider, k.model, bool_and(k.simulated) as simulated
      from public.series k
      join public.series_totals t on t.series_id = k.id and t.newest_at > now() - interval '24 hours'
      where k.shown
      group by k.provider, k.model)
    select coalesce(json_agg(row_to_json(e) order by e.provider collate "C", e.model collate "C"), '[]'::json)
    from (
      select p.slug as provider, p.name as provider_name, p.kind, m.name as model, m.identity, m.family, m.quantization,
        m.context_window, m.reasoning, m.active, m.available, m.created_at as first_seen_at, m.last_seen_at,
        m.retires_at, m.retired_at, m.successor, case when price.id is not null then json_build_object(
          'input_price_per_m', price.input_price_per_m, 'output_price_per_m', price.output_price_per_m,
          'cached_input_price_per_m', price.cached_input_price_per_m, 'since', price.timestamp, 'source', price.source
        ) end as price, s.simulated
      from public.models m
      join public.providers p on p.id = m.provider_id
      left join measured s on s.provider = p.slug and s.model = m.name
      left join lateral internal.newest_price(m.id) price on true
      where (of_provider is null or p.slug = of_provider)
        and (of_model is null or m.name = of_model)
        and (of_identity is null or m.identity = of_identity)
        and (of_family is null or m.family = of_family)
        and (
          of_state is null
          or (of_state = 'active' and m.active)
          or (of_state = 'available' and m.available and m.retired_at is null)
          or (of_state = 'retired' and m.retired_at is not null))
        and (
          after_provider is null
          or (p.slug collate "C", m.name collate "C") > (after_provider collate "C", coalesce(after_model, '') collate "C")
        )
      order by p.slug collate "C", m.name collate "C"
      limit least(greatest(at_most, 0), 1001)
    ) e);
end $$;

-- List prices in USD per million tokens, newest first; only_current leaves out those that another one followed.
create function public.api_prices(
  of_provider text default null, of_model text default null, only_current boolean default false,
  since timestamptz default null, until timestamptz default null, before_at timestamptz default null,
  before_id uuid default null, at_most integer default 100
) returns json
language plpgsql stable security invoker set search_path = '' set statement_timeout = '3s' set timezone = 'UTC' as $$
begin
  return (
    select coalesce(json_agg(row_to_json(e) order by e.since desc, e.id desc), '[]'::json)
    from (
      select c.id, p.slug as provider, p.name as provider_name, m.name as model, c.input_price_per_m, c.output_price_per_m,
        c.cached_input_price_per_m, c.timestamp as since, c.source, n.current
      from public.prices c
      join public.models m on m.id = c.model_id
      join public.providers p on p.id = m.provider_id
      cross join lateral (
        select not exists (
          select 1 from public.prices o where o.model_id = c.model_id and (o.timestamp, o.id) > (c.timestamp, c.id)
        ) as current
      ) n
      where (of_provider is null or p.slug = of_provider)
        and (of_model is null or m.name = of_model)
        and (not only_current or n.current)
        and (api_prices.since is null or c.timestamp >= api_prices.since)
        and (until is null or c.timestamp < until)
        and (before_at is null
          or (c.timestamp, c.id) < (before_at, coalesce(before_id, '00000000-0000-0000-0000-000000000000')))
      order by c.timestamp desc, c.id desc
      limit least(greatest(at_most, 0), 1001)
    ) e);
end $$;

-- Whether measuring goes on: the newest result and the newest run.
create function public.api_health() returns json
language sql stable security invoker set search_path = '' set statement_timeout = '3s' set timezone = 'UTC' as $$
  select json_build_object(
    'now', now(),
    'newest_result', (
      select json_build_object('id', r.id, 'at', r.created_at, 'simulated', r.simulated)
      from public.benchmark_results r order by r.created_at desc limit 1),
    'last_run', (
      select json_build_object('id', r.id, 'started_at', r.started_at, 'finished_at', r.finished_at)
      from public.runs r order by r.started_at desc limit 1))
$$;

-- Whatever a filter can name, so that an address with something else need not ask anything else of the database:
-- {providers: [{provider, models}], locations, identities, families}. Null where that would be more than 50,000 names.
create function public.known_values() returns json
language sql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
  with endpoints as (
    select p.slug as provider, m.name as model, m.identity, m.family
    from public.providers p
    left join public.models m on m.provider_id = p.id
    union all
    select s.provider, s.model, null, null from public.series s
    union all
    select e.provider, e.model, null, null from public.endpoint_states e
  )
  select case when (select count(*) from endpoints) <= 50000 then json_build_object(
    'providers', (
      select coalesce(json_agg(l), '[]') from (
        select e.provider, coalesce(json_agg(distinct e.model) filter (where e.model is not null), '[]') as models
        from endpoints e group by e.provider) l),
    'locations', (
      select coalesce(json_agg(l.location), '[]') from (
        select s.location from public.series s
        union select r.location from public.runs r where r.location is not null
        union select e.location from public.endpoint_states e) l),
    'identities', (select coalesce(json_agg(distinct e.identity), '[]') from endpoints e where e.identity is not null),
    'families', (select coalesce(json_agg(distinct e.family), '[]') from endpoints e where e.family is not null)) end
$$;

-- What /metrics shows (app/lib/api/metrics.ts), all of it from stored facts, in rows as short as can be: an endpoint is told
-- once and named by its place in `endpoints` from then on. An endpoint here is one as measured from one place; where there
-- are more than at_most, active ones go first, then those measured last. Times are seconds since 1970.
create function public.api_metrics(
  of_windows text[] default '{1h,24h,7d,30d}', at_most integer default 300
) returns json
language sql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
  with measured as materialized (
    select s.provider, s.model, s.location, s.simulated, max(t.newest_at) as newest_at
    from public.series s
    join (select series_id, max(newest_at) as newest_at from public.series_totals group by 1) t on t.series_id = s.id
    group by 1, 2, 3, 4
  ), endpoints as materialized (
    select e.*, row_number() over (
      order by e.provider collate "C", e.model collate "C", e.location collate "C", e.simulated) - 1 as place
    from (
      select d.*, m.id as model_id, m.identity, coalesce(m.active, false) as active
      from measured d
      left join public.providers p on p.slug = d.provider
      left join public.models m on m.provider_id = p.id and m.name = d.model
      order by coalesce(m.active, false) desc, d.newest_at desc, d.provider, d.model
      limit least(greatest(at_most, 0), 1000)
    ) e
  ), own as materialized (
    select e.place, s.id, s.location, s.workload, s.prompt_version, s.upstream, s.shown
    from endpoints e
    join public.series s
      on s.provider = e.provider and s.model = e.model and s.location = e.location and s.simulated = e.simulated
  )
  select json_build_object(
    'omitted', (select count(*) from measured) - (select count(*) from endpoints),
    'endpoints', (
      select coalesce(json_agg(json_build_array(
        e.provider, e.model, coalesce(e.identity, ''), e.location, e.simulated, extract(epoch from e.newest_at),
        case when e.active then price.input_price_per_m end, case when e.active then price.output_price_per_m end,
        case when e.active then price.cached_input_price_per_m end) order by e.place), '[]')
      from endpoints e
      left join lateral internal.newest_price(e.model_id) price on true),
    'totals', (
      select coalesce(json_agg(json_build_array(
        x.place, x.workload, x.outcome, x.failure_owner, x.requests, x.input_tokens, x.output_tokens, x.cost_usd)
        order by x.place, x.workload, x.outcome, x.failure_owner), '[]')
      from (
        -- Whatever the prompt's version was: a counter goes on when it changes.
        select o.place, o.workload, t.outcome, t.failure_owner, sum(t.requests) as requests,
          sum(t.input_tokens) as input_tokens, sum(t.output_tokens) as output_tokens, sum(t.cost_usd) as cost_usd
        from own o
        join public.series_totals t on t.series_id = o.id
        group by 1, 2, 3, 4
      ) x),
    -- Percentiles from as many results as everywhere (internal.figures_json), of the series that pages show
    -- (internal.shown_series).
    'windows', (
      select coalesce(json_agg(json_build_array(
        s.place, f.time_window, f.attempts, f.successes, f.provider_failures, f.ttft_p50,
        case when f.ttft_n >= 20 then f.ttft_p95 end, f.latency_p50, case when f.successes >= 20 then f.latency_p95 end,
        f.tps_p50, case when f.tps_n >= 20 then f.tps_p05 end, case when f.tps_n >= 20 then f.tps_p95 end)
        order by s.place, f.time_window), '[]')
      from (
        select distinct on (o.place, w.time_window) o.place, o.id, w.time_window
        from own o
        join public.window_refreshes w
          on w.location = o.location and w.prompt_version = o.prompt_version and w.part = 'current'
        where o.workload = 'standard' and o.shown and w.time_window = any (of_windows)
        order by o.place, w.time_window, o.upstream nulls first
      ) s
      join public.series_windows f on f.series_id = s.id and f.time_window = s.time_window and f.part = 'current'),
    'refreshes', (
      select coalesce(json_agg(
        json_build_array(w.location, w.time_window, extract(epoch from w.as_of)) order by w.location, w.time_window), '[]')
      from public.window_refreshes w
      where w.part = 'current' and w.time_window = any (of_windows)
        and w.location in (select e.location from endpoints e)),
    'states', (
      select coalesce(json_agg(json_build_array(e.place, h.state) order by e.place), '[]')
      from (select o.location, array_agg(o.id) as ids from own o group by 1) l
      cross join lateral public.endpoint_health(l.location, of_series => l.ids) h
      join endpoints e
        on e.provider = h.provider and e.model = h.model and e.location = l.location and e.simulated = h.simulated),
    'runs', (
      select coalesce(json_agg(json_build_array(
        r.location, extract(epoch from r.started_at), greatest(0, extract(epoch from r.finished_at - r.started_at)))
        order by r.location), '[]')
      from (
        select distinct on (n.location) n.* from public.runs n
        where n.started_at between now() - interval '2 days' and now() and n.finished_at is not null
          and n.location is not null
        order by n.location, n.started_at desc
      ) r))
$$;
