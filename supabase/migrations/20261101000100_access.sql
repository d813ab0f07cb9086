-- Who may do what. Nothing is left to default privileges: older projects grant every new table to the API's
-- roles, newer ones leave them truncate, references and trigger.

alter table public.providers enable row level security;
alter table public.models enable row level security;
alter table public.prices enable row level security;
alter table public.runs enable row level security;
alter table public.benchmark_results enable row level security;

revoke all on all tables in schema public from public, anon, authenticated, service_role;
revoke all on all sequences in schema public from public, anon, authenticated, service_role;
revoke all on all functions in schema public from public, anon, authenticated, service_role;

-- The same for what later migrations make: each of them grants what it means to.
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;
-- Execute for everyone is a default of Postgres itself and can be taken away for all schemas only.
alter default privileges revoke execute on functions from public;

-- Readers: with or without an account the same, which is what the public pages show.
grant select on public.providers, public.models, public.prices, public.runs to anon, authenticated;
-- Column by column: what a later migration adds is not public by accident. Left out is endpoint_host, since a
-- base URL of one's own may name a machine inside one's network. (`select *` is refused to readers therefore.)
grant select (
  id, run_id, provider_id, model_id, provider, model, input_tokens, output_tokens, total_latency_ms, ttft_ms, tps,
  status_code, success, error_message, response_text, cost_usd, created_at, ttfb_ms, answer_ttft_ms, warmup_ms,
  error_kind, finish_reason, reasoning_tokens, cached_tokens, tokens_estimated, cost_source, input_price_per_m,
  output_price_per_m, cached_input_price_per_m, answer_ok, chunk_times_ms, truncated, skipped_events, upstream,
  provider_timing, colo, simulated, location, prompt_version, request_params, probe_version
) on public.benchmark_results to anon, authenticated;
create policy "Anyone reads providers" on public.providers for select to anon, authenticated using (true);
create policy "Anyone reads models" on public.models for select to anon, authenticated using (true);
create policy "Anyone reads prices" on public.prices for select to anon, authenticated using (true);
create policy "Anyone reads runs" on public.runs for select to anon, authenticated using (true);
create policy "Anyone reads results" on public.benchmark_results for select to anon, authenticated using (true);

-- The one writer. Row level security does not hold it back (bypassrls); grants do: no truncate, no references.
grant select, insert, update, delete
  on public.providers, public.models, public.prices, public.runs, public.benchmark_results
  to service_role;
