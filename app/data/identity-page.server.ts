import { z } from "zod";
import { compile } from "../lib/compiled-schema.ts";
import { leadersOf } from "../lib/leaders.ts";
import type { LockableMetric } from "../lib/locks.ts";
import type { IdentityQuery } from "../lib/queries.ts";
import { earlier, isStale } from "../lib/schedule.ts";
import { count, windowHead } from "../lib/schema.ts";
import type { Endpoint } from "../lib/types.ts";
import { changeSchema, toChangeRow } from "./catalog-changes.server.ts";
import { listPrice, toRows } from "./endpoint-list.server.ts";
import { currentStates } from "./incidents.server.ts";
import { endpointSchema } from "./overview.server.ts";
import type { Reader } from "./reader.server.ts";

/** What `identity_page` returns. */
export const identityPageSchema = z.object({
  ...windowHead,
  identity: z.string(),
  family: z.string().nullable(),
  total: count,
  endpoints: z.array(
    z.object({
      endpoint: endpointSchema,
      quantization: z.string().nullable(),
      context_window: count.nullable(),
      available: z.boolean(),
      price: listPrice,
    }),
  ),
  changes: z.array(changeSchema),
});

const parse = compile(identityPageSchema);
export type IdentityPage = NonNullable<Awaited<ReturnType<typeof readIdentityPage>>>;

/**
 * One model at all its providers, without locked metrics.
 * @returns null where no model has that identity
 * @throws {ReadError} where the database gives no answer; ZodError where the answer is not what was agreed.
 */
export async function readIdentityPage(
  reader: Reader,
  identity: string,
  query: IdentityQuery,
  locked: ReadonlySet<LockableMetric>,
) {
  const [answer, { states }] = await Promise.all([
    reader.call("identity_page", {
      of_identity: identity,
      time_window: query.window,
      at_location: query.location,
      from_at: query.from,
      to_at: query.to,
    }),
    currentStates(reader, query.location, locked),
  ]);
  if (answer === null) return null;
  const { endpoints, changes, ...page } = parse(answer);
  const rows = toRows(
    endpoints.map((listed) => ({ ...listed, identity })),
    states,
    page,
    locked,
    query.sort,
  );
  const windows = endpoints.flatMap(({ context_window }) => context_window ?? []);
  return {
    ...page,
    stale: isStale(earlier(page.newest_result_at, page.as_of), page.read_at),
    rows,
    leaders: leadersOf(
      rows.map(({ endpoint }) => ({ ...endpoint, per_thousand: perThousand(endpoint) })),
      query.window,
    ),
    prices: priceRange(endpoints.flatMap(({ price }) => price ?? [])),
    context: windows.length === 0 ? null : ([Math.min(...windows), Math.max(...windows)] as const),
    changes: changes.map(toChangeRow),
  };
}

/** What 1,000 of the requests that were measured cost, USD. */
function perThousand({ cost }: Endpoint): number | null {
  return cost?.per_request == null ? null : cost.per_request * 1_000;
}

/** From the cheapest to the dearest, USD per million tokens; null where no price is known. */
function priceRange(prices: readonly { readonly input: number; readonly output: number }[]) {
  if (prices.length === 0) return null;
  const ends = (values: readonly number[]) => [Math.min(...values), Math.max(...values)] as const;
  return {
    n: prices.length,
    input: ends(prices.map(({ input }) => input)),
    output: ends(prices.map(({ output }) => output)),
  };
}
