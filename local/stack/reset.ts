import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { SetupError } from "../errors.ts";
import { machineSettings } from "../machine-settings.ts";
import { runScript } from "../script.ts";
import { readVariables } from "../settings.ts";
import { resetSupabase } from "../supabase/reset.ts";
import { projectRoot } from "../tools.ts";
import { runningStack, takeStack } from "./lock.ts";

/**
 * Empties the local database and what the Workers keep beside it: a run that they remember would go on, and write
 * into a database that has never heard of it.
 *
 * @returns whether there was a database.
 * @throws SetupError when the stack runs, or a terminal's command that started the database for itself.
 */
async function resetLocal(localDirectory: string): Promise<boolean> {
  if (!existsSync(localDirectory)) return false;
  const running = runningStack(localDirectory);
  if (running !== null) {
    throw new SetupError(`The stack runs (process ${running}): stop it first (Ctrl-C), then reset.`);
  }
  // Ends what a killed start left running, too: its Workers would write their state anew.
  const lock = await takeStack(localDirectory, projectRoot);
  try {
    const removed = await resetSupabase(join(localDirectory, "supabase"));
    await rm(join(localDirectory, "state"), { recursive: true, force: true });
    return removed;
  } finally {
    lock.release();
  }
}

await runScript(import.meta.url, async () => {
  // No other setting matters here, and none that is malformed should stand in the way.
  const { variables } = readVariables(projectRoot, process.env);
  const removed = await resetLocal(
    resolve(projectRoot, variables.LOCAL_DIRECTORY ?? machineSettings.LOCAL_DIRECTORY.unset),
  );
  console.log(
    removed ? "The local database is empty; the next start makes a new one." : "There is no local database.",
  );
});
