import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { basename, isAbsolute, join, resolve } from "node:path";
import { dashboardSettings } from "../app/data/settings.server.ts";
import { alertSettings } from "../workers/benchmark/alerts/settings.ts";
import { type Config, ConfigError, readConfig } from "../workers/benchmark/config.ts";
import { providers } from "../workers/benchmark/providers/registry.ts";
import { KEY_VARIABLE } from "../workers/benchmark/providers/stored.ts";
import type { Provider } from "../workers/benchmark/providers/types.ts";
import { benchmarkSettings, providerSettings } from "../workers/benchmark/settings.ts";
import { telemetrySettings } from "../workers/benchmark/telemetry/settings.ts";
import {
  readEnvironment,
  type Setting,
  type Settings,
  secretsIn,
  type Values,
} from "../workers/settings/setting.ts";
import { supabaseSettings } from "../workers/settings/supabase.ts";
import { parseEnvFile } from "./env-file.ts";
import { codeOf, messageOf, SetupError } from "./errors.ts";
import { machineSettings } from "./machine-settings.ts";
import { type PostgrestChoice, postgrestChoice } from "./supabase/postgrest-release.ts";

/** What the stack and both Workers are told. */
export interface StackSettings {
  readonly dashboardPort: number;
  readonly benchmarkPort: number;
  /** Of the embedded Supabase. */
  readonly supabasePort: number;
  /** Everything that a start leaves on this machine but for the logs. */
  readonly localDirectory: string;
  readonly logDirectory: string;
  /** The Supabase project to use; null: the embedded one. */
  readonly supabase: { readonly url: string; readonly anonKey: string; readonly serviceRole: string } | null;
  /** For the benchmark Worker, as given; Supabase's three are added when they are known. */
  readonly benchmark: Readonly<Record<string, string>>;
  /** For the dashboard Worker; it gets no secret. */
  readonly dashboard: Readonly<Record<string, string>>;
  /** Names for people of the providers that have a key, and of those that have none. */
  readonly withKey: readonly string[];
  readonly withoutKey: readonly string[];
  /** Another PostgREST than npm's. */
  readonly postgrest: PostgrestChoice;
  /** Lines worth saying at the start: names nobody reads. */
  readonly notes: readonly string[];
}

/** Settings that stand together in the example file and the docs. */
export interface SettingGroup {
  readonly title: string;
  readonly settings: Settings;
}

/** Every setting of the project, in the order of the example file and the docs. */
export const settingGroups: readonly SettingGroup[] = [
  { title: "Supabase (leave empty for the embedded one)", settings: supabaseSettings },
  {
    title:
      "Providers: a key makes a provider measured; a base URL sends its requests, and its key, elsewhere",
    settings: providerSettings,
  },
  { title: "Measuring", settings: benchmarkSettings },
  { title: "Watching and alerts", settings: alertSettings },
  { title: "OpenTelemetry", settings: telemetrySettings },
  { title: "Dashboard", settings: dashboardSettings },
  { title: "This machine only", settings: machineSettings },
];

/** Names and declarations of all that means something in `.dev.vars`. */
export function writtenSettings(groups: readonly SettingGroup[] = settingGroups): [string, Setting][] {
  return groups.flatMap(({ settings }) => Object.entries(settings)).filter(([, { internal }]) => !internal);
}

export function settingNames(): string[] {
  return writtenSettings().map(([name]) => name);
}

/** Every secret that an environment holds, well-formed or not. */
export function secretsOf(environment: Readonly<Record<string, string | undefined>>): string[] {
  const keys = Object.entries(environment).flatMap(([name, value]) =>
    KEY_VARIABLE.test(name) && value !== undefined ? [value.trim()] : [],
  );
  return [...secretsIn(Object.fromEntries(writtenSettings()), environment), ...keys];
}

/**
 * Reads `.dev.vars` and lays the environment over it. An empty value is none, and an empty one in the
 * environment hides the file's. Of providers that were added the file may hold every key; of the environment, where
 * other programs have keys too, those are taken that the file or `storedKeys` names.
 *
 * @param storedKeys names of the settings that hold the keys of providers that were added
 * @throws SetupError naming the file or the line that cannot be read.
 */
export function readVariables(
  root: string,
  environment: Readonly<Record<string, string | undefined>>,
  storedKeys: readonly string[] = [],
): { readonly variables: Readonly<Record<string, string>>; readonly notes: readonly string[] } {
  // Another file for tests, so that nobody's own keys are ever spent by one.
  const file = resolve(root, environment.DEV_VARS_FILE || ".dev.vars");
  const parsed = parseEnvFile(readIfThere(file));
  const problem = parsed.problems[0];
  if (problem !== undefined) {
    throw new SetupError(`.dev.vars, line ${problem.line}, ${problem.message}; mend or remove that line.`);
  }
  const keys = [...parsed.values.keys()].filter((name) => KEY_VARIABLE.test(name));
  const names = new Set([...settingNames(), ...keys, ...storedKeys]);
  const notes = [...parsed.values.keys()]
    .filter((name) => !names.has(name))
    .map((name) => `.dev.vars: ${name} is not a setting of this project and is not used.`);
  if (isOpenToOthers(file)) {
    notes.push(`.dev.vars may be read by other users of this machine; it holds keys: chmod 600 .dev.vars`);
  }
  const variables: Record<string, string> = {};
  for (const name of names) {
    const value = (environment[name] ?? parsed.values.get(name) ?? "").trim();
    if (value !== "") variables[name] = value;
  }
  return { variables, notes };
}

