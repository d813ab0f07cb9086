import { z } from "zod";
import { changeEntry, ENTRY_KINDS, type FeedEntry, incidentEntry } from "../lib/api/feed.ts";
import type { LockableMetric } from "../lib/locks.ts";
import { endpointPath } from "../lib/models-path.ts";
import { time } from "../lib/schema.ts";
import { incidentsSince } from "./incidents.server.ts";
import type { Reader } from "./reader.server.ts";

/** How far back it reaches. */
const DAYS = 30;
/** More than any reader of feeds goes through; a first look at a large provider makes hundreds at once. */
const MOST_CHANGES = 300;

const side = z.record(z.string(), z.unknown()).nullable();
const changes = z.array(
  z.object({
    id: z.guid(),
    at: time,
    kind: z.string(),
    provider: z.string(),
    provider_name: z.string(),
    model: z.string(),
    before: side,
    after: side,
  }),
);

export type CatalogChange = z.infer<typeof changes>[number];

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
    readChanges(reader, query, since),
    incidentsSince(reader, { ...query, since }, locked),
  ]);
  return [...catalog, ...incidents.map(incidentEntry)];
}

async function readChanges(reader: Reader, { provider }: FeedQuery, since: string): Promise<FeedEntry[]> {
  const answer = await reader.call("catalog_changes", {
    since,
    at_most: MOST_CHANGES,
    kinds: [...ENTRY_KINDS],
    of_provider: provider,
  });
  return changes.parse(answer).flatMap((change) => changeEntry(change, endpointPath(change)) ?? []);
}
