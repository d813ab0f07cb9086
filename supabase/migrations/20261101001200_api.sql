-- What programs read: pages of rows, newest first, each page one JSON value. A page ends at a key (time and id), not at
-- an offset, so that rows which arrive meanwhile neither repeat nor hide any, and the thousandth page costs what the
-- first one does. Callers ask for one row more than they show: so they know whether another page follows.

-- Failures are few. Who asks for them alone must not walk through a month of successes.
create index idx_benchmark_results_created_at_failed on public.benchmark_results (created_at desc, id desc)
  where not success;
-- The same for simulated results among real ones, or real ones among simulated.
create index idx_benchmark_results_simulated_created_at
  on public.benchmark_results (simulated, created_at desc, id desc);

-- Results by the names they count under, newest first. Filters that are null do not filter; `since` is inside the
-- span, `until` is not. in_full: with the answer's text, the arrivals and the provider's own times.
create function public.api_results(
  of_provider text default null,
  of_model text default null,
  of_run uuid default null,
  of_result uuid default null,
  of_success boolean default null,
  of_error_kind text default null,
  of_location text default null,
  of_simulated boolean default null,
  since timestamptz default null,
  until timestamptz default null,
  before_at timestamptz default null,
  before_id uuid default null,
  at_most integer default 100,
  in_full boolean default false
) returns json
language plpgsql stable security invoker
set search_path = ''
set statement_timeout = '3s'
set timezone = 'UTC'
-- Filters that are not used vanish from the plan, and those that are used find their index.
set plan_cache_mode = force_custom_plan
as $$
declare
  nil constant uuid := '00000000-0000-0000-0000-000000000000';
  provider_key uuid;
  -- How rows without a provider's id may write its name.
  spellings text[] := '{}';
  model_keys uuid[] := '{}';
  answer json;
begin
  if of_provider is not null then
    select p.id, array[p.slug, p.name] into provider_key, spellings
    from public.providers p where p.slug = of_provider;
    if provider_key is null then
      provider_key := nil;
      -- A display name is no slug: such rows are shown under the slug.
      spellings := case
        when exists (select 1 from public.providers p where p.name = of_provider) then '{}'
        else array[of_provider]
      end;
    end if;
  end if;
  if of_model is not null then
    model_keys := array(select m.id from public.models m where m.name = of_model);
  end if;

  select coalesce(json_agg(row_to_json(e) order by e.created_at desc, e.id desc), '[]'::json) into answer
  from (
    select
      r.id,
      r.run_id,
      r.created_at,
      coalesce(p.slug, q.slug, r.provider, 'unknown') as provider,
      coalesce(m.name, r.model, 'unknown') as model,
      r.simulated,
      r.location,
      r.colo,
      r.success,
      r.status_code,
      r.error_kind,
      case
        when r.success then null
        when r.error_kind is distinct from 'network'
          then public.failure_owner(r.error_kind, r.status_code, r.success)
        -- A run that reached none of several providers says that our own line was down.
        when (
          select count(distinct coalesce(b.provider_id::text, b.provider)) >= 2
            and bool_and(b.error_kind is not distinct from 'network')
          from public.benchmark_results b
          where b.run_id = r.run_id
        ) then 'probe'
        else public.failure_owner(r.error_kind, r.status_code, r.success)
      end as failure_owner,
      r.error_message,
      r.finish_reason,
      r.ttfb_ms,
      r.ttft_ms,
      r.answer_ttft_ms,
      r.total_latency_ms,
      r.tps,
      r.warmup_ms,
      r.input_tokens,
      r.output_tokens,
      r.reasoning_tokens,
      r.cached_tokens,
      r.tokens_estimated,
      r.cost_usd,
      r.cost_source,
      r.input_price_per_m,
      r.output_price_per_m,
      r.cached_input_price_per_m,
      r.answer_ok,
      r.truncated,
      r.skipped_events,
      r.upstream,
      r.prompt_version,
      r.probe_version,
      r.request_params,
      case when in_full then r.provider_timing end as provider_timing,
      case when in_full then r.response_text end as response_text,
      case when in_full then r.chunk_times_ms end as chunk_times_ms
    from (
      -- Named one by one, since readers may not see all of them.
      select
        b.id, b.run_id, b.provider_id, b.model_id, b.provider, b.model, b.created_at, b.simulated, b.location, b.colo,
        b.success, b.status_code, b.error_kind, b.error_message, b.finish_reason, b.ttfb_ms, b.ttft_ms,
        b.answer_ttft_ms, b.total_latency_ms, b.tps, b.warmup_ms, b.input_tokens, b.output_tokens, b.reasoning_tokens,
        b.cached_tokens, b.tokens_estimated, b.cost_usd, b.cost_source, b.input_price_per_m, b.output_price_per_m,
        b.cached_input_price_per_m, b.answer_ok, b.truncated, b.skipped_events, b.upstream, b.prompt_version,
        b.probe_version, b.request_params, b.provider_timing, b.response_text, b.chunk_times_ms
      from public.benchmark_results b
      where (of_run is null or b.run_id = of_run)
        and (of_result is null or b.id = of_result)
        and (
          of_provider is null
          or b.provider_id = provider_key
          or (b.provider_id is null and b.provider = any (spellings))
          or (of_provider = 'unknown' and b.provider_id is null and b.provider is null)
        )
        and (
          of_model is null
          or b.model_id = any (model_keys)
          or (b.model_id is null and b.model = of_model)
          or (of_model = 'unknown' and b.model_id is null and b.model is null)
        )
        and (of_success is null or (of_success and b.success) or (not of_success and not b.success))
        and (of_error_kind is null or (not b.success and b.error_kind = of_error_kind))
        and (of_location is null or b.location = of_location)
        and (of_simulated is null or b.simulated = of_simulated)
        and (since is null or b.created_at >= since)
        and (until is null or b.created_at < until)
        and (
          before_at is null
          or (b.created_at <= before_at and (b.created_at, b.id) < (before_at, coalesce(before_id, nil)))
        )
      order by b.created_at desc, b.id desc
      limit least(greatest(at_most, 0), 5001)
    ) r
    left join public.providers p on p.id = r.provider_id
    left join lateral (
      select o.slug
      from public.providers o
      where r.provider_id is null and (o.slug = r.provider or o.name = r.provider)
      order by o.slug = r.provider desc
      limit 1
    ) q on true
    left join public.models m on m.id = r.model_id
  ) e;
  return answer;
