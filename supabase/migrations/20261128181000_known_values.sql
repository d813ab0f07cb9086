-- Whatever a filter can name, so that an address with something else need not ask anything else of the database:
-- {providers: [{provider, models}], locations, identities, families}. Null where that would be more than 50,000 names.
create function public.known_values() returns json
language sql stable security invoker set search_path = ''
set statement_timeout = '3s'
as $$
  with endpoints as (
    select p.slug as provider, m.name as model, m.identity, m.family
    from public.providers p
    left join public.models m on m.provider_id = p.id
    union all
    select s.provider, s.model, null, null from public.series s
    union all
    select e.provider, e.model, null, null from public.endpoint_states e
  ),
  listed as (
    select e.provider, coalesce(json_agg(distinct e.model) filter (where e.model is not null), '[]') as models
    from endpoints e
    group by e.provider
  ),
  places as (
    select s.location from public.series s
    union select r.location from public.runs r where r.location is not null
    union select e.location from public.endpoint_states e
  )
  select case when (select count(*) from endpoints) <= 50000 then json_build_object(
    'providers', (
      select coalesce(json_agg(json_build_object('provider', l.provider, 'models', l.models)), '[]') from listed l),
    'locations', (select coalesce(json_agg(l.location), '[]') from places l),
    'identities', (
      select coalesce(json_agg(distinct e.identity), '[]') from endpoints e where e.identity is not null),
    'families', (
      select coalesce(json_agg(distinct e.family), '[]') from endpoints e where e.family is not null)) end
$$;

revoke all on function public.known_values() from public;
grant execute on function public.known_values() to anon, authenticated, service_role;
