import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runScript } from "../script.ts";
import { projectRoot } from "../tools.ts";
import { migrationsDirectory } from "./index.ts";
import { readMigrations } from "./migrations.ts";

export const schemaFile = join(projectRoot, "supabase", "schema.sql");

const HEADER = `-- Generated from supabase/migrations by \`npm run supabase:schema\`. Do not edit.
--
-- The whole schema with its reference data in one piece, for a new, empty project: paste it into the SQL editor
-- and run it once. It is one transaction: all of it or nothing. It records no migrations; a project that is to
-- get later ones with \`supabase db push\` should be set up with that from the start.
`;

/** The text of supabase/schema.sql: every migration in order, in one transaction. */
export async function generateSchema(directory: string = migrationsDirectory): Promise<string> {
  const parts = [HEADER, "begin;\n"];
  for (const migration of await readMigrations(directory)) {
    const text = (await readFile(join(directory, migration.file), "utf8")).trim();
    parts.push(`-- ---- ${migration.file}\n\n${text}${text.endsWith(";") ? "" : "\n;"}\n`);
  }
  parts.push("commit;\n");
  return parts.join("\n");
}

await runScript(import.meta.url, async () => {
  await writeFile(schemaFile, await generateSchema());
  console.log("supabase/schema.sql written");
});
