import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ADMIN_PATHS } from "../../workers/benchmark/admin-api.ts";
import { CRONS } from "../../workers/benchmark/schedule.ts";
import { isForPrograms } from "../../workers/dashboard/preflight.ts";
import { requireSupabase, type SupabaseKeys } from "../build/hosted.ts";
import { build } from "../build/index.ts";
import { formatEnvFile } from "../env-file.ts";
import { createErrorLog } from "../error-log.ts";
import { messageOf, SetupError } from "../errors.ts";
import { type ProcessGroup, startGroup } from "../processes.ts";
import { type StackSettings, stateDirectory } from "../settings.ts";
import { writeHistory } from "../simulator/history.ts";
import { startSimulator } from "../simulator/index.ts";
import { startEmbeddedSupabase } from "../supabase/index.ts";
import { toolEnvironment } from "../tool-environment.ts";
import { remixBin } from "../tools.ts";
import { startWatchdog } from "../watchdog.ts";
import { type AddedProviders, addedProviders } from "./added-providers.ts";
import { type StackLock, takeStack } from "./lock.ts";
import { findFreePort, requireFreePort } from "./ports.ts";
import { isToolPath, startProxy } from "./proxy.ts";
import { readyLines, trackedProviders } from "./ready-message.ts";
import { fireScheduled, readCronTriggers, startSchedule } from "./schedule.ts";
import { showWorkerLines } from "./worker-output.ts";
import { wranglerDevArguments } from "./wrangler-dev.ts";

export interface StackOptions {
  readonly root: string;
  readonly settings: StackSettings;
  /** Hot reload for the dashboard: Vite's server in place of the built Worker. */
  readonly dev: boolean;
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
  /** Fires when the start is to be given up. */
  readonly signal: AbortSignal;
}

export interface Stack {
  /** Resolves with a line when a part ends by itself. Never rejects. */
  readonly failed: Promise<string>;
  stop(): Promise<void>;
}

/** The database, and whether it is the one that the simulator may play for. */
type Database = SupabaseKeys & { readonly embedded: boolean };

const READY_TIMEOUT_MS = 90_000;

