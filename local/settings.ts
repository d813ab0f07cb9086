import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, isAbsolute, join, resolve } from "node:path";
import { z } from "zod";
import { parseSettings } from "../app/data/settings.server.ts";
import { ConfigError, isNoReadersKey, READERS_KEY, readConfig } from "../workers/benchmark/config.ts";
import { providers } from "../workers/benchmark/providers/registry.ts";
import { parseEnvFile } from "./env-file.ts";
import { codeOf, messageOf, SetupError } from "./errors.ts";

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
  /** A PostgREST of one's own, for platforms that npm has none for. */
  readonly postgrestBin: string | null;
  /** Lines worth saying at the start: names nobody reads. */
  readonly notes: readonly string[];
}

/** Settings of the benchmark Worker besides each provider's key and base URL. */
export const BENCHMARK_SETTINGS = [
  "ADMIN_TOKEN",
  "BENCHMARK_BUDGET_USD",
  "PROBE_REGION",
  "PROBE_LOCATION",
  "PROBE_WARMUP",
  "PROBE_HEADERS_TIMEOUT_MS",
  "PROBE_FIRST_TOKEN_TIMEOUT_MS",
  "PROBE_IDLE_TIMEOUT_MS",
  "PROBE_TOTAL_TIMEOUT_MS",
  "RUN_START_JITTER_S",
  "RUN_SLICE_MS",
  "RUN_SLICE_SUBREQUESTS",
  "RUN_RATE_LIMIT_PATIENCE_MS",
  "RUN_ABANDONED_AFTER_MS",
  "PRICE_FEED_URL",
  "LIST_TIMEOUT_MS",
  "RETAIN_CHUNK_TIMES_DAYS",
  "RETAIN_TEXTS_DAYS",
  "RETAIN_RESULTS_DAYS",
  "DELIVERY_TIMEOUT_MS",
  "DELIVERY_BACKOFF_MIN_MS",
  "DELIVERY_BACKOFF_MAX_MS",
] as const;
export const DASHBOARD_SETTINGS = ["LOCKED_METRICS"] as const;
export const SUPABASE_SETTINGS = ["SUPABASE_URL", "SUPABASE_ANON_KEY", "SUPABASE_SERVICE_ROLE"] as const;
/** Read on this machine only. */
export const LOCAL_SETTINGS = [
  "DASHBOARD_PORT",
  "BENCHMARK_PORT",
  "SUPABASE_PORT",
  "LOCAL_DIRECTORY",
  "LOG_DIRECTORY",
  "POSTGREST_BIN",
  "CHROME_BIN",
] as const;

const port = (fallback: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/, "must be a port number from 1 to 65535")
    .transform(Number)
    .refine((value) => value >= 1 && value <= 65_535, "must be a port number from 1 to 65535")
    .default(fallback);

const key = z
  .string()
  .regex(/^[\x21-\x7e]{20,}$/, "is no key: it is too short, or has a space in it; paste it again");

const schema = z.object({
  DASHBOARD_PORT: port(8787),
  BENCHMARK_PORT: port(8788),
  SUPABASE_PORT: port(54321),
  LOCAL_DIRECTORY: z.string().default(".local"),
  LOG_DIRECTORY: z.string().default("logs"),
  SUPABASE_URL: z.url({ protocol: /^https?$/, error: "must be an http(s) URL" }).optional(),
  SUPABASE_ANON_KEY: key.optional(),
  SUPABASE_SERVICE_ROLE: key.refine(isNoReadersKey, READERS_KEY).optional(),
  POSTGREST_BIN: z.string().optional(),
});

/** All names that mean something in `.dev.vars`. */
export function settingNames(): string[] {
  return [
    ...SUPABASE_SETTINGS,
    ...providers.flatMap(({ slug }) => [`${prefixOf(slug)}_API_KEY`, `${prefixOf(slug)}_BASE_URL`]),
    ...BENCHMARK_SETTINGS,
    ...DASHBOARD_SETTINGS,
    ...LOCAL_SETTINGS,
  ];
}

const prefixOf = (slug: string) => slug.toUpperCase().replaceAll("-", "_");

