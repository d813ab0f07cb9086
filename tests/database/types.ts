import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateTypescript, sortGeneratorMetadata } from "@supabase/postgrest-typegen/generation";
import { introspect } from "@supabase/postgrest-typegen/introspection";
import pg from "pg";
import { runScript } from "../../local/script.ts";
import { openDirectory, postgresUrl, startDatabase, withClient } from "../../local/supabase/database.ts";
import { migrationsDirectory } from "../../local/supabase/index.ts";
import { applyMigrations, readMigrations } from "../../local/supabase/migrations.ts";
import { removePlace } from "../../local/supabase/place.ts";
import { projectRoot } from "../../local/tools.ts";

export const typesFile = join(projectRoot, "supabase", "database.types.ts");

/** The text of supabase/database.types.ts for a database, as `supabase gen types` would write it. */
export async function generateTypes(databaseUrl: string): Promise<string> {
  // A pool: the introspection asks several things at once.
  const pool = new pg.Pool({ connectionString: databaseUrl });
  const metadata = await introspect(pool, { includedSchemas: ["public"] }).finally(() => pool.end());
  const types = await generateTypescript(sortGeneratorMetadata(metadata), { postgrestVersion: "12" });
  return `// Generated from supabase/migrations by \`npm run supabase:types\`. Do not edit.\n\n${types}`;
}

await runScript(import.meta.url, async () => {
  const migrations = await readMigrations(migrationsDirectory);
  const temporary = await mkdtemp(join(tmpdir(), "benchmark-engine-types-"));
  const directory = await openDirectory(temporary);
  try {
    const postgres = await startDatabase(directory, false);
    try {
      const url = postgresUrl(directory.keys, postgres.port);
      await withClient(url, (client) => applyMigrations(client, migrations));
      await writeFile(typesFile, await generateTypes(url));
    } finally {
      await postgres.stop();
    }
  } finally {
    directory.close();
    await removePlace(temporary);
  }
  console.log("supabase/database.types.ts written");
});
