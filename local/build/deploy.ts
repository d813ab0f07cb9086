import { createInterface } from "node:readline/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { SetupError, UsageError } from "../errors.ts";
import { runScript } from "../script.ts";
import { readSettings, type StackSettings } from "../settings.ts";
import { print } from "../terminal.ts";
import { projectRoot, wranglerBin } from "../tools.ts";
import { type Account, requireAccount, requireHostedSettings, tryProviderKeys } from "./deploy-checks.ts";
import { deployWorker } from "./deploy-worker.ts";
import { firstRun } from "./first-run.ts";
import { requireSupabase, requireSupabaseKeys, type SupabaseKeys } from "./hosted.ts";
import { build } from "./index.ts";
import { describeLeftovers } from "./leftover-secrets.ts";
import { runTool, type Tool } from "./run-tool.ts";
import { pushMigrations, requireLink, supabaseCli } from "./supabase-cli.ts";

const USAGE = `Usage: npm run deploy [-- --yes] [--skip-migrations]

Checks settings, keys and logins, says what it will do and asks, applies migrations to the linked Supabase project,
deploys both Workers to Cloudflare, and waits for the first result.

  --yes               do not ask
  --skip-migrations   the database is up to date: schema.sql was pasted, or npm run migrate has run`;

const BENCHMARK = "workers/benchmark/wrangler.toml";
const DASHBOARD = "wrangler.toml";
/** PostgREST reads a changed schema anew within seconds. */
const SCHEMA_ATTEMPTS = 6;
const SCHEMA_PAUSE_MS = 3_000;

/** What a deployment works with besides the settings. */
export interface DeployTools {
  readonly wrangler: Tool;
  readonly supabase: Tool;
  readonly build: () => Promise<void>;
  /** The person's answer; null where nobody can be asked. */
  readonly confirm: (question: string) => Promise<boolean | null>;
}

interface Plan {
  readonly root: string;
  readonly supabase: SupabaseKeys;
  readonly account: Account;
  /** The linked project; null where migrations are skipped. */
  readonly ref: string | null;
  /** By Worker configuration. */
  readonly secrets: Readonly<Record<typeof BENCHMARK | typeof DASHBOARD, Readonly<Record<string, string>>>>;
}

/**
 * Puts the project on Supabase and Cloudflare. Nothing is changed before everything that can be checked is checked
 * and a person has agreed.
 *
 * @throws SetupError with one line when a check or a step fails.
 */
export async function deploy(args: readonly string[], root: string, tools: DeployTools): Promise<void> {
  const options = readOptions(args);
  if (options === null) return;
  const say = (line: string) => print(line);
  const settings = readSettings(root, process.env);
  for (const note of settings.notes) say(note);
  const plan = await check(root, settings, tools, options.skipMigrations, say);
  for (const line of describePlan(plan, settings)) say(line);
  if (!options.yes) {
    const answer = await tools.confirm("Go on? [y/N] ");
    if (answer === null) throw new SetupError("Nobody can be asked here: say yes beforehand with --yes.");
    if (!answer) return say("Nothing was changed.");
  }
  await tools.build();
  if (plan.ref !== null) await pushMigrations(root, tools.supabase, { yes: true });
  await requireTables(plan.supabase);
  // First the dashboard: the other Worker is bound to it.
  const [dashboardUrl] = await deployWithSecrets(plan, tools.wrangler, DASHBOARD, say);
  const [benchmarkUrl] = await deployWithSecrets(plan, tools.wrangler, BENCHMARK, say);
  say(`Dashboard:        ${dashboardUrl ?? "see Cloudflare's dashboard, Workers"}`);
  say(`Benchmark Worker: ${benchmarkUrl ?? "see Cloudflare's dashboard, Workers"}`);
  const adminToken = settings.benchmark.ADMIN_TOKEN;
  if (adminToken && benchmarkUrl) say(await firstRun(benchmarkUrl, adminToken, plan.supabase, say));
  else say("The first run starts by itself within 20 minutes (with an ADMIN_TOKEN it is asked for at once).");
}

