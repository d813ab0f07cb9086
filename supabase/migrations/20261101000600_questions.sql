-- The usual questions, answered in SQL: for the SQL editor (`select * from latest_prices`) and for the API
-- (`rpc`). An answer is one row of a view or one JSON array; each entry of an array is about one class of
-- results (location, simulated, prompt version), because figures of two classes never mix.

-- The newest price of each model that has one, in USD per million tokens.
create view public.latest_prices with (security_invoker = true) as
select distinct on (price.model_id)
  p.slug as provider,
  p.name as provider_name,
  m.name as model,
  m.active,
  price.input_price_per_m,
  price.output_price_per_m,
  price.cached_input_price_per_m,
  price.timestamp as since,
  price.source,
  price.provider_id,
  price.model_id
from public.prices price
join public.models m on m.id = price.model_id
join public.providers p on p.id = price.provider_id
order by price.model_id, price.timestamp desc, price.id desc;

-- Results by the names they count under, each failure with its owner ('provider', 'shared', 'operator' or
-- 'probe'; null for a success). A run in which several providers were asked and none could be reached says that
-- our own line was down: the probe's failure.
create view public.attributed_results with (security_invoker = true) as
select
  r.id,
  r.run_id,
  r.created_at,
  -- Rows whose provider is gone, or never had an id, go by the name they were written with.
  coalesce(
    p.slug, (select q.slug from public.providers q where q.name = r.provider), r.provider, 'unknown') as provider,
  coalesce(m.name, r.model, 'unknown') as model,
  r.location,
  r.simulated,
  r.prompt_version,
  r.success,
  r.status_code,
  r.error_kind,
  case
    -- First, so that the run is looked at for these few rows only.
    when r.error_kind is distinct from 'network'
      then public.failure_owner(r.error_kind, r.status_code, r.success)
    when (
      select count(distinct coalesce(b.provider_id::text, b.provider)) >= 2
        and bool_and(b.error_kind is not distinct from 'network')
      from public.benchmark_results b
      where b.run_id = r.run_id
    ) then 'probe'
    else public.failure_owner(r.error_kind, r.status_code, r.success)
  end as failure_owner,
  r.ttft_ms,
  r.tps,
  r.total_latency_ms,
  r.input_tokens,
  r.output_tokens,
  r.cost_usd,
  r.cost_source <> 'unknown' or r.cost_usd > 0 as cost_known
from public.benchmark_results r
left join public.providers p on p.id = r.provider_id
left join public.models m on m.id = r.model_id;

-- Averages per provider and model over a window (from `since`, up to but without `until`). Speeds are over
-- successes, each with its own n; rates are over attempts, which are all results but the probe's failures.
create function public.performance_averages(
  since timestamptz default now() - interval '24 hours',
  until timestamptz default now()
) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(a) order by a.provider, a.model, a.location, a.simulated, a.prompt_version), '[]')
  from (
    select
      r.provider, r.model, r.location, r.simulated, r.prompt_version,
      count(*) filter (where r.failure_owner is distinct from 'probe') as attempts,
      count(*) filter (where r.success) as successes,
      count(*) filter (where r.success)::double precision
        / nullif(count(*) filter (where r.failure_owner is distinct from 'probe'), 0) as success_rate,
      avg(r.ttft_ms) filter (where r.success) as avg_ttft_ms,
      count(r.ttft_ms) filter (where r.success) as ttft_n,
      avg(r.tps) filter (where r.success) as avg_tps,
      count(r.tps) filter (where r.success) as tps_n,
      avg(r.total_latency_ms) filter (where r.success) as avg_latency_ms,
      avg(r.cost_usd) filter (where r.success and r.cost_known) as avg_cost_usd,
      count(*) filter (where r.success and r.cost_known) as cost_n
    from public.attributed_results r
    where r.created_at >= since and r.created_at < until
    group by r.provider, r.model, r.location, r.simulated, r.prompt_version
  ) a
$$;

-- The same by the hour (UTC), for all endpoints or one. Hours without a result have no entry.
create function public.hourly_trend(
  since timestamptz default now() - interval '24 hours',
  until timestamptz default now(),
  for_provider text default null,
  for_model text default null
) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(
    jsonb_agg(to_jsonb(h) order by h.provider, h.model, h.location, h.simulated, h.prompt_version, h.hour), '[]')
  from (
    select
      r.provider, r.model, r.location, r.simulated, r.prompt_version,
      date_trunc('hour', r.created_at, 'UTC') as hour,
      count(*) filter (where r.failure_owner is distinct from 'probe') as attempts,
      count(*) filter (where r.success) as successes,
      avg(r.ttft_ms) filter (where r.success) as avg_ttft_ms,
      avg(r.tps) filter (where r.success) as avg_tps,
      avg(r.total_latency_ms) filter (where r.success) as avg_latency_ms
    from public.attributed_results r
    where r.created_at >= since and r.created_at < until
      and (for_provider is null or r.provider = for_provider)
      and (for_model is null or r.model = for_model)
    group by r.provider, r.model, r.location, r.simulated, r.prompt_version, date_trunc('hour', r.created_at, 'UTC')
  ) h
