import { BENCHMARK_PROMPT, promptVersion } from "../workers/benchmark/probe/prompts.ts";
import { createServiceClient } from "../workers/benchmark/store/client.ts";
import { readTargets } from "../workers/benchmark/store/targets.ts";
import { HISTORY_RUN_NAME, simulateHistory } from "./simulated-week.ts";
import { knownEndpoints } from "./simulator/profiles.ts";
import { SetupError } from "./supabase/errors.ts";
import { findRunningSupabase } from "./supabase/index.ts";

export interface HistoryOptions {
  /** Of the embedded Supabase that runs now; no other database can be named. */
  readonly dataDirectory: string;
  /** Where the rows say they were measured; the same as the probe's, or the page would show only one of them. */
  readonly location?: string;
  readonly now?: Date;
  readonly seed?: number;
}

/**
 * Gives an empty embedded database a week of simulated results, so that the pages of a first start without
 * keys have something to show. Runs are named for what they are, and every row is marked as simulated. Where
 * any result exists nothing is written.
 *
 * @returns how many results were written.
 * @throws SetupError when no embedded Supabase runs in that directory; StoreError when writing fails.
 */
export async function writeHistory(options: HistoryOptions): Promise<number> {
  const { dataDirectory, location = "local", now = new Date(), seed = 1 } = options;
  const embedded = await findRunningSupabase(dataDirectory);
  if (embedded === null) {
    throw new SetupError(
      `Simulated history is written to a running embedded Supabase only; none runs in ${dataDirectory}.`,
    );
  }
  const client = createServiceClient({
    url: embedded.url,
    serviceRole: embedded.serviceRoleKey,
    timeoutMs: 30_000,
  });
  const existing = await client.from("benchmark_results").select("id").limit(1);
  if (existing.error !== null) throw failure("read the results", existing.error.message);
  if (existing.data.length > 0) return 0;

  // Runs without results are what an interrupted attempt leaves.
  const cleared = await client.from("runs").delete().eq("run_name", HISTORY_RUN_NAME);
  if (cleared.error !== null) throw failure("clear an unfinished history", cleared.error.message);

  const targets = await readTargets(client, knownEndpoints());
  const history = simulateHistory({
    now,
    seed,
    location,
    targets,
    promptVersion: await promptVersion("standard"),
    promptChars: BENCHMARK_PROMPT.length,
  });
  const runs = await client.from("runs").insert(history.runs);
  if (runs.error !== null) throw failure("write simulated runs", runs.error.message);
  // One statement: all of the week or nothing.
  const results = await client.from("benchmark_results").insert(history.results);
  if (results.error !== null) throw failure("write simulated results", results.error.message);
  return history.results.length;
}

function failure(what: string, reason: string): SetupError {
  return new SetupError(`Could not ${what}: ${reason}`);
}
