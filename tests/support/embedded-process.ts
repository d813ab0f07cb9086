import { startEmbeddedSupabase } from "../../local/supabase/index.ts";

/**
 * An embedded Supabase in a process of its own, for tests that kill it.
 * node embedded-process.ts <data directory>: prints one JSON line when it is up, or the error's message; stops
 * in order when its input ends.
 */
try {
  const supabase = await startEmbeddedSupabase({ dataDirectory: process.argv[2] ?? "", port: 0 });
  console.log(JSON.stringify(supabase));
  process.stdin.resume().once("end", () => void supabase.stop());
} catch (error) {
  console.log(JSON.stringify({ error: String(error) }));
}
