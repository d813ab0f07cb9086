import { type ChildProcess, execFile, execFileSync, type SpawnOptions, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { SetupError } from "./errors.ts";

const WINDOWS = process.platform === "win32";

/** A process as it can be found again after we died: its pid, and what tells it from a later one of that pid. */
export interface ProcessRecord {
  pid: number;
  /** Start time as the system tells it; empty where the system tells nothing (then it is never ended by us). */
  started: string;
}

export interface Child extends ProcessRecord {
  /** Settles when the process ended, with a few words on how. Never rejects. */
  exited: Promise<string>;
  running(): boolean;
  kill(signal: NodeJS.Signals): void;
}

/**
 * Starts a program in a session and process group of its own, so that Ctrl-C in the terminal reaches only us, who end
 * things in the right order.
 * @param name what the line calls it when it cannot be started
 */
async function spawnApart(
  name: string,
  file: string,
  args: readonly string[],
  options: SpawnOptions,
): Promise<{ readonly program: ChildProcess; readonly child: Child }> {
  const program = spawn(file, [...args], { ...options, detached: !WINDOWS });
  let running = true;
  const exited = new Promise<string>((resolve) => {
    program.once("exit", (code, signal) => {
      running = false;
      resolve(signal === null ? `exit code ${code}` : `signal ${signal}`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    program.once("spawn", resolve);
    // Not once: a signal that cannot be sent is an "error" event too, and must not end us.
    program.on("error", (error) => {
      if (program.pid === undefined) running = false;
      reject(new SetupError(`${name} cannot be started: ${error.message}`));
    });
  });
  const { pid } = program;
  if (pid === undefined) throw new SetupError(`${name} cannot be started`);
  const kill = (signal: NodeJS.Signals) => {
    if (running) program.kill(signal);
  };
  return { program, child: { pid, started: startTimeOf(pid) ?? "", exited, running: () => running, kill } };
}

export interface LoggedOptions {
  args: readonly string[];
  env?: Record<string, string>;
  /** File that gets stdout and stderr. A file, no pipe: a child must survive it that we die first. */
  logFile: string;
  user?: { uid: number; gid: number } | undefined;
  cwd?: string;
}

const MAX_LOG_BYTES = 1_000_000;

/** Starts a program that writes into a file of its own. */
export async function startProcess(file: string, options: LoggedOptions): Promise<Child> {
  const flags = sizeOf(options.logFile) > MAX_LOG_BYTES ? "w" : "a";
  const log = openSync(options.logFile, flags, 0o600);
  try {
    const { child } = await spawnApart(file, file, options.args, {
      stdio: ["ignore", log, log],
      env: { ...inheritedEnv(), ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.user ?? {}),
    });
    return child;
  } finally {
    closeSync(log);
  }
}

/** Asks a child to end with each signal in turn, giving it that signal's time, until it is gone. */
export async function stopChild(
  child: Child,
  steps: readonly (readonly [NodeJS.Signals, number])[],
): Promise<void> {
  for (const [signal, milliseconds] of steps) {
    if (!child.running()) return;
    child.kill(signal);
    const timer = new AbortController();
    await Promise.race([
      child.exited,
      sleep(milliseconds, undefined, { signal: timer.signal, ref: false }).catch(() => undefined),
    ]);
    timer.abort();
  }
}

/**
 * Nothing of the user's PG… and PGRST_… settings may reach our processes: PGRST_DB_URI in a shell profile would
 * point our PostgREST at someone else's database.
 */
function inheritedEnv(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !/^PG[A-Z]+|^LC_|^LANG/.test(name)) env[name] = value;
  }
  return env;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** When the process started, as an opaque text that no later process of the same pid shares; null: no such process. */
export function startTimeOf(pid: number): string | null {
  if (process.platform === "linux") {
    try {
      // Field 22, counted after the command's closing parenthesis, since a command may hold anything.
      // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (fields[0] === "Z" || fields[0] === "X") return null;
      const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
      return `${fields[19]}@${boot}`;
    } catch {
      return null;
    }
  }
  if (WINDOWS) return null;
  try {
    const out = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, LC_ALL: "C" },
    });
    return out.trim() === "" ? null : out.trim();
  } catch {
    return null;
  }
}

/** True only when that very process, not a later one that got its pid, is still there. */
export function isAlive(record: ProcessRecord): boolean {
  return record.started !== "" && startTimeOf(record.pid) === record.started;
}

/** The command line of a process, arguments separated by spaces; null: no such process, or the system won't say. */
export function commandOf(pid: number): string | null {
  try {
    if (process.platform === "linux")
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    if (WINDOWS) return null;
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return null;
  }
}

/**
 * Ends processes of an earlier start: asks each, then insists.
 * @param living those of them that are still there, and still those
 * @throws SetupError with the command that ends what does not end
 */
async function endAll(
  living: () => readonly number[],
  steps: readonly (readonly [NodeJS.Signals, number])[],
): Promise<void> {
  for (const [signal, limitMs] of steps) {
    for (const pid of living()) tryKill(pid, signal);
    const until = Date.now() + limitMs;
    while (Date.now() < until) {
      if (living().length === 0) return;
      await sleep(20);
    }
  }
  const left = living();
  if (left.length === 0) return;
  throw new SetupError(
    `process ${left[0]} of an earlier start does not end; end it with: kill -9 ${left.join(" ")}`,
  );
}

function tryKill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended in between, or belongs to another user: whether it lives is looked up anew.
  }
}

/** Ends a process of an earlier, killed stack. It must be provably the recorded one; otherwise nothing happens. */
export async function endLeftover(
  record: ProcessRecord,
  first: NodeJS.Signals,
  graceMs: number,
): Promise<boolean> {
  if (!isAlive(record)) return false;
  await endAll(
    () => (isAlive(record) ? [record.pid] : []),
    [
      [first, graceMs],
      ["SIGKILL", 2_000],
    ],
  );
  return true;
}

/** The process that runs this code. */
export function thisProcess(): ProcessRecord {
  return { pid: process.pid, started: startTimeOf(process.pid) ?? "" };
}

/** A child with everything it starts in turn, in a process group of their own. */
export interface ProcessGroup extends Child {
  readonly name: string;
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

/** Starts a Node program whose lines are read, and which is ended with what it starts in turn (workerd, esbuild). */
export async function startGroup(args: readonly string[], options: GroupOptions): Promise<ProcessGroup> {
  const { program, child } = await spawnApart(options.name, process.execPath, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const kept: string[] = [];
  for (const stream of [program.stdout, program.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on("line", (line) => {
      kept.push(line);
      if (kept.length > KEPT_LINES) kept.shift();
      options.onLine(line);
    });
  }
  let stopping: Promise<void> | undefined;
  return {
    ...child,
    name: options.name,
    lastLines: () => [...kept],
    stop: () => {
      stopping ??= endGroup(child);
      return stopping;
    },
  };
}

/** Ends a group by its leader's pid; resolves when nothing of it is left, or nothing more can be done. */
async function endGroup({ pid, exited }: Child): Promise<void> {
  if (WINDOWS) {
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
  if (WINDOWS) return false;
  const leaderLives = record.started !== "" && startTimeOf(record.pid) === record.started;
  const targets = leaderLives
    ? groupMembers(record.pid)
    : groupMembers(record.pid).filter((pid) => runsFrom(modulesOf(root), pid));
  if (targets.length === 0) return false;
  await endAll(
    () => targets.filter((pid) => groupOf(pid) === record.pid),
    [
      ["SIGTERM", 3_000],
      ["SIGKILL", 1_000],
    ],
  );
  return true;
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
