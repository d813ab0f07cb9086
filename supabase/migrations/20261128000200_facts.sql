-- What is decided when a result is written, so that no page decides it again: which series the result belongs to, whose
-- its failure is, what came of its day, and which outages there were. docs/metrics.md gives the rules. Triggers and what
-- they call run as their owner: nobody else writes these facts.

-- Whose failure a result is by its own words: 'provider', 'shared', 'operator' or 'probe'; null for a success. Rows that
-- name no kind (written by other tools) are judged by their status. A run in which nobody could be reached changes
-- this (settle_run).
create function internal.owner_of(error_kind text, status_code integer, success boolean) returns text
language sql immutable parallel safe
return case
  when success then null
  when error_kind in ('interrupted', 'probe_fault') then 'probe'
  when error_kind in ('no_answer', 'auth', 'quota', 'model_not_found', 'invalid_request') then 'operator'
  when error_kind = 'rate_limited' then 'shared'
  when error_kind is not null then 'provider'
  when status_code = 429 then 'shared'
  when status_code between 400 and 499 and status_code <> 408 then 'operator'
  else 'provider'
end;

create function internal.series_key(
  provider text, model text, workload text, prompt_version text, location text, upstream text, simulated boolean
) returns text
language sql stable parallel safe
return md5(jsonb_build_array(provider, model, workload, prompt_version, location, upstream, simulated)::text);

-- The version of the standard prompt that was current at a moment: the newest one seen by then, else the first one seen
-- after it, else ''. Results of other tools name none: theirs is the one of their time.
create function internal.version_at(moment timestamptz) returns text
language plpgsql stable security definer set search_path = '' as $$
declare
  versions constant text[] := array(
    select distinct s.prompt_version from public.series s where s.workload = 'standard' and s.prompt_version <> '');
begin
  if cardinality(versions) < 2 then
    return coalesce(versions[1], '');
  end if;
  return coalesce((
    with nearest as materialized (
      select s.prompt_version, coalesce(
        (select max(r.created_at) from public.benchmark_results r where r.series_id = s.id and r.created_at <= moment),
        (select min(r.created_at) from public.benchmark_results r where r.series_id = s.id and r.created_at > moment)) as at
      from public.series s
      where s.workload = 'standard' and s.prompt_version <> ''
    )
    select n.prompt_version from nearest n where n.at is not null
    order by n.at > moment, case when n.at <= moment then n.at end desc, n.at limit 1), '');
end $$;

-- Decides whether an endpoint's series are shown: one that was ever measured for real shows no simulated ones.
create function internal.decide_shown(of_provider text, of_model text) returns void
language sql volatile as $$
  update public.series s set shown = not s.shown
  where s.provider = of_provider and s.model = of_model and s.shown = (s.simulated and exists (
    select 1 from public.series o where o.provider = of_provider and o.model = of_model and not o.simulated))
$$;

-- The series a result belongs to; made where it is the first one.
create function internal.series_of(r public.benchmark_results) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  s public.series;
begin
  s.provider := coalesce((
    select p.slug from public.providers p where p.id = r.provider_id or r.provider in (p.slug, p.name)
    order by p.id = r.provider_id desc, p.slug = r.provider desc limit 1), r.provider, 'unknown');
  s.model := coalesce((select m.name from public.models m where m.id = r.model_id), r.model, 'unknown');
  s.prompt_version := coalesce(r.prompt_version, internal.version_at(r.created_at));
  s.workload := case when s.prompt_version like 'short%' then 'short' else 'standard' end;
  s.upstream := case when r.upstream_pinned then r.upstream end;
  s.key := internal.series_key(s.provider, s.model, s.workload, s.prompt_version, r.location, s.upstream, r.simulated);
  select k.id into s.id from public.series k where k.key = s.key;
  if s.id is null then
    insert into public.series (provider, model, workload, prompt_version, location, upstream, simulated, shown, key)
    values (s.provider, s.model, s.workload, s.prompt_version, r.location, s.upstream, r.simulated, true, s.key)
    on conflict (key) do nothing;
    perform internal.decide_shown(s.provider, s.model);
    select k.id into strict s.id from public.series k where k.key = s.key;
  end if;
  return s.id;
end $$;

