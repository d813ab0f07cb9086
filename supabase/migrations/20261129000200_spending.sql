-- What a terminal noted of a request whose result is stored after all is counted once: the row says what it cost, and the
-- note what it may have cost beyond that, such as a worst case that stays. So a note need not be taken back, by a command
-- that may have been killed before it could.
create or replace function public.engine_spent_since(since timestamptz, of_others boolean default false) returns jsonb
language plpgsql stable security invoker set search_path = ''
-- With a plan for any time it reads every result there is: 3.5 s of ten million.
set plan_cache_mode = force_custom_plan as $$
declare
  others constant uuid[] := case when of_others then array(
    select u.id from public.runs u where not u.watched and u.started_at >= since - interval '1 day') end;
begin
  return (
    select jsonb_build_object(
      'usd', coalesce(sum(r.cost_usd) filter (where r.cost_source <> 'unknown'), 0) + (
        select coalesce(sum(case
          when s.id is null then n.usd
          -- Its tokens are counted at the dearest price.
          when s.cost_source = 'unknown' then 0
          else greatest(n.usd - s.cost_usd, 0) end), 0)
        from public.unsaved_spending n left join public.benchmark_results s on s.id = n.id
        where n.at >= since),
      'unpricedInputTokens', coalesce(sum(r.input_tokens) filter (where r.cost_source = 'unknown'), 0),
      'unpricedOutputTokens', coalesce(sum(r.output_tokens) filter (where r.cost_source = 'unknown'), 0))
    from public.benchmark_results r
    where r.created_at >= since and not r.simulated and (others is null or r.run_id = any (others)));
end $$;
