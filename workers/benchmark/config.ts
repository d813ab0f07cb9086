import * as z from "zod";
import type { Deadlines } from "./probe/types.ts";
import { providers } from "./providers/registry.ts";
import type { Provider } from "./providers/types.ts";
import type { Retention } from "./store/retention.ts";

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

export const DEFAULT_PRICE_FEED_URL = "https://models.dev/api.json";

export interface Config {
  readonly supabase: SupabaseSettings | null;
  readonly adminToken: string | null;
  /** USD per 24 h. */
  readonly budgetUsd: number;
  /** Cloudflare location hint, part of the coordinator's name. */
  readonly region: string;
  /** What rows carry: the region, or "local". */
  readonly location: string;
  readonly simulatorUrl: string | null;
  readonly deadlines: Deadlines;
  readonly warmup: boolean;
  readonly run: RunSettings;
  readonly retention: Retention;
  readonly lists: ListSettings;
  readonly providers: ReadonlyMap<string, ProviderSettings>;
  /** Every secret that was handed in; nothing that is logged or stored may contain one. */
  readonly secrets: readonly string[];
}

const REGIONS = ["wnam", "enam", "sam", "weur", "eeur", "apac", "oc", "afr", "me"] as const;

/** A line break or a stray quote in a pasted key fails later as an unreadable "invalid header value". */
const KEY_CHARACTERS = /^[\x21-\x7e]*$/;

const url = z.url({ protocol: /^https?$/, error: "must be an http(s) URL" });
const milliseconds = (fallback: number) => z.coerce.number().int().min(1).max(86_400_000).default(fallback);
const days = (least: number) =>
  z.coerce.number().int().min(least, `must be at least ${least} (days)`).max(36_500).nullable().default(null);
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === "" ? undefined : value), schema);

/** What is wrong with a key that `isNoReadersKey` turns down. */
export const READERS_KEY =
  "is the publishable (anon) key, which may only read: use the secret (service_role) key of the same project";

/** False for a key that surely may not write: a new-style publishable one, or a legacy JWT of a reading role. */
export function isNoReadersKey(key: string): boolean {
  if (key.startsWith("sb_publishable_")) return false;
  const payload = key.split(".")[1];
  if (payload === undefined) return true;
  try {
    const claims: unknown = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
    return !z.object({ role: z.enum(["anon", "authenticated"]) }).safeParse(claims).success;
  } catch {
    return true; // Not a JWT: Supabase itself will judge it.
  }
}

const schema = z.object({
  SUPABASE_URL: optional(url.optional()),
  SUPABASE_SERVICE_ROLE: optional(
    z
      .string()
      .trim()
      .regex(KEY_CHARACTERS, "contains a space or a character no key has; paste it again")
      .min(20, "is too short for a key")
      .refine(isNoReadersKey, READERS_KEY)
      .optional(),
  ),
  ADMIN_TOKEN: optional(z.string().min(16, "must have at least 16 characters").optional()),
  BENCHMARK_BUDGET_USD: optional(z.coerce.number().min(0).max(1_000_000).default(5)),
  PROBE_REGION: optional(z.enum(REGIONS).default("enam")),
  PROBE_LOCATION: optional(
    z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/, "must be lower-case letters, digits and dashes")
      .optional(),
  ),
  SIMULATOR_URL: optional(url.optional()),
  PROBE_HEADERS_TIMEOUT_MS: optional(milliseconds(30_000)),
  PROBE_FIRST_TOKEN_TIMEOUT_MS: optional(z.coerce.number().int().min(1).max(86_400_000).optional()),
  PROBE_IDLE_TIMEOUT_MS: optional(milliseconds(30_000)),
  PROBE_TOTAL_TIMEOUT_MS: optional(milliseconds(180_000)),
  PROBE_WARMUP: optional(z.enum(["on", "off"]).default("on")),
  RUN_START_JITTER_S: optional(z.coerce.number().min(0).max(600).default(300)),
  RUN_SLICE_MS: optional(milliseconds(300_000)),
  RUN_SLICE_SUBREQUESTS: optional(z.coerce.number().int().min(8).max(10_000).default(44)),
  RUN_RATE_LIMIT_PATIENCE_MS: optional(z.coerce.number().int().min(0).max(3_600_000).default(120_000)),
  DELIVERY_TIMEOUT_MS: optional(milliseconds(10_000)),
  DELIVERY_BACKOFF_MIN_MS: optional(milliseconds(1_000)),
  DELIVERY_BACKOFF_MAX_MS: optional(milliseconds(300_000)),
  RUN_ABANDONED_AFTER_MS: optional(milliseconds(6 * 3_600_000)),
  PRICE_FEED_URL: optional(url.default(DEFAULT_PRICE_FEED_URL)),
  LIST_TIMEOUT_MS: optional(milliseconds(30_000)),
  RETAIN_CHUNK_TIMES_DAYS: optional(days(1)),
  RETAIN_TEXTS_DAYS: optional(days(1)),
  RETAIN_RESULTS_DAYS: optional(days(31)),
});

