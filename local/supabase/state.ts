import { closeSync, openSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { codeOf, SetupError } from "../errors.ts";
import { endLeftover, isAlive, thisProcess } from "../processes.ts";

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
  try {
    return State.parse(JSON.parse(readFileSync(fileOf(dataDirectory), "utf8")));
  } catch {
    return null;
  }
}

/** The state of an embedded Supabase whose owner lives; else null. */
export function readLiveState(dataDirectory: string): State | null {
  const state = readState(dataDirectory);
  return state !== null && isAlive(state.owner) ? state : null;
}

export interface Lock {
  /** Adds to what is written down. */
  note(more: Omit<Partial<State>, "owner">): void;
  release(): void;
}

/**
 * Takes a data directory for this process, after ending what a killed one left running.
 * @throws SetupError when a living process holds it.
 */
export async function takeDataDirectory(dataDirectory: string): Promise<Lock> {
  const file = fileOf(dataDirectory);
  const owner = thisProcess();
  for (;;) {
    try {
      const handle = openSync(file, "wx", 0o600);
      writeSync(handle, JSON.stringify({ owner }));
      closeSync(handle);
      break;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
    await clearStale(dataDirectory, file);
  }
  let state: State = { owner };
  return {
    note: (more) => {
      state = { ...state, ...more };
      const temporary = `${file}.new`;
      writeFileSync(temporary, JSON.stringify(state), { mode: 0o600 });
      renameSync(temporary, file);
    },
    release: () => rmSync(file, { force: true }),
  };
}

async function clearStale(dataDirectory: string, file: string): Promise<void> {
  const state = readState(dataDirectory);
  if (state !== null && isAlive(state.owner)) {
    throw new SetupError(
      `the embedded Supabase in ${dataDirectory} runs already (process ${state.owner.pid}): stop it first, or use that one`,
    );
  }
  // Two starts may find the same dead state: the one whose rename works clears it.
  const mine = `${file}.stale-${process.pid}`;
  try {
    renameSync(file, mine);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  if (state?.postgrest !== undefined) await endLeftover(state.postgrest, "SIGTERM", 2_000);
  if (state?.postgres !== undefined) await endLeftover(state.postgres, "SIGINT", 10_000);
  rmSync(mine, { force: true });
}
