import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./index.ts";
import { formatEnvFile } from "../env-file.ts";
import { describeLeftovers } from "./leftover-secrets.ts";
import { readSettings } from "../settings.ts";
import { SetupError } from "../errors.ts";
import { runScript } from "../script.ts";
import { projectRoot as root, wranglerBin } from "../tools.ts";

/** Not a dependency: it weighs 100 MB and only a deployment needs it. */
const SUPABASE_CLI = "supabase@2.117.0";

/**
 * Puts the project on Cloudflare and Supabase: checks the settings, applies migrations to the linked project,
 * then deploys both Workers, each with its own secrets.
 *
 * @throws SetupError with one line when a setting is missing or a step fails.
 */
async function deploy(): Promise<void> {
  const settings = readSettings(root, process.env);
  if (!settings.supabase || isLocal(settings.supabase.url)) {
    throw new SetupError(
      "SUPABASE_URL, SUPABASE_ANON_KEY and SUPABASE_SERVICE_ROLE must be set in .dev.vars to those of your hosted Supabase project.",
    );
  }
  if (settings.withKey.length === 0) {
    throw new SetupError("No provider has a key: set at least one, such as OPENAI_API_KEY, in .dev.vars.");
  }
  if (!settings.benchmark.ADMIN_TOKEN) {
    console.log("ADMIN_TOKEN is not set: the admin API will be closed.");
  }

  run(
    "Migrations could not be applied; link the project first with: npx supabase link --project-ref REF",
    "npx",
    ["--yes", SUPABASE_CLI, "db", "push", "--include-all"],
  );
  await build({ force: true });
  const { url, anonKey, serviceRole } = settings.supabase;
  deployWorker("workers/benchmark/wrangler.toml", {
    ...settings.benchmark,
    SUPABASE_URL: url,
    SUPABASE_SERVICE_ROLE: serviceRole,
  });
  deployWorker("wrangler.toml", { ...settings.dashboard, SUPABASE_URL: url, SUPABASE_ANON_KEY: anonKey });
}

/** Secrets travel in a file of this user's alone, never on a command line. */
function deployWorker(config: string, secrets: Readonly<Record<string, string>>): void {
  const directory = mkdtempSync(join(tmpdir(), "benchmark-engine-"));
  try {
    const file = join(directory, "secrets.env");
    writeFileSync(file, formatEnvFile(secrets), { mode: 0o600 });
    run(`${config} could not be deployed; are you logged in? npx wrangler login`, process.execPath, [
      wranglerBin(root),
      "deploy",
      "--config",
      join(root, config),
      "--secrets-file",
      file,
    ]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  for (const line of describeLeftovers(listSecrets(config), Object.keys(secrets), config)) console.log(line);
}

/** What wrangler prints of a Worker's secrets: their names, never their values. */
function listSecrets(config: string): string {
  const args = [wranglerBin(root), "secret", "list", "--config", join(root, config), "--format", "json"];
  return spawnSync(process.execPath, args, {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, WRANGLER_HIDE_BANNER: "true" },
  }).stdout;
}

function run(failure: string, command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32" && command === "npx",
  });
  if (error || status !== 0) throw new SetupError(`${failure}${error ? ` (${error.message})` : ""}`);
}

function isLocal(url: string): boolean {
  return ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
}

await runScript(import.meta.url, deploy);
