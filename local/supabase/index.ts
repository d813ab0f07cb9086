import { existsSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { bootstrap } from "./bootstrap.ts";
import { SetupError } from "./errors.ts";
import { type Gateway, startGateway } from "./gateway.ts";
import { type Keys, makeKeys, readKeys, writeKeys } from "./keys.ts";
import { applyMigrations, readMigrations } from "./migrations.ts";
import { defaultDataDirectory, findPlace, projectRoot } from "./place.ts";
import { clusterExists, type PostgresServer, SUPERUSER, startPostgres } from "./postgres.ts";
import { findPostgrest, type PostgrestServer, startPostgrest } from "./postgrest.ts";
import { type Lock, readLiveState, takeDataDirectory } from "./state.ts";
import { startWatchdog } from "./watchdog.ts";

export { SetupError } from "./errors.ts";
export { defaultDataDirectory } from "./place.ts";

/** How to reach an embedded Supabase. */
export interface SupabaseAccess {
  /** What supabase-js takes as URL: http://127.0.0.1:<port>. */
  url: string;
  /** sb_publishable_…: reads what anyone may read. */
  anonKey: string;
  /** sb_secret_…: reads and writes everything. */
  serviceRoleKey: string;
  /** postgres://… as `postgres`, the role migrations run as. */
  databaseUrl: string;
}

export interface EmbeddedSupabase extends SupabaseAccess {
  /** Files of the migrations that this start applied. */
  applied: string[];
  /** Resolves, with a line on what happened, when a part of it ends by itself. */
  failed: Promise<string>;
  /** Ends everything in order; data stays. May be called more than once. */
  stop(): Promise<void>;
}

export interface EmbeddedSupabaseOptions {
  /** Default: .local/supabase in the checkout. */
  dataDirectory?: string;
  /** Default: SUPABASE_PORT or 54321. 0: any free port. */
  port?: number;
  /** Default: supabase/migrations in the checkout. */
  migrations?: string;
  /** False: faster, may lose data when the whole machine crashes. For throw-away databases. Default true. */
  durable?: boolean;
}

/** Where the migrations are. */
export const migrationsDirectory = join(projectRoot, "supabase", "migrations");

const DEFAULT_PORT = 54321;

/**
 * Starts Postgres, applies missing migrations, starts PostgREST and a gateway before it on 127.0.0.1.
 * The caller ends it with `stop()`, also on SIGINT and SIGTERM. Should this process be killed, the parts end by
 * themselves; what still lingers is ended by the next start.
 * @throws SetupError with one line for the terminal when something must be mended first.
 */
export async function startEmbeddedSupabase(
  options: EmbeddedSupabaseOptions = {},
): Promise<EmbeddedSupabase> {
  const port = options.port ?? portSetting();
  const migrations = await readMigrations(options.migrations ?? migrationsDirectory);
  findPostgrest(); // says what is missing before anything is made
  const place = await findPlace(options.dataDirectory ?? defaultDataDirectory);
  const lock = await takeDataDirectory(place.dataDirectory);
  const watchdog = startWatchdog();
  let gateway: Gateway | undefined;
  let postgres: PostgresServer | undefined;
  let postgrest: PostgrestServer | undefined;
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= (async () => {
      await gateway?.stop();
      await postgrest?.stop();
      await postgres?.stop();
      watchdog.dismiss();
      lock.release();
    })();
    return stopping;
  };
  try {
    const keys = await loadKeys(join(place.dataDirectory, "keys.json"), clusterExists(place));
    gateway = await startGateway({ port, keys, upstream: () => postgrest?.port ?? null });
    postgres = await startPostgres({
      place,
      superuserPassword: keys.superuserPassword,
      durable: options.durable ?? true,
    });
    watchdog.watch(postgres, "INT");
    noteRunning(lock, { postgres, gateway });
    const applied = await prepareDatabase(postgres.port, keys, migrations);
    postgrest = await startPostgrest({
      databaseUrl: databaseUrl("authenticator", keys.authenticatorPassword, postgres.port),
      jwtSecret: keys.jwtSecret,
      logFile: join(place.dataDirectory, "postgrest.log"),
    });
    watchdog.watch(postgrest, "TERM");
    noteRunning(lock, { postgres, postgrest, gateway });
    const parts = [
      postgres.exited.then(
        (how) => `Postgres ended (${how}); its log: ${join(place.dataDirectory, "postgres.log")}`,
      ),
      postgrest.exited.then(
        (how) => `PostgREST ended (${how}); its log: ${join(place.dataDirectory, "postgrest.log")}`,
      ),
    ];
    return {
      ...accessTo(gateway.port, postgres.port, keys),
      applied,
      failed: Promise.race(
        parts.map(async (part) => {
          const message = await part;
          return stopping === undefined ? message : new Promise<string>(() => undefined);
        }),
      ),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The embedded Supabase that another process of this checkout (`npm start`) runs now, if it answers; else null. */
export async function findRunningSupabase(
  dataDirectory: string = defaultDataDirectory,
): Promise<SupabaseAccess | null> {
  if (!existsSync(dataDirectory)) return null;
  const state = readLiveState(dataDirectory);
  if (state?.port === undefined || state.postgresPort === undefined || state.postgrest === undefined)
    return null;
  const keys = await readKeys(join(dataDirectory, "keys.json"));
  if (keys === null) return null;
  const access = accessTo(state.port, state.postgresPort, keys);
  try {
    const answer = await fetch(`${access.url}/health`, { signal: AbortSignal.timeout(2_000) });
    await answer.arrayBuffer();
    return answer.ok ? access : null;
  } catch {
    return null;
  }
}

/** postgres://role:password@127.0.0.1:port/database */
export function databaseUrl(role: string, password: string, port: number, database = "postgres"): string {
  return `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;
}

function accessTo(port: number, postgresPort: number, keys: Keys): SupabaseAccess {
  return {
    url: `http://127.0.0.1:${port}`,
    anonKey: keys.publishable,
    serviceRoleKey: keys.secret,
    databaseUrl: databaseUrl("postgres", keys.postgresPassword, postgresPort),
  };
}

function portSetting(): number {
  const text = process.env.SUPABASE_PORT;
  if (text === undefined || text === "") return DEFAULT_PORT;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new SetupError(`SUPABASE_PORT is "${text}": set it to a port number from 1 to 65535`);
}

async function loadKeys(file: string, hasCluster: boolean): Promise<Keys> {
  const kept = await readKeys(file);
  if (kept !== null) return kept;
  if (hasCluster) {
    throw new SetupError(
      `${file} is missing, and with it the database's passwords: npm run supabase:reset starts anew`,
    );
  }
  const keys = await makeKeys();
  await writeKeys(file, keys);
  return keys;
}

function noteRunning(
  lock: Lock,
  parts: { postgres: PostgresServer; postgrest?: PostgrestServer; gateway: Gateway },
): void {
  const record = ({ pid, started }: { pid: number; started: string }) => ({ pid, started });
  lock.note({
    port: parts.gateway.port,
    postgresPort: parts.postgres.port,
    postgres: record(parts.postgres),
    ...(parts.postgrest === undefined ? {} : { postgrest: record(parts.postgrest) }),
  });
}

/** Makes roles and schemas where they are missing, then applies migrations as `postgres`. */
async function prepareDatabase(
  port: number,
  keys: Keys,
  migrations: Awaited<ReturnType<typeof readMigrations>>,
): Promise<string[]> {
  await withClient(databaseUrl(SUPERUSER, keys.superuserPassword, port), (client) => bootstrap(client, keys));
  return withClient(databaseUrl("postgres", keys.postgresPassword, port), (client) =>
    applyMigrations(client, migrations),
  );
}

/** Runs something with a connection of its own, closed afterwards. */
export async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
