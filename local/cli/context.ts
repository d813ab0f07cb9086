import { randomInt } from "node:crypto";
import { resolve } from "node:path";
import { type Config, ConfigError, readConfig } from "../../workers/benchmark/config.ts";
import { createLog, formatEvent, type Log } from "../../workers/benchmark/log.ts";
import { describeStored } from "../../workers/benchmark/providers/stored.ts";
import type { ProviderDescription } from "../../workers/benchmark/providers/types.ts";
import { StoreError } from "../../workers/benchmark/store/client.ts";
import { createStore, type Store } from "../../workers/benchmark/store/index.ts";
import { createErrorLog, type ErrorLog, parseLogEvent } from "../error-log.ts";
import { machineSettings } from "../machine-settings.ts";
import { readVariables, secretsOf, unclaimedKeys } from "../settings.ts";
import { startSimulator } from "../simulator/index.ts";
import { findRunningSupabase, SetupError, startEmbeddedSupabase } from "../supabase/index.ts";
import { postgrestChoice } from "../supabase/postgrest-release.ts";
import { projectRoot as root } from "../tools.ts";
import { type DatabaseIdentity, databaseAt, embeddedDatabase } from "./database-identity.ts";
import { askStubbornly, type Hiccup, unusable } from "./stubborn.ts";

/** Events whose facts a command prints itself. */
const SAID_BY_COMMANDS: ReadonlySet<unknown> = new Set(["target_measured", "models_sync_failed"]);

/** What a terminal command works with; `close` ends what it started. */
export interface Context {
  readonly config: Config;
  readonly log: Log;
  readonly errorLog: ErrorLog;
  readonly logDirectory: string;
  /** Null when a command needs no database and none is set. */
  readonly database: DatabaseIdentity | null;
  /** What the database knows: also for a command that needs none, where one is set or runs. */
  readonly known: Store | null;
  close(): Promise<void>;
}

export interface ContextOptions {
  readonly database: boolean;
  /** Lines for a person while it starts; never anything that a program reads. */
  readonly say: (line: string) => void;
}

/**
 * Reads the settings and finds a database: the one at SUPABASE_URL, else the embedded Supabase that runs,
 * else one that is started for as long as this process lasts. Providers without a key are played by the
 * simulator, except where results would go to a database of one's own.
 *
 * @throws ConfigError or SetupError with one line for a person.
 */
export async function openContext({ database, say }: ContextOptions): Promise<Context> {
  const { variables, notes } = readVariables(root, process.env);
  for (const note of notes) say(note);
  const settings: Record<string, string> = {
    PROBE_LOCATION: "local",
    RUN_START_JITTER_S: "0",
    LOCAL_ADDRESSES: "on",
    ...variables,
  };
  // Checked before anything is started.
  readConfig(settings);

  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    let identity = settings.SUPABASE_URL === undefined ? null : databaseAt(settings.SUPABASE_URL);
    let known = storeOf(readConfig(settings));
    if (!identity) {
      const dataDirectory = resolve(
        root,
        settings.LOCAL_DIRECTORY ?? machineSettings.LOCAL_DIRECTORY.unset,
        "supabase",
      );
      let supabase = await findRunningSupabase(dataDirectory);
      if (database) {
        identity = embeddedDatabase(dataDirectory);
        if (!supabase) {
          say("Starting an embedded Supabase for this run ...");
          const started = await startEmbeddedSupabase({
            dataDirectory,
            port: 0,
            postgrest: postgrestChoice(settings),
            say,
          });
          closers.push(() => started.stop());
          supabase = started;
        }
        settings.SUPABASE_URL = supabase.url;
        settings.SUPABASE_SERVICE_ROLE = supabase.serviceRoleKey;
      }
      if (supabase) {
        const { url, serviceRoleKey } = supabase;
        known = storeOf(
          readConfig({ ...settings, SUPABASE_URL: url, SUPABASE_SERVICE_ROLE: serviceRoleKey }),
        );
      }
      // Another seed each time, or every run would measure the same figures.
      const simulator = await startSimulator({ seed: randomInt(2 ** 31) });
      closers.push(() => simulator.stop());
      settings.SIMULATOR_URL = simulator.url;
    }
    const stored = await storedProviders(known, readConfig(settings), database, say);
    const keys = stored.flatMap(({ keyVariable }) => keyVariable ?? []);
    const config = readConfig({ ...readVariables(root, process.env, keys).variables, ...settings }, stored);
    for (const name of unclaimedKeys(variables, config)) say(`.dev.vars: ${name} is no provider's key.`);
    const logDirectory = resolve(root, settings.LOG_DIRECTORY ?? machineSettings.LOG_DIRECTORY.unset);
    const errorLog = createErrorLog(logDirectory);
    const log = createLog((line) => {
      const event = parseLogEvent(line);
      if (event) errorLog.record(event);
      if (event && event.level !== "info" && !SAID_BY_COMMANDS.has(event.event))
        say(formatEvent(line) ?? line);
    }, config.secrets);
    return { config, log, errorLog, logDirectory, database: identity, known, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const storeOf = ({ supabase }: Config) => (supabase ? createStore(supabase) : null);

/** @throws ConfigError where the database cannot be read and the command needs it. */
async function storedProviders(
  known: Store | null,
  config: Config,
  isNeeded: boolean,
  say: (line: string) => void,
): Promise<readonly ProviderDescription[]> {
  if (!known) return [];
  const read = async (): Promise<StoredRows | Hiccup> => {
    try {
      return { rows: await known.storedProviders() };
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return { reason: error.message, passes: error.passes && isNeeded };
    }
  };
  const answer = await askStubbornly(read, (got): got is Hiccup => "reason" in got, config, say);
  if ("reason" in answer) {
    if (isNeeded) throw unusable(answer, config);
    say(`Providers that were added are not known: ${answer.reason}`);
    return [];
  }
  const { described, refused } = describeStored(answer.rows);
  for (const { slug, problem } of refused) say(`Provider ${slug} cannot be used: ${problem}.`);
  return described;
}

interface StoredRows {
  readonly rows: readonly unknown[];
}

/** Every secret that is set, well-formed or not: for texts printed where there is no configuration. */
export function settingSecrets(): string[] {
  return secretsOf(variables());
}

/** The settings, or what the environment alone says where the file cannot be read. */
function variables(): Readonly<Record<string, string | undefined>> {
  try {
    return readVariables(root, process.env).variables;
  } catch (error) {
    if (error instanceof SetupError) return process.env;
    throw error;
  }
}

/** A fault that a person can mend: its message is the whole of what is said. */
export function isMendable(error: unknown): error is Error {
  return error instanceof ConfigError || error instanceof SetupError;
}
