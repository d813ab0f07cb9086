import type pg from "pg";
import type { Keys } from "./keys.ts";

/**
 * Makes an empty cluster look like a new hosted project: its roles, their statement timeouts, the `auth`
 * functions that policies may call, the schemas and the default privileges. Everything in one transaction; a
 * cluster that has it is left alone.
 * Compare https://github.com/supabase/postgres (migrations/db/init-scripts) and
 * https://supabase.com/docs/guides/database/postgres/roles
 * @param client connected as superuser to the database `postgres`.
 */
export async function bootstrap(client: pg.Client, keys: Keys): Promise<void> {
  const done = await client.query("select 1 from pg_roles where rolname = 'authenticator'");
  if (done.rows.length > 0) return;
  await client.query("begin");
  try {
    await client.query(rolesSql(keys));
    await client.query(SCHEMAS);
    await client.query(DEFAULT_PRIVILEGES);
    await client.query(RELOAD_ON_DDL);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw error;
  }
}

/** The keys are letters and digits only, so they can stand between quotes as they are. */
function rolesSql(keys: Keys): string {
  return `
    create role postgres login nosuperuser createdb createrole replication bypassrls
      password '${keys.postgresPassword}';
    create role anon nologin noinherit;
    create role authenticated nologin noinherit;
    create role service_role nologin noinherit bypassrls;
    create role authenticator login noinherit password '${keys.authenticatorPassword}';
    grant anon, authenticated, service_role to authenticator;
    grant anon, authenticated, service_role to postgres with admin option;

    -- PostgREST reads these for the role it takes on and sets them for each request.
    alter role anon set statement_timeout = '3s';
    alter role authenticated set statement_timeout = '8s';
    alter role service_role set statement_timeout = '8s';
    alter role authenticator set statement_timeout = '8s';
    alter role authenticator set lock_timeout = '8s';
    alter role postgres set search_path = "$user", public, extensions;
  `;
}

const SCHEMAS = `
  alter database postgres owner to postgres;
  grant usage on schema public to anon, authenticated, service_role;
  create schema extensions authorization postgres;
  grant usage on schema extensions to anon, authenticated, service_role;

  create schema auth;
  grant usage on schema auth to postgres, anon, authenticated, service_role;
  create function auth.jwt() returns jsonb language sql stable set search_path = '' as $$
    select coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb
  $$;
  create function auth.uid() returns uuid language sql stable set search_path = '' as $$
    select nullif(auth.jwt() ->> 'sub', '')::uuid
  $$;
  create function auth.role() returns text language sql stable set search_path = '' as $$
    select auth.jwt() ->> 'role'
  $$;
`;

/**
 * What hosted projects of today grant on things that `postgres` makes later: the old "everything to everyone",
 * less what the Data API needs to reach them. The rest (truncate, references, trigger) stays granted there, so it
 * does here: migrations must take it away themselves.
 */
const DEFAULT_PRIVILEGES = `
  alter default privileges for role postgres in schema public
    grant all on tables to postgres, anon, authenticated, service_role;
  alter default privileges for role postgres in schema public
    revoke select, insert, update, delete on tables from anon, authenticated, service_role;
`;

/** Hosted projects tell PostgREST of every change of the schema. https://docs.postgrest.org/en/stable/references/schema_cache.html */
const RELOAD_ON_DDL = `
  create function extensions.pgrst_ddl_watch() returns event_trigger language plpgsql set search_path = '' as $$
  begin
    notify pgrst, 'reload schema';
  end $$;
  create event trigger pgrst_ddl_watch on ddl_command_end execute function extensions.pgrst_ddl_watch();
  create event trigger pgrst_drop_watch on sql_drop execute function extensions.pgrst_ddl_watch();
`;
