import * as z from "zod";
import { optionalSetting, readEnvironment, setting } from "../../workers/settings/setting.ts";
import { supabaseSettings } from "../../workers/settings/supabase.ts";
import { baseUrl, listOf } from "../../workers/settings/values.ts";
import { LOCKABLE_METRICS, type LockableMetric } from "../lib/locks.ts";
import { DEFAULT_NAME } from "../lib/site.ts";

export interface Settings {
  readonly supabaseUrl: string;
  readonly supabaseAnonKey: string;
  readonly lockedMetrics: ReadonlySet<LockableMetric>;
}

/** What the site is called, and where; null: where a request comes to. */
export interface SiteSettings {
  readonly name: string;
  readonly url: string | null;
}

/** The dashboard Worker's own settings; its share of .dev.vars besides Supabase's. It holds no secret. */
export const dashboardSettings = {
  SITE_NAME: setting({
    sentence: "What the site calls itself: in titles, the header, images of pages and the feed.",
    schema: z.string().max(60, "must have at most 60 characters"),
    default: DEFAULT_NAME,
  }),
  SITE_URL: optionalSetting({
    sentence:
      "Where the site is reached: for canonical addresses, images of pages, the sitemap and the feed. Set it where the site has several names: they share what is kept in front of it.",
    schema: baseUrl,
    unset: "the address of each request",
  }),
  LOCKED_METRICS: optionalSetting({
    sentence: `Metrics shown as locked and never sent: any of ${LOCKABLE_METRICS.join(",")}.`,
    schema: listOf(LOCKABLE_METRICS),
    unset: "none",
  }),
};

const settings = {
  SUPABASE_URL: supabaseSettings.SUPABASE_URL,
  SUPABASE_ANON_KEY: supabaseSettings.SUPABASE_ANON_KEY,
  ...dashboardSettings,
};

/**
 * Reads the dashboard's settings from its environment.
 * @returns the settings, or one line for each that is missing or malformed; never a setting's value.
 */
export function parseSettings(
  env: unknown,
): { ok: true; settings: Settings } | { ok: false; problems: readonly string[] } {
  const read = readEnvironment(settings, env !== null && typeof env === "object" ? { ...env } : {});
  if (!read.ok) return read;
  const { SUPABASE_URL, SUPABASE_ANON_KEY, LOCKED_METRICS } = read.values;
  if (SUPABASE_URL === null || SUPABASE_ANON_KEY === null) {
    const problems = [
      ...(SUPABASE_URL === null ? ["SUPABASE_URL must be the project's address; it is not set"] : []),
      ...(SUPABASE_ANON_KEY === null
        ? ["SUPABASE_ANON_KEY must be the project's publishable (anon) key; it is not set"]
        : []),
    ];
    return { ok: false, problems };
  }
  return {
    ok: true,
    settings: {
      supabaseUrl: SUPABASE_URL,
      supabaseAnonKey: SUPABASE_ANON_KEY,
      lockedMetrics: new Set(LOCKED_METRICS),
    },
  };
}

/** What the site calls itself, also where the database's settings are missing; malformed ones count as not set. */
export function parseSite(env: unknown): SiteSettings {
  const { SITE_NAME, SITE_URL } = dashboardSettings;
  const read = readEnvironment(
    { SITE_NAME, SITE_URL },
    env !== null && typeof env === "object" ? { ...env } : {},
  );
  return read.ok
    ? { name: read.values.SITE_NAME, url: read.values.SITE_URL }
    : { name: DEFAULT_NAME, url: null };
}
