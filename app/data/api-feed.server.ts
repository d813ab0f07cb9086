import { z } from "zod";
import {
  changeEntry,
  ENTRY_KINDS,
  type FeedEntry,
  incidentEntry,
  namedUuid,
  noticedEntry,
} from "../lib/api/feed.ts";
import type { LockableMetric } from "../lib/locks.ts";
import { isOpen } from "../lib/locks.ts";
import { endpointPath } from "../lib/models-path.ts";
import { time } from "../lib/schema.ts";
import { incidentsSince } from "./incidents.server.ts";
import type { Reader } from "./reader.server.ts";
import { type IncidentRow, incidentsSchema } from "./status.server.ts";

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
/** Of the status page, with the place that it was measured from. */
export type FeedIncident = Omit<IncidentRow, "provider_name" | "newest_at"> & { readonly location: string };

export interface FeedQuery {
  readonly provider: string | null;
  readonly location: string | null;
}

/**
 * What changed within 30 days: the catalogue's events and the incidents of the status page.
 * Incidents go where uptime is locked.
 * @throws {ReadError} where the database gives no answer; ZodError where the answer is not what was agreed.
 */
export async function readFeed(
  reader: Reader,
  query: FeedQuery,
  locked: ReadonlySet<LockableMetric>,
): Promise<FeedEntry[]> {
  const [catalog, incidents, noticed] = await Promise.all([
    readChanges(reader, query),
    isOpen("reliability", locked) ? readIncidents(reader, query) : [],
    isOpen("reliability", locked) ? readNoticed(reader, query, locked) : [],
  ]);
  return [...catalog, ...incidents, ...noticed];
}

async function readChanges(reader: Reader, { provider }: FeedQuery): Promise<FeedEntry[]> {
  const since = new Date(Date.now() - DAYS * 86_400_000).toISOString();
  const answer = await reader.call("catalog_changes", {
    since,
    at_most: MOST_CHANGES,
    kinds: [...ENTRY_KINDS],
    of_provider: provider,
  });
  return changes.parse(answer).flatMap((change) => changeEntry(change, endpointPath(change)) ?? []);
}

/** Slow-downs and elevated errors; outages are told endpoint by endpoint. */
async function readNoticed(
  reader: Reader,
  { provider, location }: FeedQuery,
  locked: ReadonlySet<LockableMetric>,
): Promise<FeedEntry[]> {
  const since = new Date(Date.now() - DAYS * 86_400_000).toISOString();
  const incidents = await incidentsSince(reader, { provider, location, since }, locked);
  return incidents.filter(({ kind }) => kind !== "outage").map(noticedEntry);
}

async function readIncidents(reader: Reader, { provider, location }: FeedQuery): Promise<FeedEntry[]> {
  const answer = await reader.call("dashboard_incidents", { at_location: location });
  const seen = incidentsSchema.parse(answer);
  return Promise.all(
    seen.incidents
      .filter((incident) => provider === null || incident.provider === provider)
      // One that reaches the first day may have begun before it: its beginning, which names it, is not known.
      .filter((incident) => Date.parse(incident.began_at) >= Date.parse(seen.first_day) + 86_400_000)
      .map(async (incident) => {
        const place = seen.location ?? "";
        const name = ["incident", place, incident.provider, incident.model, Date.parse(incident.began_at)];
        return incidentEntry(
          { ...incident, location: place },
          `urn:uuid:${await namedUuid(name.join("\n"))}`,
        );
      }),
  );
}
