import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout's top folder. */
export const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** wrangler's own program: run with our Node, since ending `npx` would leave it behind. */
export const wranglerBin = (root: string) => join(root, "node_modules", "wrangler", "bin", "wrangler.js");
export const remixBin = (root: string) => join(root, "node_modules", "@remix-run", "dev", "dist", "cli.js");

const DROPPED =
  /_API_KEY$|^SUPABASE_|^ADMIN_TOKEN$|^FORCE_COLOR$|^CLOUDFLARE_(ENV|INCLUDE_PROCESS_ENV|API_TOKEN)$/;

/**
 * The environment for tools we start: ours without keys and what would change what they do (a Worker gets its
 * settings from a file, and nothing else needs them), and wrangler kept quiet: no telemetry, no update check, no look-up of
 * this machine's place, nothing written outside `directory`.
 */
export function toolEnvironment(
  directory: string,
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !DROPPED.test(name)) env[name] = value;
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
