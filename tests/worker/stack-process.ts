import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { settingNames } from "../../local/settings.ts";
import { findFreePort } from "../../local/stack/ports.ts";
import { removePlace } from "../../local/supabase/place.ts";
import { projectRoot } from "../../local/tools.ts";

/** One checkout's worth of folders and ports, apart from the developer's own. */
export interface Home {
  readonly directory: string;
  readonly logs: string;
  readonly dashboardUrl: string;
  readonly benchmarkUrl: string;
  readonly environment: Record<string, string>;
  remove(): Promise<void>;
}

export async function makeHome(): Promise<Home> {
  const top = mkdtempSync(join(tmpdir(), "stack-"));
  const [dashboard, benchmark, supabase] = await Promise.all([
    findFreePort(),
    findFreePort(),
    findFreePort(),
  ]);
  const directory = join(top, "local");
  const logs = join(top, "logs");
  // Empty hides what the developer's .dev.vars says: a test must never ask a real provider.
  const none = Object.fromEntries(settingNames().map((name) => [name, ""]));
  return {
    directory,
    logs,
    dashboardUrl: `http://127.0.0.1:${dashboard}`,
    benchmarkUrl: `http://127.0.0.1:${benchmark}`,
    environment: {
      ...none,
      DASHBOARD_PORT: String(dashboard),
      BENCHMARK_PORT: String(benchmark),
      SUPABASE_PORT: String(supabase),
      LOCAL_DIRECTORY: directory,
      LOG_DIRECTORY: logs,
    },
    remove: async () => {
      await removePlace(join(directory, "supabase"));
      rmSync(top, { recursive: true, force: true });
    },
  };
}

export interface StackProcess {
  readonly child: ChildProcess;
  /** All it has said so far, on stdout and stderr. */
  output(): string;
  /** Resolves once it has said something that matches; rejects when it ends or time is over first. */
  said(pattern: RegExp, limitMs?: number): Promise<void>;
  readonly ended: Promise<number | null>;
  /** Sends a signal to its whole group, as a terminal does. */
  signal(name: NodeJS.Signals): void;
}

export function startStackProcess(home: Home, environment: Record<string, string> = {}): StackProcess {
  const program = ["run.cjs", join("stack", "index.ts")].map((file) => join(projectRoot, "local", file));
  const child = spawn(process.execPath, program, {
    env: { ...process.env, ...home.environment, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
    });
  }
  let over = false;
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", (code) => {
      over = true;
      resolve(code);
    });
  });
  return {
    child,
    ended,
    output: () => text,
    signal: (name) => {
      if (child.pid !== undefined && !over) process.kill(-child.pid, name);
    },
    said: async (pattern, limitMs = 90_000) => {
      const until = Date.now() + limitMs;
      while (!pattern.test(text)) {
        if (over) throw new Error(`It ended (${await ended}) before it said ${pattern}:\n${text}`);
        if (Date.now() > until) throw new Error(`It did not say ${pattern}:\n${text}`);
        await sleep(50);
      }
    },
  };
}

interface Process {
  readonly pid: number;
  readonly command: string;
}

/** Living processes that were started for this home, by what is in their command line or their environment. */
export function processesOf(home: Home): Process[] {
  const all = process.platform === "linux" ? fromProc() : fromPs();
  return all.flatMap(({ pid, command, text }) =>
    // A zombie has no command line: it is gone but for its parent's notice.
    pid !== process.pid && command !== "" && text.includes(home.directory) ? [{ pid, command }] : [],
  );
}

export interface Listener {
  readonly address: string;
  readonly port: number;
}

/** Every TCP port that a home's processes listen on. */
export function listenersOf(home: Home): Listener[] {
  const pids = processesOf(home).map(({ pid }) => pid);
  if (process.platform !== "linux") return fromLsof(pids);
  const inodes = new Set(pids.flatMap(socketsOf));
  return ["tcp", "tcp6"].flatMap((table) =>
    read(`/proc/net/${table}`)
      .split("\n")
      .slice(1)
      .flatMap((line) => {
        const fields = line.trim().split(/\s+/);
        // 0A: listening.
        if (fields[3] !== "0A" || !inodes.has(fields[9] ?? "")) return [];
        const [hex = "", port = ""] = (fields[1] ?? "").split(":");
        return [{ address: addressOf(hex), port: Number.parseInt(port, 16) }];
      }),
  );
}

/** Inodes of a process's sockets. */
function socketsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).flatMap((name) => {
      const link = /^socket:\[(\d+)\]$/.exec(linkOf(`${folder}/${name}`))?.[1];
      return link === undefined ? [] : [link];
    });
  } catch {
    return []; // It ended meanwhile.
  }
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return "";
  }
}

/** IPv4 as people write it, IPv6 as the kernel does; the kernel writes words of four bytes, last byte first. */
function addressOf(hex: string): string {
  if (hex.length !== 8) return hex;
  return (hex.match(/../g) ?? [])
    .reverse()
    .map((byte) => Number.parseInt(byte, 16))
    .join(".");
}

function fromLsof(pids: readonly number[]): Listener[] {
  const args = ["-nP", "-iTCP", "-sTCP:LISTEN", "-a", "-p", pids.join(","), "-Fn"];
  return execFileSync("lsof", args, { encoding: "utf8" })
    .split("\n")
    .flatMap((line) => {
      const match = /^n(.*):(\d+)$/.exec(line);
      return match ? [{ address: match[1] ?? "", port: Number(match[2]) }] : [];
    });
}

function fromProc(): (Process & { readonly text: string })[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      const command = read(`/proc/${name}/cmdline`).replaceAll("\0", " ");
      return { pid: Number(name), command, text: command + read(`/proc/${name}/environ`) };
    });
}

/** Where there is no /proc, `ps` shows command lines, and those of one's own processes with the environment. */
function fromPs(): (Process & { readonly text: string })[] {
  const table = execFileSync("ps", ["-A", "-E", "-ww", "-o", "pid=,command="], { encoding: "utf8" });
  return table.split("\n").flatMap((line) => {
    const match = /^\s*(\d+)\s+(.*)$/.exec(line);
    return match ? [{ pid: Number(match[1]), command: match[2] ?? "", text: match[2] ?? "" }] : [];
  });
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
