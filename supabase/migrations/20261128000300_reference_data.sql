-- Providers, the models measured by default and their first prices. Runs again without harm: it adds what is
-- missing and fills in blanks, and never touches `active`, a name, or a model that has a price.

insert into public.providers (slug, name, kind, base_url, logo_url, status_url)
select slug, name, kind, base_url, logo_url, status_url
from (values
  ('openai', 'OpenAI', 'direct', 'https://api.openai.com/v1', '/logos/openai.svg', 'https://status.openai.com'),
  ('groq', 'Groq', 'direct', 'https://api.groq.com/openai/v1', '/logos/groq.svg', 'https://groqstatus.com'),
  ('together', 'Together AI', 'direct', 'https://api.together.xyz/v1', '/logos/together.svg', 'https://status.together.ai'),
  ('openrouter', 'OpenRouter', 'proxy', 'https://openrouter.ai/api/v1', '/logos/openrouter.svg',
    'https://status.openrouter.ai')
) as reference (slug, name, kind, base_url, logo_url, status_url)
on conflict (slug) do update set
  base_url = coalesce(providers.base_url, excluded.base_url),
  logo_url = coalesce(providers.logo_url, excluded.logo_url),
  status_url = coalesce(providers.status_url, excluded.status_url);

-- Retired models stay: their history is measured, and a page says what took their place.
insert into public.models
  (provider_id, name, context_window, active, available, reasoning, retired_at, successor)
select p.id, r.name, r.context_window, r.active, r.active, r.reasoning, r.retired_at, r.successor
from (values
  ('openai', 'gpt-4o-mini', 128000, true, false, null::timestamptz, null),
  ('openrouter', 'openai/gpt-4o-mini', 128000, true, false, null, null),
  -- https://console.groq.com/docs/deprecations
  ('groq', 'llama-3.1-8b-instant', 131072, false, false, '2026-08-16T00:00:00Z', 'openai/gpt-oss-20b'),
  -- https://docs.together.ai/docs/deprecations
  ('together', 'mistralai/Mixtral-8x7B-Instruct-v0.1', 32768, false, false, '2026-04-16T00:00:00Z',
    'openai/gpt-oss-20b'),
  -- The same open model at three providers: a comparison of providers, not of models.
  ('groq', 'openai/gpt-oss-20b', 131072, true, true, null, null),
  ('together', 'openai/gpt-oss-20b', 131072, true, true, null, null),
  ('openrouter', 'openai/gpt-oss-20b', 131072, true, true, null, null)
) as r (slug, name, context_window, active, reasoning, retired_at, successor)
join public.providers p on p.slug = r.slug
on conflict (name, provider_id) do update set
  context_window = coalesce(models.context_window, excluded.context_window),
  reasoning = models.reasoning or excluded.reasoning,
  retired_at = coalesce(models.retired_at, excluded.retired_at),
  successor = coalesce(models.successor, excluded.successor);

-- List prices in USD per million tokens, with the day they were read and where.
insert into public.prices
  (provider_id, model_id, input_price_per_m, output_price_per_m, cached_input_price_per_m, timestamp, source)
select m.provider_id, m.id, r.input, r.output, r.cached, r.read_at, r.source
from (values
  ('openai', 'gpt-4o-mini', 0.15, 0.60, 0.075, timestamptz '2026-11-05T00:00:00Z',
    'https://developers.openai.com/api/docs/pricing'),
  ('openrouter', 'openai/gpt-4o-mini', 0.15, 0.60, 0.075, '2026-11-01T00:00:00Z',
    'https://openrouter.ai/api/v1/models'),
  ('groq', 'llama-3.1-8b-instant', 0.05, 0.08, null, '2026-05-01T00:00:00Z', 'https://groq.com/pricing'),
  ('together', 'mistralai/Mixtral-8x7B-Instruct-v0.1', 0.60, 0.60, null, '2026-01-23T00:00:00Z',
    'https://api.together.xyz/v1/models'),
  ('groq', 'openai/gpt-oss-20b', 0.075, 0.30, 0.0375, '2026-05-01T00:00:00Z', 'https://groq.com/pricing'),
  ('together', 'openai/gpt-oss-20b', 0.05, 0.20, null, '2026-01-23T00:00:00Z',
    'https://api.together.xyz/v1/models'),
  ('openrouter', 'openai/gpt-oss-20b', 0.03, 0.11, 0.015, '2026-03-21T00:00:00Z',
    'https://openrouter.ai/api/v1/models')
) as r (slug, name, input, output, cached, read_at, source)
join public.providers p on p.slug = r.slug
join public.models m on m.provider_id = p.id and m.name = r.name
where not exists (select 1 from public.prices known where known.model_id = m.id);

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
