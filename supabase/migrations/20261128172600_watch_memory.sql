-- What a watch that remembers nothing begins with (a new coordinator, a first start beside a history): the newest successes
-- of each endpoint at a place, oldest first, as [epoch ms, ttft, total latency, tps], and the incidents that are open.
create function public.engine_watch_memory(at_location text, since timestamptz) returns json
language sql stable security invoker set search_path = ''
as $$
  select json_build_object(
    'endpoints', coalesce((
      select json_agg(json_build_object(
        'provider', e.provider, 'model', e.model, 'simulated', e.simulated, 'past', e.past))
      from (
        select s.provider, s.model, s.simulated,
          json_agg(json_build_array(
            round(extract(epoch from r.created_at) * 1000), round(r.ttft_ms::numeric, 1),
            round(r.total_latency_ms::numeric, 1), round(r.tps::numeric, 1)) order by r.created_at) as past
        from public.series s
        join public.benchmark_results r on r.series_id = s.id
        where s.shown and s.workload = 'standard' and s.upstream is null and s.location = at_location
          and r.created_at >= engine_watch_memory.since and r.success and not r.confirmation
        group by 1, 2, 3
      ) e
    ), '[]'),
    'incidents', coalesce((
      select json_agg(json_build_object(
        'id', i.id, 'provider', i.provider, 'simulated', i.simulated, 'kind', i.kind, 'opened_at', i.opened_at,
        'endpoints', i.endpoints, 'revision', i.revision))
      from public.incidents i
      where i.location = at_location and i.closed_at is null
    ), '[]'))
$$;
revoke all on function public.engine_watch_memory(text, timestamptz) from public;
grant execute on function public.engine_watch_memory(text, timestamptz) to service_role;
