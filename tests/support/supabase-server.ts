import { chmod, mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
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

/** Removes what test runs that were killed have left behind. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const directory = join(tmpdir(), name);
    if (!name.startsWith(PREFIX) || readState(directory) === null || readLiveState(directory) !== null)
      continue;
    await resetSupabase(directory);
  }
}

/** Starts one in a temporary directory. */
export async function startSupabaseServer(): Promise<{ server: SupabaseServer; stop(): Promise<void> }> {
  await removeLeftovers();
  const migrations = await readMigrations(migrationsDirectory);
  const dataDirectory = await mkdtemp(join(tmpdir(), PREFIX));
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
