import { join } from "node:path";
import pg from "pg";
import { SetupError } from "../errors.ts";
import { startWatchdog, type Watchdog } from "../watchdog.ts";
import { bootstrap } from "./bootstrap.ts";
import { type Keys, makeKeys, readKeys, writeKeys } from "./keys.ts";
import { claimDataDirectory, findPlace, type Place } from "./place.ts";
import { clusterExists, type PostgresServer, SUPERUSER, startPostgres } from "./postgres.ts";
import { type DirectoryLock, takeDataDirectory } from "./state.ts";

/** A data directory that this process holds, with its keys; nothing runs in it yet. */
export interface OpenDirectory {
  place: Place;
  keys: Keys;
  lock: DirectoryLock;
  watchdog: Watchdog;
  /** Gives the directory back; the caller has ended what ran in it. */
  close(): void;
}

/**
 * Takes a data directory for this process, making it where there is none.
 * @throws SetupError when a living process holds it, or it cannot be used.
 */
export async function openDirectory(dataDirectory: string): Promise<OpenDirectory> {
  const real = claimDataDirectory(dataDirectory);
  const lock = await takeDataDirectory(real);
  const watchdog = startWatchdog();
  const close = () => {
    watchdog.dismiss();
    lock.release();
  };
  try {
    const place = await findPlace(real);
    return { place, keys: await loadKeys(place), lock, watchdog, close };
  } catch (error) {
    close();
    throw error;
  }
}

async function loadKeys(place: Place): Promise<Keys> {
  const file = join(place.dataDirectory, "keys.json");
  const kept = await readKeys(file);
  if (kept !== null) return kept;
  if (clusterExists(place)) {
    throw new SetupError(
      `${file} is missing, and with it the database's passwords: npm run supabase:reset starts anew`,
    );
  }
  const keys = await makeKeys();
  await writeKeys(file, keys);
  return keys;
}

/**
 * Starts Postgres in an open directory; the database `postgres` then is like that of a new hosted project.
 * @param durable false: faster, may lose data when the whole machine crashes.
 */
export async function startDatabase(directory: OpenDirectory, durable: boolean): Promise<PostgresServer> {
  const { place, keys, lock, watchdog } = directory;
  const postgres = await startPostgres({
    place,
    superuserPassword: keys.superuserPassword,
    durable,
    onSpawn: (child) => {
      watchdog.watch(child, "INT");
      lock.note({ postgres: { pid: child.pid, started: child.started } });
    },
  });
  lock.note({ postgresPort: postgres.port });
  try {
    await withClient(superuserUrl(keys, postgres.port), (client) => bootstrap(client, keys));
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return postgres;
}

/** postgres://role:password@127.0.0.1:port/database; the passwords are letters and digits only. */
function urlOf(role: string, password: string, port: number, database: string): string {
  return `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;
}

/** As the cluster's superuser, which hosted projects give to nobody: for making roles and databases. */
export function superuserUrl(keys: Keys, port: number, database = "postgres"): string {
  return urlOf(SUPERUSER, keys.superuserPassword, port, database);
}

/** As the role that migrations run as. */
export function postgresUrl(keys: Keys, port: number, database = "postgres"): string {
  return urlOf("postgres", keys.postgresPassword, port, database);
}

/** As the role PostgREST logs in with. */
export function authenticatorUrl(keys: Keys, port: number, database = "postgres"): string {
  return urlOf("authenticator", keys.authenticatorPassword, port, database);
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
