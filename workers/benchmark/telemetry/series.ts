import * as z from "zod";
import type { ResultRow } from "../store/rows.ts";
import { histogramSchema, withValue } from "./histogram.ts";
import { endpointAttributes, INSTRUMENTS, type InstrumentName, recordingsOf } from "./instruments.ts";

const names = Object.keys(INSTRUMENTS) as [InstrumentName, ...InstrumentName[]];

/** What an endpoint came to since a beginning: counts that only grow, so that to send them twice says nothing twice. */
export const endpointSchema = z.object({
  /** ms since the epoch: just before its first result. */
  startedAt: z.number(),
  newestAt: z.number(),
  attributes: z.record(z.string(), z.union([z.string(), z.boolean()])),
  series: z.array(
    z.object({
      name: z.enum(names),
      attributes: z.record(z.string(), z.string()),
      histogram: histogramSchema,
    }),
  ),
});
export type EndpointSeries = Readonly<z.infer<typeof endpointSchema>>;

/** A provider that names another model with each answer must not fill the storage. */
const MOST_SERIES = 60;

/** An endpoint with one more result. */
export function withResult(before: EndpointSeries | null, row: ResultRow): EndpointSeries {
  const at = Date.parse(row.created_at);
  const series = new Map(
    (before?.series ?? []).map((one) => [keyOf(one.name, one.attributes), one] as const),
  );
  for (const { name, value, attributes: given } of recordingsOf(row)) {
    const { "gen_ai.response.model": _, ...without } = given;
    const isFull = series.size >= MOST_SERIES && !series.has(keyOf(name, given));
    const attributes = isFull ? without : given;
    const key = keyOf(name, attributes);
    const histogram = withValue(series.get(key)?.histogram, value, INSTRUMENTS[name].boundaries);
    series.set(key, { name, attributes, histogram });
  }
  return {
    startedAt: before?.startedAt ?? at,
    newestAt: Math.max(before?.newestAt ?? at, at),
    attributes: endpointAttributes(row),
    series: [...series.values()],
  };
}

function keyOf(name: string, attributes: Readonly<Record<string, string>>): string {
  return JSON.stringify([name, Object.entries(attributes).sort()]);
}
