import { providers } from "../../workers/benchmark/providers/registry.ts";
import { CRONS } from "../../workers/benchmark/schedule.ts";
import { type BenchmarkWorker, startBenchmarkWorker } from "./benchmark-worker.ts";
import { eventually } from "./eventually.ts";
import { type FaultyProxy, startFaultyProxy } from "./faulty-proxy.ts";
import { type ListsServer, startListsServer } from "./lists-server.ts";
import { freshSupabase, type TestSupabase } from "./supabase.ts";

/** Slugs of the providers that have a models list. */
export const LISTING = providers.filter(({ modelsList }) => modelsList !== null).map(({ slug }) => slug);

/** A database, a door before it that counts, models lists, and the Worker that reads them. */
export interface DiscoveryBench {
  readonly supabase: TestSupabase;
  readonly door: FaultyProxy;
  readonly lists: ListsServer;
  /** Starts the Worker; by default it has a key for every provider that lists its models. */
  start(settings?: Record<string, string>): Promise<BenchmarkWorker>;
  worker(): BenchmarkWorker;
  /** How providers' turns ended, oldest first. */
  ended(): readonly Record<string, unknown>[];
  /** Fires the weekly cron and waits until every provider has had its turn. @returns how each ended. */
  sync(): Promise<readonly Record<string, unknown>[]>;
  stop(): Promise<void>;
}

const ENDS = ["models_synced", "models_sync_failed", "models_not_synced", "job_failed"];

export async function startDiscoveryBench(): Promise<DiscoveryBench> {
  const supabase = await freshSupabase();
  const door = await startFaultyProxy(supabase.url);
  const lists = await startListsServer();
  let current: BenchmarkWorker | undefined;
  const worker = () => {
    if (!current) throw new Error("the Worker is not started yet");
    return current;
  };
  const ended = () => worker().events.filter(({ event }) => ENDS.includes(String(event)));
  return {
    supabase,
    door,
    lists,
    worker,
    ended,
    async start(settings = lists.settings(LISTING)) {
      current = await startBenchmarkWorker({
        settings: {
          SUPABASE_URL: door.url,
          SUPABASE_SERVICE_ROLE: supabase.serviceRoleKey,
          ...settings,
        },
      });
      return current;
    },
    async sync() {
      const before = ended().length;
      await worker().cron(CRONS.models);
      await eventually(async () => ended().length >= before + providers.length, "every provider's turn");
      return ended().slice(before);
    },
    async stop() {
      await current?.stop();
      await lists.stop();
      await door.stop();
      await supabase.stop();
    },
  };
}
