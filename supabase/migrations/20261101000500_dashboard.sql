-- What the figures of every page are made by: whose a failure is, how long a window is, which prompt is the current one
-- and where results were measured. The meaning of every figure stands in docs/metrics.md.

-- Whose failure a result is: 'provider', 'shared', 'operator' or 'probe'; null for a success. Rows that
-- name no kind (written by other tools) are judged by their status.
create function public.failure_owner(error_kind text, status_code integer, success boolean)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case
    when success then null
    when error_kind in ('interrupted', 'probe_fault') then 'probe'
    when error_kind in ('no_answer', 'auth', 'quota', 'model_not_found', 'invalid_request') then 'operator'
    when error_kind = 'rate_limited' then 'shared'
    when error_kind is not null then 'provider'
    when status_code = 429 then 'shared'
    when status_code between 400 and 499 and status_code <> 408 then 'operator'
    else 'provider'
  end
$$;

-- Null for a window that there is not.
create function public.window_span(time_window text) returns interval
language sql immutable parallel safe security invoker set search_path = ''
as $$
  select case time_window
    when '1h' then interval '1 hour'
    when '24h' then interval '24 hours'
    when '7d' then interval '7 days'
    when '30d' then interval '30 days'
  end
$$;

-- Width of a trend's bucket.
create function public.window_step(time_window text) returns interval
language sql immutable parallel safe security invoker set search_path = ''
as $$
  select case time_window
    when '1h' then interval '15 minutes'
    when '24h' then interval '1 hour'
    when '7d' then interval '6 hours'
    else interval '1 day'
  end
$$;

-- The standard prompt's current version at a moment: the newest one seen; '' where no result names one.
create function public.current_prompt_version(as_of timestamptz default now()) returns text
language sql stable security invoker set search_path = ''
as $$
  select coalesce((
    select r.prompt_version
    from public.benchmark_results r
    where r.created_at <= as_of and r.prompt_version is not null and r.prompt_version not like 'short%'
    order by r.created_at desc
    limit 1
  ), '')
$$;

-- The places with results inside a window (from `since`, without it, up to `until`), by name. From one place to the next
-- through the index: results are many, places few.
create function public.measured_locations(since timestamptz, until timestamptz, of_version text) returns text[]
language plpgsql stable security invoker set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
begin
  return array(
    with recursive known as (
      (select r.location from public.benchmark_results r order by r.location limit 1)
      union all
      select (
        select r.location from public.benchmark_results r where r.location > k.location order by r.location limit 1
      )
      from known k
      where k.location is not null
    )
    select k.location
    from known k
    where k.location is not null and exists (
      select 1
      from public.benchmark_results r
      where r.location = k.location and r.created_at > since and r.created_at <= until
        and (r.prompt_version is null or r.prompt_version = of_version)
    )
    order by k.location
  );
end
$$;

-- How many results one place has in a window.
create function public.location_results(
  at_location text, since timestamptz, until timestamptz, of_version text
) returns bigint
language plpgsql stable security invoker set search_path = ''
-- As hosted: the index that holds all of it is read, not the table.
set random_page_cost = 1.1
set plan_cache_mode = force_custom_plan
as $$
begin
  return (
    select count(*)
    from public.benchmark_results r
    where r.location = at_location and r.created_at > since and r.created_at <= until
      and (r.prompt_version is null or r.prompt_version = of_version)
  );
end
$$;

-- The places with results in a window, most results first; counted only where there are several.
create function public.usual_locations(since timestamptz, until timestamptz, of_version text) returns text[]
language plpgsql stable security invoker set search_path = ''
as $$
declare
  places constant text[] := public.measured_locations(since, until, of_version);
begin
  if cardinality(places) < 2 then
    return places;
  end if;
  return array(
    select l.place
    from unnest(places) as l (place)
    order by public.location_results(l.place, since, until, of_version) desc, l.place
  );
end
$$;

-- Hosted projects give new functions to everyone or to no one, depending on their age: say it outright.
revoke all on function public.failure_owner(text, integer, boolean) from public;
revoke all on function public.window_span(text) from public;
revoke all on function public.window_step(text) from public;
revoke all on function public.current_prompt_version(timestamptz) from public;
revoke all on function public.measured_locations(timestamptz, timestamptz, text) from public;
revoke all on function public.location_results(text, timestamptz, timestamptz, text) from public;
revoke all on function public.usual_locations(timestamptz, timestamptz, text) from public;
grant execute on function public.failure_owner(text, integer, boolean) to anon, authenticated, service_role;
grant execute on function public.window_span(text) to anon, authenticated, service_role;
grant execute on function public.window_step(text) to anon, authenticated, service_role;
grant execute on function public.current_prompt_version(timestamptz) to anon, authenticated, service_role;
grant execute on function public.measured_locations(timestamptz, timestamptz, text)
  to anon, authenticated, service_role;
grant execute on function public.location_results(text, timestamptz, timestamptz, text)
  to anon, authenticated, service_role;
grant execute on function public.usual_locations(timestamptz, timestamptz, text) to anon, authenticated, service_role;
