import { changeEntry, ENTRY_KINDS, type FeedEntry, incidentEntry } from "../lib/api/feed.ts";
import type { LockableMetric } from "../lib/locks.ts";
import { endpointPath } from "../lib/models-path.ts";
import { readChanges } from "./catalog-changes.server.ts";
import { incidentsSince } from "./incidents.server.ts";
import type { Reader } from "./reader.server.ts";

/** How far back it reaches. */
const DAYS = 30;
/** Of each kind; more than any reader of feeds goes through. A first look at a large provider makes hundreds at once. */
const MOST_ENTRIES = 300;

export interface FeedQuery {
  readonly provider: string | null;
  readonly location: string | null;
}

/**
 * What changed within 30 days: the catalogue's events and the incidents. Incidents go where uptime is locked.
 * @throws {ReadError} where the database gives no answer; ZodError where the answer is not what was agreed.
 */
export async function readFeed(
  reader: Reader,
  query: FeedQuery,
  locked: ReadonlySet<LockableMetric>,
): Promise<FeedEntry[]> {
  const since = new Date(Date.now() - DAYS * 86_400_000).toISOString();
  const [catalog, incidents] = await Promise.all([
    readChanges(reader, { provider: query.provider, since, atMost: MOST_ENTRIES, kinds: ENTRY_KINDS }),
    incidentsSince(reader, { ...query, since }, locked, MOST_ENTRIES),
  ]);
  return [
    ...catalog.flatMap((change) => changeEntry(change, endpointPath(change)) ?? []),
    ...incidents.map(incidentEntry),
  ];
}
