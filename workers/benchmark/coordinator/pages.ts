import * as z from "zod";
import { describeError, type Log } from "../log.ts";
import type { Documents } from "./documents.ts";

/** What the dashboard Worker answers over a service binding, and never over HTTP. */
export interface DashboardBinding {
  /** What is kept of pages shows less than the database by now. */
  dataChanged(): Promise<void>;
}

/**
 * From what was written to the purge. A page that was being made meanwhile shows what was before, and is kept after: of
 * those that are made quicker none is left by then, and what takes longer is kept for seconds only
 * (workers/dashboard/handler.ts).
 */
const PURGE_AFTER_MS = 2_000;
/** How long the dashboard may take. */
const PURGE_TIMEOUT_MS = 5_000;
const MOST_DELAY_MS = 10_000;
const RETRY_MS = 60_000;
/** The pages' own maximum age: they are gone then. */
const OUTDATED_MS = 900_000;

const PURGE = "purge";
const purgeSchema = z.object({ dueAt: z.number(), since: z.number() });
type Purge = z.infer<typeof purgeSchema>;

/**
 * Pages are kept in front of the dashboard until data changes: this says when. An invocation that wrote something has them
 * purged once, soon after its end. All times are ms since the epoch.
 */
export class Pages {
  readonly #dashboard: DashboardBinding | null;
  readonly #documents: Documents;
  readonly #log: Log;
  #isOutdated = false;

  /** @param dashboard null where nothing is kept */
  constructor(dashboard: DashboardBinding | null, documents: Documents, log: Log) {
    this.#dashboard = dashboard;
    this.#documents = documents;
    this.#log = log;
  }

  /** Something was written that pages show. */
  outdated(): void {
    this.#isOutdated = true;
  }

  /** When pages are to be purged; null where nothing was written since. */
  nextPurge(): number | null {
    return this.#dashboard === null ? null : (this.#noted()?.dueAt ?? null);
  }

  /** At an invocation's end: purges what is due, and notes what it wrote itself. Never throws: a page that is late is no reason to measure nothing. */
  async purge(): Promise<void> {
    if (this.#dashboard === null) return;
    const due = this.#noted();
    if (due !== null && due.dueAt <= Date.now()) await this.#purge(this.#dashboard, due);
    if (!this.#isOutdated) return;
    this.#isOutdated = false;
    const now = Date.now();
    // What goes on writing puts the purge off, but not for long.
    const since = this.#noted()?.since ?? now;
    this.#documents.write(PURGE, { dueAt: Math.min(now + PURGE_AFTER_MS, since + MOST_DELAY_MS), since });
  }

  #noted(): Purge | null {
    return this.#documents.read(PURGE, purgeSchema);
  }

  async #purge(dashboard: DashboardBinding, due: Purge): Promise<void> {
    const reason = await within(dashboard.dataChanged(), PURGE_TIMEOUT_MS).then(() => null, describeError);
    if (reason !== null) this.#log.warn("pages_not_purged", { reason });
    // Another call has noted what it wrote meanwhile: that is still to come.
    if (this.#noted()?.dueAt !== due.dueAt) return;
    const again = Date.now() + RETRY_MS;
    if (reason === null || again - due.since > OUTDATED_MS) this.#documents.remove(PURGE);
    else this.#documents.write(PURGE, { dueAt: again, since: due.since });
  }
}

async function within(work: Promise<void>, limitMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
