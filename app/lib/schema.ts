/** What the database's answers and the API's are made of. */
import { z } from "zod";

export const count = z.int().nonnegative();
/** A number that may not be known. */
export const figure = z.number().nullable();
export const time = z.iso.datetime({ offset: true });
/** How a provider is reached; null for one that is not in the table. */
export const kind = z.enum(["direct", "proxy"]).nullable();

/** Places that have results, most results first. */
export const locations = z.array(z.object({ location: z.string(), results: count }));

/** What the figures of a page rest on, wherever a page has some. */
export const windowHead = {
  /** Up to when they reach: now, or the last refresh of a window made ahead. */
  as_of: time,
  read_at: time,
  since: time,
  step_s: z.number(),
  location: z.string().nullable(),
  locations,
  /** Of any endpoint: whether anything is measured at all. */
  newest_result_at: time.nullable(),
};

/** What is told of a run wherever it is named. */
export const runHead = {
  id: z.guid(),
  run_name: z.string(),
  triggered_by: z.string(),
  started_at: time,
  finished_at: time.nullable(),
  location: z.string().nullable(),
  /** How many endpoints it set out to ask; null where nobody said. */
  targets: count.nullable(),
  note: z.string().nullable(),
};

/** The newest run, with how many endpoints it skipped for which reason. */
export const lastRun = z
  .object({ ...runHead, results: count, skipped: z.array(z.object({ reason: z.string(), count })) })
  .nullable();

const usd = z.number().nonnegative();
/** USD per million tokens, as the engine writes a price beside an event or a model. */
export const priceEvent = z
  .object({
    input: usd,
    output: usd,
    cachedInput: usd.nullable().catch(null),
    // Of a price that varies by hour: which hours.
    hours: z.array(z.unknown()).optional().catch(undefined),
  })
  .transform(({ cachedInput, ...price }) => ({ ...price, cached: cachedInput }));

/** A schema with what the API's documentation says of it. */
export function describe<T extends z.ZodType>(schema: T, description: string): T {
  return schema.meta({ description });
}

/** What a figure is measured in; the OpenAPI document says it as `x-unit`. */
export type Unit = "ms" | "tokens/s" | "share" | "USD" | "tokens/s per USD/1M tokens";

/** The same of a figure, with its unit. */
export function measured<T extends z.ZodType>(schema: T, unit: Unit, description: string): T {
  return schema.meta({ description, "x-unit": unit });
}
