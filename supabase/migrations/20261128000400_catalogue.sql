-- What providers offer, kept current: what the measuring Worker reads and writes of it, and the pages' catalogue.
-- docs/models-and-prices.md says what they may read of it.

-- A price as the engine writes it in JSON; null for none. `hours` only where there are any.
create function internal.price_json(
  input double precision, output double precision, cached double precision, source text, hours jsonb default null
) returns jsonb
language sql immutable parallel safe
return case when input is not null then
  jsonb_build_object('input', input, 'output', output, 'cachedInput', cached, 'source', source)
  || case when jsonb_typeof(hours) = 'array' then jsonb_build_object('hours', hours) else '{}' end end;

-- A model's price now; no row for none.
create function internal.newest_price(of_model uuid) returns setof public.prices
language sql stable rows 1 as $$
  select * from public.prices p where p.model_id = of_model order by p.timestamp desc, p.id desc limit 1
$$;

create function internal.stored_price_json(p public.prices) returns jsonb
language sql immutable parallel safe
return internal.price_json(
  (p).input_price_per_m, (p).output_price_per_m, (p).cached_input_price_per_m, (p).source, (p).hours);

-- What a run measures, and models named in `also` ("slug/model") whether active or not: one target for the model as its
-- provider routes it, and one for each upstream at which it is measured alone.
create function public.engine_targets(also text[] default '{}') returns jsonb
language sql stable security invoker set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
      'provider', p.slug, 'providerId', p.id, 'model', m.name, 'modelId', m.id,
      'active', m.active or asked.upstream is not null, 'upstream', asked.upstream, 'reasoning', m.reasoning,
      'price', internal.stored_price_json(price) - 'source'
    ) order by p.slug, m.name, asked.upstream nulls first), '[]')
  from public.models m
  join public.providers p on p.id = m.provider_id
  cross join lateral (
    select null::text as upstream where m.active or p.slug || '/' || m.name = any (also)
    union all
    select unnest(m.pinned_upstreams)
  ) asked
  left join lateral internal.newest_price(m.id) price on true;
$$;

-- Everything known of the models of one provider, or of all: [{provider, heldList, models: [...]}].
create function public.engine_catalog(of_provider text default null) returns jsonb
language sql stable security invoker set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
      'provider', p.slug,
      'heldList', p.held_list,
      'models', coalesce((
        select jsonb_agg(jsonb_build_object(
            'id', m.id, 'name', m.name, 'active', m.active, 'available', m.available, 'reasoning', m.reasoning,
            'reasoningByHand', m.reasoning_by_hand, 'reasoningStated', m.reasoning_stated, 'aliasOf', m.alias_of,
            'contextWindow', m.context_window, 'lastSeenAt', m.last_seen_at, 'retiredAt', m.retired_at,
            'retiresAt', m.retires_at, 'successor', m.successor, 'flag', m.flag, 'family', m.family,
            'identity', m.identity, 'identityByRule', m.identity_by_rule, 'quantization', m.quantization,
            'price', internal.stored_price_json(price) || jsonb_build_object('at', price.timestamp),
            'heldPrice', m.held_price
          ) order by m.name)
        from public.models m
        left join lateral internal.newest_price(m.id) price on true
        where m.provider_id = p.id
      ), '[]')
    ) order by p.slug), '[]')
  from public.providers p
  where of_provider is null or p.slug = of_provider
$$;

-- What a list says of models, in two parts, each of which answers with how many of each kind it wrote. Beside a statement
-- that changes models, public.models still reads as it was before.

