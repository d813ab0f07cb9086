import { existsSync } from "node:fs";
import { SetupError } from "../errors.ts";
import { removePlace } from "./place.ts";
import { readLiveState, takeDataDirectory } from "./state.ts";

/**
 * Removes an embedded Supabase with its data and keys, after ending what a killed one left running.
 * @returns whether there was one.
 * @throws SetupError when it runs.
 */
export async function resetSupabase(dataDirectory: string): Promise<boolean> {
  if (!existsSync(dataDirectory)) return false;
  const live = readLiveState(dataDirectory);
  if (live !== null) {
    throw new SetupError(
      `the embedded Supabase is running (process ${live.owner.pid}): stop npm start first, then reset`,
    );
  }
  await takeDataDirectory(dataDirectory);
  await removePlace(dataDirectory);
  return true;
}
