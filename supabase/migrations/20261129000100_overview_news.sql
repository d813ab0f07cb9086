-- What the overview tells beside its figures, in one call, since each costs its Worker a twentieth of a page:
-- {states, incidents, changes}, as current_states, api_incidents and catalog_changes have them.
create function public.overview_news(
  at_location text default null, since timestamptz default now() - interval '24 hours', kinds text[] default null,
  most_incidents integer default 500, most_changes integer default 1000
) returns json
language sql stable security invoker set search_path = '' set statement_timeout = '3s' set timezone = 'UTC' as $$
  select json_build_object(
    'states', public.current_states(at_location),
    'incidents', public.api_incidents(
      of_location => at_location, since => overview_news.since, at_most => most_incidents),
    'changes', public.catalog_changes(
      since => overview_news.since, at_most => most_changes, kinds => overview_news.kinds))
$$;
grant execute on function public.overview_news to anon, authenticated, service_role;
