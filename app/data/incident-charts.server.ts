import type { Incident } from "../lib/incidents.ts";
import type { LockableMetric } from "../lib/locks.ts";
import { endpointPath } from "../lib/models-path.ts";
import { MODEL_QUERY } from "../lib/queries.ts";
import { spanBetween } from "../lib/span.ts";
import { readModelPage } from "./models-page.server.ts";
import type { Reader } from "./reader.server.ts";

/** Endpoints drawn; the others' pages are a link away. */
const MOST_DRAWN = 3;
const HOUR_MS = 3_600_000;

export type IncidentChart = Awaited<ReturnType<typeof readIncidentCharts>>[number];

/**
 * The speed of an incident's endpoints in its time, with as much before and after as shows what is usual: half its length,
 * 1 to 12 hours. A plot is null where there is nothing to draw or its metric is locked.
 *
 * @param asOf where one that is not closed ends, ISO.
 * @throws {ReadError} where the database gives no answer; ZodError where the answer is not what was agreed.
 */
export async function readIncidentCharts(
  reader: Reader,
  { provider, location, opened_at, closed_at, measured_at, ongoing, endpoints }: Incident,
  asOf: string,
  locked: ReadonlySet<LockableMetric>,
) {
  const began = Date.parse(opened_at);
  const ended = Date.parse(closed_at ?? (ongoing ? asOf : (measured_at ?? asOf)));
  const margin = Math.min(12 * HOUR_MS, Math.max(HOUR_MS, (ended - began) / 2));
  const query = {
    ...MODEL_QUERY.defaults,
    ...spanBetween(began - margin, Math.min(ended + margin, Date.parse(asOf))),
    location,
  };
  const read = endpoints.slice(0, MOST_DRAWN).map(async ({ model }) => {
    const page = await readModelPage(reader, { provider, model }, query, locked);
    return {
      model,
      href: endpointPath({ provider, model }) + MODEL_QUERY.format(query),
      ttft: page?.ttft?.over ?? null,
      latency: page?.latency?.over ?? null,
      tps: page?.tps?.over ?? null,
    };
  });
  return Promise.all(read);
}
