import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { codeOf, messageOf, SetupError } from "../errors.ts";
import { endLeftoverGroup } from "../process-groups.ts";
import { isAlive, type ProcessRecord, thisProcess } from "../processes.ts";

const record = z.object({ pid: z.int().positive(), started: z.string() });
const content = z.object({ owner: record, groups: z.array(record) });

/** Word of a running stack, for the next start. */
export interface StackLock {
  /** Notes a process group that must not outlive this stack. */
  add(group: ProcessRecord): void;
  release(): void;
}

/**
 * Takes a directory for this start. What a killed start left running is ended first.
 *
 * @throws SetupError when a living start holds the directory, or it cannot be made or written to.
 */
export async function takeStack(directory: string, root: string): Promise<StackLock> {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw unusable(directory, error);
  }
  const file = fileIn(directory);
  const owner = thisProcess();
  const groups: ProcessRecord[] = [];
  const text = () => JSON.stringify({ owner, groups });
  for (let attempt = 0; ; attempt++) {
    try {
      writeFileSync(file, text(), { flag: "wx", mode: 0o600 });
      break;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw unusable(directory, error);
      if (attempt > 10) throw error;
    }
    await clear(file, root);
  }
  return {
    add: ({ pid, started }) => {
      groups.push({ pid, started });
      writeFileSync(`${file}.new`, text(), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
    release: () => rmSync(file, { force: true }),
  };
}

function unusable(directory: string, error: unknown): SetupError {
  return new SetupError(
    `LOCAL_DIRECTORY ${directory} cannot be used (${codeOf(error) ?? messageOf(error)}); set it to a folder that can be made and written to.`,
  );
}

/** The process of the start that holds a directory; null where none lives. */
export function runningStack(directory: string): number | null {
  const held = readLock(fileIn(directory));
  return held !== null && isAlive(held.owner) ? held.owner.pid : null;
}

const fileIn = (directory: string) => join(directory, "stack.json");

async function clear(file: string, root: string): Promise<void> {
  const left = readLock(file);
  if (left !== null && isAlive(left.owner)) {
    throw new SetupError(
      `This checkout's stack runs already (process ${left.owner.pid}); stop that one first (Ctrl-C), or set LOCAL_DIRECTORY and the ports to run a second one.`,
    );
  }
  // Of two starts that find the same dead one, the one whose rename works clears up.
  const mine = `${file}.stale-${process.pid}`;
  try {
    renameSync(file, mine);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  for (const group of left?.groups ?? []) await endLeftoverGroup(group, root);
  rmSync(mine, { force: true });
}

function readLock(file: string): z.infer<typeof content> | null {
  try {
    return content.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    // Cut short by a crash, or gone since.
    return null;
  }
}