/** Names of keys that no provider claims, built in or added: a slip of the pen, or a provider that is gone. */
export function unclaimedKeys(
  variables: Readonly<Record<string, string>>,
  { providers: known }: Pick<Config, "providers">,
): string[] {
  const claimed = new Set([...known.values()].map(({ provider }) => provider.keyVariable));
  return Object.keys(variables).filter((name) => KEY_VARIABLE.test(name) && !claimed.has(name));
}

/** Whether other users may read or write a file; Windows has other rights, which Node does not tell. */
function isOpenToOthers(file: string): boolean {
  const stat = statSync(file, { throwIfNoEntry: false });
  return process.platform !== "win32" && stat !== undefined && (stat.mode & 0o077) !== 0;
}

/** The file's text; empty where there is none. */
function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT") return "";
    const why = code === "EISDIR" ? "it is a folder" : (code ?? messageOf(error));
    throw new SetupError(
      `${basename(file)} cannot be read (${why}): make it a file that you may read, or remove it.`,
    );
  }
}

/**
 * Checks every setting before anything is started.
 *
 * @throws SetupError with one line: which setting, what is wrong with it, how to mend it.
 */
export function readSettings(
  root: string,
  environment: Readonly<Record<string, string | undefined>>,
): StackSettings {
  const { variables, notes } = readVariables(root, environment);
  const local = read(machineSettings, variables);
  const supabase = supabaseOf(variables);
  const benchmark = pickFrom(variables, [
    ...Object.keys(benchmarkSettings),
    ...Object.keys(alertSettings),
    ...Object.keys(telemetrySettings),
    ...Object.keys(providerSettings),
    ...Object.keys(variables).filter((name) => KEY_VARIABLE.test(name)),
  ]);
  try {
    readConfig(benchmark);
  } catch (error) {
    if (error instanceof ConfigError) throw new SetupError(error.message);
    throw error;
  }
  read(dashboardSettings, variables);
  requireDistinctPorts(local);
  const hasKey = ({ keyVariable }: Provider) => keyVariable === null || benchmark[keyVariable] !== undefined;
  return {
    dashboardPort: local.DASHBOARD_PORT,
    benchmarkPort: local.BENCHMARK_PORT,
    supabasePort: local.SUPABASE_PORT,
    localDirectory: absolute(root, local.LOCAL_DIRECTORY),
    logDirectory: absolute(root, local.LOG_DIRECTORY),
    supabase,
    benchmark,
    dashboard: pickFrom(variables, Object.keys(dashboardSettings)),
    withKey: providers.filter(hasKey).map(({ name }) => name),
    withoutKey: providers.filter((provider) => !hasKey(provider)).map(({ name }) => name),
    postgrest: postgrestChoice(variables),
    notes,
  };
}

/**
 * Where the Workers keep their state. Each database has its own: what waits for one, is remembered of it or was
 * spent while using it is no business of another's.
 */
export function stateDirectory({ localDirectory, supabase }: StackSettings): string {
  const database =
    supabase === null ? "embedded" : createHash("sha256").update(supabase.url).digest("hex").slice(0, 12);
  return join(localDirectory, "state", database);
}

function requireDistinctPorts(local: Values<typeof machineSettings>): void {
  const names = ["DASHBOARD_PORT", "BENCHMARK_PORT", "SUPABASE_PORT"] as const;
  for (const [index, name] of names.entries()) {
    const twin = names.slice(0, index).find((other) => local[other] === local[name]);
    if (twin !== undefined)
      throw new SetupError(`${twin} and ${name} are both ${local[name]}; give each its own port.`);
  }
}

function supabaseOf(variables: Readonly<Record<string, string>>): StackSettings["supabase"] {
  const {
    SUPABASE_URL: url,
    SUPABASE_ANON_KEY: anonKey,
    SUPABASE_SERVICE_ROLE: serviceRole,
  } = read(supabaseSettings, variables);
  if (url === null) return null;
  if (anonKey === null) throw missingKey("SUPABASE_ANON_KEY");
  if (serviceRole === null) throw missingKey("SUPABASE_SERVICE_ROLE");
  if (anonKey === serviceRole) {
    throw new SetupError(
      "SUPABASE_ANON_KEY and SUPABASE_SERVICE_ROLE are the same key: the dashboard takes the publishable (anon) one, which may only read.",
    );
  }
  return { url, anonKey, serviceRole };
}

function missingKey(name: string): SetupError {
  return new SetupError(
    `SUPABASE_URL is set but ${name} is not; set it (Supabase, project settings, API keys), or unset SUPABASE_URL to use the embedded Supabase.`,
  );
}

/** @throws SetupError with one line on the first setting that is malformed. */
function read<const S extends Settings>(settings: S, variables: Readonly<Record<string, string>>): Values<S> {
  const reading = readEnvironment(settings, variables);
  if (reading.ok) return reading.values;
  throw new SetupError(`${reading.problems[0]}; change it in .dev.vars or the environment.`);
}

function pickFrom(
  variables: Readonly<Record<string, string>>,
  names: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (variables[name] === undefined ? [] : [[name, variables[name]]])),
  );
}

const absolute = (root: string, path: string) => (isAbsolute(path) ? path : resolve(root, path));
