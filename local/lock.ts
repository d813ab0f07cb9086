import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { z } from "zod";
import { codeOf } from "./errors.ts";
import { isAlive, type ProcessRecord, thisProcess } from "./processes.ts";

/** What a lock file says of who holds it. */
export interface Held {
  readonly owner: ProcessRecord;
}

export interface LockOptions<T extends Held> {
  readonly file: string;
  readonly schema: z.ZodType<T>;
  /** What it says from the beginning, beside its owner. */
  readonly content: Omit<T, "owner">;
  /** What to throw when a living process holds it. */
  readonly refuse: (held: T) => Error;
  /** Ends what a killed owner left running; null: its file cannot be read. */
  readonly clear: (left: T | null) => Promise<void>;
}

export interface Lock<T> {
  /** Writes something else down beside its owner: all of it or nothing. */
  write(content: Omit<T, "owner">): void;
  release(): void;
}

/**
 * Makes a file of which there can be one, for this process. Its owner is named with pid and start time, so that a dead
 * one's is known as such, even when its pid is somebody else's by then.
 *
 * @throws what `refuse` makes when a living process holds it, and whatever writing throws.
 */
export async function takeLock<T extends Held>(options: LockOptions<T>): Promise<Lock<T>> {
  const { file, schema, content, refuse, clear } = options;
  const owner = thisProcess();
  const textOf = (more: Omit<T, "owner">) => JSON.stringify({ ...more, owner });
  while (!create(file, textOf(content))) {
    const left = readLock(file, schema);
    if (left !== null && isAlive(left.owner)) throw refuse(left);
    // Of two starts that find the same dead one, the one whose rename works clears up.
    const mine = `${file}.stale-${process.pid}`;
    try {
      renameSync(file, mine);
    } catch (error) {
      if (codeOf(error) === "ENOENT") continue;
      throw error;
    }
    await clear(left);
    rmSync(mine, { force: true });
  }
  return {
    write: (next) => {
      writeFileSync(`${file}.new`, textOf(next), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
    release: () => rmSync(file, { force: true }),
  };
}

function create(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** What a lock file says; null when there is none, or a crash cut it short. */
export function readLock<T>(file: string, schema: z.ZodType<T>): T | null {
  try {
    return schema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return null;
  }
}
