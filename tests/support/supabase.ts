import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import pg from "pg";
import { afterAll, beforeAll, inject } from "vitest";
import { authenticatorUrl, postgresUrl, superuserUrl, withClient } from "../../local/supabase/database.ts";
import { startGateway } from "../../local/supabase/gateway.ts";
import type { SupabaseAccess } from "../../local/supabase/index.ts";
import { signRole } from "../../local/supabase/keys.ts";
import { startPostgrest } from "../../local/supabase/postgrest.ts";
import { startWatchdog } from "../../local/watchdog.ts";
import type { Database } from "../../supabase/database.types.ts";

export type Client = SupabaseClient<Database>;

/** A database of one's own behind a gateway and PostgREST of one's own; migrated, reference data included. */
export interface TestSupabase extends SupabaseAccess {
  /** The old-style keys, JWTs. */
  legacyKeys: { anon: string; serviceRole: string };
  /** Straight to the database as `postgres`, whom no row level security and no grant of the API holds back. */
  sql: pg.Pool;
  anon: Client;
  service: Client;
  /** A client for a signed-in user, whose role is `authenticated`. */
  authenticated(): Promise<Client>;
  /** Waits until PostgREST has read a schema that was changed just now. */
  reload(): Promise<void>;
  /** Ends and drops everything. */
  stop(): Promise<void>;
}

/**
 * Makes a fresh database by copying a migrated one. Needs the project's globalSetup (supabase-server.ts).
 * @param template `bare`: roles and schemas as in a new project, no migration applied.
 */
export async function freshSupabase(template: "migrated" | "bare" = "migrated"): Promise<TestSupabase> {
  const { port, keys, dataDirectory } = inject("supabaseServer");
  const database = `t_${randomBytes(6).toString("hex")}`;
  await withClient(superuserUrl(keys, port, "template1"), (client) =>
    client.query(`create database ${database} template ${template} strategy file_copy owner postgres`),
  );
  const watchdog = startWatchdog();
  const start = () =>
    startPostgrest({
      databaseUrl: authenticatorUrl(keys, port, database),
      jwtSecret: keys.jwtSecret,
      logFile: join(dataDirectory, `${database}.log`),
      pool: 5,
      onSpawn: (child) => watchdog.watch(child, "TERM"),
    });
  let postgrest = await start();
  const gateway = await startGateway({ port: 0, keys, upstream: () => postgrest.port });
  const databaseUrl = postgresUrl(keys, port, database);
  const sql = new pg.Pool({ connectionString: databaseUrl, max: 4 });
  // A pool says that it has ended before its connections are closed, and dropping the database would break these off.
  const connections = new Set<Promise<void>>();
  sql.on("connect", (client) => {
    const closed = new Promise<void>((resolve) => client.once("end", resolve));
    connections.add(closed);
    void closed.then(() => connections.delete(closed));
  });
  const client = (key: string): Client =>
    createClient<Database>(gateway.url, key, { auth: { persistSession: false, autoRefreshToken: false } });
  return {
    url: gateway.url,
    anonKey: keys.publishable,
    serviceRoleKey: keys.secret,
    databaseUrl,
    legacyKeys: { anon: keys.anonJwt, serviceRole: keys.serviceRoleJwt },
    sql,
    anon: client(keys.publishable),
    service: client(keys.secret),
    authenticated: async () => {
      const token = await signRole(keys.jwtSecret, "authenticated");
      return createClient<Database>(gateway.url, keys.publishable, { accessToken: async () => token });
    },
    reload: async () => {
      // Its answer to `notify pgrst` cannot be waited for; a new one has read the new schema.
      await postgrest.stop();
      postgrest = await start();
    },
    stop: async () => {
      await sql.end();
      await Promise.all(connections);
      await gateway.stop();
      await postgrest.stop();
      watchdog.dismiss();
      await withClient(superuserUrl(keys, port, "template1"), (client) =>
        client.query(`drop database if exists ${database} with (force)`),
      );
    },
  };
}

/** A fresh database for one test file: call at the file's top, use the result inside tests and hooks. */
export function useSupabase(template: "migrated" | "bare" = "migrated"): TestSupabase {
  let current: TestSupabase | undefined;
  beforeAll(async () => {
    current = await freshSupabase(template);
  });
  afterAll(async () => {
    await current?.stop();
  });
  return new Proxy({} as TestSupabase, {
    get: (_target, name) => {
      if (current === undefined) throw new Error("the test's database is there only inside tests and hooks");
      return Reflect.get(current, name);
    },
  });
}