/**
 * Brings the whole system up on this machine and returns when it answers. Whatever was started is stopped again
 * when anything fails.
 *
 * @throws SetupError with one line for the terminal.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { settings, root, say } = options;
  const undo: (() => Promise<void> | void)[] = [];
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= (async () => {
      for (const step of undo.reverse()) {
        try {
          await step();
        } catch (error) {
          options.complain(`While stopping: ${messageOf(error)}`);
        }
      }
    })();
    return stopping;
  };
  let fail: (line: string) => void = () => undefined;
  const failed = new Promise<string>((resolve) => {
    fail = (line) => {
      if (stopping === undefined) resolve(line);
    };
  });

  try {
    const lock = await takeStack(settings.localDirectory, root);
    undo.push(lock.release);
    await requireFreePort(settings.dashboardPort, "DASHBOARD_PORT");
    await requireFreePort(settings.benchmarkPort, "BENCHMARK_PORT");
    if (settings.supabase === null) await requireFreePort(settings.supabasePort, "SUPABASE_PORT");
    if (settings.supabase !== null) await requireSupabase(settings.supabase);
    const errors = createErrorLog(settings.logDirectory, undefined, options.complain);

    // The build takes most of a first start: it goes on beside the database's.
    const abandoned = new AbortController();
    undo.push(() => abandoned.abort());
    const built = options.dev
      ? Promise.resolve()
      : build({
          targets: ["dashboard"],
          quick: true,
          say,
          signal: AbortSignal.any([options.signal, abandoned.signal]),
        });
    built.catch(() => undefined);
    const database = await startDatabase(options, undo, fail);
    options.signal.throwIfAborted();
    const added = await addedProviders(root, database, options.complain);

    const controlKey = randomBytes(24).toString("hex");
    const simulatorUrl = database.embedded ? await startSimulatorFor(settings, controlKey, undo) : null;
    // Goes on while the Workers start; the first run waits for it, since it is written into an empty database only.
    const history =
      simulatorUrl !== null && settings.withKey.length + added.measured.length === 0
        ? giveHistory(settings, say)
        : Promise.resolve();
    history.catch(() => undefined);

    const watchdog = startWatchdog();
    undo.push(() => watchdog.dismiss());
    const launch = async (
      name: string,
      args: readonly string[],
      onLine: (line: string) => void,
      env = {},
    ) => {
      options.signal.throwIfAborted();
      const group = await startGroup(args, {
        name,
        cwd: root,
        env: toolEnvironment(settings.localDirectory, env),
        onLine,
      });
      undo.push(group.stop);
      note(group, lock, watchdog);
      void group.exited.then((how) => fail(exitRecord(group, how)));
      return group;
    };

    const state = stateDirectory(settings);
    // Nobody but the clock below knows it: what finds wrangler's port still starts no run.
    const cronKey = randomBytes(24).toString("hex");
    const benchmarkPort = await findFreePort();
    const benchmarkUrl = `http://127.0.0.1:${benchmarkPort}`;
    const benchmark = await launch(
      "The benchmark Worker",
      wranglerDevArguments({
        root,
        config: join(root, "workers", "benchmark", "wrangler.toml"),
        port: benchmarkPort,
        envFile: writeSettings(settings.localDirectory, "benchmark.env", {
          ...benchmarkSettings(settings, database, simulatorUrl, added),
          CRON_KEY: cronKey,
          // Cloudflare's cache has no local stand-in.
          PAGE_CACHE: "off",
        }),
        stateDirectory: join(state, "benchmark"),
      }),
      showWorkerLines("benchmark Worker", options, errors),
    );
    const benchmarkReady = waitFor(benchmarkUrl, benchmark, options.signal);
    benchmarkReady.catch(() => undefined);

    await built;
    const dashboardFile = writeSettings(settings.localDirectory, "dashboard.env", {
      ...settings.dashboard,
      SUPABASE_URL: database.url,
      SUPABASE_ANON_KEY: database.anonKey,
    });
    const dashboardPort = options.dev ? settings.dashboardPort : await findFreePort();
    const dashboard = options.dev
      ? await launch(
          "The dashboard",
          [
            remixBin(root),
            "vite:dev",
            "--host",
            "127.0.0.1",
            "--port",
            String(dashboardPort),
            "--strictPort",
          ],
          // Nobody needs to be told that it read its settings from our file.
          (line) => {
            if (!line.startsWith("Using secrets")) say(line);
          },
          { DASHBOARD_ENV_FILE: dashboardFile },
        )
      : await launch(
          "The dashboard",
          wranglerDevArguments({
            root,
            config: join(root, "wrangler.toml"),
            port: dashboardPort,
            envFile: dashboardFile,
            stateDirectory: join(state, "dashboard"),
          }),
          showWorkerLines("dashboard", options, errors),
        );

    await Promise.all([benchmarkReady, history]);
    if (simulatorUrl !== null)
      lock.addControls({
        simulator: { url: simulatorUrl, key: controlKey },
        benchmark: { url: benchmarkUrl, cronKey },
      });
    startClock(root, benchmarkUrl, cronKey, options, undo);
    const admin = await startProxy({
      port: settings.benchmarkPort,
      target: benchmarkPort,
      isKnown: (path) => ADMIN_PATHS.includes(path),
      isForOtherSites: () => false,
    });
    undo.push(admin.stop);
    await waitFor(`http://127.0.0.1:${dashboardPort}/`, dashboard, options.signal);
    if (!options.dev) {
      const pages = await startProxy({
        port: settings.dashboardPort,
        target: dashboardPort,
        isKnown: (path) => !isToolPath(path),
        isForOtherSites: isForPrograms,
      });
      undo.push(pages.stop);
    }
    const tracked = await trackedProviders(database);
    for (const line of readyLines(settings, database, tracked, added, simulatorUrl !== null, errors.file()))
      say(line);
    return { failed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startDatabase(
  { settings, say, signal }: StackOptions,
  undo: (() => Promise<void> | void)[],
  fail: (line: string) => void,
): Promise<Database> {
  if (settings.supabase !== null) return { ...settings.supabase, embedded: false };
  say("Starting the embedded Supabase …");
  const supabase = await startEmbeddedSupabase({
    dataDirectory: join(settings.localDirectory, "supabase"),
    port: settings.supabasePort,
    postgrest: settings.postgrest,
    say,
    signal,
  });
  undo.push(supabase.stop);
  void supabase.failed.then(fail);
  return {
    url: supabase.url,
    anonKey: supabase.anonKey,
    serviceRole: supabase.serviceRoleKey,
    embedded: true,
  };
}

async function startSimulatorFor(
  settings: StackSettings,
  controlKey: string,
  undo: (() => Promise<void> | void)[],
): Promise<string | null> {
  if (settings.withoutKey.length === 0) return null;
  // A new seed each time: the same numbers at every start would look like a measurement repeated.
  const simulator = await startSimulator({ seed: Date.now() % 2 ** 31, controlKey });
  undo.push(simulator.stop);
  return simulator.url;
}

async function giveHistory(settings: StackSettings, say: (line: string) => void): Promise<void> {
  const location = settings.benchmark.PROBE_LOCATION;
  const written = await writeHistory({
    dataDirectory: join(settings.localDirectory, "supabase"),
    ...(location === undefined ? {} : { location }),
  });
  if (written > 0) say(`First start without keys: wrote a week of simulated history (${written} results).`);
}

function note(group: ProcessGroup, lock: StackLock, watchdog: ReturnType<typeof startWatchdog>): void {
  lock.add(group);
  // A negative number names the whole group.
  watchdog.watch({ ...group, pid: -group.pid }, "TERM");
}

function exitRecord(group: ProcessGroup, how: string): string {
  const words = group.lastLines().filter((line) => line.trim() !== "");
  return [`${group.name} ended by itself (${how}). Its last words:`, ...words.slice(-12)].join("\n  ");
}

function benchmarkSettings(
  settings: StackSettings,
  database: Database,
  simulatorUrl: string | null,
  added: AddedProviders,
): Record<string, string> {
  return {
    PROBE_LOCATION: "local",
    LOCAL_ADDRESSES: "on",
    // Only a deployed Worker has to stay out of everyone's full hour.
    RUN_START_JITTER_S: "0",
    ALERT_TERMINAL: "on",
    DASHBOARD_URL: `http://localhost:${settings.dashboardPort}`,
    ...settings.benchmark,
    ...added.keys,
    SUPABASE_URL: database.url,
    SUPABASE_SERVICE_ROLE: database.serviceRole,
    ...(simulatorUrl === null ? {} : { SIMULATOR_URL: simulatorUrl }),
  };
}

/** A file only its owner may read: what is on a command line or in the environment, others may see. */
function writeSettings(directory: string, name: string, values: Readonly<Record<string, string>>): string {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, name);
  try {
    // The mode counts for a new file alone.
    rmSync(file, { force: true });
    writeFileSync(file, formatEnvFile(values), { mode: 0o600 });
  } catch (error) {
    throw new SetupError(`${file} cannot be written: ${messageOf(error)}`);
  }
  return file;
}

