-- Who may do what: all of it here. Tables and columns by name, functions by what they are.

do $$
declare
  name text;
  roles text;
begin
  for name in select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' loop
    execute format('alter table public.%I enable row level security', name);
    -- These are read by no page: they are for whoever holds the service key.
    if name not in ('hourly_rollups', 'unsaved_spending') then
      execute format('create policy "Anyone reads" on public.%I for select to anon, authenticated using (true)', name);
    end if;
  end loop;

  -- Readers execute what writes nothing and is not for the Worker alone (engine_*). That takes helpers of `internal` too,
  -- since functions use them with the caller's own rights; the API itself offers `public` alone.
  for name, roles in
    select p.oid::regprocedure, case
      when p.provolatile = 'v' or p.proname like 'engine\_%' or p.proname in ('owner_of', 'series_key') then 'service_role'
      else 'anon, authenticated, service_role' end
    from pg_proc p
    where p.pronamespace in ('public'::regnamespace, 'internal'::regnamespace) and p.proowner = current_user::regrole
  loop
    execute format('grant execute on function %s to %s', name, roles);
  end loop;
end $$;
grant usage on schema internal to anon, authenticated, service_role;

-- Readers: with or without an account the same, which is what the public pages show.
grant select on
  public.models, public.prices, public.runs, public.series, public.series_days, public.series_totals,
  public.catalog_events, public.window_refreshes, public.series_windows, public.provider_windows, public.endpoint_states,
  public.endpoint_state_changes, public.incidents, public.counted_results, public.latest_prices
  to anon, authenticated, service_role;
-- The address and the setting of a provider that was added are nobody else's business.
grant select (id, slug, name, kind, logo_url, status_url, created_at) on public.providers to anon, authenticated;
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

-- The one writer. Row level security does not hold it back (bypassrls); grants do: no truncate, no references. Facts and
-- windows are written by triggers and functions of their own alone.
grant select, insert, update, delete on
  public.providers, public.models, public.prices, public.runs, public.benchmark_results, public.catalog_events,
  public.endpoint_states, public.endpoint_state_changes, public.incidents, public.unsaved_spending
  to service_role;
grant select, insert on public.hourly_rollups to service_role;