create function internal.decide_facts() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  -- A provider or model that is deleted takes its id from the results, but not their series.
  if tg_op = 'INSERT' or (
    coalesce(new.provider_id, old.provider_id), coalesce(new.model_id, old.model_id), new.provider, new.model,
    new.location, new.simulated, new.prompt_version, new.upstream_pinned, case when new.upstream_pinned then new.upstream end
  ) is distinct from (
    old.provider_id, old.model_id, old.provider, old.model,
    old.location, old.simulated, old.prompt_version, old.upstream_pinned, case when new.upstream_pinned then old.upstream end
  ) then
    new.series_id := internal.series_of(new);
  end if;
  new.failure_owner := internal.owner_of(new.error_kind, new.status_code, new.success);
  if new.error_kind = 'network' and (select r.offline from public.runs r where r.id = new.run_id) then
    new.failure_owner := 'probe';
  end if;
  return new;
end $$;
create trigger decide_facts
  before insert or update of provider_id, model_id, provider, model, location, simulated, prompt_version, upstream,
    upstream_pinned, success, error_kind, status_code
  on public.benchmark_results for each row execute function internal.decide_facts();

-- An outage that the watch has noticed is told once: what stored results alone say of it goes.
create function internal.yield_to_watch(of_provider text, changed uuid[]) returns void
language sql volatile as $$
  delete from public.incidents d
  using public.incidents i
  where d.provider = of_provider and d.series_id is not null
    and i.provider = of_provider and i.series_id is null and i.kind = 'outage'
    and (d.id = any (changed) or i.id = any (changed))
    and i.location = d.location and i.simulated = d.simulated
    and i.opened_at <= coalesce(d.closed_at, 'infinity') and coalesce(i.closed_at, 'infinity') >= d.opened_at
    and i.endpoints @> jsonb_build_array(jsonb_build_object('model', d.endpoints #> '{0,model}'))
$$;

-- Finds a series' outages again between the last success before a change and the first one after it: two provider
-- failures in a row or more, and the success that ended them. Rate limits, our own mistakes and our own lost connection
-- neither lengthen an outage nor end it. Confirmations count: they are how a second failure is known early. Where the
-- coordinator's watch saw every failure, it is for the watch to say.
create function internal.find_outages(of_series integer, first_at timestamptz, last_at timestamptz) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  s public.series;
  before_at constant timestamptz := coalesce((select max(r.created_at) from public.benchmark_results r
    where r.series_id = of_series and r.success and r.created_at < first_at), '-infinity');
  after_at constant timestamptz := coalesce((select min(r.created_at) from public.benchmark_results r
    where r.series_id = of_series and r.success and r.created_at > last_at), 'infinity');
  found_ids uuid[];
begin
  select * into s from public.series k where k.id = of_series and k.workload = 'standard' and k.upstream is null;
  delete from public.incidents i
  where i.series_id = of_series and i.opened_at > before_at and i.opened_at <= after_at;
  if s.id is null or not exists (
    select 1 from public.benchmark_results r
    where r.series_id = of_series and r.failure_owner = 'provider'
      and r.created_at > before_at and r.created_at <= after_at
  ) then
    return;
  end if;
  with told as materialized (
    select r.id, r.created_at, r.success, coalesce(r.error_kind, 'unknown') as kind, u.watched,
      count(*) filter (where r.success) over (order by r.created_at, r.success, r.id) as successes_before,
      min(r.created_at) filter (where r.success) over (order by r.created_at desc, r.success desc, r.id desc) as success_at
    from public.benchmark_results r
    join public.runs u on u.id = r.run_id
    where r.series_id = of_series and (r.success or r.failure_owner = 'provider')
      and r.created_at > before_at and r.created_at <= after_at
  ), outages as (
    select min(f.created_at) as began_at, min(f.success_at) as ended_at,
      format('%s failures in a row since %s UTC: %s', count(*),
        to_char(min(f.created_at) at time zone 'UTC', 'HH24:MI'), string_agg(distinct f.kind, ', ')) as reason,
      to_jsonb((array_agg(f.id order by f.created_at, f.id))[1:9]) as evidence
    from told f
    where not f.success
    group by f.successes_before
    having count(*) >= 2 and not bool_and(f.watched)
  ), written as (
    insert into public.incidents
      (id, provider, location, simulated, kind, opened_at, closed_at, endpoints, revision, series_id)
    select md5(s.key || extract(epoch from o.began_at))::uuid, s.provider, s.location, s.simulated, 'outage',
      o.began_at, o.ended_at, jsonb_build_array(jsonb_build_object(
        'model', s.model, 'since', o.began_at, 'until', o.ended_at, 'reason', o.reason, 'evidence', o.evidence)),
      1, s.id
    from outages o
    returning id
  )
  select array_agg(w.id) into found_ids from written w;
  perform internal.yield_to_watch(s.provider, found_ids);
end $$;

-- Brings days and outages up to date for a series in which results changed. Who changes several takes them in the order of
-- their ids, so that two writers never wait for each other.
create function internal.record_change(of_series integer, first_at timestamptz, last_at timestamptz) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  first_day constant date := (first_at at time zone 'UTC')::date;
  last_day constant date := (last_at at time zone 'UTC')::date;
begin
  -- One at a time: two counts at once would each miss the other's results.
  perform 1 from public.series s where s.id = of_series for no key update;
  delete from public.series_days where series_id = of_series and day between first_day and last_day;
  insert into public.series_days (series_id, day, results, attempts, successes, provider_failures, newest_at)
  select of_series, (r.created_at at time zone 'UTC')::date, count(*),
    count(*) filter (where r.failure_owner is distinct from 'probe'), count(*) filter (where r.success),
    count(*) filter (where r.failure_owner = 'provider'), max(r.created_at)
  from public.benchmark_results r
  where r.series_id = of_series and not r.confirmation
    and r.created_at >= first_day::timestamp at time zone 'UTC'
    and r.created_at < (last_day + 1)::timestamp at time zone 'UTC'
  group by 2;
  perform internal.find_outages(of_series, first_at, last_at);
end $$;

-- Adds results to what their series came to. Each is added once, when whose failure it is has been settled: where nobody was
-- reached that is at its run's end, else when it is written. Nothing is ever taken away again.
create function internal.add_to_totals(ids uuid[]) returns void
language sql volatile security definer set search_path = '' as $$
  insert into public.series_totals as t
    (series_id, outcome, failure_owner, requests, input_tokens, output_tokens, cost_usd, newest_at)
  select
    r.series_id, case when r.success then 'success' else coalesce(r.error_kind, 'unknown') end,
    coalesce(r.failure_owner, ''), count(*),
    coalesce(sum(r.input_tokens) filter (where not r.usage_implausible), 0),
    coalesce(sum(r.output_tokens) filter (where not r.usage_implausible), 0),
    coalesce(sum(r.cost_usd) filter (where r.cost_known), 0), max(r.created_at)
  from public.benchmark_results r
  where r.id = any (ids) and not r.confirmation
  group by 1, 2, 3
  -- Always in one order, so that two writers never wait for each other.
  order by 1, 2, 3
  on conflict (series_id, outcome, failure_owner) do update set
    requests = t.requests + excluded.requests, input_tokens = t.input_tokens + excluded.input_tokens,
    output_tokens = t.output_tokens + excluded.output_tokens, cost_usd = t.cost_usd + excluded.cost_usd,
    newest_at = greatest(t.newest_at, excluded.newest_at)
$$;

-- Settles whether a run was offline, and whose its failures are.
create function internal.settle_run(of_run uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  is_offline boolean;
begin
  perform 1 from public.runs r where r.id = of_run for no key update;
  select count(distinct s.provider) >= 2 and bool_and(r.error_kind is not distinct from 'network')
  into is_offline
  from public.benchmark_results r
  join public.series s on s.id = r.series_id
  where r.run_id = of_run and not r.confirmation;
  update public.runs r set offline = is_offline where r.id = of_run and r.offline <> is_offline;
  if found then
    update public.benchmark_results r
    set failure_owner = case when is_offline then 'probe' else 'provider' end
    where r.run_id = of_run and r.error_kind = 'network';
  end if;
end $$;

create function internal.settle_ended_run() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform internal.settle_run(new.id);
  perform internal.add_to_totals(array(
    select r.id from public.benchmark_results r where r.run_id = new.id and r.error_kind = 'network'));
  return null;
end $$;
create trigger settle_ended_run after update of finished_at on public.runs
  for each row when (old.finished_at is null and new.finished_at is not null)
  execute function internal.settle_ended_run();

create function internal.record_written_or_deleted() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  gone public.series;
begin
  -- What pruning takes is remembered.
  if tg_op = 'DELETE' and current_setting('internal.pruning', true) = 'on' then
    return null;
  end if;
  perform internal.record_change(c.series_id, min(c.created_at), max(c.created_at))
  from changed c group by c.series_id order by c.series_id;
  if tg_op = 'INSERT' then
    -- Results that come after their run's end may show that it was offline, or that it was not.
    perform internal.settle_run(r.id)
    from changed c
    join public.runs r on r.id = c.run_id
    where r.finished_at is not null and (c.error_kind = 'network' or r.offline)
    group by r.id;
    perform internal.add_to_totals(array(
      select c.id
      from changed c
      left join public.runs r on r.id = c.run_id
      where c.error_kind is distinct from 'network' or r.finished_at is not null));
    return null;
  end if;
  -- A series of which nothing is left or remembered has never been.
  for gone in
    delete from public.series s
    where s.id in (select c.series_id from changed c)
      and not exists (select 1 from public.benchmark_results r where r.series_id = s.id)
      and not exists (select 1 from public.series_days d where d.series_id = s.id)
    returning *
  loop
    perform internal.decide_shown(gone.provider, gone.model);
  end loop;
  return null;
end $$;
create trigger record_inserted after insert on public.benchmark_results
  referencing new table as changed for each statement execute function internal.record_written_or_deleted();
create trigger record_deleted after delete on public.benchmark_results
  referencing old table as changed for each statement execute function internal.record_written_or_deleted();

create function internal.record_updated() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform internal.record_change(c.series_id, min(c.created_at), max(c.created_at))
  from before b
  join after a on a.id = b.id
  cross join lateral (values (b.series_id, b.created_at), (a.series_id, a.created_at)) as c (series_id, created_at)
  where (b.series_id, b.created_at, b.success, b.failure_owner, b.error_kind, b.confirmation)
    is distinct from (a.series_id, a.created_at, a.success, a.failure_owner, a.error_kind, a.confirmation)
  group by c.series_id
  order by c.series_id;
  perform internal.settle_run(r.id)
  from before b
  join after a on a.id = b.id
  join public.runs r on r.id = a.run_id
  where b.error_kind is distinct from a.error_kind and r.finished_at is not null
  group by r.id;
  return null;
end $$;
create trigger record_updated after update on public.benchmark_results
  referencing old table as before new table as after for each statement execute function internal.record_updated();

-- Gives series another provider's or model's name; where there is such a series already, its results move there.
create function internal.rename_series(
  old_provider text, new_provider text, old_model text default null, new_model text default null
) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  s public.series;
  there integer;
begin
  for s in
    select * from public.series k
    where k.provider = old_provider and (old_model is null or k.model = old_model)
    order by k.id
  loop
    s.provider := new_provider;
    s.model := coalesce(new_model, s.model);
    s.key := internal.series_key(s.provider, s.model, s.workload, s.prompt_version, s.location, s.upstream, s.simulated);
    select k.id into there from public.series k where k.key = s.key and k.id <> s.id;
    if there is null then
      update public.series k set provider = s.provider, model = s.model, key = s.key where k.id = s.id;
      update public.incidents i
      set provider = s.provider, endpoints = jsonb_set(i.endpoints, '{0,model}', to_jsonb(s.model))
      where i.series_id = s.id;
    else
      update public.benchmark_results r set series_id = there where r.series_id = s.id;
      insert into public.series_totals as t
      select there, o.outcome, o.failure_owner, o.requests, o.input_tokens, o.output_tokens, o.cost_usd, o.newest_at
      from public.series_totals o where o.series_id = s.id
      on conflict (series_id, outcome, failure_owner) do update set
        requests = t.requests + excluded.requests, input_tokens = t.input_tokens + excluded.input_tokens,
        output_tokens = t.output_tokens + excluded.output_tokens, cost_usd = t.cost_usd + excluded.cost_usd,
        newest_at = greatest(t.newest_at, excluded.newest_at);
      delete from public.series k where k.id = s.id;
    end if;
    perform internal.decide_shown(s.provider, s.model);
  end loop;
end $$;

create function internal.name_provider() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'UPDATE' and old.slug <> new.slug then
    perform internal.rename_series(old.slug, new.slug);
  end if;
  -- Results may have named it by its display name before anybody knew its slug.
  if new.name <> new.slug and not exists (select 1 from public.providers p where p.slug = new.name) then
    perform internal.rename_series(new.name, new.slug);
  end if;
  return null;
end $$;
create trigger name_provider after insert or update of slug, name on public.providers
  for each row execute function internal.name_provider();

create function internal.name_model() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform internal.rename_series(p.slug, p.slug, old.name, new.name)
  from public.providers p where p.id = new.provider_id;
  return null;
end $$;
create trigger name_model after update of name on public.models
  for each row when (old.name <> new.name) execute function internal.name_model();

-- Which results count, by the names they count under: all but confirmations. `shown` and `workload` say what pages show.
create view public.counted_results with (security_invoker = true) as
select
  r.id, r.run_id, r.series_id, s.provider, s.model, s.workload, s.prompt_version, s.location, s.upstream, s.simulated,
  s.shown, r.created_at, r.success, r.status_code, r.error_kind, r.failure_owner, r.ttft_ms, r.answer_ttft_ms, r.tps,
  r.total_latency_ms, r.input_tokens, r.output_tokens, r.cost_usd, r.cost_known
from public.benchmark_results r
join public.series s on s.id = r.series_id
where not r.confirmation;
