import * as z from "zod";
import { optionalSetting, type Setting, setting } from "../settings/setting.ts";
import { address, baseUrl, integer, key, milliseconds, number, oneOf, token } from "../settings/values.ts";
import { REGIONS } from "./jobs/regions.ts";
import { variablePrefix } from "./providers/dialect.ts";
import { providers } from "./providers/registry.ts";

const days = (least: number) => integer(least, 36_500, "days");

/** The benchmark Worker's own settings; its share of .dev.vars besides Supabase's and the providers'. */
export const benchmarkSettings = {
  ADMIN_TOKEN: optionalSetting({
    sentence: "At least 16 characters; opens POST /api/benchmark to whoever sends it as a Bearer token.",
    schema: token,
    unset: "the admin API is closed",
    secret: true,
  }),
  BENCHMARK_BUDGET_USD: setting({
    sentence:
      "USD that real requests may cost within 24 hours; at the limit no further request is sent, at 0 none at all.",
    schema: number(0, 1_000_000, "USD"),
    default: "5",
  }),
  PROBE_REGION: setting({
    sentence: `Where the deployed coordinator lives: ${REGIONS.slice(0, -1).join(", ")} or ${REGIONS.at(-1)}.`,
    schema: oneOf(REGIONS),
    default: "enam",
  }),
  PROBE_LOCATION: optionalSetting({
    sentence: "What rows say about where they were measured.",
    schema: z.string().regex(/^[a-z0-9-]{1,40}$/, "must be lower-case letters, digits and dashes"),
    unset: "the region it is in when deployed, local on your machine",
  }),
  PROBE_WARMUP: setting({
    sentence: "off: no unmeasured request opens the connection first, so handshakes count into TTFT.",
    schema: oneOf(["on", "off"]),
    default: "on",
  }),
  PROBE_HEADERS_TIMEOUT_MS: setting({
    sentence: "Milliseconds until the response headers must be there.",
    schema: milliseconds,
    default: "30000",
  }),
  PROBE_FIRST_TOKEN_TIMEOUT_MS: optionalSetting({
    sentence: "Milliseconds until the first token must be there.",
    schema: milliseconds,
    unset: "60000, for reasoning models 120000",
  }),
  PROBE_IDLE_TIMEOUT_MS: setting({
    sentence: "Milliseconds that may pass without a token.",
    schema: milliseconds,
    default: "30000",
  }),
  PROBE_TOTAL_TIMEOUT_MS: setting({
    sentence: "Milliseconds for one whole answer.",
    schema: milliseconds,
    default: "180000",
  }),
  RUN_START_JITTER_S: setting({
    sentence: "A deployed cron run starts up to so many seconds late, at random; on your machine at once.",
    schema: number(0, 600, "seconds"),
    default: "300",
  }),
  RUN_SLICE_MS: setting({
    sentence: "Milliseconds after which one invocation of the coordinator starts no further request.",
    schema: milliseconds,
    default: "300000",
  }),
  RUN_SLICE_SUBREQUESTS: setting({
    sentence: "Subrequests that one invocation may use (the Free plan allows 50).",
    schema: integer(8, 10_000, "subrequests"),
    default: "44",
  }),
  RUN_RATE_LIMIT_PATIENCE_MS: setting({
    sentence: "Milliseconds that a run waits for a rate-limited provider before it skips it.",
    schema: integer(0, 3_600_000, "milliseconds"),
    default: "120000",
  }),
  RUN_ABANDONED_AFTER_MS: setting({
    sentence: "Milliseconds after its start at which a run that has not ended counts as given up.",
    schema: milliseconds,
    default: "21600000",
  }),
  DELIVERY_TIMEOUT_MS: setting({
    sentence: "Milliseconds that Supabase has to take a row.",
    schema: milliseconds,
    default: "10000",
  }),
  DELIVERY_BACKOFF_MIN_MS: setting({
    sentence: "Shortest wait before a row that Supabase did not take is sent again, milliseconds.",
    schema: milliseconds,
    default: "1000",
  }),
  DELIVERY_BACKOFF_MAX_MS: setting({
    sentence: "Longest such wait, milliseconds.",
    schema: milliseconds,
    default: "300000",
  }),
  PRICE_FEED_URL: setting({
    sentence: "Prices of providers whose models list has none, in the form of models.dev.",
    schema: address,
    default: "https://models.dev/api.json",
  }),
  LIST_TIMEOUT_MS: setting({
    sentence: "Milliseconds that a models list or the price feed has to arrive whole.",
    schema: milliseconds,
    default: "30000",
  }),
  RETAIN_CHUNK_TIMES_DAYS: optionalSetting({
    sentence: "Days after which a result's arrival times are dropped.",
    schema: days(1),
    unset: "kept",
  }),
  RETAIN_TEXTS_DAYS: optionalSetting({
    sentence: "Days after which a result's text is dropped.",
    schema: days(1),
    unset: "kept",
  }),
  RETAIN_RESULTS_DAYS: optionalSetting({
    sentence: "Days after which a result is deleted; at least 31, which the pages look back.",
    schema: days(31),
    unset: "kept",
  }),
  SIMULATOR_URL: optionalSetting({
    sentence: "Plays providers without a key.",
    schema: baseUrl,
    unset: "nothing plays them",
    internal: true,
  }),
  LOCAL_ADDRESSES: setting({
    sentence: "on: this Worker runs on a machine of one's own and may ask providers in its network.",
    schema: oneOf(["on", "off"]),
    default: "off",
    internal: true,
  }),
  PAGE_CACHE: setting({
    sentence: "off: nothing is kept in front of the dashboard, so nothing needs to be purged.",
    schema: oneOf(["on", "off"]),
    default: "on",
    internal: true,
  }),
  CRON_KEY: optionalSetting({
    sentence: "Stands before the cron of every scheduled event; one without it does nothing.",
    schema: token,
    unset: "Cloudflare's clock is the only one",
    secret: true,
    internal: true,
  }),
};

/** The variable of a built-in provider's base URL: `MY_HOST_BASE_URL` for the slug `my-host`. */
export function baseUrlVariable(slug: string): string {
  return `${variablePrefix(slug)}_BASE_URL`;
}

/** The key that a setting of this name holds, for a provider's name for people. */
export function keySetting(name: string): Setting<string | null> {
  return optionalSetting({ sentence: `Key of ${name}.`, schema: key, unset: "not measured", secret: true });
}

/** Each built-in provider's key and base URL, by variable. */
export const providerSettings: Readonly<Record<string, Setting<string | null>>> = Object.fromEntries(
  providers.flatMap(({ slug, name, keyVariable, baseUrl: own }) => {
    const ofKey = keyVariable === null ? [] : [[keyVariable, keySetting(name)] as const];
    return [
      ...ofKey,
      [
        baseUrlVariable(slug),
        optionalSetting({
          sentence: `Where ${name}'s requests and key go.`,
          schema: baseUrl,
          unset: own,
        }),
      ],
    ];
  }),
);