/** Waits until something answers HTTP; gives up when the process ends, the start is aborted or time is over. */
async function waitFor(url: string, group: ProcessGroup, signal: AbortSignal): Promise<void> {
  let ended: string | null = null;
  void group.exited.then((how) => {
    ended = how;
  });
  const until = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < until) {
    signal.throwIfAborted();
    if (ended !== null) throw new SetupError(exitRecord(group, ended));
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(10_000), redirect: "manual" });
      await response.arrayBuffer();
      return;
    } catch {
      // Not listening yet.
    }
    await sleep(100);
  }
  throw new SetupError(`${group.name} did not answer at ${url} within ${READY_TIMEOUT_MS / 1000} s.`);
}

/** Fires a first run now, then every trigger at its times. */
function startClock(
  root: string,
  workerUrl: string,
  cronKey: string,
  { complain, signal }: StackOptions,
  undo: (() => Promise<void> | void)[],
): void {
  const crons = readCronTriggers(join(root, "workers", "benchmark", "wrangler.toml"));
  const ended = new AbortController();
  const anyEnd = AbortSignal.any([signal, ended.signal]);
  const fire = (cron: string, time: Date) => fireScheduled(workerUrl, `${cronKey} ${cron}`, time, anyEnd);
  const failed = (cron: string, error: unknown) => {
    if (!anyEnd.aborted) complain(`The scheduled event "${cron}" failed: ${messageOf(error)}`);
  };
  fire(CRONS.benchmark, new Date()).catch((error: unknown) => failed(CRONS.benchmark, error));
  const schedule = startSchedule(crons, fire, failed);
  undo.push(() => {
    schedule.stop();
    ended.abort();
  });
}
