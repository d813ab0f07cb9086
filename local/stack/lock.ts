import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { codeOf, messageOf, SetupError } from "../errors.ts";
import { readLock, takeLock } from "../lock.ts";
import { endLeftoverGroup, isAlive, type ProcessRecord } from "../processes.ts";

const record = z.object({ pid: z.int().positive(), started: z.string() });
/** How another command on this machine sets a simulated provider's faults, and starts a run. */
const controls = z.object({
  simulator: z.object({ url: z.url(), key: z.string() }),
  benchmark: z.object({ url: z.url(), cronKey: z.string() }),
});
export type StackControls = z.infer<typeof controls>;
const content = z.object({ owner: record, groups: z.array(record), controls: controls.optional() });

const fileIn = (directory: string) => join(directory, "stack.json");

/** Word of a running stack, for the next start. */
export interface StackLock {
  /** Notes a process group that must not outlive this stack. */
  add(group: ProcessRecord): void;
  /** Notes how it is controlled; the file is its owner's to read. */
  addControls(controls: StackControls): void;
  release(): void;
}

/**
 * Takes a directory for this start. What a killed start left running is ended first.
 *
 * @throws SetupError when a living start holds the directory, or it cannot be made or written to.
 */
export async function takeStack(directory: string, root: string): Promise<StackLock> {
  const groups: ProcessRecord[] = [];
  let known: StackControls | undefined;
  const refuse = ({ owner }: z.infer<typeof content>) =>
    new SetupError(
      `This checkout's stack runs already (process ${owner.pid}); stop that one first (Ctrl-C), or set LOCAL_DIRECTORY and the ports to run a second one.`,
    );
  try {
    mkdirSync(directory, { recursive: true });
    const lock = await takeLock({
      file: fileIn(directory),
      schema: content,
      content: { groups },
      refuse,
      clear: async (left) => {
        for (const group of left?.groups ?? []) await endLeftoverGroup(group, root);
      },
    });
    const write = () => lock.write({ groups, ...(known === undefined ? {} : { controls: known }) });
    return {
      add: ({ pid, started }) => {
        groups.push({ pid, started });
        write();
      },
      addControls: (given) => {
        known = given;
        write();
      },
      release: lock.release,
    };
  } catch (error) {
    if (error instanceof SetupError) throw error;
    throw new SetupError(
      `LOCAL_DIRECTORY ${directory} cannot be used (${codeOf(error) ?? messageOf(error)}); set it to a folder that can be made and written to.`,
    );
  }
}

/** The process of the start that holds a directory; null where none lives. */
export function runningStack(directory: string): number | null {
  const held = readLock(fileIn(directory), content);
  return held !== null && isAlive(held.owner) ? held.owner.pid : null;
}

/** How the running stack of a directory is controlled; null where none runs, or it plays no provider. */
export function stackControls(directory: string): StackControls | null {
  const held = readLock(fileIn(directory), content);
  return held !== null && isAlive(held.owner) ? (held.controls ?? null) : null;
}
