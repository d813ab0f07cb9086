import type { Config } from "../config.ts";
import type { SyncEnvironment } from "../jobs/discover-models.ts";
import type { Log } from "../log.ts";
import type { Store } from "../store/index.ts";
import type { OutboxItem } from "../store/rows.ts";
import type { AbsentModels } from "./absent-models.ts";
import type { AlertQueue } from "./alert-queue.ts";
import type { AskAgain } from "./ask-again.ts";
import type { Documents } from "./documents.ts";
import type { JobQueue } from "./job-queue.ts";
import { type JournalContext, SqlJournal } from "./journal.ts";
import type { Ledger } from "./ledger.ts";
import type { Outbox, Share } from "./outbox.ts";
import type { Pages } from "./pages.ts";
import type { RunState } from "./run-state.ts";
import type { Telemetry } from "./telemetry.ts";
import type { Watch } from "./watch.ts";

/** What one alarm invocation works with. */
export interface Context {
  readonly documents: Documents;
  readonly config: Config;
  readonly store: Store;
  readonly log: Log;
  readonly runs: RunState;
  readonly jobs: JobQueue;
  readonly ledger: Ledger;
  readonly absent: AbsentModels;
  readonly outbox: Outbox;
  readonly pages: Pages;
  readonly watch: Watch;
  readonly telemetry: Telemetry;
  readonly asks: AskAgain;
  readonly alerts: AlertQueue;
  /** Sends alerts that are due, beside whatever else is going on. */
  readonly sendAlerts: () => void;
}

/** What discovery and prices work with, in an alarm. */
export function syncEnvironment({ store, config, log }: Context): SyncEnvironment {
  return {
    store,
    config,
    log,
    now: () => new Date(),
    // Wrapped, because a bare `fetch` loses its `this` in Workers ("Illegal invocation").
    fetch: (input: RequestInfo | URL, init?: RequestInit) => fetch(input, init),
  };
}

export function journalOf(context: JournalContext, runId: string): SqlJournal {
  return new SqlJournal(runId, context);
}

/** Hands over what waits for Supabase, within a number of subrequests. @returns how many were spent. */
export function deliver(
  { outbox, store, pages }: Context,
  maxSubrequests: number,
  share: Share,
): Promise<number> {
  const send = async (item: OutboxItem) => {
    const delivery = await store.deliver(item);
    if (delivery.state === "delivered") pages.outdated();
    return delivery;
  };
  return outbox.deliver(send, Date.now, maxSubrequests, share);
}
