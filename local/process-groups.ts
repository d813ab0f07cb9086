import { execFile, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { SetupError } from "./errors.ts";
import { commandOf, type ProcessRecord, startTimeOf } from "./processes.ts";

/** A child with everything it starts in turn, in a process group of their own. */
export interface ProcessGroup extends ProcessRecord {
  readonly name: string;
  /** Settles with a few words on how its leader ended. Never rejects. */
  readonly exited: Promise<string>;
  /** The newest lines it wrote, for when it dies. */
  lastLines(): readonly string[];
  /** Ends the whole group: asks first, then insists. */
  stop(): Promise<void>;
}

export interface GroupOptions {
  readonly name: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
}

const KEPT_LINES = 40;
const GRACE_MS = 5_000;

/**
 * Starts a Node program in a process group of its own, so that Ctrl-C reaches only the stack, which then ends
 * things in order, and so that what the program starts (workerd, esbuild) can be ended with it.
 */
export async function startGroup(args: readonly string[], options: GroupOptions): Promise<ProcessGroup> {
  const child = spawn(process.execPath, [...args], {
    cwd: options.cwd,
    env: options.env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
  });
  const kept: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      kept.push(line);
      if (kept.length > KEPT_LINES) kept.shift();
      options.onLine(line);
    });
  }
  const exited = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.on("error", (error) =>
      reject(new SetupError(`${options.name} cannot be started: ${error.message}`)),
    );
  });
  const { pid } = child;
  if (pid === undefined) throw new SetupError(`${options.name} cannot be started`);
  const record = { pid, started: startTimeOf(pid) ?? "" };
  let stopping: Promise<void> | undefined;
  return {
    ...record,
    name: options.name,
    exited,
    lastLines: () => [...kept],
    stop: () => {
      stopping ??= endGroup(pid, exited);
      return stopping;
    },
  };
}

/** Ends a group by its leader's pid; resolves when nothing of it is left, or nothing more can be done. */
async function endGroup(pid: number, exited: Promise<string>): Promise<void> {
  if (process.platform === "win32") {
    await new Promise<void>((resolve) => {
      execFile("taskkill", ["/pid", String(pid), "/T", "/F"], () => resolve());
    });
    return;
  }
  signalGroup(pid, "SIGTERM");
  await Promise.race([
    Promise.all([exited, groupGone(pid, GRACE_MS)]),
    sleep(GRACE_MS, undefined, { ref: false }),
  ]);
  if (!signalGroup(pid, "SIGKILL")) return;
  await groupGone(pid, 1_000);
}

/** Sends a signal to every member; false when there is none. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    // ESRCH: nobody left. EPERM: what has that number now is not ours.
    return false;
  }
}

async function groupGone(pid: number, limitMs: number): Promise<void> {
  const until = Date.now() + limitMs;
  while (Date.now() < until && groupMembers(pid).length > 0) await sleep(30);
}

/** The living processes of a group on Linux; elsewhere the leader alone, when it lives. */
export function groupMembers(pid: number): number[] {
  if (process.platform !== "linux") return signalGroup(pid, 0) ? [pid] : [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => groupOf(candidate) === pid);
}

/** The group of a process that is no zombie. Fields after the command: state, parent, group. */
function groupOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" || state === "X" ? null : Number(group);
  } catch {
    return null;
  }
}

/**
 * Ends what a killed start left of a group. Only what is provably ours: the very leader that was recorded, or,
 * where the leader is gone, members whose command line names a program in this checkout's node_modules.
 */
export async function endLeftoverGroup(record: ProcessRecord, root: string): Promise<boolean> {
  if (process.platform === "win32") return false;
  const leaderLives = record.started !== "" && startTimeOf(record.pid) === record.started;
  const targets = leaderLives
    ? groupMembers(record.pid)
    : groupMembers(record.pid).filter((pid) => runsFrom(modulesOf(root), pid));
  if (targets.length === 0) return false;
  const alive = () => targets.filter((pid) => groupOf(pid) === record.pid);
  for (const [signal, limitMs] of [
    ["SIGTERM", 3_000],
    ["SIGKILL", 1_000],
  ] as const) {
    for (const pid of alive()) tryKill(pid, signal);
    const until = Date.now() + limitMs;
    while (Date.now() < until && alive().length > 0) await sleep(30);
    if (alive().length === 0) return true;
  }
  throw new SetupError(
    `process ${alive()[0]} of an earlier start does not end; end it with: kill -9 ${alive().join(" ")}`,
  );
}

/** A checkout's node_modules as command lines name it: where it is a link, also by the folder that it leads to. */
function modulesOf(root: string): string[] {
  const modules = join(root, "node_modules");
  return existsSync(modules) ? [...new Set([modules, realpathSync(modules)])] : [modules];
}

function runsFrom(folders: readonly string[], pid: number): boolean {
  const command = commandOf(pid);
  return folders.some((folder) => command?.includes(`${folder}/`));
}

function tryKill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended by itself.
  }
}
