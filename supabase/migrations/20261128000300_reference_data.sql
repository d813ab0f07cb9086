-- Providers, the models measured by default and their first prices. Runs again without harm: it adds what is
-- missing and fills in blanks, and never touches `active`, a name, or a model that has a price.

insert into public.providers (slug, name, kind, base_url, logo_url, status_url) values
  ('openai', 'OpenAI', 'direct', 'https://api.openai.com/v1', '/logos/openai.svg', 'https://status.openai.com'),
  ('groq', 'Groq', 'direct', 'https://api.groq.com/openai/v1', '/logos/groq.svg', 'https://groqstatus.com'),
  ('together', 'Together AI', 'direct', 'https://api.together.xyz/v1', '/logos/together.svg', 'https://status.together.ai'),
  ('openrouter', 'OpenRouter', 'proxy', 'https://openrouter.ai/api/v1', '/logos/openrouter.svg',
    'https://status.openrouter.ai')
on conflict (slug) do update set
  base_url = coalesce(providers.base_url, excluded.base_url),
  logo_url = coalesce(providers.logo_url, excluded.logo_url),
  status_url = coalesce(providers.status_url, excluded.status_url);

-- Each model as the rules read its name, and its list price in USD per million tokens with the day it was read and where.
-- Retired models stay: their history is measured, and a page says what took their place.
with reference as (
  select p.id as provider_id, r.*
  from (values
    ('openai', 'gpt-4o-mini', 'gpt-4o-mini', 'gpt-4o-mini', 128000, true, false, null::timestamptz, null,
      0.15, 0.60, 0.075, timestamptz '2026-11-05T00:00:00Z', 'https://developers.openai.com/api/docs/pricing'),
    ('openrouter', 'openai/gpt-4o-mini', 'gpt-4o-mini', 'gpt-4o-mini', 128000, true, false, null, null,
      0.15, 0.60, 0.075, '2026-11-01T00:00:00Z', 'https://openrouter.ai/api/v1/models'),
    -- https://console.groq.com/docs/deprecations
    ('groq', 'llama-3.1-8b-instant', 'llama-3.1-8b', 'llama-3.1', 131072, false, false,
      '2026-08-16T00:00:00Z', 'openai/gpt-oss-20b', 0.05, 0.08, null, '2026-05-01T00:00:00Z', 'https://groq.com/pricing'),
    -- https://docs.together.ai/docs/deprecations
    ('together', 'mistralai/Mixtral-8x7B-Instruct-v0.1', 'mixtral-8x7b', 'mixtral', 32768, false, false,
      '2026-04-16T00:00:00Z', 'openai/gpt-oss-20b', 0.60, 0.60, null, '2026-01-23T00:00:00Z',
      'https://api.together.xyz/v1/models'),
    -- The same open model at three providers: a comparison of providers, not of models.
    ('groq', 'openai/gpt-oss-20b', 'gpt-oss-20b', 'gpt-oss', 131072, true, true, null, null,
      0.075, 0.30, 0.0375, '2026-05-01T00:00:00Z', 'https://groq.com/pricing'),
    ('together', 'openai/gpt-oss-20b', 'gpt-oss-20b', 'gpt-oss', 131072, true, true, null, null,
      0.05, 0.20, null, '2026-01-23T00:00:00Z', 'https://api.together.xyz/v1/models'),
    ('openrouter', 'openai/gpt-oss-20b', 'gpt-oss-20b', 'gpt-oss', 131072, true, true, null, null,
      0.03, 0.11, 0.015, '2026-03-21T00:00:00Z', 'https://openrouter.ai/api/v1/models')
  ) as r (
    slug, name, identity, family, context_window, active, reasoning, retired_at, successor,
    input, output, cached, read_at, source)
  join public.providers p on p.slug = r.slug
), listed as (
  insert into public.models (provider_id, name, context_window, active, available, reasoning, retired_at, successor,
    identity_by_rule, family, last_seen_at)
  select r.provider_id, r.name, r.context_window, r.active, r.active, r.reasoning, r.retired_at, r.successor, r.identity,
    r.family, r.read_at
  from reference r
  on conflict (name, provider_id) do update set
    context_window = coalesce(models.context_window, excluded.context_window),
    reasoning = models.reasoning or excluded.reasoning,
    retired_at = coalesce(models.retired_at, excluded.retired_at),
    successor = coalesce(models.successor, excluded.successor),
    identity_by_rule = excluded.identity_by_rule, family = excluded.family,
    last_seen_at = coalesce(models.last_seen_at, excluded.last_seen_at)
  returning id, provider_id, name
)
insert into public.prices
  (provider_id, model_id, input_price_per_m, output_price_per_m, cached_input_price_per_m, timestamp, source)
select l.provider_id, l.id, r.input, r.output, r.cached, r.read_at, r.source
from listed l
join reference r using (provider_id, name)
where not exists (select 1 from public.prices known where known.model_id = l.id);
