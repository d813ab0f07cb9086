-- What the pages /models and /models/:provider/* read: one JSON value each. Which results count is as in
-- dashboard_endpoints; docs/metrics.md says what each figure means.

-- All that a figure of one endpoint is made of, side by side and in order of time: a month of it is some sixty
-- pages of this index, where the same rows lie on three thousand pages of the table. Keys first tell real from
-- simulated, which never mix.
create index idx_benchmark_results_model_id_simulated_created_at
  on public.benchmark_results (model_id, simulated, created_at)
  include (
    id, run_id, provider_id, provider, location, prompt_version, success, error_kind, status_code, ttft_ms,
    answer_ttft_ms, tps, total_latency_ms, cost_usd, cost_source, input_tokens, output_tokens);
-- The same for results that go by their names alone, which are few.
create index idx_benchmark_results_named_model
  on public.benchmark_results ((coalesce(model, 'unknown')), simulated, created_at)
  where model_id is null;
-- The places results were measured from, and how many in a window, without a look at the results.
create index idx_benchmark_results_location_created_at
  on public.benchmark_results (location, created_at) include (prompt_version);

-- The shortest round step (1, 2, 2.5 or 5 times a power of ten) of which `steps` cover a range.
create function public.round_step(of_range double precision, steps integer) returns double precision
language sql immutable parallel safe security invoker set search_path = ''
as $$
  select case when of_range > 0 then (
    select min(factor * power) from (
      select factor, 10 ^ floor(log((of_range / steps)::numeric))::double precision as power
      from unnest(array[1, 2, 2.5, 5, 10]::double precision[]) as factor
    ) candidates
    where factor * power >= of_range / steps * (1 - 1e-9)
  ) else 1 end
$$;

-- Counts of values in steps of a round width: {n, step, bins: [[start of the bin, count], ...], above, above_n}.
-- What lies beyond the 99th percentile's bin is counted in one number, so that one slow answer does not squeeze the rest.
create function public.value_bins(of_values double precision[]) returns json
language sql immutable parallel safe security invoker set search_path = ''
as $$
  with known as (
    select v from unnest(of_values) as v where v is not null
  ), bounds as (
    select count(*) as n, min(v) as low, percentile_cont(0.99) within group (order by v) as high from known
  ), width as (
    select n, high, public.round_step(greatest(high - low, high / 50), 20) as step from bounds
  ), placed as (
    select floor(v / step) as bin, floor(high / step) as last, step from known, width
  )
  select json_build_object(
    'n', w.n,
    'step', w.step,
    'bins', (
      select coalesce(json_agg(json_build_array(b.bin * w.step, b.n) order by b.bin), '[]')
      from (select p.bin, count(*) as n from placed p where p.bin <= p.last group by p.bin) b
    ),
    'above', (floor(w.high / w.step) + 1) * w.step,
    'above_n', (select count(*) from placed p where p.bin > p.last)
  )
  from width w
$$;

-- One endpoint (provider + model) over a window: its facts, its figures exactly as dashboard_endpoints has them,
-- figures over time, distributions, failures, prices, latest results, and the same model elsewhere.
-- Null where neither the catalogue nor any result knows it.
create function public.model_page(
  of_provider text,
  of_model text,
  time_window text default '24h',
  at_location text default null,
  as_of timestamptz default null
)
returns json
language plpgsql
stable
security invoker
set search_path = ''
set statement_timeout = '3s'
set work_mem = '32MB'
-- Compiling takes longer than the query.
set jit = off
as $$
declare
  until_time constant timestamptz := coalesce(as_of, now());
  span constant interval := public.window_span(time_window);
  step constant interval := public.window_step(time_window);
  since_time constant timestamptz := until_time - span;
  version text;
  places text[];
  place text;
  answer json;
begin
  if span is null then
    raise exception 'time_window must be 1h, 24h, 7d or 30d' using errcode = '22023';
  end if;

  version := nullif(public.current_prompt_version(until_time), '');
  places := public.usual_locations(since_time, until_time, version);
  place := coalesce(at_location, places[1]);

  with
  -- The endpoint itself (0) and the same model elsewhere: by its identity, where it has none by its name.
  self as (
    select p.id as provider_id, p.name as provider_name, p.kind, m.*
    from (select 1) one
    left join public.providers p on p.slug = of_provider
    left join lateral (
      select n.id as model_id, n.identity, n.family, n.quantization, n.context_window, n.active, n.available,
        n.reasoning, n.created_at, n.last_seen_at, n.retired_at, n.retires_at, n.successor
      from public.models n where n.provider_id = p.id and n.name = of_model
    ) m on true
  ),
  others as (
    select p.id as provider_id, p.slug, m.name, m.id as model_id,
      row_number() over (order by m.active desc, p.kind, p.slug, m.name) as target
    from self s
    join public.models m on (m.identity = s.identity or (s.identity is null and m.name = of_model))
      and m.id is distinct from s.model_id
    join public.providers p on p.id = m.provider_id
    where m.available or m.active
    order by m.active desc, p.kind, p.slug, m.name
    limit 12
  ),
  wanted as (
    select 0::bigint as target, of_provider as slug, of_model as name, s.provider_id, s.model_id from self s
    union all
    select o.target, o.slug, o.name, o.provider_id, o.model_id from others o
  ),
  -- The texts a result without a provider's id may name it by: its slug, and its display name where that is
  -- no other's slug.
  spelled as materialized (
    select w.*, array(
      select w.slug
      where w.provider_id is not null or not exists (select 1 from public.providers q where q.name = w.slug)
      union
      select q.name from public.providers q
      where q.id = w.provider_id and not exists (select 1 from public.providers o where o.slug = q.name)
    ) as texts
    from wanted w
  ),
  -- Real and simulated never meet: one real result, ever, and an endpoint shows no simulated ones.
  targets as materialized (
    select s.*, not (
      exists (
        select 1 from public.benchmark_results r
        where r.model_id = s.model_id and not r.simulated and r.created_at <= until_time
          and (r.provider_id = s.provider_id
            or (r.provider_id is null and coalesce(r.provider, 'unknown') = any (s.texts)))
      ) or exists (
        select 1 from public.benchmark_results r
        where r.model_id is null and coalesce(r.model, 'unknown') = s.name and not r.simulated
          and r.created_at <= until_time
          and (r.provider_id = s.provider_id
            or (r.provider_id is null and coalesce(r.provider, 'unknown') = any (s.texts)))
      )
    ) as simulated
    from spelled s
  ),
  found as materialized (
    select
      t.target, t.simulated, r.id, r.run_id, r.created_at, r.success, r.error_kind, r.status_code, r.ttft_ms,
      r.answer_ttft_ms, r.tps, r.total_latency_ms, r.cost_usd, r.input_tokens::bigint + r.output_tokens as tokens,
      r.cost_source <> 'unknown' or r.cost_usd > 0 as cost_known
    from targets t
    cross join lateral (
      select b.id, b.run_id, b.created_at, b.success, b.error_kind, b.status_code, b.ttft_ms, b.answer_ttft_ms,
        b.tps, b.total_latency_ms, b.cost_usd, b.cost_source, b.input_tokens, b.output_tokens
      from public.benchmark_results b
      where b.model_id = t.model_id and b.simulated = t.simulated
        and b.created_at > since_time and b.created_at <= until_time
        and b.location = place
        and (b.prompt_version is null or b.prompt_version = version)
        and (b.provider_id = t.provider_id
          or (b.provider_id is null and coalesce(b.provider, 'unknown') = any (t.texts)))
      union all
      select b.id, b.run_id, b.created_at, b.success, b.error_kind, b.status_code, b.ttft_ms, b.answer_ttft_ms,
        b.tps, b.total_latency_ms, b.cost_usd, b.cost_source, b.input_tokens, b.output_tokens
      from public.benchmark_results b
      where b.model_id is null and coalesce(b.model, 'unknown') = t.name and b.simulated = t.simulated
        and b.created_at > since_time and b.created_at <= until_time
        and b.location = place
        and (b.prompt_version is null or b.prompt_version = version)
        and (b.provider_id = t.provider_id
          or (b.provider_id is null and coalesce(b.provider, 'unknown') = any (t.texts)))
    ) r
  ),
  -- A run in which every one of several providers was out of reach says that our own line was down. Most runs
  -- are told by their first other result.
  offline_runs as (
    select asked.run_id
    from (select distinct f.run_id from found f where f.error_kind = 'network') asked
    where case
      when exists (
        select 1 from public.benchmark_results b
        where b.run_id = asked.run_id and b.error_kind is distinct from 'network'
      ) then false
      else (
        select count(distinct coalesce(b.provider_id::text, b.provider)) >= 2
        from public.benchmark_results b
        where b.run_id = asked.run_id
      )
    end
  ),
  shown as materialized (
    select f.*,
      case
        when f.success then null
        when f.run_id in (select o.run_id from offline_runs o) then 'probe'
        else public.failure_owner(f.error_kind, f.status_code, f.success)
      end as owner
    from found f
  ),
  figures as (
    select
      d.target,
      count(*) filter (where d.owner is distinct from 'probe') as attempts,
      count(*) filter (where d.owner = 'probe') as probe_failures,
      count(*) filter (where d.success) as successes,
      count(*) filter (where d.owner = 'provider') as provider_failures,
      bool_or(d.simulated) as simulated,
      max(d.created_at) as newest_at,
      count(*) filter (where d.ttft_ms <= 2000 and (d.success or d.owner = 'provider')) as within_2s,
      count(d.ttft_ms) filter (where d.success) as ttft_n,
      percentile_cont(0.5) within group (order by d.ttft_ms) filter (where d.success) as ttft_p50,
      percentile_cont(0.95) within group (order by d.ttft_ms) filter (where d.success) as ttft_p95,
      stddev_pop(d.ttft_ms) filter (where d.success) as ttft_stddev,
      count(d.answer_ttft_ms) filter (where d.success) as answer_n,
      percentile_cont(0.5) within group (order by d.answer_ttft_ms) filter (where d.success) as answer_p50,
      count(d.tps) filter (where d.success) as tps_n,
      percentile_cont(0.5) within group (order by d.tps) filter (where d.success) as tps_p50,
      percentile_cont(0.5) within group (order by d.total_latency_ms) filter (where d.success) as latency_p50,
      percentile_cont(0.95) within group (order by d.total_latency_ms) filter (where d.success) as latency_p95,
      percentile_cont(0.99) within group (order by d.total_latency_ms) filter (where d.success) as latency_p99,
      stddev_pop(d.total_latency_ms) filter (where d.success) as latency_stddev,
      count(*) filter (where d.success and d.cost_known) as cost_n,
      avg(d.cost_usd) filter (where d.success and d.cost_known) as cost_per_request,
      sum(d.cost_usd) filter (where d.success and d.cost_known) as cost_total,
      sum(d.tokens) filter (where d.success and d.cost_known) as cost_tokens,
      count(*) filter (where d.success and d.cost_known and d.tps is not null) as value_n,
      sum(d.cost_usd) filter (where d.success and d.cost_known and d.tps is not null) as value_cost,
      sum(d.tokens) filter (where d.success and d.cost_known and d.tps is not null) as value_tokens
    from shown d
    group by d.target
  ),
  -- The slow end of a bucket: of times the 95th percentile, of rates the 5th; 19 in 20 answers were faster.
  buckets as materialized (
    select
      date_bin(step, d.created_at, timestamptz '2000-01-01 00:00:00+00') as at,
      count(*) filter (where d.owner is distinct from 'probe') as attempts,
      count(*) filter (where d.owner = 'provider') as provider_failures,
      count(d.ttft_ms) filter (where d.success) as ttft_n,
      percentile_cont(0.5) within group (order by d.ttft_ms) filter (where d.success) as ttft_p50,
      percentile_cont(0.95) within group (order by d.ttft_ms) filter (where d.success) as ttft_p95,
      count(d.tps) filter (where d.success) as tps_n,
      percentile_cont(0.5) within group (order by d.tps) filter (where d.success) as tps_p50,
      percentile_cont(0.05) within group (order by d.tps) filter (where d.success) as tps_p05,
      count(*) filter (where d.success) as latency_n,
      percentile_cont(0.5) within group (order by d.total_latency_ms) filter (where d.success) as latency_p50,
      percentile_cont(0.95) within group (order by d.total_latency_ms) filter (where d.success) as latency_p95
    from shown d
    where d.target = 0
    group by 1
  ),
  entries as (
    select w.target, json_build_object(
      'provider', w.slug,
      'provider_name', coalesce(p.name, w.slug),
      'kind', p.kind,
      'model', w.name,
      'active', coalesce(m.active, false),
      'reasoning', coalesce(m.reasoning, false),
      'retired_at', m.retired_at,
      'successor', m.successor,
      'simulated', coalesce(f.simulated, false),
      'attempts', coalesce(f.attempts, 0),
      'probe_failures', coalesce(f.probe_failures, 0),
      'successes', coalesce(f.successes, 0),
      'provider_failures', coalesce(f.provider_failures, 0),
      'success_rate', f.successes::float8 / nullif(f.attempts, 0),
      'error_rate', (f.attempts - f.successes)::float8 / nullif(f.attempts, 0),
      'uptime', f.successes::float8 / nullif(f.successes + f.provider_failures, 0),
      'newest_at', f.newest_at,
      'within_2s', json_build_object(
        'n', coalesce(f.successes + f.provider_failures, 0),
        'share', f.within_2s::float8 / nullif(f.successes + f.provider_failures, 0)
      ),
      'ttft', json_build_object(
        'n', coalesce(f.ttft_n, 0),
        'p50', f.ttft_p50,
        'p95', case when f.ttft_n >= 20 then f.ttft_p95 end
      ),
      'answer_ttft', json_build_object('n', coalesce(f.answer_n, 0), 'p50', f.answer_p50),
      'tps', json_build_object('n', coalesce(f.tps_n, 0), 'p50', f.tps_p50),
      'latency', json_build_object(
        'n', coalesce(f.successes, 0),
        'p50', f.latency_p50,
        'p95', case when f.successes >= 20 then f.latency_p95 end,
        'p99', case when f.successes >= 100 then f.latency_p99 end
      ),
      'stability', json_build_object(
        'n', coalesce(f.successes, 0),
        'latency_stddev', case when f.successes >= 2 then f.latency_stddev end,
        'ttft_stddev', case when f.ttft_n >= 2 then f.ttft_stddev end
      ),
      'cost', json_build_object(
        'n', coalesce(f.cost_n, 0),
        'per_request', f.cost_per_request,
        'per_million', f.cost_total * 1000000 / nullif(f.cost_tokens, 0)
      ),
      'value', json_build_object(
        'n', coalesce(f.value_n, 0),
        'tps', f.tps_p50,
        'cost', f.value_cost,
        'tokens', f.value_tokens
      ),
      'trend', case when w.target > 0 then '[]'::json else (
        select coalesce(
          -- As in endpoint_windows.trend.
          json_agg(
            json_build_array(extract(epoch from b.at)::bigint, b.attempts, b.ttft_n, b.ttft_p50, b.tps_p50)
            order by b.at
          ),
          '[]'
        )
        from buckets b
      ) end
    ) as entry
    from wanted w
    left join figures f on f.target = w.target
    left join public.providers p on p.id = w.provider_id
    left join public.models m on m.id = w.model_id
  ),
  newest as (
    select x.*
    from targets t
    cross join lateral (
      (
        select b.id, b.created_at
        from public.benchmark_results b
        where b.model_id = t.model_id and b.simulated = t.simulated and b.created_at <= until_time
          and b.location = place
          and (b.prompt_version is null or b.prompt_version = version)
          and (b.provider_id = t.provider_id
            or (b.provider_id is null and coalesce(b.provider, 'unknown') = any (t.texts)))
        order by b.created_at desc
        limit 10
      )
      union all
      (
        select b.id, b.created_at
        from public.benchmark_results b
        where b.model_id is null and coalesce(b.model, 'unknown') = t.name and b.simulated = t.simulated
          and b.created_at <= until_time
          and b.location = place
          and (b.prompt_version is null or b.prompt_version = version)
          and (b.provider_id = t.provider_id
            or (b.provider_id is null and coalesce(b.provider, 'unknown') = any (t.texts)))
        order by b.created_at desc
        limit 10
      )
    ) x
    where t.target = 0
    order by x.created_at desc, x.id
    limit 10
  )
  select case
    when s.model_id is null and not exists (
      select 1 from public.benchmark_results r, targets t
      where t.target = 0 and r.model_id is null and coalesce(r.model, 'unknown') = t.name
        and (r.provider_id = t.provider_id
          or (r.provider_id is null and coalesce(r.provider, 'unknown') = any (t.texts)))
    ) then null
    else json_build_object(
      'as_of', until_time,
      'since', since_time,
      'step_s', extract(epoch from step),
      'location', place,
      'locations', to_json(places),
      'newest_result_at', (
        select max(b.created_at) from public.benchmark_results b where b.created_at <= until_time
      ),
      'endpoint', (select e.entry from entries e where e.target = 0),
      'facts', case when s.model_id is not null then json_build_object(
        'available', s.available, 'context_window', s.context_window, 'identity', s.identity, 'family', s.family,
        'quantization', s.quantization, 'known_since', s.created_at, 'last_seen_at', s.last_seen_at,
        'retires_at', s.retires_at,
        'successor_known', exists (
          select 1 from public.models n where n.provider_id = s.provider_id and n.name = s.successor)
      ) end,
      'buckets', (
        select coalesce(json_agg(json_build_object(
          'at', b.at, 'attempts', b.attempts, 'provider_failures', b.provider_failures,
          'ttft', json_build_array(b.ttft_n, b.ttft_p50, case when b.ttft_n >= 20 then b.ttft_p95 end),
          'tps', json_build_array(b.tps_n, b.tps_p50, case when b.tps_n >= 20 then b.tps_p05 end),
          'latency', json_build_array(b.latency_n, b.latency_p50, case when b.latency_n >= 20 then b.latency_p95 end)
        ) order by b.at), '[]')
        from buckets b
      ),
      -- Short windows hold few enough answers to show each of them.
      'answers', case when time_window in ('1h', '24h') then (
        select coalesce(json_agg(json_build_array(
          floor(extract(epoch from a.created_at) * 1000), a.ttft_ms, a.tps, a.total_latency_ms) order by a.created_at), '[]')
        from (
          select d.* from shown d where d.target = 0 and d.success order by d.created_at desc limit 300
        ) a
      ) else '[]'::json end,
      'distributions', (
        select json_build_object(
          'ttft', public.value_bins(array_agg(d.ttft_ms)),
          'tps', public.value_bins(array_agg(d.tps)),
          'latency', public.value_bins(array_agg(d.total_latency_ms)))
        from shown d where d.target = 0 and d.success
      ),
      'failures', (
        select coalesce(json_agg(json_build_object(
          'kind', k.kind, 'owner', k.owner, 'n', k.n, 'statuses', k.statuses, 'newest_at', k.newest_at,
          'message', (select left(b.error_message, 300) from public.benchmark_results b where b.id = k.newest_id)
        ) order by k.n desc, k.kind, k.owner), '[]')
        from (
          select coalesce(d.error_kind, 'status ' || d.status_code, 'unknown') as kind, d.owner, count(*) as n,
            coalesce(array_agg(distinct d.status_code) filter (where d.status_code is not null), '{}') as statuses,
            max(d.created_at) as newest_at,
            (array_agg(d.id order by d.created_at desc, d.id))[1] as newest_id
          from shown d
          where d.target = 0 and not d.success
          group by 1, 2
        ) k
      ),
      'prices', (
        select coalesce(json_agg(json_build_object(
          'at', h.timestamp, 'input', h.input_price_per_m, 'output', h.output_price_per_m,
          'cached_input', h.cached_input_price_per_m, 'source', h.source) order by h.timestamp desc, h.id desc), '[]')
        from (
          select * from public.prices p where p.model_id = s.model_id order by p.timestamp desc, p.id desc limit 50
        ) h
      ),
      'results', (
        select coalesce(json_agg(json_build_object(
          'id', b.id, 'run_id', b.run_id, 'at', b.created_at, 'success', b.success, 'error_kind', b.error_kind,
          'owner', public.failure_owner(b.error_kind, b.status_code, b.success), 'status_code', b.status_code,
          'error_message', b.error_message, 'text', left(b.response_text, 1200), 'text_length', length(b.response_text),
          'ttft_ms', b.ttft_ms, 'tps', b.tps, 'total_latency_ms', b.total_latency_ms,
          'input_tokens', b.input_tokens, 'output_tokens', b.output_tokens, 'finish_reason', b.finish_reason,
          'upstream', b.upstream, 'simulated', b.simulated
        ) order by b.created_at desc, b.id), '[]')
        from newest n join public.benchmark_results b on b.id = n.id
      ),
      'elsewhere', (
        select coalesce(json_agg(json_build_object(
          'endpoint', e.entry, 'quantization', m.quantization, 'price', price.price
        ) order by e.target), '[]')
        from entries e
        join others o on o.target = e.target
        join public.models m on m.id = o.model_id
        left join lateral (
          select json_build_object('input', p.input_price_per_m, 'output', p.output_price_per_m) as price
          from public.prices p where p.model_id = o.model_id order by p.timestamp desc, p.id desc limit 1
        ) price on true
        where e.target > 0
      )
    )
  end into answer
  from self s;

  return answer;
end
$$;

-- The catalogue: the models of each provider, those measured first, retired ones apart, and what changed.
-- search: words, all of which stand in the model's name, family or identity or in its provider's name.
-- of_provider: one provider's models, `per_page` a page; without it the first `per_provider` of each.
create function public.model_catalog(
  search text default '',
  of_provider text default null,
  page integer default 1,
  per_page integer default 150,
  per_provider integer default 20
)
returns json
language sql
stable
security invoker
set search_path = ''
set statement_timeout = '3s'
set jit = off
as $$
  with
  words as (
    select array_remove(string_to_array(lower(search), ' '), '') as list
  ),
  matching as materialized (
    select m.id, m.name, p.slug, m.active, m.available, m.reasoning, m.context_window, m.retired_at, m.retires_at,
      m.successor, m.identity, p.name as provider_name, p.kind,
      m.retired_at is not null as retired
    from public.models m
    join public.providers p on p.id = m.provider_id
    -- A name that somebody tried and no list ever had is no model to speak of.
    where (m.available or m.active or m.retired_at is not null) and not exists (
      select 1 from words w, unnest(w.list) as word
      where position(word in lower(concat_ws(' ', p.slug, p.name, m.name, m.identity, m.family))) = 0
    )
  ),
  offered as (
    select x.*,
      row_number() over (partition by x.slug order by x.active desc, x.name) as place,
      count(*) over (partition by x.slug) as total,
      count(*) filter (where x.active) over (partition by x.slug) as active_total
    from matching x
    where not x.retired
  ),
  listed as (
    select o.*
    from offered o
    where case
      when of_provider is null then o.place <= per_provider
      else o.slug = of_provider and o.place > (page - 1) * per_page and o.place <= page * per_page
    end
  ),
  retired as (
    select x.*, count(*) over () as total
    from matching x
    where x.retired and (of_provider is null or x.slug = of_provider)
    order by x.retired_at desc nulls last, x.slug, x.name
    limit 40
  ),
  changes as (
    select e.at, e.kind, p.slug, p.name as provider_name, count(*) as n,
      (array_agg(json_build_object('model', e.model, 'before', e.before, 'after', e.after) order by e.model))[1:4] as first
    from public.catalog_events e
    join public.providers p on p.id = e.provider_id
    where e.at > now() - interval '30 days' and (of_provider is null or p.slug = of_provider)
    group by e.at, e.kind, p.slug, p.name
    order by e.at desc, p.slug, e.kind
    limit 20
  )
  select json_build_object(
    'as_of', now(),
    'counts', (
      select json_build_object(
        'active', count(*) filter (where m.active and m.retired_at is null),
        'available', count(*) filter (where m.available and not m.active and m.retired_at is null),
        'retired', count(*) filter (where m.retired_at is not null))
      from public.models m
    ),
    'providers', (
      select coalesce(json_agg(json_build_object(
        'provider', g.slug, 'name', g.provider_name, 'kind', g.kind, 'total', g.total, 'active', g.active_total,
        'models', g.models) order by g.active_total desc, g.slug), '[]')
      from (
        select l.slug, l.provider_name, l.kind, l.total, l.active_total, json_agg(json_build_object(
          'model', l.name, 'active', l.active, 'reasoning', l.reasoning, 'context_window', l.context_window,
          'retires_at', l.retires_at,
          'elsewhere', (
            select count(*) from public.models o
            where o.identity = l.identity and o.id <> l.id and o.available and o.retired_at is null),
          'price', (
            select json_build_array(h.input_price_per_m, h.output_price_per_m)
            from public.prices h where h.model_id = l.id order by h.timestamp desc, h.id desc limit 1)
        ) order by l.place) as models
        from listed l
        group by l.slug, l.provider_name, l.kind, l.total, l.active_total
      ) g
    ),
    'retired_total', (select coalesce(max(r.total), 0) from retired r),
    'retired', (
      select coalesce(json_agg(json_build_object(
        'provider', r.slug, 'provider_name', r.provider_name, 'model', r.name, 'retired_at', r.retired_at,
        'successor', r.successor, 'successor_known', exists (
          select 1 from public.models n join public.providers q on q.id = n.provider_id
          where q.slug = r.slug and n.name = r.successor)
      ) order by r.retired_at desc nulls last, r.slug, r.name), '[]')
      from retired r
    ),
    'changes', (
      select coalesce(json_agg(json_build_object(
        'at', c.at, 'kind', c.kind, 'provider', c.slug, 'provider_name', c.provider_name, 'n', c.n,
        'models', to_json(c.first)) order by c.at desc, c.slug, c.kind), '[]')
      from changes c
    )
  )
$$;

revoke all on function public.round_step(double precision, integer) from public;
revoke all on function public.value_bins(double precision[]) from public;
revoke all on function public.model_page(text, text, text, text, timestamptz) from public;
revoke all on function public.model_catalog(text, text, integer, integer, integer) from public;
grant execute on function public.round_step(double precision, integer) to anon, authenticated, service_role;
grant execute on function public.value_bins(double precision[]) to anon, authenticated, service_role;
grant execute on function public.model_page(text, text, text, text, timestamptz) to anon, authenticated, service_role;
grant execute on function public.model_catalog(text, text, integer, integer, integer)
  to anon, authenticated, service_role;
