import { existsSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../tools.ts";
import { authenticatorUrl, openDirectory, postgresUrl, startDatabase, withClient } from "./database.ts";
import { type Gateway, startGateway } from "./gateway.ts";
import { type Keys, readKeys } from "./keys.ts";
import { applyMigrations, readMigrations } from "./migrations.ts";
import { defaultDataDirectory } from "./place.ts";
import type { PostgresServer } from "./postgres.ts";
import { findPostgrest, type PostgrestServer, startPostgrest } from "./postgrest.ts";
import { type PostgrestChoice, postgrestChoice } from "./postgrest-release.ts";
import { readLiveState } from "./state.ts";

export { SetupError } from "../errors.ts";
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
  /** 0: any free port. */
  port: number;
  /** Default: supabase/migrations in the checkout. */
  migrations?: string;
  /** Default: what this environment says. */
  postgrest?: PostgrestChoice;
  /** Lines for a person while something takes its time. Default: to stderr. */
  say?: (line: string) => void;
  /** Gives the start up where it takes its time. */
  signal?: AbortSignal;
  /** False: faster, may lose data when the whole machine crashes. For throw-away databases. Default true. */
  durable?: boolean;
}

/** Where the migrations are. */
export const migrationsDirectory = join(projectRoot, "supabase", "migrations");

/**
 * Starts Postgres, applies missing migrations, starts PostgREST and a gateway before it on 127.0.0.1.
 * The caller ends it with `stop()`, also on SIGINT and SIGTERM. Should this process be killed, the parts end by
 * themselves; what still lingers is ended by the next start.
 * @throws SetupError with one line for the terminal when something must be mended first.
 */
export async function startEmbeddedSupabase(options: EmbeddedSupabaseOptions): Promise<EmbeddedSupabase> {
  const { port } = options;
  const migrations = await readMigrations(options.migrations ?? migrationsDirectory);
  // Says what is missing before anything is made.
  const program = await findPostgrest(
    options.postgrest ?? postgrestChoice(process.env),
    options.say ?? console.error,
    {
      signal: options.signal,
    },
  );
  const directory = await openDirectory(options.dataDirectory ?? defaultDataDirectory);
  const { place, keys } = directory;
  let gateway: Gateway | undefined;
  let postgres: PostgresServer | undefined;
  let postgrest: PostgrestServer | undefined;
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= (async () => {
      await gateway?.stop();
      await postgrest?.stop();
      await postgres?.stop();
      directory.close();
    })();
    return stopping;
  };
  try {
    // First, since it alone has a fixed port: one that is taken is told at once.
    gateway = await startGateway({ port, keys, upstream: () => postgrest?.port ?? null });
    postgres = await startDatabase(directory, options.durable ?? true);
    const applied = await withClient(postgresUrl(keys, postgres.port), (client) =>
      applyMigrations(client, migrations),
    );
    const postgrestLog = join(place.dataDirectory, "postgrest.log");
    postgrest = await startPostgrest({
      program,
      databaseUrl: authenticatorUrl(keys, postgres.port),
      jwtSecret: keys.jwtSecret,
      logFile: postgrestLog,
      onSpawn: (child) => {
        directory.watchdog.watch(child, "TERM");
        directory.lock.note({ postgrest: { pid: child.pid, started: child.started } });
      },
    });
    // Only now: a port that is written down is one that answers.
    directory.lock.note({ port: gateway.port });
    const ends = Promise.race([
      postgres.exited.then((how) => `Postgres ended (${how}); its log: ${place.dataDirectory}/postgres.log`),
      postgrest.exited.then((how) => `PostgREST ended (${how}); its log: ${postgrestLog}`),
    ]);
    return {
      ...accessTo(gateway.port, postgres.port, keys),
      applied,
      failed: new Promise((resolve) => {
        void ends.then((line) => stopping === undefined && resolve(line));
      }),
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
  if (state?.port === undefined || state.postgresPort === undefined) return null;
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

function accessTo(port: number, postgresPort: number, keys: Keys): SupabaseAccess {
  return {
    url: `http://127.0.0.1:${port}`,
    anonKey: keys.publishable,
    serviceRoleKey: keys.secret,
    databaseUrl: postgresUrl(keys, postgresPort),
  };
}