/** @returns null where the usage was asked for. */
function readOptions(args: readonly string[]): { yes: boolean; skipMigrations: boolean } | null {
  if (args.includes("--help")) {
    print(USAGE);
    return null;
  }
  const unknown = args.find((arg) => arg !== "--yes" && arg !== "--skip-migrations");
  if (unknown !== undefined) throw new UsageError(`Unknown option ${unknown}\n\n${USAGE}`);
  return { yes: args.includes("--yes"), skipMigrations: args.includes("--skip-migrations") };
}

async function check(
  root: string,
  settings: StackSettings,
  tools: DeployTools,
  skipMigrations: boolean,
  say: (line: string) => void,
): Promise<Plan> {
  const supabase = requireHostedSettings(settings);
  const ref = skipMigrations ? null : requireLink(root, supabase.url);
  await requireSupabaseKeys(supabase, { migrated: skipMigrations });
  for (const line of await tryProviderKeys(settings)) say(line);
  const account = await requireAccount(root, tools.wrangler);
  const { url, anonKey, serviceRole } = supabase;
  return {
    root,
    supabase,
    account,
    ref,
    secrets: {
      [BENCHMARK]: { ...settings.benchmark, SUPABASE_URL: url, SUPABASE_SERVICE_ROLE: serviceRole },
      [DASHBOARD]: { ...settings.dashboard, SUPABASE_URL: url, SUPABASE_ANON_KEY: anonKey },
    },
  };
}

function describePlan({ ref, supabase, account, secrets }: Plan, settings: StackSettings): string[] {
  return [
    "Settings, keys and logins are in order. This will",
    ref === null
      ? `  leave the database at ${supabase.url} as it is`
      : `  apply missing migrations to the Supabase project ${ref}`,
    `  deploy both Workers to the Cloudflare account ${account.name}`,
    `    benchmark-engine-worker with ${Object.keys(secrets[BENCHMARK]).join(", ")}`,
    `    benchmark-engine-dashboard with ${Object.keys(secrets[DASHBOARD]).join(", ")}`,
    `  measure ${settings.withKey.join(", ")} every 15 minutes, for at most $${settings.benchmark.BENCHMARK_BUDGET_USD ?? 5} in 24 hours`,
    settings.benchmark.ADMIN_TOKEN
      ? "  ask for a first run at once"
      : "  leave the admin API closed: ADMIN_TOKEN is not set",
  ];
}

/** The tables are there, and PostgREST knows them. */
async function requireTables(supabase: SupabaseKeys): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await requireSupabase(supabase);
    } catch (error) {
      if (attempt === SCHEMA_ATTEMPTS) throw error;
      await sleep(SCHEMA_PAUSE_MS);
    }
  }
}

/** @returns the Worker's addresses. */
async function deployWithSecrets(
  { root, secrets }: Plan,
  wrangler: Tool,
  config: typeof BENCHMARK | typeof DASHBOARD,
  say: (line: string) => void,
): Promise<string[]> {
  const addresses = await deployWorker(root, wrangler, config, secrets[config]);
  const listed = await runTool(wrangler, ["secret", "list", "--config", config, "--format", "json"], {
    cwd: root,
    failure: "wrangler does not list the secrets",
    capture: true,
    env: { WRANGLER_HIDE_BANNER: "true" },
  }).catch(() => "");
  for (const line of describeLeftovers(listed, Object.keys(secrets[config]), config)) say(line);
  return addresses;
}

async function confirm(question: string): Promise<boolean | null> {
  if (!process.stdin.isTTY) return null;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}

await runScript(import.meta.url, () =>
  deploy(process.argv.slice(2), projectRoot, {
    wrangler: { command: process.execPath, args: [wranglerBin(projectRoot)] },
    supabase: supabaseCli,
    build: () => build({ targets: ["dashboard"], say: (line) => print(line) }),
    confirm,
  }),
);
