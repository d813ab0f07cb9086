import { execFileSync, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, statSync } from "node:fs";
import { platform } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { SetupError } from "./errors.ts";

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

export interface SpawnOptions {
  args: readonly string[];
  env?: Record<string, string>;
  /** File that gets stdout and stderr. A file, no pipe: a child must survive it that we die first. */
  logFile: string;
  user?: { uid: number; gid: number } | undefined;
  cwd?: string;
}

const MAX_LOG_BYTES = 1_000_000;

/**
 * Starts a process in a session of its own, so that Ctrl-C in the terminal reaches only us and we end things in
 * the right order.
 */
export async function startProcess(file: string, options: SpawnOptions): Promise<Child> {
  const flags = sizeOf(options.logFile) > MAX_LOG_BYTES ? "w" : "a";
  const log = openSync(options.logFile, flags, 0o600);
  try {
    const child = spawn(file, [...options.args], {
      stdio: ["ignore", log, log],
      detached: true,
      env: { ...inheritedEnv(), ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.user ?? {}),
    });
    let running = true;
    const exited = new Promise<string>((resolve) => {
      child.once("exit", (code, signal) => {
        running = false;
        resolve(signal === null ? `exit code ${code}` : `signal ${signal}`);
      });
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      // Not once: a signal that cannot be sent is an "error" event too, and must not end us.
      child.on("error", (error) => {
        if (child.pid === undefined) running = false;
        reject(new SetupError(`${file} cannot be started: ${error.message}`));
      });
    });
    const { pid } = child;
    if (pid === undefined) throw new SetupError(`${file} cannot be started`);
    return {
      pid,
      started: startTimeOf(pid) ?? "",
      exited,
      running: () => running,
      kill: (signal) => {
        if (running) child.kill(signal);
      },
    };
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
  if (platform() === "linux") {
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
  if (platform() === "win32") return null;
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
    if (platform() === "linux")
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    if (platform() === "win32") return null;
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return null;
  }
}

/** Ends a process of an earlier, killed stack. It must be provably the recorded one; otherwise nothing happens. */
export async function endLeftover(
  record: ProcessRecord,
  first: NodeJS.Signals,
  graceMs: number,
): Promise<boolean> {
  if (!isAlive(record)) return false;
  for (const [signal, wait] of [
    [first, graceMs],
    ["SIGKILL", 2_000],
  ] as const) {
    try {
      process.kill(record.pid, signal);
    } catch {
      // It ended in between, or belongs to another user: isAlive below tells which.
    }
    const until = Date.now() + wait;
    while (Date.now() < until) {
      if (!isAlive(record)) return true;
      await sleep(20);
    }
  }
  throw new SetupError(
    `process ${record.pid} of an earlier start does not end; end it with: kill -9 ${record.pid}`,
  );
}

/** The process that runs this code. */
export function thisProcess(): ProcessRecord {
  return { pid: process.pid, started: startTimeOf(process.pid) ?? "" };
}