/**
 * Reads `.dev.vars` and lays the environment over it. An empty value is none, and an empty one in the
 * environment hides the file's.
 *
 * @throws SetupError naming the file or the line that cannot be read.
 */
export function readVariables(
  root: string,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly variables: Readonly<Record<string, string>>; readonly notes: readonly string[] } {
  // Another file for tests, so that nobody's own keys are ever spent by one.
  const file = resolve(root, environment.DEV_VARS_FILE || ".dev.vars");
  const parsed = parseEnvFile(readIfThere(file));
  const problem = parsed.problems[0];
  if (problem !== undefined) {
    throw new SetupError(`.dev.vars, line ${problem.line}, ${problem.message}; mend or remove that line.`);
  }
  const names = settingNames();
  const known = new Set(names);
  const notes = [...parsed.values.keys()]
    .filter((name) => !known.has(name))
    .map((name) => `.dev.vars: ${name} is not a setting of this project and is not used.`);
  const variables: Record<string, string> = {};
  for (const name of names) {
    const value = (environment[name] ?? parsed.values.get(name) ?? "").trim();
    if (value !== "") variables[name] = value;
  }
  return { variables, notes };
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
  const parsed = schema.safeParse(variables);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new SetupError(
      `${issue?.path.join(".")} ${issue?.message}; change it in .dev.vars or the environment.`,
    );
  }
  const local = parsed.data;
  const supabase = supabaseOf(local);
  const benchmark = pickFrom(variables, [
    ...BENCHMARK_SETTINGS,
    ...providers.flatMap(({ slug }) => [`${prefixOf(slug)}_API_KEY`, `${prefixOf(slug)}_BASE_URL`]),
  ]);
  try {
    readConfig(benchmark);
  } catch (error) {
    if (error instanceof ConfigError) throw new SetupError(error.message);
    throw error;
  }
  const dashboard = pickFrom(variables, DASHBOARD_SETTINGS);
  // Without a project of one's own its address and key are made when the embedded one starts.
  const page = parseSettings({
    SUPABASE_URL: supabase?.url ?? "http://127.0.0.1",
    SUPABASE_ANON_KEY: supabase?.anonKey ?? "embedded",
    ...dashboard,
  });
  if (!page.ok) throw new SetupError(`${page.problems[0]}; change it in .dev.vars or the environment.`);
  requireDistinctPorts(local);
  const hasKey = ({ slug }: { slug: string }) => benchmark[`${prefixOf(slug)}_API_KEY`] !== undefined;
  return {
    dashboardPort: local.DASHBOARD_PORT,
    benchmarkPort: local.BENCHMARK_PORT,
    supabasePort: local.SUPABASE_PORT,
    localDirectory: absolute(root, local.LOCAL_DIRECTORY),
    logDirectory: absolute(root, local.LOG_DIRECTORY),
    supabase,
    benchmark,
    dashboard,
    withKey: providers.filter(hasKey).map(({ name }) => name),
    withoutKey: providers.filter((provider) => !hasKey(provider)).map(({ name }) => name),
    postgrestBin: local.POSTGREST_BIN ?? null,
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

function requireDistinctPorts(local: z.infer<typeof schema>): void {
  const names = ["DASHBOARD_PORT", "BENCHMARK_PORT", "SUPABASE_PORT"] as const;
  for (const [index, name] of names.entries()) {
    const twin = names.slice(0, index).find((other) => local[other] === local[name]);
    if (twin !== undefined)
      throw new SetupError(`${twin} and ${name} are both ${local[name]}; give each its own port.`);
  }
}

function supabaseOf(local: z.infer<typeof schema>): StackSettings["supabase"] {
  if (local.SUPABASE_URL === undefined) return null;
  for (const name of ["SUPABASE_ANON_KEY", "SUPABASE_SERVICE_ROLE"] as const) {
    if (local[name] === undefined) {
      throw new SetupError(
        `SUPABASE_URL is set but ${name} is not; set it (Supabase, project settings, API keys), or unset SUPABASE_URL to use the embedded Supabase.`,
      );
    }
  }
  return {
    url: local.SUPABASE_URL.replace(/\/+$/, ""),
    anonKey: local.SUPABASE_ANON_KEY ?? "",
    serviceRole: local.SUPABASE_SERVICE_ROLE ?? "",
  };
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
