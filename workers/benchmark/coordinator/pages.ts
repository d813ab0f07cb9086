import { describeError, type Log } from "../log.ts";

/** What the dashboard Worker answers over a service binding, and never over HTTP. */
export interface DashboardBinding {
  /** What is kept of pages shows less than the database by now. */
  dataChanged(): Promise<void>;
}

/** How long the dashboard may take; the pages' own maximum age is behind it. */
const PURGE_TIMEOUT_MS = 5_000;

/**
 * Pages are kept in front of the dashboard until data changes: this says when. An invocation that wrote something has
 * them purged once, at its end; where that fails the next one tries again.
 */
export class Pages {
  readonly #dashboard: DashboardBinding | null;
  readonly #log: Log;
  #outdated = false;

  /** @param dashboard null where nothing is kept */
  constructor(dashboard: DashboardBinding | null, log: Log) {
    this.#dashboard = dashboard;
    this.#log = log;
  }

  /** Something was written that pages show. */
  outdated(): void {
    this.#outdated = true;
  }

  /** Never throws: a page that is late is no reason to measure nothing. */
  async purge(): Promise<void> {
    if (this.#dashboard === null || !this.#outdated) return;
    try {
      await within(this.#dashboard.dataChanged(), PURGE_TIMEOUT_MS);
      this.#outdated = false;
    } catch (error) {
      this.#log.warn("pages_not_purged", { reason: describeError(error) });
    }
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
