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
grant select on public.providers, public.models, public.prices, public.runs, public.benchmark_results
  to anon, authenticated;
create policy "Anyone reads providers" on public.providers for select to anon, authenticated using (true);
create policy "Anyone reads models" on public.models for select to anon, authenticated using (true);
create policy "Anyone reads prices" on public.prices for select to anon, authenticated using (true);
create policy "Anyone reads runs" on public.runs for select to anon, authenticated using (true);
create policy "Anyone reads results" on public.benchmark_results for select to anon, authenticated using (true);

-- The one writer. Row level security does not hold it back (bypassrls); grants do: no truncate, no references.
grant select, insert, update, delete
  on public.providers, public.models, public.prices, public.runs, public.benchmark_results
  to service_role;
