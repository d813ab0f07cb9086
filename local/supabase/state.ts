import { join } from "node:path";
import { z } from "zod";
import { SetupError } from "../errors.ts";
import { readLock, takeLock } from "../lock.ts";
import { endLeftover, isAlive } from "../processes.ts";

const ProcessRecord = z.object({ pid: z.number().int().positive(), started: z.string() });

const State = z.object({
  /** Who started it. While that process lives, the data directory is taken. */
  owner: ProcessRecord,
  /** The gateway's port. */
  port: z.number().int().optional(),
  postgresPort: z.number().int().optional(),
  /** Postgres, or the initdb that makes its cluster. */
  postgres: ProcessRecord.optional(),
  postgrest: ProcessRecord.optional(),
});

/** What an embedded Supabase leaves word of in its data directory while it runs. */
export type State = z.infer<typeof State>;

const fileOf = (dataDirectory: string) => join(dataDirectory, "running.json");

/** The state as left by the last start; null when there is none or it cannot be read as one. */
export function readState(dataDirectory: string): State | null {
  return readLock(fileOf(dataDirectory), State);
}

/** The state of an embedded Supabase whose owner lives; else null. */
export function readLiveState(dataDirectory: string): State | null {
  const state = readState(dataDirectory);
  return state !== null && isAlive(state.owner) ? state : null;
}

export interface DirectoryLock {
  /** Adds to what is written down. */
  note(more: Omit<State, "owner">): void;
  release(): void;
}

/**
 * Takes a data directory for this process, after ending what a killed one left running.
 * @throws SetupError when a living process holds it.
 */
export async function takeDataDirectory(dataDirectory: string): Promise<DirectoryLock> {
  let state: Omit<State, "owner"> = {};
  const lock = await takeLock({
    file: fileOf(dataDirectory),
    schema: State,
    content: state,
    refuse: ({ owner }) =>
      new SetupError(
        `the embedded Supabase in ${dataDirectory} runs already (process ${owner.pid}): stop it first, or use that one`,
      ),
    clear: async (left) => {
      if (left?.postgrest !== undefined) await endLeftover(left.postgrest, "SIGTERM", 2_000);
      if (left?.postgres !== undefined) await endLeftover(left.postgres, "SIGINT", 10_000);
    },
  });
  return {
    note: (more) => {
      state = { ...state, ...more };
      lock.write(state);
    },
    release: lock.release,
  };
}
