-- Who may do what. Nothing is left to default privileges: older projects grant every new table to the API's
-- roles, newer ones leave them truncate, references and trigger.

do $$
declare
  name text;
begin
  for name in select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' loop
    execute format('alter table public.%I enable row level security', name);
  end loop;
end
$$;
revoke all on all tables in schema public from public, anon, authenticated, service_role;
revoke all on all sequences in schema public from public, anon, authenticated, service_role;
revoke all on all functions in schema public from public, anon, authenticated, service_role;
revoke all on schema internal from public;
revoke all on all functions in schema internal from public;

-- The same for what later migrations make: each of them grants what it means to.
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;
-- Execute for everyone is a default of Postgres itself and can be taken away for all schemas only.
alter default privileges revoke execute on functions from public;
-- Read functions use helpers with the reader's own rights; the API itself offers `public` alone.
grant usage on schema internal to anon, authenticated, service_role;
grant execute on all functions in schema internal to anon, authenticated, service_role;

-- Readers: with or without an account the same, which is what the public pages show.
grant select on
  public.providers, public.models, public.prices, public.runs, public.series, public.series_days, public.outages,
  public.catalog_events, public.window_refreshes, public.series_windows, public.provider_windows
  to anon, authenticated;
-- Column by column: what a later migration adds is not public by accident. Left out is endpoint_host, since a
-- base URL of one's own may name a machine inside one's network. (`select *` is refused to readers therefore.)
grant select (
  id, run_id, provider_id, model_id, provider, model, input_tokens, output_tokens, total_latency_ms, ttft_ms, tps,
  status_code, success, error_message, response_text, cost_usd, created_at, ttfb_ms, answer_ttft_ms, warmup_ms,
  gap_p99_ms, longest_gap_ms, error_kind, finish_reason, reasoning_tokens, cached_tokens, tokens_estimated,
  usage_implausible, cost_source, input_price_per_m, output_price_per_m, cached_input_price_per_m, answer_ok,
  chunk_times_ms, truncated, skipped_events, served_model, system_fingerprint, service_tier, provider_request_id,
  upstream, upstream_pinned, provider_timing, colo, colo_outside_region, simulated, location, prompt_version,
  request_params, probe_version, confirmation, series_id, failure_owner, cost_known
) on public.benchmark_results to anon, authenticated;

do $$
declare
  name text;
begin
  -- hourly_rollups is read by no page: it is for whoever holds the service key.
  for name in
    select c.relname from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> 'hourly_rollups'
  loop
    execute format('create policy "Anyone reads" on public.%I for select to anon, authenticated using (true)', name);
  end loop;
end
$$;

-- The one writer. Row level security does not hold it back (bypassrls); grants do: no truncate, no references. Facts and
-- windows are written by triggers and functions of their own alone.
grant select, insert, update, delete on
  public.providers, public.models, public.prices, public.runs, public.benchmark_results, public.catalog_events
  to service_role;
grant select, insert on public.hourly_rollups to service_role;
grant select on
  public.series, public.series_days, public.outages, public.window_refreshes, public.series_windows,
  public.provider_windows
  to service_role;