end
$$;

-- Runs, newest first, each with what came of it.
create function public.api_runs(
  of_run uuid default null,
  of_name text default null,
  of_trigger text default null,
  of_location text default null,
  since timestamptz default null,
  until timestamptz default null,
  before_at timestamptz default null,
  before_id uuid default null,
  at_most integer default 50
) returns json
language plpgsql stable security invoker
set search_path = ''
set statement_timeout = '3s'
set timezone = 'UTC'
set plan_cache_mode = force_custom_plan
as $$
declare
  answer json;
begin
  select coalesce(json_agg(row_to_json(e) order by e.started_at desc, e.id desc), '[]'::json) into answer
  from (
    select
      r.id, r.run_name, r.triggered_by, r.started_at, r.finished_at, r.scheduled_for, r.location, r.targets, r.note,
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
        and (
          before_at is null
          or (o.started_at <= before_at
            and (o.started_at, o.id) < (before_at, coalesce(before_id, '00000000-0000-0000-0000-000000000000'::uuid)))
        )
      order by o.started_at desc, o.id desc
      limit least(greatest(at_most, 0), 1001)
    ) r
    cross join lateral (
      select
        count(*) as results,
        count(*) filter (where b.success) as successes,
        count(*) filter (where b.simulated) as simulated_results
      from public.benchmark_results b
      where b.run_id = r.id
    ) c
  ) e;
  return answer;
end
$$;

-- The catalogue, by provider and name, each model with its newest price. simulated: whether its results of the last
-- 24 hours were; null where there are none.
create function public.api_models(
  of_provider text default null,
  of_model text default null,
  of_identity text default null,
  of_family text default null,
  -- 'active': measured in every run; 'available': offered by the provider; 'retired': no longer.
  of_state text default null,
  after_provider text default null,
  after_model text default null,
  at_most integer default 100
) returns json
language plpgsql stable security invoker
set search_path = ''
set statement_timeout = '3s'
set timezone = 'UTC'
set plan_cache_mode = force_custom_plan
as $$
declare
  answer json;
begin
  with measured as (
    -- Rows without a model's id go by the names they were written with.
    select coalesce(b.model_id, t.id) as model_id, bool_and(b.simulated) as simulated
    from public.benchmark_results b
    left join (
      select o.id, o.name, s.slug, s.name as provider_name
      from public.models o
      join public.providers s on s.id = o.provider_id
    ) t on b.model_id is null and t.name = b.model and b.provider in (t.slug, t.provider_name)
    where b.created_at > now() - interval '24 hours'
    group by 1
  )
  select coalesce(json_agg(row_to_json(e) order by e.provider collate "C", e.model collate "C"), '[]'::json) into answer
  from (
    select
      p.slug as provider, p.name as provider_name, p.kind, m.name as model, m.identity, m.family, m.quantization,
      m.context_window, m.reasoning, m.active, m.available, m.created_at as first_seen_at, m.last_seen_at,
      m.retires_at, m.retired_at, m.successor,
      case when price.id is not null then json_build_object(
        'input_price_per_m', price.input_price_per_m,
        'output_price_per_m', price.output_price_per_m,
        'cached_input_price_per_m', price.cached_input_price_per_m,
        'since', price.timestamp,
        'source', price.source
      ) end as price,
      s.simulated
    from public.models m
    join public.providers p on p.id = m.provider_id
    left join measured s on s.model_id = m.id
    left join lateral (
      select c.* from public.prices c where c.model_id = m.id order by c.timestamp desc, c.id desc limit 1
    ) price on true
    where (of_provider is null or p.slug = of_provider)
      and (of_model is null or m.name = of_model)
      and (of_identity is null or m.identity = of_identity)
      and (of_family is null or m.family = of_family)
      and (
        of_state is null
        or (of_state = 'active' and m.active)
        or (of_state = 'available' and m.available and m.retired_at is null)
        or (of_state = 'retired' and m.retired_at is not null)
      )
      and (
        after_provider is null
        or (p.slug collate "C", m.name collate "C") > (after_provider collate "C", coalesce(after_model, '') collate "C")
      )
    order by p.slug collate "C", m.name collate "C"
    limit least(greatest(at_most, 0), 1001)
  ) e;
  return answer;