-- Models that a list has for the first time, no longer, or again; then what it says of models it had before, and models
-- that are taken out of the runs.
create function internal.apply_models(
  change jsonb, owner uuid, moment timestamptz, out "new" integer, out retired integer, out returned integer,
  out context integer, out announced integer, out "takenOut" integer
)
language plpgsql volatile set search_path = '' as $$
begin
  with listed as (
    select * from jsonb_to_recordset(change -> 'added') as m(
      name text, "contextWindow" integer, reasoning boolean, "reasoningStated" boolean, "aliasOf" text,
      identity text, family text, quantization text, successor text, "retiresAt" timestamptz,
      price jsonb, "heldPrice" jsonb)
  ), made as (
    insert into public.models
      (provider_id, name, context_window, active, available, reasoning, reasoning_stated, alias_of, identity_by_rule,
       family, quantization, successor, retires_at, last_seen_at, held_price)
    select owner, l.name, l."contextWindow", false, true, l.reasoning, l."reasoningStated", l."aliasOf", l.identity,
      l.family, l.quantization, l.successor, l."retiresAt", moment, l."heldPrice"
    from listed l
    on conflict (name, provider_id) do nothing
    returning id, name
  ), priced as (
    insert into public.prices
      (provider_id, model_id, input_price_per_m, output_price_per_m, cached_input_price_per_m, hours, source, timestamp)
    select owner, made.id, (l.price ->> 'input')::double precision, (l.price ->> 'output')::double precision,
      (l.price ->> 'cachedInput')::double precision, l.price -> 'hours', change ->> 'source', moment
    from made join listed l using (name)
    where l.price is not null
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, after)
  select moment, 'new', owner, made.id, made.name,
    jsonb_build_object('contextWindow', l."contextWindow", 'identity', l.identity, 'price', l.price)
  from made join listed l using (name);
  get diagnostics "new" = row_count;

  with gone as (
    update public.models m
    set available = false, retired_at = moment, successor = coalesce(e.successor, m.successor)
    from jsonb_to_recordset(change -> 'retired') as e(id uuid, successor text)
    where m.id = e.id and m.available
    returning m.id, m.provider_id, m.name, m.last_seen_at, m.active, m.successor
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
  select moment, 'retired', g.provider_id, g.id, g.name,
    jsonb_build_object('lastSeenAt', g.last_seen_at, 'active', g.active), jsonb_build_object('successor', g.successor)
  from gone g;
  get diagnostics retired = row_count;

  with back as (
    update public.models m set available = true, retired_at = null, flag = null
    from jsonb_to_recordset(change -> 'returned') as e(id uuid)
    where m.id = e.id and (not m.available or m.retired_at is not null)
    returning m.id
  ), told as (
    insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
    select moment, case when n.is_new then 'new' else 'returned' end, o.provider_id, o.id, o.name,
      case when not n.is_new then jsonb_build_object('retiredAt', o.retired_at) end, case when n.is_new then
        jsonb_build_object('contextWindow', o.context_window, 'identity', o.identity, 'price', null) end
    from back
    join public.models o using (id)
    -- What somebody named before any list had it is new, not back.
    cross join lateral (select o.retired_at is null and o.last_seen_at is null as is_new) n
    returning kind
  )
  select count(*) filter (where t.kind = 'returned'), "new" + count(*) filter (where t.kind = 'new') into returned, "new"
  from told t;

  with changed as (
    update public.models m set context_window = e."contextWindow"
    from jsonb_to_recordset(change -> 'contexts') as e(id uuid, "contextWindow" integer)
    where m.id = e.id and m.context_window is distinct from e."contextWindow"
    returning m.id, m.context_window
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
  select moment, 'context', o.provider_id, o.id, o.name,
    jsonb_build_object('contextWindow', o.context_window), jsonb_build_object('contextWindow', c.context_window)
  from changed c join public.models o using (id);
  get diagnostics context = row_count;

  with told as (
    update public.models m set retires_at = e."retiresAt", successor = e.successor
    from jsonb_to_recordset(change -> 'announced') as e(id uuid, "retiresAt" timestamptz, successor text)
    where m.id = e.id and (m.retires_at, m.successor) is distinct from (e."retiresAt", e.successor)
    returning m.id, m.retires_at, m.successor
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
  select moment, 'retirement_announced', o.provider_id, o.id, o.name,
    jsonb_build_object('retiresAt', o.retires_at, 'successor', o.successor),
    jsonb_build_object('retiresAt', t.retires_at, 'successor', t.successor)
  from told t join public.models o using (id);
  get diagnostics announced = row_count;

  with out as (
    update public.models m set active = false, flag = e.why
    from jsonb_to_recordset(change -> 'takenOut') as e(id uuid, why text)
    where m.id = e.id and m.active
    returning m.id, m.provider_id, m.name, m.flag, m.successor
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
  select moment, 'taken_out', o.provider_id, o.id, o.name,
    jsonb_build_object('active', true), jsonb_build_object('why', o.flag, 'successor', o.successor)
  from out o;
  get diagnostics "takenOut" = row_count;

  update public.models m set reasoning_stated = e."reasoningStated", alias_of = e."aliasOf"
  from jsonb_to_recordset(change -> 'stated') as e(id uuid, "reasoningStated" boolean, "aliasOf" text)
  where m.id = e.id and (m.reasoning_stated, m.alias_of) is distinct from (e."reasoningStated", e."aliasOf");

  update public.models m set identity_by_rule = e.identity, family = e.family, quantization = e.quantization
  from jsonb_to_recordset(change -> 'identities') as e(id uuid, identity text, family text, quantization text)
  where m.id = e.id
    and (m.identity_by_rule, m.family, m.quantization) is distinct from (e.identity, e.family, e.quantization);

  update public.models m set reasoning = e.reasoning
  from jsonb_to_recordset(change -> 'reasonings') as e(id uuid, reasoning boolean)
  where m.id = e.id and not m.reasoning_by_hand and m.reasoning is distinct from e.reasoning;

  update public.models m set last_seen_at = moment
  from jsonb_to_recordset(change -> 'seen') as e(id uuid)
  where m.id = e.id and (m.last_seen_at is null or m.last_seen_at < moment);
end $$;

-- Prices that hold from now on, and prices that wait for a person.
create function internal.apply_prices(change jsonb, moment timestamptz, out price integer, out "priceHeld" integer)
language plpgsql volatile set search_path = '' as $$
begin
  with offered as (
    select e.*, m.provider_id, m.name, n.read_at, n.old, n.new
    from jsonb_to_recordset(change -> 'prices') as e(
      id uuid, input double precision, output double precision, "cachedInput" double precision, hours jsonb,
      source text, at timestamptz)
    join public.models m on m.id = e.id
    left join lateral internal.newest_price(e.id) latest on true
    cross join lateral (
      select coalesce(e.at, moment) as read_at, internal.stored_price_json(latest) as old,
        internal.price_json(e.input, e.output, e."cachedInput", e.source, e.hours) as new) n
    where latest.id is null or (n.read_at > latest.timestamp and (
      n.old - 'source' <> n.new - 'source'
      -- A person's word makes the same price theirs.
      or (e.source = 'manual' and latest.source <> 'manual')))
  ), recorded as (
    insert into public.prices
      (provider_id, model_id, input_price_per_m, output_price_per_m, cached_input_price_per_m, hours, source, timestamp)
    select o.provider_id, o.id, o.input, o.output, o."cachedInput", o.new -> 'hours', o.source, o.read_at
    from offered o
    returning model_id
  ), free as (
    update public.models m set held_price = null
    from recorded r where m.id = r.model_id and m.held_price is not null
  ), turned as (
    -- There and back again by the next day's sync is one event, not two, however often it turns.
    update public.catalog_events e
    set after = case when e.after ? 'revertedAt' then e.after - 'revertedAt'
      else e.after || jsonb_build_object('revertedAt', o.read_at) end
    from offered o
    where e.id = (
        select l.id from public.catalog_events l
        where l.model_id = o.id and l.kind = 'price' order by l.at desc, l.id desc limit 1)
      and e.at > moment - interval '36 hours'
      and (case when e.after ? 'revertedAt' then e.after else e.before end) - 'source' - 'revertedAt' = o.new - 'source'
    returning e.model_id
  ), told as (
    insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
    select moment, 'price', o.provider_id, o.id, o.name, o.old, o.new
    from offered o join recorded r on r.model_id = o.id
    where o.id not in (select t.model_id from turned t) and o.new - 'source' is distinct from o.old - 'source'
  )
  select count(*) into price from recorded;

  -- `since` is when it was first read, `days` on how many days that was so, `day` the last of them.
  with flagged as (
    update public.models m set held_price = n.price || jsonb_build_object(
      'at', coalesce(e.since, moment), 'days', coalesce(e.days, 1),
      'day', coalesce(e.day, (moment at time zone 'utc')::date))
    from jsonb_to_recordset(change -> 'heldPrices') as e(
      id uuid, input double precision, output double precision, "cachedInput" double precision, hours jsonb,
      source text, since timestamptz, days integer, day date)
    cross join lateral internal.price_json(e.input, e.output, e."cachedInput", e.source, e.hours) as n (price)
    where m.id = e.id
      and ((m.held_price - array['at', 'days', 'day']) is distinct from n.price
        or (m.held_price ->> 'days')::integer is distinct from coalesce(e.days, 1))
    returning m.id, n.price, e.days
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
  select moment, 'price_held', o.provider_id, o.id, o.name, internal.stored_price_json(latest), f.price
  from flagged f
  join public.models o using (id)
  left join lateral internal.newest_price(o.id) latest on true
  where not (o.held_price is not null and f.days > 1);
  get diagnostics "priceHeld" = row_count;

  update public.models m set held_price = null
  from jsonb_to_recordset(change -> 'releasedPrices') as e(id uuid)
  where m.id = e.id and m.held_price is not null;
end $$;

-- Writes what a sync found, all of it or nothing, each change with its event. Every statement looks again at the row
-- as it is now, so that a change found twice is written once. The shape is CatalogChange in
-- workers/benchmark/catalog/changes.ts, with `provider` (the row to make where it is missing; only `added` and
-- `heldLists` need it), `source` and `at`. Answers with how many of each kind were written.
create function public.engine_apply_catalog(change jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = '' as $$
declare
  moment constant timestamptz := coalesce((change ->> 'at')::timestamptz, now());
  owner uuid;
begin
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('engine_apply_catalog', 0));
  if change -> 'provider' ->> 'slug' is not null then
    insert into public.providers (slug, name, kind, base_url, logo_url)
    select p.slug, p.name, p.kind, p."baseUrl", p."logoUrl"
    from jsonb_to_record(change -> 'provider') as p(slug text, name text, kind text, "baseUrl" text, "logoUrl" text)
    on conflict do nothing;
    select p.id into strict owner from public.providers p where p.slug = change -> 'provider' ->> 'slug';
  end if;

  -- One item, or none where nothing changes: what is held from now on, null for nothing.
  update public.providers p set held_list = nullif(e.held, 'null')
  from jsonb_array_elements(change -> 'heldLists') as e(held)
  where p.id = owner and p.held_list is distinct from nullif(e.held, 'null');

  return to_jsonb(internal.apply_models(change, owner, moment)) || to_jsonb(internal.apply_prices(change, moment));
end $$;

-- Takes a price that was held back as the price: a person has looked at it. Answers with it, null where none waits.
create function public.engine_accept_price(of_model uuid) returns jsonb
language plpgsql volatile security invoker set search_path = '' as $$
declare
  held jsonb;
begin
  select m.held_price into held from public.models m where m.id = of_model for update;
  if held is not null then
    perform public.engine_apply_catalog(jsonb_build_object('prices', jsonb_build_array(
      held - array['at', 'days', 'day'] || jsonb_build_object('id', of_model))));
  end if;
  return held;
end $$;

-- What changed, newest first, for the pages and the feed: [{id, at, kind, provider, provider_name, model, before, after}].
-- Where there are more than `at_most`, each provider's newest are taken in turn, so that one that changes everything at
-- once hides nobody's news; counted after `kinds` has chosen.
create function public.catalog_changes(
  since timestamptz default now() - interval '30 days', of_provider text default null, at_most integer default 200,
  kinds text[] default null
) returns jsonb
language sql stable security invoker set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(e) - 'place' order by e.at desc, e.provider, e.model, e.kind), '[]')
  from (
    select e.id, e.at, e.kind, p.slug as provider, p.name as provider_name, e.model, e.before, e.after,
      row_number() over (partition by e.provider_id order by e.at desc, e.model, e.kind) as place
    from public.catalog_events e
    join public.providers p on p.id = e.provider_id
    where e.at >= since and (of_provider is null or p.slug = of_provider) and (kinds is null or e.kind = any (kinds))
    order by place, e.at desc, p.slug
    limit least(greatest(at_most, 0), 1000)
  ) e
$$;

-- The catalogue: the models of each provider, those measured first, retired ones apart, and what changed.
-- search: words, all of which stand in the model's name, family or identity or in its provider's name.
-- of_provider: one provider's models, `per_page` a page; without it the first `per_provider` of each.
create function public.model_catalog(
  search text default '', of_provider text default null, page integer default 1, per_page integer default 150,
  per_provider integer default 20
) returns json
language sql stable security invoker set search_path = '' set statement_timeout = '3s' as $$
  with matching as materialized (
    select m.id, m.name, p.slug, m.active, m.reasoning, m.context_window, m.retired_at, m.retires_at, m.successor,
      m.identity, p.name as provider_name, p.kind
    from public.models m
    join public.providers p on p.id = m.provider_id
    -- A name that somebody tried and no list ever had is no model to speak of.
    where (m.available or m.active or m.retired_at is not null) and not exists (
      select 1 from unnest((select array_remove(string_to_array(lower(search), ' '), ''))) as word
      where position(word in lower(concat_ws(' ', p.slug, p.name, m.name, m.identity, m.family))) = 0)
  ), offered as (
    select x.*, row_number() over (partition by x.slug order by x.active desc, x.name) as place
    from matching x
    where x.retired_at is null
  ), retired as (
    select x.*, count(*) over () as total
    from matching x
    where x.retired_at is not null and (of_provider is null or x.slug = of_provider)
    order by x.retired_at desc nulls last, x.slug, x.name
    limit 40
  ), changes as (
    select e.at, e.kind, p.slug as provider, p.name as provider_name, count(*) as n,
      (array_agg(json_build_object('model', e.model, 'before', e.before, 'after', e.after) order by e.model))[1:4] as models
    from public.catalog_events e
    join public.providers p on p.id = e.provider_id
    where e.at > now() - interval '30 days' and (of_provider is null or p.slug = of_provider)
    group by e.at, e.kind, p.slug, p.name
    order by e.at desc, p.slug, e.kind
    limit 20
  )
  select json_build_object(
    'as_of', now(), 'counts', (
      select json_build_object(
        'active', count(*) filter (where m.active and m.retired_at is null),
        'available', count(*) filter (where m.available and not m.active and m.retired_at is null),
        'retired', count(*) filter (where m.retired_at is not null))
      from public.models m),
    'providers', (
      select coalesce(json_agg(json_build_object(
        'provider', g.slug, 'name', g.provider_name, 'kind', g.kind, 'total', g.total, 'active', g.active_total,
        'models', g.models) order by g.active_total desc, g.slug), '[]')
      from (
        select o.slug, o.provider_name, o.kind, count(*) as total, count(*) filter (where o.active) as active_total,
          json_agg(json_build_object(
            'model', o.name, 'active', o.active, 'reasoning', o.reasoning, 'context_window', o.context_window,
            'retires_at', o.retires_at, 'identity', o.identity, 'elsewhere', (
              select count(*) from public.models e
              where e.identity = o.identity and e.id <> o.id and e.available and e.retired_at is null),
            'price', (
              select json_build_array(h.input_price_per_m, h.output_price_per_m) from internal.newest_price(o.id) h)
          ) order by o.place) filter (where case
            when of_provider is null then o.place <= per_provider
            else o.slug = of_provider and o.place > (page - 1) * per_page and o.place <= page * per_page end) as models
        from offered o
        group by o.slug, o.provider_name, o.kind
      ) g
      where g.models is not null),
    'retired_total', (select coalesce(max(r.total), 0) from retired r), 'retired', (
      select coalesce(json_agg(json_build_object(
        'provider', r.slug, 'provider_name', r.provider_name, 'model', r.name, 'retired_at', r.retired_at,
        'successor', r.successor, 'successor_known', exists (
          select 1 from public.models n join public.providers q on q.id = n.provider_id
          where q.slug = r.slug and n.name = r.successor)
      ) order by r.retired_at desc nulls last, r.slug, r.name), '[]')
      from retired r),
    'changes', (select coalesce(json_agg(c order by c.at desc, c.provider, c.kind), '[]') from changes c)
  )
$$;

-- The newest price of each model that has one, in USD per million tokens.
create view public.latest_prices with (security_invoker = true) as
select distinct on (price.model_id)
  p.slug as provider, p.name as provider_name, m.name as model, m.active, price.input_price_per_m,
  price.output_price_per_m, price.cached_input_price_per_m, price.timestamp as since, price.source, price.provider_id,
  price.model_id
from public.prices price
join public.models m on m.id = price.model_id
join public.providers p on p.id = price.provider_id
order by price.model_id, price.timestamp desc, price.id desc;

-- Measures a model at one upstream alone, or no longer. Answers whether that changed anything.
create function public.engine_pin_upstream(of_model uuid, at_upstream text, pinned boolean) returns boolean
language plpgsql volatile security invoker set search_path = '' as $$
begin
  update public.models m
  set pinned_upstreams = case when pinned then m.pinned_upstreams || at_upstream
    else array_remove(m.pinned_upstreams, at_upstream) end
  where m.id = of_model and pinned <> (at_upstream = any (m.pinned_upstreams));
  return found;
end $$;

-- An answer that comes from another model than those before it is news. Two that take turns within a day, as while a
-- new version is rolled out, are one change; what the simulator and pinned upstreams say changes nothing.
create function internal.note_served_models() returns trigger
language plpgsql security definer set search_path = '' as $$
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
end $$;
create trigger note_served_models after insert on public.benchmark_results
  referencing new table as changed for each statement execute function internal.note_served_models();
