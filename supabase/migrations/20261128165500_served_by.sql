-- Who serves: the upstreams at which a proxied model is measured alone, those that served the others, and the model that
-- answers say they come from.

-- Measures a model at one upstream alone, or no longer. Answers whether that changed anything.
create function public.engine_pin_upstream(of_model uuid, at_upstream text, pinned boolean) returns boolean
language sql volatile security invoker set search_path = ''
as $$
  with changed as (
    update public.models m
    set pinned_upstreams = case
      when pinned then m.pinned_upstreams || at_upstream
      else array_remove(m.pinned_upstreams, at_upstream)
    end
    where m.id = of_model and pinned <> (at_upstream = any (m.pinned_upstreams))
    returning 1
  )
  select exists (select 1 from changed);
$$;

-- Which upstreams served a proxied model that it routed by itself, over a time: [{upstream, n}], the most first.
create function public.upstream_shares(
  of_provider text, of_model text, since timestamptz, at_location text default null
) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(u) order by u.n desc, u.upstream), '[]')
  from (
    select r.upstream, count(*) as n
    from public.series s
    join public.benchmark_results r on r.series_id = s.id
    where s.provider = of_provider and s.model = of_model and s.upstream is null and s.workload = 'standard' and s.shown
      and (at_location is null or s.location = at_location)
      and r.created_at >= since and r.upstream is not null and not r.confirmation
    group by r.upstream
    order by count(*) desc, r.upstream
    limit 50
  ) u
$$;

revoke execute on function public.engine_pin_upstream(uuid, text, boolean) from public, anon, authenticated;
revoke execute on function public.upstream_shares(text, text, timestamptz, text) from public;
grant execute on function public.engine_pin_upstream(uuid, text, boolean) to service_role;
grant execute on function public.upstream_shares(text, text, timestamptz, text) to anon, authenticated, service_role;

-- An answer that comes from another model than those before it is news. Two that take turns within a day, as while a
-- new version is rolled out, are one change; what the simulator and pinned upstreams say changes nothing.
create function internal.note_served_models() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  said record;
begin
  for said in
    select distinct on (c.model_id) c.model_id, c.served_model, c.created_at, m.served_model as before, m.served_at,
      m.provider_id, m.name
    from changed c
    join public.models m on m.id = c.model_id
    where c.success and not c.simulated and not c.upstream_pinned and c.served_model is not null
    order by c.model_id, c.created_at desc
  loop
    continue when said.created_at < said.served_at;
    update public.models set served_model = said.served_model, served_at = said.created_at where id = said.model_id;
    continue when said.before is null or said.before = said.served_model or exists (
      select 1 from public.catalog_events e
      where e.model_id = said.model_id and e.kind = 'served_model' and e.at > said.created_at - interval '1 day'
        and said.served_model in (e.before ->> 'servedModel', e.after ->> 'servedModel'));
    insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
    values (
      said.created_at, 'served_model', said.provider_id, said.model_id, said.name,
      jsonb_build_object('servedModel', said.before), jsonb_build_object('servedModel', said.served_model));
  end loop;
  return null;
end
$$;
revoke execute on function internal.note_served_models() from public;
create trigger note_served_models after insert on public.benchmark_results
  referencing new table as changed for each statement execute function internal.note_served_models();
