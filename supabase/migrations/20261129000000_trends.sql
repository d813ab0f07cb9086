-- Trends as columns: {from, step, ttft, tps} from the first step with a result to the last, in place of
-- [at, attempts, n, ttft, tps] for each step. They are half as long, and read in a third of the time.

-- A series' figures from its own results (since excluded, until included).
create or replace function internal.series_figures(
  of_series integer, time_window text, part text, since timestamptz, until timestamptz
) returns public.series_windows
language plpgsql stable as $$
declare
  f public.series_windows;
  step constant interval := internal.step_of(until - since);
  step_s constant bigint := extract(epoch from step);
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
      -- Columns, and as short as can be: there are hundreds of them on a page.
      with buckets as materialized (
        select
          (extract(epoch from date_bin(step, t.created_at, timestamptz '2000-01-01 00:00:00+00')))::bigint as at,
          percentile_cont(0.5) within group (order by t.ttft_ms) filter (where t.success) as ttft_p50,
          percentile_cont(0.5) within group (order by t.tps) filter (where t.success) as tps_p50
        from public.counted_results t
        where t.series_id = of_series and t.created_at > since and t.created_at <= until
        group by 1)
      select replace(json_build_object(
        'from', min(g.at), 'step', step_s,
        'ttft', json_agg(trim_scale(round(b.ttft_p50::numeric, 3)) order by g.at),
        'tps', json_agg(trim_scale(round(b.tps_p50::numeric, 3)) order by g.at))::text, ' ', '')::json
      from (select generate_series(min(at), max(at), step_s) as at from buckets) g
      left join buckets b on b.at = g.at
      having count(*) > 0
    ) as trend
  into f
  from public.counted_results r
  where r.series_id = of_series and r.created_at > since and r.created_at <= until;
  f.figures := internal.figures_json(f);
  return f;
end $$;

-- An endpoint as every page, the API and badges tell it: what the catalogue knows of it and the figures of one series and
-- one window. All of it may be null.
create or replace function internal.endpoint_json(
  of_provider text, of_model text, provider_name text, provider_kind text, m public.models, s public.series,
  f public.series_windows, with_trend boolean
) returns json
language sql stable as $$
  select json_build_object(
    'provider', of_provider, 'provider_name', coalesce(provider_name, of_provider), 'kind', provider_kind, 'model', of_model,
    'family', (m).family, 'identity', (m).identity, 'active', coalesce((m).active, false),
    'reasoning', coalesce((m).reasoning, false), 'retired_at', (m).retired_at, 'successor', (m).successor,
    'simulated', coalesce((s).simulated, false), 'figures', coalesce((f).figures, internal.figures_json(null)),
    'trend', case when with_trend then (f).trend end)
$$;

-- The window of the same length before the current one, at the same place, with as much as it takes to say what
-- moved: {as_of, prompt_version, location, endpoints: [{provider, model, simulated, ttft, tps, trend}]}. Null for the
-- 1 h window, which holds too few results to compare.
create or replace function public.dashboard_previous(time_window text default '24h', at_location text default null) returns json
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
        'ttft', f.ttft_p50, 'tps', f.tps_p50, 'trend', f.trend) order by s.provider, s.model), '[]')
      from internal.shown_series(reading.location, reading.prompt_version) s
      join public.series_windows f on f.series_id = s.id and f.time_window = reading.time_window and f.part = 'previous'));
end $$;

-- What is stored already.
update public.series_windows w
set trend = (
  select json_build_object(
    'from', min(g.at), 'step', g.step_s, 'ttft', json_agg(p.ttft order by g.at), 'tps', json_agg(p.tps order by g.at))
  from (
    select generate_series(min((e ->> 0)::bigint), max((e ->> 0)::bigint), s.step_s) as at, s.step_s
    from json_array_elements(w.trend) e
    cross join (select extract(epoch from internal.step_of(internal.window_span(w.time_window)))::bigint as step_s) s
    group by s.step_s
  ) g
  left join lateral (
    select e -> 3 as ttft, e -> 4 as tps from json_array_elements(w.trend) e where (e ->> 0)::bigint = g.at
  ) p on true
  group by g.step_s)
where json_typeof(w.trend) = 'array';
