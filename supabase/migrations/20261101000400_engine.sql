-- What the measuring Worker asks of the database. For the service role alone.

-- Models to measure, each with its newest price; `also` names endpoints ("slug/model") wanted though inactive.
create function public.engine_targets(also text[] default '{}') returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
      'provider', p.slug,
      'providerId', p.id,
      'model', m.name,
      'modelId', m.id,
      'active', m.active,
      'reasoning', m.reasoning,
      'price', case when price.id is null then null else jsonb_build_object(
        'input', price.input_price_per_m,
        'output', price.output_price_per_m,
        'cachedInput', price.cached_input_price_per_m) end
    ) order by p.slug, m.name), '[]')
  from public.models m
  join public.providers p on p.id = m.provider_id
  left join lateral (
    select * from public.prices where model_id = m.id order by timestamp desc, id desc limit 1
  ) price on true
  where m.active or p.slug || '/' || m.name = any (also);
$$;

-- What real requests cost since a time, to start a spending ledger that knows nothing yet. Tokens whose
-- price nobody knows are told apart, for the caller to count at the dearest price it knows.
create function public.engine_spent_since(since timestamptz) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select jsonb_build_object(
    'usd', coalesce(sum(cost_usd) filter (where cost_source <> 'unknown'), 0),
    'unpricedInputTokens', coalesce(sum(input_tokens) filter (where cost_source = 'unknown'), 0),
    'unpricedOutputTokens', coalesce(sum(output_tokens) filter (where cost_source = 'unknown'), 0))
  from public.benchmark_results
  where created_at >= since and not simulated;
$$;

revoke execute on function public.engine_targets(text[]) from public, anon, authenticated;
revoke execute on function public.engine_spent_since(timestamptz) from public, anon, authenticated;
grant execute on function public.engine_targets(text[]) to service_role;
grant execute on function public.engine_spent_since(timestamptz) to service_role;
