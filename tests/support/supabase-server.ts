import { readFileSync, statfsSync } from "node:fs";
import { chmod, mkdtemp, readdir } from "node:fs/promises";
import { freemem, tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import {
  openDirectory,
  postgresUrl,
  startDatabase,
  superuserUrl,
  withClient,
} from "../../local/supabase/database.ts";
import { migrationsDirectory } from "../../local/supabase/index.ts";
import type { Keys } from "../../local/supabase/keys.ts";
import { applyMigrations, readMigrations } from "../../local/supabase/migrations.ts";
import { removePlace } from "../../local/supabase/place.ts";
import type { PostgresServer } from "../../local/supabase/postgres.ts";
import { resetSupabase } from "../../local/supabase/reset.ts";
import { readLiveState, readState } from "../../local/supabase/state.ts";

/** A running Postgres with two databases to copy: `bare` (a new project) and `migrated`. */
export interface SupabaseServer {
  dataDirectory: string;
  port: number;
  keys: Keys;
}

declare module "vitest" {
  export interface ProvidedContext {
    supabaseServer: SupabaseServer;
  }
}

const PREFIX = "benchmark-engine-test-";

const MEMORY = "/dev/shm";
/** A test run's databases took 0.2 GiB at once; Postgres lets the log of its changes grow to 1 GiB. */
const ROOM_BYTES = 2 * 1024 ** 3;

/**
 * Where the databases of a test run live: in memory where Linux has room there. On a disk a quarter of the database tests'
 * CPU goes into the files of databases that are made, filled and dropped.
 */
function folderForDatabases(): string {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    const mount = readFileSync("/proc/mounts", "utf8")
      .split("\n")
      .find((line) => line.split(" ")[1] === MEMORY);
    // Postgres' programs are copied there where its account cannot reach them.
    const runsPrograms = mount !== undefined && !/\bnoexec\b/.test(mount);
    if (runsPrograms && Math.min(bavail * bsize, freemem()) > ROOM_BYTES) return MEMORY;
  } catch {
    // Another system, or a container without one.
  }
  return tmpdir();
}

/** Removes what test runs that were killed have left behind. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const directory = join(folder, name);
    if (!name.startsWith(PREFIX) || readState(directory) === null || readLiveState(directory) !== null)
      continue;
    await resetSupabase(directory);
  }
}

/** Starts one in a temporary directory. */
export async function startSupabaseServer(): Promise<{ server: SupabaseServer; stop(): Promise<void> }> {
  const folder = folderForDatabases();
  for (const place of new Set([folder, tmpdir()])) await removeLeftovers(place);
  const migrations = await readMigrations(migrationsDirectory);
  const dataDirectory = await mkdtemp(join(folder, PREFIX));
  // mkdtemp makes a folder for its maker alone. As root, Postgres runs as someone else.
  await chmod(dataDirectory, 0o711);
  const directory = await openDirectory(dataDirectory);
  const { keys } = directory;
  let postgres: PostgresServer | undefined;
  const stop = async () => {
    await postgres?.stop();
    directory.close();
    await removePlace(dataDirectory);
  };
  try {
    postgres = await startDatabase(directory, false);
    const template = superuserUrl(keys, postgres.port, "template1");
    await withClient(template, async (client) => {
      for (const name of ["bare", "migrated"]) {
        await client.query(`create database ${name} template postgres strategy file_copy owner postgres`);
      }
    });
    await withClient(postgresUrl(keys, postgres.port, "migrated"), (client) =>
      applyMigrations(client, migrations),
    );
    return { server: { dataDirectory, port: postgres.port, keys }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * vitest's globalSetup: one server for all test files of all projects of a run. Projects load this module each on
 * their own, so what they share is kept with the process.
 */
const shared = globalThis as typeof globalThis & {
  supabaseTestServer?: { users: number; started: ReturnType<typeof startSupabaseServer> };
};

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared.supabaseTestServer ??= { users: 0, started: startSupabaseServer() };
  const mine = shared.supabaseTestServer;
  mine.users += 1;
  const { server, stop } = await mine.started;
  project.provide("supabaseServer", server);
  return async () => {
    mine.users -= 1;
    if (mine.users > 0) return;
    delete shared.supabaseTestServer;
    await stop();
  };
}