$$;

-- How often each provider failed, and whose failures they were. The error rate leaves the probe's own out of
-- both sides; uptime counts the provider's alone.
create function public.error_rates(
  since timestamptz default now() - interval '24 hours',
  until timestamptz default now()
) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(e) order by e.provider, e.location, e.simulated, e.prompt_version), '[]')
  from (
    select
      k.provider, k.location, k.simulated, k.prompt_version,
      coalesce(sum(k.n) filter (where k.failure_owner is distinct from 'probe'), 0) as attempts,
      coalesce(sum(k.n) filter (where not k.success and k.failure_owner <> 'probe'), 0) as failures,
      coalesce(sum(k.n) filter (where not k.success and k.failure_owner <> 'probe'), 0)::double precision
        / nullif(sum(k.n) filter (where k.failure_owner is distinct from 'probe'), 0) as error_rate,
      coalesce(sum(k.n) filter (where k.success), 0)::double precision
        / nullif(coalesce(sum(k.n) filter (where k.success or k.failure_owner = 'provider'), 0), 0) as uptime,
      coalesce(sum(k.n) filter (where k.failure_owner = 'provider'), 0) as provider_failures,
      coalesce(sum(k.n) filter (where k.failure_owner = 'shared'), 0) as shared_failures,
      coalesce(sum(k.n) filter (where k.failure_owner = 'operator'), 0) as operator_failures,
      coalesce(sum(k.n) filter (where k.failure_owner = 'probe'), 0) as probe_failures,
      coalesce(
        jsonb_object_agg(k.kind, k.n) filter (where not k.success and k.failure_owner <> 'probe'), '{}') as kinds
    from (
      -- One line a kind first, so that the kinds can be listed with their counts. A kind has one owner (the
      -- probe's apart); a row of another tool that names no kind goes by its status.
      select
        r.provider, r.location, r.simulated, r.prompt_version, r.success, r.failure_owner,
        coalesce(r.error_kind, 'status ' || r.status_code, 'unknown') as kind, count(*) as n
      from public.attributed_results r
      where r.created_at >= since and r.created_at < until
      group by r.provider, r.location, r.simulated, r.prompt_version, r.success, r.failure_owner,
        coalesce(r.error_kind, 'status ' || r.status_code, 'unknown')
    ) k
    group by k.provider, k.location, k.simulated, k.prompt_version
  ) e
$$;

-- What each model cost. Money is money: failures that were billed count, and so does every prompt version. Results
-- whose price nobody knew are counted apart and enter no figure.
create function public.cost_by_model(
  since timestamptz default now() - interval '24 hours',
  until timestamptz default now()
) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(c) order by c.cost_usd desc, c.provider, c.model, c.location, c.simulated), '[]')
  from (
    select
      r.provider, r.model, r.location, r.simulated,
      count(*) filter (where r.cost_known) as priced_results,
      count(*) filter (where not r.cost_known) as unpriced_results,
      coalesce(sum(r.input_tokens) filter (where r.cost_known), 0) as input_tokens,
      coalesce(sum(r.output_tokens) filter (where r.cost_known), 0) as output_tokens,
      coalesce(sum(r.cost_usd) filter (where r.cost_known), 0) as cost_usd,
      avg(r.cost_usd) filter (where r.cost_known and r.success) as avg_cost_per_success_usd,
      sum(r.cost_usd) filter (where r.cost_known) * 1000000
        / nullif(sum(r.input_tokens::bigint + r.output_tokens) filter (where r.cost_known), 0) as cost_per_million_usd
    from public.attributed_results r
    where r.created_at >= since and r.created_at < until
    group by r.provider, r.model, r.location, r.simulated
  ) c
$$;

revoke all on public.latest_prices, public.attributed_results from public, anon, authenticated, service_role;
grant select on public.latest_prices, public.attributed_results to anon, authenticated, service_role;

revoke all on function public.performance_averages(timestamptz, timestamptz) from public;
revoke all on function public.hourly_trend(timestamptz, timestamptz, text, text) from public;
revoke all on function public.error_rates(timestamptz, timestamptz) from public;
revoke all on function public.cost_by_model(timestamptz, timestamptz) from public;
grant execute on function public.performance_averages(timestamptz, timestamptz) to anon, authenticated, service_role;
grant execute on function public.hourly_trend(timestamptz, timestamptz, text, text) to anon, authenticated, service_role;
grant execute on function public.error_rates(timestamptz, timestamptz) to anon, authenticated, service_role;
grant execute on function public.cost_by_model(timestamptz, timestamptz) to anon, authenticated, service_role;
