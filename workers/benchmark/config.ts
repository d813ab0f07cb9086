import { readEnvironment, type Settings, secretsIn, type Values } from "../settings/setting.ts";
import { supabaseSettings } from "../settings/supabase.ts";
import { isPrivateHost } from "../settings/values.ts";
import { type AlertConfig, alertConfig, alertSettings } from "./alerts/settings.ts";
import { isPlacedElsewhere } from "./jobs/regions.ts";
import type { Deadlines } from "./probe/types.ts";
import { providerOf } from "./providers/dialect.ts";
import { providers } from "./providers/registry.ts";
import { KEY_VARIABLE, NO_KEY } from "./providers/stored.ts";
import type { Provider, ProviderDescription } from "./providers/types.ts";
import { baseUrlVariable, benchmarkSettings, keySetting, providerSettings } from "./settings.ts";
import type { Retention } from "./store/retention.ts";
import { type TelemetryConfig, telemetryConfig, telemetrySettings } from "./telemetry/settings.ts";

/** A setting that is missing or malformed: the message is one line that says which and what to do. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

export interface ConfiguredProvider {
  readonly provider: Provider;
  /** Empty where its server wants none; null where none is set. */
  readonly apiKey: string | null;
  /** Without a trailing slash. */
  readonly baseUrl: string;
}

export interface SupabaseSettings {
  /** Without a trailing slash. */
  readonly url: string;
  readonly serviceRole: string;
  /** A request that takes longer counts as failed. */
  readonly timeoutMs: number;
  /** Only where the simulator may play may its results be stored. */
  readonly takesSimulated: boolean;
}

export interface RunSettings {
  /** An invocation starts no further target after this long. */
  readonly sliceMs: number;
  /** Nor when this many subrequests were spent (the Free plan has 50 an invocation). */
  readonly sliceSubrequests: number;
  /** A deployed cron run starts this late at most, at random. */
  readonly startJitterMs: number;
  /** How long a run waits for a rate-limited provider before it skips its remaining targets. */
  readonly rateLimitPatienceMs: number;
  readonly backoffMinMs: number;
  readonly backoffMaxMs: number;
  /** A run that began this long ago and has not ended is closed by the next one. */
  readonly abandonedAfterMs: number;
}

/** For models lists and the price feed. */
export interface ListSettings {
  readonly timeoutMs: number;
  readonly priceFeedUrl: string;
}

export interface Config {
  readonly supabase: SupabaseSettings | null;
  readonly adminToken: string | null;
  /** Null where only Cloudflare's clock can send scheduled events. */
  readonly cronKey: string | null;
  /** Whether pages are kept in front of the dashboard until this Worker says that data changed. */
  readonly pagesAreKept: boolean;
  /** USD per 24 h. */
  readonly budgetUsd: number;
  /** Cloudflare location hint, part of the coordinator's name. */
  readonly region: string;
  /** What rows carry: the region, or "local". */
  readonly location: string;
  /** Only the data centre can say where it is: nothing is set, and Cloudflare has no place in that region. */
  readonly placedElsewhere: boolean;
  readonly simulatorUrl: string | null;
  readonly deadlines: Deadlines;
  readonly warmup: boolean;
  readonly run: RunSettings;
  readonly retention: Retention;
  readonly lists: ListSettings;
  readonly alerts: AlertConfig;
  /** Null where measurements are pushed to nobody. */
  readonly telemetry: TelemetryConfig | null;
  /** How long after a provider's failure it is asked again. */
  readonly confirmAfterMs: number;
  /** Whether providers in the network of the machine that this runs on may be asked. */
  readonly asksPrivateHosts: boolean;
  /** Every provider that can be measured, by slug: the built-in ones, and those that an operator has added. */
  readonly providers: ReadonlyMap<string, ConfiguredProvider>;
  /** Every secret that was handed in; nothing that is logged or stored may contain one. */
  readonly secrets: readonly string[];
}