/** `GROQ` for `groq`, `MY_HOST` for `my-host`: the prefix of a provider's variables. */
export function variablePrefix(slug: string): string {
  return slug.toUpperCase().replaceAll("-", "_");
}

/**
 * Reads every setting of the benchmark Worker and its terminal from an environment.
 *
 * @throws ConfigError naming the variable, what is wrong with it and how to mend it.
 */
export function readConfig(env: Readonly<Record<string, unknown>>): Config {
  const parsed = schema.safeParse(env);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = String(issue?.path[0] ?? "environment");
    throw new ConfigError(
      `${name} ${lowerFirst(issue?.message ?? "is malformed")}; mend it in .dev.vars or the environment.`,
    );
  }
  const settings = parsed.data;
  if (settings.SUPABASE_URL && !settings.SUPABASE_SERVICE_ROLE) {
    throw new ConfigError(
      "SUPABASE_SERVICE_ROLE is missing: set it to the secret key of the project at SUPABASE_URL (Supabase, Settings, API keys).",
    );
  }
  const byProvider = new Map(providers.map((provider) => [provider.slug, providerSettings(env, provider)]));
  const firstToken = settings.PROBE_FIRST_TOKEN_TIMEOUT_MS;
  return {
    supabase:
      settings.SUPABASE_URL && settings.SUPABASE_SERVICE_ROLE
        ? {
            url: settings.SUPABASE_URL.replace(/\/+$/, ""),
            serviceRole: settings.SUPABASE_SERVICE_ROLE,
            timeoutMs: settings.DELIVERY_TIMEOUT_MS,
            takesSimulated: settings.SIMULATOR_URL !== undefined,
          }
        : null,
    adminToken: settings.ADMIN_TOKEN ?? null,
    budgetUsd: settings.BENCHMARK_BUDGET_USD,
    region: settings.PROBE_REGION,
    location: settings.PROBE_LOCATION ?? settings.PROBE_REGION,
    simulatorUrl: settings.SIMULATOR_URL?.replace(/\/+$/, "") ?? null,
    deadlines: {
      headersMs: settings.PROBE_HEADERS_TIMEOUT_MS,
      firstTokenMs: firstToken ?? 60_000,
      firstTokenReasoningMs: firstToken ?? 120_000,
      idleMs: settings.PROBE_IDLE_TIMEOUT_MS,
      totalMs: settings.PROBE_TOTAL_TIMEOUT_MS,
      maxBodyBytes: 4 * 1024 * 1024,
    },
    warmup: settings.PROBE_WARMUP === "on",
    run: {
      sliceMs: settings.RUN_SLICE_MS,
      sliceSubrequests: settings.RUN_SLICE_SUBREQUESTS,
      startJitterMs: settings.RUN_START_JITTER_S * 1000,
      rateLimitPatienceMs: settings.RUN_RATE_LIMIT_PATIENCE_MS,
      backoffMinMs: settings.DELIVERY_BACKOFF_MIN_MS,
      backoffMaxMs: settings.DELIVERY_BACKOFF_MAX_MS,
      abandonedAfterMs: settings.RUN_ABANDONED_AFTER_MS,
    },
    lists: { timeoutMs: settings.LIST_TIMEOUT_MS, priceFeedUrl: settings.PRICE_FEED_URL },
    retention: {
      chunkTimesDays: settings.RETAIN_CHUNK_TIMES_DAYS,
      textsDays: settings.RETAIN_TEXTS_DAYS,
      rowsDays: settings.RETAIN_RESULTS_DAYS,
    },
    providers: byProvider,
    secrets: [
      settings.SUPABASE_SERVICE_ROLE,
      settings.ADMIN_TOKEN,
      ...[...byProvider.values()].map((provider) => provider.apiKey),
    ].filter((secret): secret is string => typeof secret === "string" && secret !== ""),
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
  return { state: "no_key", variable: `${variablePrefix(provider.slug)}_API_KEY` };
}

function providerSettings(env: Readonly<Record<string, unknown>>, provider: Provider): ProviderSettings {
  const prefix = variablePrefix(provider.slug);
  const key = env[`${prefix}_API_KEY`];
  const base = env[`${prefix}_BASE_URL`];
  const apiKey = typeof key === "string" ? key.trim() : "";
  if (!KEY_CHARACTERS.test(apiKey)) {
    throw new ConfigError(`${prefix}_API_KEY contains a space or a character no key has; paste it again.`);
  }
  if (base === undefined || base === "") return { apiKey: apiKey || null, baseUrl: provider.baseUrl };
  const parsed = url.safeParse(base);
  if (!parsed.success) {
    throw new ConfigError(`${prefix}_BASE_URL must be an http(s) URL, such as ${provider.baseUrl}.`);
  }
  return { apiKey: apiKey || null, baseUrl: parsed.data.replace(/\/+$/, "") };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