end
$$;

-- List prices in USD per million tokens, newest first; only_current leaves out those that another one followed.
create function public.api_prices(
  of_provider text default null,
  of_model text default null,
  only_current boolean default false,
  since timestamptz default null,
  until timestamptz default null,
  before_at timestamptz default null,
  before_id uuid default null,
  at_most integer default 100
) returns json
language plpgsql stable security invoker
set search_path = ''
set statement_timeout = '3s'
set timezone = 'UTC'
set plan_cache_mode = force_custom_plan
as $$
declare
  answer json;
begin
  select coalesce(json_agg(row_to_json(e) order by e.since desc, e.id desc), '[]'::json) into answer
  from (
    select
      c.id, p.slug as provider, p.name as provider_name, m.name as model, c.input_price_per_m, c.output_price_per_m,
      c.cached_input_price_per_m, c.timestamp as since, c.source,
      not exists (
        select 1 from public.prices n
        where n.model_id = c.model_id and (n.timestamp, n.id) > (c.timestamp, c.id)
      ) as current
    from public.prices c
    join public.models m on m.id = c.model_id
    join public.providers p on p.id = m.provider_id
    where (of_provider is null or p.slug = of_provider)
      and (of_model is null or m.name = of_model)
      and (not only_current or not exists (
        select 1 from public.prices n
        where n.model_id = c.model_id and (n.timestamp, n.id) > (c.timestamp, c.id)
      ))
      and (api_prices.since is null or c.timestamp >= api_prices.since)
      and (until is null or c.timestamp < until)
      and (
        before_at is null
        or (c.timestamp <= before_at and (c.timestamp, c.id)
          < (before_at, coalesce(before_id, '00000000-0000-0000-0000-000000000000'::uuid)))
      )
    order by c.timestamp desc, c.id desc
    limit least(greatest(at_most, 0), 1001)
  ) e;
  return answer;
end
$$;

-- Whether measuring goes on: the newest result and the newest run.
create function public.api_health() returns json
language sql stable security invoker
set search_path = ''
set statement_timeout = '3s'
set timezone = 'UTC'
as $$
  select json_build_object(
    'now', now(),
    'newest_result', (
      select json_build_object('id', r.id, 'at', r.created_at, 'simulated', r.simulated)
      from public.benchmark_results r order by r.created_at desc limit 1
    ),
    'last_run', (
      select json_build_object('id', r.id, 'started_at', r.started_at, 'finished_at', r.finished_at)
      from public.runs r order by r.started_at desc limit 1
    )
  )
$$;

revoke all on function public.api_results(
  text, text, uuid, uuid, boolean, text, text, boolean, timestamptz, timestamptz, timestamptz, uuid, integer, boolean
) from public;
revoke all on function public.api_runs(
  uuid, text, text, text, timestamptz, timestamptz, timestamptz, uuid, integer) from public;
revoke all on function public.api_models(text, text, text, text, text, text, text, integer) from public;
revoke all on function public.api_prices(
  text, text, boolean, timestamptz, timestamptz, timestamptz, uuid, integer) from public;
revoke all on function public.api_health() from public;
grant execute on function public.api_results(
  text, text, uuid, uuid, boolean, text, text, boolean, timestamptz, timestamptz, timestamptz, uuid, integer, boolean
) to anon, authenticated, service_role;
grant execute on function public.api_runs(
  uuid, text, text, text, timestamptz, timestamptz, timestamptz, uuid, integer) to anon, authenticated, service_role;
grant execute on function public.api_models(text, text, text, text, text, text, text, integer)
  to anon, authenticated, service_role;
grant execute on function public.api_prices(
  text, text, boolean, timestamptz, timestamptz, timestamptz, uuid, integer) to anon, authenticated, service_role;
grant execute on function public.api_health() to anon, authenticated, service_role;
