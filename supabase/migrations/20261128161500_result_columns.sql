-- What else a measurement knows, and what keeps a result out of the figures. docs/metrics.md says what each means.

alter table public.benchmark_results
  -- What the answer itself says of who answered.
  add column served_model        text check (length(served_model) <= 500),
  add column system_fingerprint  text check (length(system_fingerprint) <= 200),
  add column service_tier        text check (length(service_tier) <= 100),
  add column provider_request_id text check (length(provider_request_id) <= 200),
  -- Between arrivals: the 99th percentile of the gaps, and the longest of them.
  add column gap_p99_ms          double precision check (gap_p99_ms >= 0 and gap_p99_ms < 'Infinity'),
  add column longest_gap_ms      double precision check (longest_gap_ms >= 0 and longest_gap_ms < 'Infinity'),
  -- The usage that was reported cannot be true for this request: no speed and no cost comes from it.
  add column usage_implausible   boolean not null default false,
  -- The request left from a data centre outside the region that the probe is named after.
  add column colo_outside_region boolean not null default false,
  -- A second request about a minute after a failure, to be sure of it. It enters no aggregate.
  add column confirmation        boolean not null default false,
  -- The proxy was told which upstream to use: `upstream` is then part of the series.
  add column upstream_pinned     boolean not null default false;

grant select (
  served_model, system_fingerprint, service_tier, provider_request_id, gap_p99_ms, longest_gap_ms, usage_implausible,
  colo_outside_region, confirmation, upstream_pinned
) on public.benchmark_results to anon, authenticated;
