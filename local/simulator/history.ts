import { BENCHMARK_PROMPT, promptVersion } from "../../workers/benchmark/probe/prompts.ts";
import { createServiceClient } from "../../workers/benchmark/store/client.ts";
import { WINDOWS } from "../../workers/benchmark/store/rows.ts";
import { readTargets } from "../../workers/benchmark/store/targets.ts";
import { SetupError } from "../errors.ts";
import { findRunningSupabase } from "../supabase/index.ts";
import { knownEndpoints } from "./profiles.ts";
import { HISTORY_RUN_NAME, simulateHistory } from "./simulated-week.ts";

/** Stands in each run until all results are there, so that a later start can tell a week from half of one. */
const UNFINISHED = "Being written.";

/** PostgREST takes eight times as long for all rows at once. */
const BATCH = 500;

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
 * @throws SetupError when no embedded Supabase runs in that directory, or when writing fails.
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
  const unfinished = await client
    .from("runs")
    .delete()
    .eq("run_name", HISTORY_RUN_NAME)
    .eq("note", UNFINISHED);
  throwIf(unfinished.error, "clear an unfinished history");
  const existing = await client.from("benchmark_results").select("id").limit(1);
  throwIf(existing.error, "read the results");
  if (existing.data !== null && existing.data.length > 0) return 0;

  const history = simulateHistory({
    now,
    seed,
    location,
    targets: await readTargets(client, knownEndpoints()),
    promptVersion: await promptVersion("standard"),
    promptChars: BENCHMARK_PROMPT.length,
  });
  const runs = await client.from("runs").insert(history.runs.map((run) => ({ ...run, note: UNFINISHED })));
  throwIf(runs.error, "write simulated runs");
  for (let from = 0; from < history.results.length; from += BATCH) {
    const results = await client.from("benchmark_results").insert(history.results.slice(from, from + BATCH));
    throwIf(results.error, "write simulated results");
  }
  const finished = await client
    .from("runs")
    .update({ note: null })
    .eq("run_name", HISTORY_RUN_NAME)
    .eq("note", UNFINISHED);
  throwIf(finished.error, "finish the simulated history");
  for (const { window, part } of WINDOWS) {
    const made = await client.rpc("engine_refresh_windows", {
      time_window: window,
      part,
      at_location: location,
    });
    throwIf(made.error, "make the figures of the simulated history");
  }
  return history.results.length;
}

function throwIf(error: { readonly message: string } | null, what: string): void {
  if (error !== null) throw new SetupError(`Could not ${what}: ${error.message}`);
}
