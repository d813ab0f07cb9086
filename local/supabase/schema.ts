import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runScript } from "../script.ts";
import { projectRoot } from "../tools.ts";
import { migrationsDirectory } from "./index.ts";
import { type Migration, readMigrations } from "./migrations.ts";

export const schemaFile = join(projectRoot, "supabase", "schema.sql");

const HEADER = `-- Generated from supabase/migrations by \`npm run supabase:schema\`. Do not edit.
--
-- The whole schema with its reference data in one piece, for a new, empty project: paste it into the SQL editor
-- and run it once. It is one transaction: all of it or nothing. It records the migrations it holds, so that
-- \`npm run migrate\` brings later ones.
`;

/** The text of supabase/schema.sql: every migration in order and the record of it, in one transaction. */
export async function generateSchema(directory: string = migrationsDirectory): Promise<string> {
  const parts = [HEADER, "begin;\n"];
  const migrations = await readMigrations(directory);
  for (const migration of migrations) {
    const text = (await readFile(join(directory, migration.file), "utf8")).trim();
    parts.push(`-- ---- ${migration.file}\n\n${text}${text.endsWith(";") ? "" : "\n;"}\n`);
  }
  parts.push(recordOf(migrations), "commit;\n");
  return parts.join("\n");
}

/** As the Supabase CLI records what it applied: https://github.com/supabase/cli (pkg/migration/history.go). */
function recordOf(migrations: readonly Migration[]): string {
  const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const rows = migrations.map(({ version, name }) => `  (${literal(version)}, ${literal(name)})`);
  return `-- ---- the record of all that, as the Supabase CLI keeps it

create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
alter table supabase_migrations.schema_migrations add column if not exists statements text[];
alter table supabase_migrations.schema_migrations add column if not exists name text;
insert into supabase_migrations.schema_migrations (version, name) values
${rows.join(",\n")};
`;
}

await runScript(import.meta.url, async () => {
  await writeFile(schemaFile, await generateSchema());
  console.log("supabase/schema.sql written");
});
