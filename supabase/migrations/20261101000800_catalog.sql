-- What providers offer, kept current: each model's identity across providers, prices that wait for a person, and
-- what changed. docs/models-and-prices.md says what the pages may read of it.

alter table public.models
  -- What the rules in workers/benchmark/catalog/identity.ts read from the name, and a person's correction of it.
  -- Two models with the same identity are the same model, whoever serves it. No sync touches the correction.
  add column identity_by_rule text,
  add column identity_by_hand text check (identity_by_hand <> ''),
  add column identity text generated always as (coalesce(identity_by_hand, identity_by_rule)) stored,
  add column family text,
  add column quantization text,
  -- A person has set `reasoning`: no sync changes it then.
  add column reasoning_by_hand boolean not null default false,
  -- When the provider will stop serving it, where it has said so.
  add column retires_at timestamptz,
  -- {input, output, cachedInput, source, at}: a price more than ten times the last one, or less than a tenth of it.
  add column held_price jsonb check (jsonb_typeof(held_price) = 'object');
create index idx_models_identity on public.models (identity);

-- The reference data's models, as the rules read them, and when the lists that their prices are from had them.
update public.models m
set identity_by_rule = r.identity, family = r.family,
  last_seen_at = coalesce(m.last_seen_at, (select max(p.timestamp) from public.prices p where p.model_id = m.id))
from (values
  ('gpt-4o-mini', 'gpt-4o-mini', 'gpt-4o-mini'),
  ('openai/gpt-4o-mini', 'gpt-4o-mini', 'gpt-4o-mini'),
  ('llama-3.1-8b-instant', 'llama-3.1-8b', 'llama-3.1'),
  ('mistralai/Mixtral-8x7B-Instruct-v0.1', 'mixtral-8x7b', 'mixtral'),
  ('openai/gpt-oss-20b', 'gpt-oss-20b', 'gpt-oss')
) as r (name, identity, family)
where m.name = r.name;

create table public.catalog_events (
  id          uuid primary key default gen_random_uuid(),
  at          timestamptz not null default now(),
  kind        text not null check (kind in (
    'new', 'retired', 'returned', 'price', 'price_held', 'context', 'retirement_announced', 'taken_out')),
  provider_id uuid not null references public.providers (id) on delete cascade,
  model_id    uuid references public.models (id) on delete set null,
  -- As it was named then: it outlives the row.
  model       text not null,
  before      jsonb,
  after       jsonb
);
create index idx_catalog_events_at on public.catalog_events (at desc);
create index idx_catalog_events_provider_id on public.catalog_events (provider_id);
create index idx_catalog_events_model_id on public.catalog_events (model_id);
alter table public.catalog_events enable row level security;
revoke all on public.catalog_events from public, anon, authenticated, service_role;
grant select on public.catalog_events to anon, authenticated;
grant select, insert, update, delete on public.catalog_events to service_role;
create policy "Anyone reads catalog events" on public.catalog_events
  for select to anon, authenticated using (true);

-- A price as the engine writes it in JSON; null for none.
create function public.price_json(input double precision, output double precision, cached double precision, source text)
returns jsonb
language sql immutable parallel safe security invoker set search_path = ''
as $$
  select case when input is null then null
    else jsonb_build_object('input', input, 'output', output, 'cachedInput', cached, 'source', source) end
$$;

-- Everything known of the models of one provider, or of all: [{provider, models: [...]}].
create function public.engine_catalog(of_provider text default null) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
      'provider', p.slug,
      'models', coalesce((
        select jsonb_agg(jsonb_build_object(
            'id', m.id,
            'name', m.name,
            'active', m.active,
            'available', m.available,
            'reasoning', m.reasoning,
            'reasoningByHand', m.reasoning_by_hand,
            'contextWindow', m.context_window,
            'lastSeenAt', m.last_seen_at,
            'retiredAt', m.retired_at,
            'retiresAt', m.retires_at,
            'successor', m.successor,
            'flag', m.flag,
            'family', m.family,
            'identity', m.identity,
            'identityByRule', m.identity_by_rule,
            'quantization', m.quantization,
            'price', public.price_json(
              price.input_price_per_m, price.output_price_per_m, price.cached_input_price_per_m, price.source)
              || jsonb_build_object('at', price.timestamp),
            'heldPrice', m.held_price
          ) order by m.name)
        from public.models m
        left join lateral (
          select * from public.prices where model_id = m.id order by timestamp desc, id desc limit 1
        ) price on true
        where m.provider_id = p.id
      ), '[]')
    ) order by p.slug), '[]')
  from public.providers p
  where of_provider is null or p.slug = of_provider
