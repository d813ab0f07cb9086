import { UsageError } from "../errors.ts";
import { runScript } from "../script.ts";
import { readVariables } from "../settings.ts";
import { print } from "../terminal.ts";
import { projectRoot } from "../tools.ts";
import type { Tool } from "./run-tool.ts";
import { pushMigrations, requireLink, supabaseCli } from "./supabase-cli.ts";

const USAGE = `Usage: npm run migrate [-- --yes]

Applies the migrations in supabase/migrations to the linked Supabase project.

  --yes   do not ask first`;

/** @throws SetupError with one line when nothing is linked, another project is, or the migrations fail. */
export async function migrate(args: readonly string[], root: string, cli: Tool): Promise<void> {
  if (args.includes("--help")) return print(USAGE);
  const unknown = args.find((arg) => arg !== "--yes");
  if (unknown !== undefined) throw new UsageError(`Unknown option ${unknown}\n\n${USAGE}`);
  const { variables } = readVariables(root, process.env);
  const ref = requireLink(root, variables.SUPABASE_URL ?? null);
  print(`Migrations go to the Supabase project ${ref}.`);
  await pushMigrations(root, cli, { yes: args.includes("--yes") });
}

await runScript(import.meta.url, () => migrate(process.argv.slice(2), projectRoot, supabaseCli));
