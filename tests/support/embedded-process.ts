import { startEmbeddedSupabase } from "../../local/supabase/index.ts";

/**
 * An embedded Supabase in a process of its own, for tests that kill it.
 * node embedded-process.ts <data directory> <migrations>: prints one JSON line when it is up, or the error's message; stops
 * in order when its input ends.
 */
try {
  const [dataDirectory = "", migrations = ""] = process.argv.slice(2);
  const supabase = await startEmbeddedSupabase({ dataDirectory, migrations, port: 0 });
  console.log(JSON.stringify(supabase));
  process.stdin.resume().once("end", () => void supabase.stop());
} catch (error) {
  console.log(JSON.stringify({ error: String(error) }));
}