/** Everything that the benchmark Worker and its terminal read. */
const settings = {
  SUPABASE_URL: supabaseSettings.SUPABASE_URL,
  SUPABASE_SERVICE_ROLE: supabaseSettings.SUPABASE_SERVICE_ROLE,
  ...benchmarkSettings,
  ...alertSettings,
  ...telemetrySettings,
};

/**
 * Reads every setting of the benchmark Worker and its terminal from an environment.
 *
 * @param stored the providers that stand in the database, besides the built-in ones
 * @throws ConfigError naming the variable, what is wrong with it and how to mend it.
 */
export function readConfig(
  env: Readonly<Record<string, unknown>>,
  stored: readonly ProviderDescription[] = [],
): Config {
  const read = readOrThrow(settings, env);
  if (read.SUPABASE_URL && !read.SUPABASE_SERVICE_ROLE) {
    throw new ConfigError(
      "SUPABASE_SERVICE_ROLE is missing: set it to the secret key of the project at SUPABASE_URL (Supabase, Settings, API keys).",
    );
  }
  const firstToken = read.PROBE_FIRST_TOKEN_TIMEOUT_MS;
  return {
    supabase:
      read.SUPABASE_URL && read.SUPABASE_SERVICE_ROLE
        ? {
            url: read.SUPABASE_URL,
            serviceRole: read.SUPABASE_SERVICE_ROLE,
            timeoutMs: read.DELIVERY_TIMEOUT_MS,
            takesSimulated: read.SIMULATOR_URL !== null,
          }
        : null,
    adminToken: read.ADMIN_TOKEN,
    cronKey: read.CRON_KEY,
    pagesAreKept: read.PAGE_CACHE === "on",
    budgetUsd: read.BENCHMARK_BUDGET_USD,
    region: read.PROBE_REGION,
    location: read.PROBE_LOCATION ?? read.PROBE_REGION,
    placedElsewhere: read.PROBE_LOCATION === null && isPlacedElsewhere(read.PROBE_REGION),
    simulatorUrl: read.SIMULATOR_URL,
    deadlines: {
      headersMs: read.PROBE_HEADERS_TIMEOUT_MS,
      firstTokenMs: firstToken ?? 60_000,
      firstTokenReasoningMs: firstToken ?? 120_000,
      idleMs: read.PROBE_IDLE_TIMEOUT_MS,
      totalMs: read.PROBE_TOTAL_TIMEOUT_MS,
      maxBodyBytes: 4 * 1024 * 1024,
    },
    warmup: read.PROBE_WARMUP === "on",
    run: {
      sliceMs: read.RUN_SLICE_MS,
      sliceSubrequests: read.RUN_SLICE_SUBREQUESTS,
      startJitterMs: read.RUN_START_JITTER_S * 1000,
      rateLimitPatienceMs: read.RUN_RATE_LIMIT_PATIENCE_MS,
      backoffMinMs: read.DELIVERY_BACKOFF_MIN_MS,
      backoffMaxMs: read.DELIVERY_BACKOFF_MAX_MS,
      abandonedAfterMs: read.RUN_ABANDONED_AFTER_MS,
    },
    lists: { timeoutMs: read.LIST_TIMEOUT_MS, priceFeedUrl: read.PRICE_FEED_URL },
    retention: {
      chunkTimesDays: read.RETAIN_CHUNK_TIMES_DAYS,
      textsDays: read.RETAIN_TEXTS_DAYS,
      rowsDays: read.RETAIN_RESULTS_DAYS,
    },
    alerts: alertsOrThrow(read),
    telemetry: telemetryConfig(read),
    confirmAfterMs: read.CONFIRM_AFTER_MS,
    asksPrivateHosts: read.LOCAL_ADDRESSES === "on",
    providers: configuredProviders(env, stored),
    secrets: [...new Set([...secretsIn({ ...settings, ...providerSettings }, env), ...keysIn(env)])],
  };
}

