import { readEnvironment, type Settings, secretsIn, type Values } from "../settings/setting.ts";
import { supabaseSettings } from "../settings/supabase.ts";
import { type AlertConfig, alertConfig, alertSettings } from "./alerts/settings.ts";
import { isPlacedElsewhere } from "./jobs/regions.ts";
import type { Deadlines } from "./probe/types.ts";
import { providers } from "./providers/registry.ts";
import type { Provider } from "./providers/types.ts";
import { benchmarkSettings, providerSettings, providerVariables } from "./settings.ts";
import type { Retention } from "./store/retention.ts";
import { type TelemetryConfig, telemetryConfig, telemetrySettings } from "./telemetry/settings.ts";

/** A setting that is missing or malformed: the message is one line that says which and what to do. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

export interface ProviderSettings {
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
  readonly providers: ReadonlyMap<string, ProviderSettings>;
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
 * @throws ConfigError naming the variable, what is wrong with it and how to mend it.
 */
export function readConfig(env: Readonly<Record<string, unknown>>): Config {
  const read = readOrThrow(settings, env);
  const ofProviders = readOrThrow(providerSettings, env);
  if (read.SUPABASE_URL && !read.SUPABASE_SERVICE_ROLE) {
    throw new ConfigError(
      "SUPABASE_SERVICE_ROLE is missing: set it to the secret key of the project at SUPABASE_URL (Supabase, Settings, API keys).",
    );
  }
  const byProvider = new Map(
    providers.map(({ slug, baseUrl }) => {
      const variables = providerVariables(slug);
      return [
        slug,
        {
          apiKey: ofProviders[variables.apiKey] ?? null,
          baseUrl: ofProviders[variables.baseUrl] ?? baseUrl,
        },
      ];
    }),
  );
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
    providers: byProvider,
    secrets: secretsIn({ ...settings, ...providerSettings }, env),
  };
}

/** How a provider is reached in this configuration, or why it is not. */
export type ProviderAccess =
  | {
      readonly state: "ready";
      readonly apiKey: string;
      readonly baseUrl: string;
      readonly simulated: boolean;
    }
  | { readonly state: "no_key"; readonly variable: string };

export function providerAccess(config: Config, provider: Provider): ProviderAccess {
  const settings = config.providers.get(provider.slug);
  if (settings?.apiKey) {
    return { state: "ready", apiKey: settings.apiKey, baseUrl: settings.baseUrl, simulated: false };
  }
  if (config.simulatorUrl) {
    return {
      state: "ready",
      apiKey: "simulated",
      baseUrl: `${config.simulatorUrl}/${provider.slug}`,
      simulated: true,
    };
  }
  return { state: "no_key", variable: providerVariables(provider.slug).apiKey };
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
