import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateTypescript, sortGeneratorMetadata } from "@supabase/postgrest-typegen/generation";
import { introspect } from "@supabase/postgrest-typegen/introspection";
import pg from "pg";
import { startEmbeddedSupabase } from "./index.ts";
import { projectRoot, removePlace } from "./place.ts";
import { runScript } from "./script.ts";

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
  const dataDirectory = await mkdtemp(join(tmpdir(), "benchmark-engine-types-"));
  try {
    const supabase = await startEmbeddedSupabase({ dataDirectory, port: 0, durable: false });
    try {
      await writeFile(typesFile, await generateTypes(supabase.databaseUrl));
    } finally {
      await supabase.stop();
    }
  } finally {
    await removePlace(dataDirectory);
  }
  console.log("supabase/database.types.ts written");
});
