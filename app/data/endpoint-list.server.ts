import { z } from "zod";
import type { EndpointState, StateNow } from "../lib/incidents.ts";
import type { LockableMetric } from "../lib/locks.ts";
import type { SortKey } from "../lib/queries.ts";
import { sortEndpoints } from "../lib/ranking.ts";
import { figure } from "../lib/schema.ts";
import { drawSpark, type Spark } from "../lib/spark.ts";
import type { Endpoint } from "../lib/types.ts";
import { type endpointSchema, toEndpoint } from "./overview.server.ts";

/* What the pages of a model and of a provider have in common: endpoints with their states. */

/** USD per million tokens. */
export const listPrice = z.object({ input: z.number(), output: z.number(), cached: figure }).nullable();

/** An endpoint as these pages list it. */
export interface EndpointRow {
  readonly endpoint: Endpoint;
  readonly state: EndpointState | null;
  readonly spark: Spark | null;
  readonly identity: string | null;
  readonly quantization: string | null;
  /** USD per million tokens; null where none is known. */
  readonly price: z.infer<typeof listPrice>;
}

interface Span {
  readonly since: string;
  readonly as_of: string;
}

/** Rows without locked figures, best first by the given figure. */
export function toRows(
  listed: readonly (Omit<EndpointRow, "endpoint" | "state" | "spark"> & {
    readonly endpoint: z.infer<typeof endpointSchema>;
  })[],
  states: readonly StateNow[],
  { since, as_of }: Span,
  locked: ReadonlySet<LockableMetric>,
  sort: SortKey,
): EndpointRow[] {
  const rows = new Map(
    listed.map(({ endpoint: answer, identity, quantization, price }) => {
      const { trend, ...endpoint } = toEndpoint(answer, locked);
      const state = states.find(
        (each) =>
          each.provider === endpoint.provider &&
          each.model === endpoint.model &&
          // Nobody knows whether one that was not measured here is simulated.
          (each.simulated === endpoint.simulated || endpoint.attempts === 0),
      );
      const row = {
        endpoint: { ...endpoint, trend: null },
        state: state?.state ?? null,
        spark: drawSpark(trend, since, as_of),
        identity,
        quantization,
        price,
      };
      return [row.endpoint as Endpoint, row] as const;
    }),
  );
  return sortEndpoints([...rows.keys()], sort).flatMap((endpoint) => rows.get(endpoint) ?? []);
}
