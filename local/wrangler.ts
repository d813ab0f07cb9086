import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { type LogEvent, parseLogEvent } from "./error-log.ts";

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
    WRANGLER_REGISTRY_PATH: join(directory, "registry"),
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    XDG_CONFIG_HOME: join(directory, "config"),
    ...extra,
  };
}

export interface WranglerDev {
  readonly root: string;
  readonly config: string;
  readonly port: number;
  /** Settings for the Worker; keeps secrets off the command line and `.dev.vars` out of the Worker. */
  readonly envFile: string;
  /** Durable Objects live here from one start to the next. */
  readonly stateDirectory: string;
}

/** Arguments for Node that start one Worker under `wrangler dev`. */
export function wranglerDevArguments(dev: WranglerDev): string[] {
  return [
    wranglerBin(dev.root),
    "dev",
    "--config",
    dev.config,
    "--ip",
    "127.0.0.1",
    "--port",
    String(dev.port),
    // 0: any free port. Two Workers would fight over the default one.
    "--inspector-port",
    "0",
    "--persist-to",
    dev.stateDirectory,
    "--env-file",
    dev.envFile,
    "--show-interactive-dev-session=false",
  ];
}

/** What a line of `wrangler dev` is to us. */
export type WorkerLine =
  /** One of the Worker's own log events. */
  | { readonly kind: "event"; readonly event: LogEvent; readonly json: string }
  /** An error that wrangler or workerd reports: an exception nobody caught, a failed build. */
  | { readonly kind: "error"; readonly message: string }
  | { readonly kind: "reload" }
  | { readonly kind: "noise" };

/** console.error and console.warn come with a mark in front; the event itself is what is between the braces. */
const EVENT = /\{"level":.*\}/;
const ERROR = /^(?:✘ \[ERROR\]|\[wrangler:error\])\s*(.+)$/u;

export function readWorkerLine(raw: string): WorkerLine {
  const line = stripVTControlCharacters(raw).trim();
  const json = EVENT.exec(line)?.[0];
  const event = json === undefined ? null : parseLogEvent(json);
  if (event !== null && json !== undefined) return { kind: "event", event, json };
  const message = ERROR.exec(line)?.[1];
  if (message !== undefined) return { kind: "error", message };
  return /Reloading local server|Local server updated/.test(line) ? { kind: "reload" } : { kind: "noise" };
}
