import { join } from "node:path";
import { secretsOf } from "./settings.ts";

/** Beside every secret that a setting holds. */
const DROPPED =
  /_API_KEY$|^SUPABASE_|^FORCE_COLOR$|^CLOUDFLARE_(ENV|INCLUDE_PROCESS_ENV|API_TOKEN|API_KEY|EMAIL)$/;

/**
 * The environment for tools we start: ours without keys and what would change what they do (a Worker gets its
 * settings from a file, and nothing else needs them), and wrangler kept quiet: no telemetry, no update check, no look-up of
 * this machine's place, nothing written outside `directory`.
 */
export function toolEnvironment(
  directory: string,
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const secrets = new Set(secretsOf(process.env));
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !DROPPED.test(name) && !secrets.has(value.trim())) env[name] = value;
  }
  return {
    ...env,
    NO_COLOR: "1",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_HIDE_BANNER: "true",
    WRANGLER_WRITE_LOGS: "false",
    // A page and an API by which whoever reaches wrangler's port reads and writes a Worker's storage.
    X_LOCAL_EXPLORER: "false",
    WRANGLER_REGISTRY_PATH: join(directory, "registry"),
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    XDG_CONFIG_HOME: join(directory, "config"),
    ...extra,
  };
}
