import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "./errors.ts";
import { runScript } from "./script.ts";
import { projectRoot } from "./tools.ts";

/*
 * What `npm ci` leaves out, since running and deploying need none of it. Each folder has a package.json and a lock
 * file of its own, and the first command that needs it installs it.
 */

/** What each folder's packages are for. */
export const PACKAGES = {
  tests: "what tests and checks need",
  "tests/bench/peers": "what the benchmark compares with",
  "tests/support/real": "the servers of others that a test starts",
} as const;

export type PackageFolder = keyof typeof PACKAGES;

interface Options {
  readonly root?: string;
  /** npm is given up after this time; without it, npm's own patience counts. */
  readonly timeoutMs?: number;
}

/** Installs a folder's packages where its lock file names others than are there. @throws SetupError where npm cannot. */
export function installPackages(
  folder: PackageFolder,
  { root = projectRoot, timeoutMs }: Options = {},
): void {
  const directory = join(root, folder);
  if (isInstalled(directory)) return;
  // Not on stdout, which belongs to the command.
  console.error(`Installing ${PACKAGES[folder]} (once) ...`);
  const { status, stderr, error } = spawnSync(
    "npm",
    ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
    {
      cwd: directory,
      encoding: "utf8",
      stdio: ["ignore", "ignore", "pipe"],
      timeout: timeoutMs,
      shell: process.platform === "win32",
    },
  );
  if (status === 0) return;
  const reason = error?.message ?? reasonOf(stderr);
  throw new SetupError(`${PACKAGES[folder]} cannot be installed (npm ci in ${folder}): ${reason}`);
}

interface Locked {
  readonly version?: string;
  /** For another platform, perhaps. */
  readonly optional?: boolean;
}

function isInstalled(directory: string): boolean {
  // npm's own record, written when everything is in place.
  const record = join(directory, "node_modules", ".package-lock.json");
  if (!existsSync(record)) return false;
  const found = readLock(record);
  return Object.entries(readLock(join(directory, "package-lock.json"))).every(
    ([path, { version, optional }]) => {
      const there = found[path];
      return path === "" || (there === undefined ? optional === true : there.version === version);
    },
  );
}

function readLock(file: string): Readonly<Record<string, Locked>> {
  return (JSON.parse(readFileSync(file, "utf8")) as { packages: Record<string, Locked> }).packages;
}

/** The sentence among npm's lines, without codes before it and advice after it. */
function reasonOf(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.replace(/^npm (error|ERR!) ?/, "").trim());
  return lines.find((line) => line !== "" && !/^(code|syscall|errno|path|type) /.test(line)) ?? "npm failed";
}

// For the launcher, which an older Node may run.
await runScript(import.meta.url, async () => installPackages("tests"));