$$;

-- Writes what a sync found, all of it or nothing, each change with its event. Every statement looks again at the row
-- as it is now, so that a change found twice is written once. The shape is CatalogChange in
-- workers/benchmark/catalog/changes.ts, with `provider` (the row to make where it is missing; only `added` needs it),
-- `source` and `at`. Answers with how many of each kind were written.
create function public.engine_apply_catalog(change jsonb) returns jsonb
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  moment constant timestamptz := coalesce((change ->> 'at')::timestamptz, now());
  slug constant text := change -> 'provider' ->> 'slug';
  owner uuid;
  written jsonb := '{}';
  n integer;
  first_seen integer;
begin
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('engine_apply_catalog', 0));
  if slug is not null then
    insert into public.providers (slug, name, kind, base_url, logo_url)
    select p.slug, p.name, p.kind, p."baseUrl", p."logoUrl"
    from jsonb_to_record(change -> 'provider')
      as p(slug text, name text, kind text, "baseUrl" text, "logoUrl" text)
    on conflict do nothing;
    select p.id into strict owner from public.providers p where p.slug = change -> 'provider' ->> 'slug';
  end if;

  with listed as (
    select * from jsonb_to_recordset(change -> 'added') as m(
      name text, "contextWindow" integer, reasoning boolean, identity text, family text, quantization text,
      successor text, "retiresAt" timestamptz, price jsonb)
  ), made as (
    insert into public.models
      (provider_id, name, context_window, active, available, reasoning, identity_by_rule, family, quantization,
       successor, retires_at, last_seen_at)
    select owner, l.name, l."contextWindow", false, true, l.reasoning, l.identity, l.family, l.quantization,
      l.successor, l."retiresAt", moment
    from listed l
    on conflict (name, provider_id) do nothing
    returning id, name
  ), priced as (
    insert into public.prices
      (provider_id, model_id, input_price_per_m, output_price_per_m, cached_input_price_per_m, source, timestamp)
    select owner, made.id, (l.price ->> 'input')::double precision, (l.price ->> 'output')::double precision,
      (l.price ->> 'cachedInput')::double precision, change ->> 'source', moment
    from made join listed l using (name)
    where jsonb_typeof(l.price) = 'object'
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, after)
  select moment, 'new', owner, made.id, made.name, jsonb_build_object(
    'contextWindow', l."contextWindow", 'identity', l.identity,
    'price', case when jsonb_typeof(l.price) = 'object' then l.price end)
  from made join listed l using (name);
  get diagnostics n = row_count;
  written := written || jsonb_build_object('new', n);

  with gone as (
    update public.models m
    set available = false, retired_at = moment, successor = coalesce(e.successor, m.successor)
    from jsonb_to_recordset(change -> 'retired') as e(id uuid, successor text)
    where m.id = e.id and m.available
    returning m.id, m.provider_id, m.name, m.last_seen_at, m.active, m.successor
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
  select moment, 'retired', g.provider_id, g.id, g.name,
    jsonb_build_object('lastSeenAt', g.last_seen_at, 'active', g.active),
    jsonb_build_object('successor', g.successor)
  from gone g;
  get diagnostics n = row_count;
  written := written || jsonb_build_object('retired', n);

  with back as (
    update public.models m
    set available = true, retired_at = null, flag = null
    from (
      select o.id, o.retired_at, o.last_seen_at
      from jsonb_to_recordset(change -> 'returned') as e(id uuid)
      join public.models o on o.id = e.id
      where not o.available or o.retired_at is not null
    ) was
    where m.id = was.id
    -- What somebody named before any list had it is new, not back.
    returning m.id, m.provider_id, m.name, m.context_window, m.identity, was.retired_at,
      was.retired_at is null and was.last_seen_at is null as is_new
  ), told as (
    insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
    select moment, case when b.is_new then 'new' else 'returned' end, b.provider_id, b.id, b.name,
      case when not b.is_new then jsonb_build_object('retiredAt', b.retired_at) end,
      case when b.is_new then
        jsonb_build_object('contextWindow', b.context_window, 'identity', b.identity, 'price', null) end
    from back b
    returning kind
  )
  select count(*) filter (where t.kind = 'returned'), count(*) filter (where t.kind = 'new') into n, first_seen
  from told t;
  written := written || jsonb_build_object('returned', n, 'new', (written ->> 'new')::integer + first_seen);

  with changed as (
    update public.models m
    set context_window = was."contextWindow"
    from (
      select o.id, o.context_window, e."contextWindow"
      from jsonb_to_recordset(change -> 'contexts') as e(id uuid, "contextWindow" integer)
      join public.models o on o.id = e.id
      where o.context_window is distinct from e."contextWindow"
    ) was
    where m.id = was.id
    returning m.id, m.provider_id, m.name, was.context_window as old, m.context_window as new
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
  select moment, 'context', c.provider_id, c.id, c.name,
    jsonb_build_object('contextWindow', c.old), jsonb_build_object('contextWindow', c.new)
  from changed c;
  get diagnostics n = row_count;
  written := written || jsonb_build_object('context', n);

  with told as (
    update public.models m
    set retires_at = was."retiresAt", successor = was.successor
    from (
      select o.id, o.retires_at, o.successor as old_successor, e."retiresAt", e.successor
      from jsonb_to_recordset(change -> 'announced') as e(id uuid, "retiresAt" timestamptz, successor text)
      join public.models o on o.id = e.id
      where (o.retires_at, o.successor) is distinct from (e."retiresAt", e.successor)
    ) was
    where m.id = was.id
    returning m.id, m.provider_id, m.name, was.retires_at as old_time, was.old_successor, m.retires_at, m.successor
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
  select moment, 'retirement_announced', t.provider_id, t.id, t.name,
    jsonb_build_object('retiresAt', t.old_time, 'successor', t.old_successor),
    jsonb_build_object('retiresAt', t.retires_at, 'successor', t.successor)
  from told t;
  get diagnostics n = row_count;
  written := written || jsonb_build_object('announced', n);

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
  get diagnostics n = row_count;
  written := written || jsonb_build_object('takenOut', n);

  with offered as (
    select e.*, m.provider_id, m.name, latest.input_price_per_m, latest.output_price_per_m,
      latest.cached_input_price_per_m, latest.source as old_source, coalesce(e.at, moment) as read_at
    from jsonb_to_recordset(change -> 'prices') as e(
      id uuid, input double precision, output double precision, "cachedInput" double precision, source text,
      at timestamptz)
    join public.models m on m.id = e.id
    left join lateral (
      select * from public.prices p where p.model_id = e.id order by p.timestamp desc, p.id desc limit 1
    ) latest on true
    where latest.id is null
       or ((latest.input_price_per_m, latest.output_price_per_m, latest.cached_input_price_per_m)
             is distinct from (e.input, e.output, e."cachedInput")
           and coalesce(e.at, moment) > latest.timestamp)
  ), recorded as (
    insert into public.prices
      (provider_id, model_id, input_price_per_m, output_price_per_m, cached_input_price_per_m, source, timestamp)
    select o.provider_id, o.id, o.input, o.output, o."cachedInput", o.source, o.read_at from offered o
    returning model_id
  ), free as (
    update public.models m set held_price = null
    from recorded r where m.id = r.model_id and m.held_price is not null
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
  select moment, 'price', o.provider_id, o.id, o.name,
    public.price_json(o.input_price_per_m, o.output_price_per_m, o.cached_input_price_per_m, o.old_source),
    public.price_json(o.input, o.output, o."cachedInput", o.source)
  from offered o join recorded r on r.model_id = o.id;
  get diagnostics n = row_count;
  written := written || jsonb_build_object('price', n);

  with flagged as (
    update public.models m
    set held_price = public.price_json(was.input, was.output, was."cachedInput", was.source)
      || jsonb_build_object('at', moment)
    from (
      select e.*, o.held_price from jsonb_to_recordset(change -> 'heldPrices') as e(
        id uuid, input double precision, output double precision, "cachedInput" double precision, source text)
      join public.models o on o.id = e.id
      where (o.held_price - 'at') is distinct from public.price_json(e.input, e.output, e."cachedInput", e.source)
    ) was
    where m.id = was.id
    returning m.id, m.provider_id, m.name, m.held_price
  )
  insert into public.catalog_events (at, kind, provider_id, model_id, model, before, after)
  select moment, 'price_held', f.provider_id, f.id, f.name,
    public.price_json(latest.input_price_per_m, latest.output_price_per_m, latest.cached_input_price_per_m, latest.source),
    f.held_price - 'at'
  from flagged f
  left join lateral (
    select * from public.prices p where p.model_id = f.id order by p.timestamp desc, p.id desc limit 1
  ) latest on true;
  get diagnostics n = row_count;
  written := written || jsonb_build_object('priceHeld', n);

  update public.models m set held_price = null
  from jsonb_to_recordset(change -> 'releasedPrices') as e(id uuid)
  where m.id = e.id and m.held_price is not null;

  update public.models m
  set identity_by_rule = e.identity, family = e.family, quantization = e.quantization
  from jsonb_to_recordset(change -> 'identities') as e(id uuid, identity text, family text, quantization text)
  where m.id = e.id
    and (m.identity_by_rule, m.family, m.quantization) is distinct from (e.identity, e.family, e.quantization);

  update public.models m set reasoning = e.reasoning
  from jsonb_to_recordset(change -> 'reasonings') as e(id uuid, reasoning boolean)
  where m.id = e.id and not m.reasoning_by_hand and m.reasoning is distinct from e.reasoning;

  update public.models m set last_seen_at = moment
  from jsonb_to_recordset(change -> 'seen') as e(id uuid)
  where m.id = e.id and (m.last_seen_at is null or m.last_seen_at < moment);

  return written;
end;
$$;

-- Takes a price that was held back as the price: a person has looked at it. Answers with it, null where none waits.
create function public.engine_accept_price(of_model uuid) returns jsonb
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  held jsonb;
begin
  select m.held_price into held from public.models m where m.id = of_model for update;
  if held is null then
    return null;
  end if;
  perform public.engine_apply_catalog(jsonb_build_object('prices', jsonb_build_array(
    held - 'at' || jsonb_build_object('id', of_model))));
  return held;
end;
$$;

-- What changed, newest first, for the pages and the feed: [{id, at, kind, provider, provider_name, model, before, after}].
create function public.catalog_changes(
  since timestamptz default now() - interval '30 days',
  of_provider text default null,
  at_most integer default 200
) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(e) order by e.at desc, e.provider, e.model, e.kind), '[]')
  from (
    select e.id, e.at, e.kind, p.slug as provider, p.name as provider_name, e.model, e.before, e.after
    from public.catalog_events e
    join public.providers p on p.id = e.provider_id
    where e.at >= since and (of_provider is null or p.slug = of_provider)
    order by e.at desc, p.slug, e.model, e.kind
    limit least(greatest(at_most, 0), 1000)
  ) e
$$;

-- Models that more than one provider offers, each with its endpoints and newest prices:
-- [{identity, family, endpoints: [{provider, kind, model, active, quantization, context_window, price}]}].
create function public.same_models() returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(g) order by g.identity), '[]')
  from (
    select m.identity, min(m.family) as family, jsonb_agg(jsonb_build_object(
        'provider', p.slug, 'kind', p.kind, 'model', m.name, 'active', m.active, 'quantization', m.quantization,
        'context_window', m.context_window,
        'price', public.price_json(
          price.input_price_per_m, price.output_price_per_m, price.cached_input_price_per_m, price.source)
      ) order by p.kind, p.slug, m.name) as endpoints
    from public.models m
    join public.providers p on p.id = m.provider_id
    left join lateral (
      select * from public.prices where model_id = m.id order by timestamp desc, id desc limit 1
    ) price on true
    where m.available and m.identity is not null
    group by m.identity
    having count(distinct m.provider_id) > 1
  ) g
$$;

revoke execute on function public.price_json(double precision, double precision, double precision, text) from public;
revoke execute on function public.engine_catalog(text) from public, anon, authenticated;
revoke execute on function public.engine_apply_catalog(jsonb) from public, anon, authenticated;
revoke execute on function public.engine_accept_price(uuid) from public, anon, authenticated;
revoke execute on function public.catalog_changes(timestamptz, text, integer) from public;
revoke execute on function public.same_models() from public;
grant execute on function public.price_json(double precision, double precision, double precision, text)
  to anon, authenticated, service_role;
grant execute on function public.engine_catalog(text) to service_role;
grant execute on function public.engine_apply_catalog(jsonb) to service_role;
grant execute on function public.engine_accept_price(uuid) to service_role;
grant execute on function public.catalog_changes(timestamptz, text, integer) to anon, authenticated, service_role;
grant execute on function public.same_models() to anon, authenticated, service_role;
