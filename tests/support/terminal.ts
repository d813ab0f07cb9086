import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Terminal {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts what `npm run` starts, without npm: its own lines would stand on stdout. */
export function startTerminal(args: readonly string[], env: Record<string, string>, logs: string): Terminal {
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, ["local/run.cjs", "local/cli/index.ts", ...args], {
    env: { PATH, DEV_VARS_FILE: join(logs, "no-such-file"), LOG_DIRECTORY: logs, ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

/** Names in a log directory that begin so, sorted. */
export function filesIn(logs: string, start: string): string[] {
  return readdirSync(logs)
    .filter((name) => name.startsWith(start))
    .sort();
}

/** A file's lines, each of them JSON. */
export function readLines(logs: string, name: string): Record<string, unknown>[] {
  return readFileSync(join(logs, name), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}
