import { readFileSync } from "node:fs";
import { join } from "node:path";
import { codeOf, SetupError } from "../errors.ts";
import { runTool, type Tool } from "./run-tool.ts";

/** Not a dependency: it weighs 140 MB and only a deployment needs it. docs/deploy.md names the same version. */
export const SUPABASE_CLI = "supabase@2.117.0";

/** The pinned CLI, fetched by npm at its first use. */
export const supabaseCli: Tool = { command: "npx", args: ["--yes", SUPABASE_CLI] };

export const linkCommand = (ref: string) => `npx ${SUPABASE_CLI} link --project-ref ${ref}`;

/** A hosted project's reference, the first part of its address; null for any other address. */
export function projectRef(url: string): string | null {
  return /^([a-z0-9]{20})\.supabase\.(?:co|in)$/.exec(new URL(url).hostname)?.[1] ?? null;
}

/** The project that `supabase link` noted in this checkout; null where none is linked. */
export function linkedRef(root: string): string | null {
  try {
    return readFileSync(join(root, "supabase", ".temp", "project-ref"), "utf8").trim() || null;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

/**
 * Makes sure that migrations go to the project that the settings name.
 *
 * @param url SUPABASE_URL; null where none is set, when the link alone decides.
 * @returns the linked project's reference.
 * @throws SetupError with the command to link the right one.
 */
export function requireLink(root: string, url: string | null): string {
  const linked = linkedRef(root);
  const wanted = url === null ? null : projectRef(url);
  if (linked === null) {
    throw new SetupError(`No Supabase project is linked to this checkout: ${linkCommand(wanted ?? "REF")}`);
  }
  if (wanted !== null && linked !== wanted) {
    throw new SetupError(
      `The linked Supabase project is ${linked}, but SUPABASE_URL names ${wanted}; link that one: ${linkCommand(wanted)}`,
    );
  }
  return linked;
}

/**
 * Applies what is missing of supabase/migrations to the linked project. `--linked` is said, since a later CLI means
 * the local stack without it.
 *
 * @throws SetupError when the CLI says that it could not.
 */
export async function pushMigrations(
  root: string,
  cli: Tool,
  { yes }: { readonly yes: boolean },
): Promise<void> {
  const args = ["db", "push", "--linked", "--include-all", ...(yes ? ["--yes"] : [])];
  await runTool(cli, args, {
    cwd: root,
    failure: "The migrations could not be applied; what the Supabase CLI says of it stands above.",
  });
}