function configuredProviders(
  env: Readonly<Record<string, unknown>>,
  stored: readonly ProviderDescription[],
): ReadonlyMap<string, ConfiguredProvider> {
  const builtIn = readOrThrow(providerSettings, env);
  const configured = new Map<string, ConfiguredProvider>();
  for (const provider of providers) {
    configured.set(provider.slug, {
      provider,
      apiKey: provider.keyVariable === null ? "" : keyOf(builtIn[provider.keyVariable] ?? null),
      baseUrl: builtIn[baseUrlVariable(provider.slug)] ?? provider.baseUrl,
    });
  }
  // A row takes no built-in provider's key anywhere, whatever slug or setting it names: whoever can write rows would have
  // all keys, and a later version's provider the key of one that had its slug before. Such a one is not asked.
  for (const description of stored) {
    const provider = providerOf(description, { isStored: true });
    const { slug, name, keyVariable, baseUrl } = provider;
    const isTaken = keyVariable !== null && Object.hasOwn(providerSettings, keyVariable);
    configured.set(slug, { provider, baseUrl, apiKey: isTaken ? null : readKey(env, keyVariable, name) });
  }
  return configured;
}

/**
 * The key that a setting holds: empty where its server wants none, null where it is not set.
 * @throws ConfigError where it is malformed
 */
export function readKey(
  env: Readonly<Record<string, unknown>>,
  variable: string | null,
  name: string,
): string | null {
  if (variable === null) return "";
  return keyOf(readOrThrow({ [variable]: keySetting(name) }, env)[variable] ?? null);
}

const keyOf = (value: string | null) => (value === NO_KEY ? "" : value);

/** Whatever may be a provider's key: also of one that is not known yet, or not any more. */
function keysIn(env: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(env).flatMap(([name, value]) => {
    const text = typeof value === "string" && KEY_VARIABLE.test(name) ? value.trim() : "";
    return text === "" || text === NO_KEY ? [] : [text];
  });
}

/** A provider by its slug, or undefined where none is known under it. */
export function providerIn(config: Pick<Config, "providers">, slug: string): Provider | undefined {
  return config.providers.get(slug)?.provider;
}

/** Every provider, in the order of menus and lists. */
export function providersIn(config: Pick<Config, "providers">): Provider[] {
  return [...config.providers.values()].map(({ provider }) => provider);
}

/** How a provider is reached in this configuration, or why it is not. */
export type ProviderAccess =
  | {
      readonly state: "ready";
      /** Empty where its server wants none. */
      readonly apiKey: string;
      readonly baseUrl: string;
      readonly simulated: boolean;
    }
  | { readonly state: "no_key"; readonly variable: string }
  /** It stands in somebody's own network, and this runs elsewhere. */
  | { readonly state: "private_address" };

export function providerAccess(config: Config, provider: Provider): ProviderAccess {
  const { apiKey = null, baseUrl = provider.baseUrl } = config.providers.get(provider.slug) ?? {};
  if (provider.isStored && !config.asksPrivateHosts && isPrivateHost(new URL(baseUrl).hostname)) {
    return { state: "private_address" };
  }
  if (apiKey !== null) return { state: "ready", apiKey, baseUrl, simulated: false };
  if (config.simulatorUrl && !provider.isStored) {
    return {
      state: "ready",
      apiKey: "simulated",
      baseUrl: `${config.simulatorUrl}/${provider.slug}`,
      simulated: true,
    };
  }
  return { state: "no_key", variable: provider.keyVariable ?? "" };
}

function alertsOrThrow(read: Values<typeof alertSettings>): AlertConfig {
  try {
    return alertConfig(read);
  } catch (error) {
    throw new ConfigError(
      `${error instanceof Error ? error.message : error}; mend it in .dev.vars or the environment.`,
    );
  }
}

function readOrThrow<const S extends Settings>(
  declared: S,
  env: Readonly<Record<string, unknown>>,
): Values<S> {
  const read = readEnvironment(declared, env);
  if (read.ok) return read.values;
  throw new ConfigError(`${read.problems[0]}; mend it in .dev.vars or the environment.`);
}
