import { z } from "zod";
import { compile } from "../lib/compiled-schema.ts";
import type { LockableMetric } from "../lib/locks.ts";
import type { ProviderQuery } from "../lib/queries.ts";
import { earlier, isStale } from "../lib/schedule.ts";
import { count, kind, windowHead } from "../lib/schema.ts";
import { readChanges, toChangeRow } from "./catalog-changes.server.ts";
import { toRows } from "./endpoint-list.server.ts";
import { failureSchema, toFailures } from "./failures.server.ts";
import { currentStates, incidentsSince } from "./incidents.server.ts";
import { endpointSchema } from "./overview.server.ts";
import type { Reader } from "./reader.server.ts";

/** What `provider_page` returns. */
export const providerPageSchema = z.object({
  ...windowHead,
  provider: z.string(),
  name: z.string(),
  kind,
  status_url: z.string().nullable(),
  models: count,
  endpoints: z.array(z.object({ endpoint: endpointSchema, identity: z.string().nullable() })),
  failures: z.array(failureSchema),
});

const parse = compile(providerPageSchema);
export type ProviderPage = NonNullable<Awaited<ReturnType<typeof readProviderPage>>>;

const MONTH_MS = 30 * 86_400_000;
const CHANGES_SHOWN = 20;

/**
 * One provider: its endpoints with their states, its failures, incidents and changes of 30 days, without what is locked.
 * @returns null where nobody knows it
 * @throws {ReadError} where the database gives no answer; ZodError where the answer is not what was agreed.
 */
export async function readProviderPage(
  reader: Reader,
  provider: string,
  query: ProviderQuery,
  locked: ReadonlySet<LockableMetric>,
) {
  const { window, location, sort } = query;
  const since = new Date(Date.now() - MONTH_MS).toISOString();
  const [answer, { states }, incidents, changes] = await Promise.all([
    reader.call("provider_page", { of_provider: provider, time_window: window, at_location: location }),
    currentStates(reader, location, locked, { provider }),
    incidentsSince(reader, { provider, location, since }, locked),
    readChanges(reader, { provider, since, atMost: CHANGES_SHOWN }),
  ]);
  if (answer === null) return null;
  const { endpoints, failures, ...page } = parse(answer);
  return {
    ...page,
    stale: isStale(earlier(page.newest_result_at, page.as_of), page.read_at),
    rows: toRows(
      endpoints.map((listed) => ({ ...listed, quantization: null, price: null })),
      states,
      page,
      locked,
      sort,
    ),
    failures: toFailures(failures),
    incidents,
    changes: changes.map(toChangeRow),
  };
}
