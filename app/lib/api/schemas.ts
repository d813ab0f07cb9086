import { z } from "zod";
import { ENDPOINT_FACTS, ENDPOINT_FIGURES } from "../endpoint-schema.ts";
import { INCIDENT_KINDS, STATES } from "../incidents.ts";
import type { LockableMetric } from "../locks.ts";
import { isOpen } from "../locks.ts";
import { WINDOWS } from "../queries.ts";
import { count, describe as say, time } from "../schema.ts";
import { DETAIL_FIELDS, openFields, RESULT_FIELDS } from "./result-fields.ts";

/*
 * What each answer holds. The same schemas read what the database says (and drop what they do not name), make the
 * OpenAPI document and check the running server in tests.
 */

type Locked = ReadonlySet<LockableMetric>;

const price = z.number().nonnegative();
const { provider, provider_name, kind, model } = ENDPOINT_FACTS;

export const page = z.object({
  limit: say(z.int().positive(), "Maximum number of entries per page."),
  next_cursor: say(z.string().nullable(), "Send it as `cursor` for the next page; null on the last page."),
  next: say(z.string().nullable(), "Address of the next page, filters kept."),
});

/** A page of a list. `simulated` speaks of what is on the page. */
export function listOf<T extends z.ZodType>(entry: T) {
  return z.object({
    simulated: say(z.boolean(), "true: at least one entry is based on simulated results."),
    page,
    data: z.array(entry),
  });
}

export function resultSchema(locked: Locked) {
  return z.object(openFields(RESULT_FIELDS, locked));
}

export function resultDetailSchema(locked: Locked) {
  return z.object(openFields({ ...RESULT_FIELDS, ...DETAIL_FIELDS }, locked));
}

/** A result as either kind of page shows it: what `detail=full` adds may be absent. */
export function anyResultSchema(locked: Locked) {
  const added = Object.entries(openFields(DETAIL_FIELDS, locked));
  return resultSchema(locked).extend(
    Object.fromEntries(added.map(([name, schema]) => [name, schema.optional()])),
  );
}

/** Figures that programs know by another name than our own code. */
const API_NAMES: Readonly<Partial<Record<string, string>>> = { latency: "total_latency" };

/** An endpoint under the API's names. */
export function inApiWords(endpoint: object): object {
  return Object.fromEntries(
    Object.entries(endpoint).map(([name, value]) => [API_NAMES[name] ?? name, value]),
  );
}

/** An endpoint's figures without those that are locked, under the API's names. */
export function endpointSchema(locked: Locked) {
  const open = Object.entries(ENDPOINT_FIGURES).filter(([, { part }]) => isOpen(part, locked));
  return z.object({
    ...ENDPOINT_FACTS,
    ...inApiWords(Object.fromEntries(open.map(([name, { schema }]) => [name, schema]))),
  });
}

export function endpointListSchema(locked: Locked) {
  return listOf(endpointSchema(locked)).extend({
    window: z.enum(WINDOWS),
    as_of: say(
      time.nullable(),
      "When the figures were computed, where they are precomputed; null where they were computed for this response.",
    ),
    location: say(z.string().nullable(), "Where the figures were measured from."),
    locations: say(
      z.array(z.object({ location: z.string(), results: count })),
      "Locations that have results in the window; none where a filter names something the data does not have.",
    ),
    newest_result_at: time.nullable(),
    stale: say(z.boolean(), "true: the newest result is older than twice the schedule."),
  });
}

export const runSchema = z.object({
  id: z.guid(),
  run_name: z.string(),
  triggered_by: say(z.string(), "cron-job, manual or system."),
  started_at: time,
  finished_at: say(time.nullable(), "null while it is running."),
  scheduled_for: say(time.nullable(), "The scheduled (cron) time."),
  location: z.string().nullable(),
  targets: say(count.nullable(), "Number of endpoints it set out to measure."),
  results: count,
  successes: count,
  simulated_results: count,
  simulated: say(z.boolean(), "true: at least one of its results is simulated."),
  skipped: say(z.array(z.unknown()), "Skipped targets, with reasons."),
  note: say(z.string().nullable(), "Why it ended before its last target."),
});

const currentPrice = z.object({
  input_price_per_m: price,
  output_price_per_m: price,
  cached_input_price_per_m: price.nullable(),
  since: time,
  source: z.string(),
});

export const modelSchema = z.object({
  provider,
  provider_name,
  kind,
  model,
  identity: say(z.string().nullable(), "Identical at each provider that serves the same model."),
  family: z.string().nullable(),
  quantization: z.string().nullable(),
  context_window: z.int().nullable(),
  reasoning: say(z.boolean(), "A reasoning model."),
  active: say(z.boolean(), "Measured in every run."),
  available: say(z.boolean(), "Listed by the provider when last read."),
  first_seen_at: time,
  last_seen_at: time.nullable(),
  retires_at: say(time.nullable(), "Announced retirement."),
  retired_at: time.nullable(),
  successor: z.string().nullable(),
  price: say(currentPrice.nullable(), "Its newest list price, USD per million tokens."),
  simulated: say(
    z.boolean().nullable(),
    "Whether its results of the last 24 hours are simulated; null where there are none. The catalogue never is.",
  ),
});

export const priceSchema = z.object({
  id: z.guid(),
  provider,
  provider_name,
  model,
  input_price_per_m: say(price, "USD per million tokens."),
  output_price_per_m: say(price, "USD per million tokens."),
  cached_input_price_per_m: say(price.nullable(), "USD per million tokens."),
  since: say(time, "When this price was first seen."),
  current: say(z.boolean(), "false: superseded by a newer price."),
  source: say(z.string(), "Source."),
});

export const stateSchema = z.object({
  provider,
  model,
  simulated: z.boolean(),
  state: say(z.enum(STATES), "unknown: nothing was learned of it for twice the schedule."),
  since: say(time.nullable(), "Since when, where that is known."),
  reason: say(z.string(), "Why, in one sentence with its figures."),
  measured_at: say(time.nullable(), "The newest request that says anything of the endpoint."),
});

export const incidentSchema = z.object({
  id: z.guid(),
  provider,
  provider_name,
  location: z.string(),
  simulated: z.boolean(),
  kind: say(z.enum(INCIDENT_KINDS), "outage: endpoints are down; errors, slowdown: they are degraded."),
  opened_at: time,
  closed_at: say(time.nullable(), "null where no end is known."),
  ongoing: say(z.boolean(), "Not closed, and measured within the last 24 h."),
  measured_at: say(time.nullable(), "Newest request of its endpoints; null once it is closed."),
  endpoints: say(
    z.array(
      z.object({
        model,
        since: time,
        until: say(time.nullable(), "null while the endpoint is in it."),
        reason: say(z.string(), "Why, in one sentence with its figures."),
        evidence: say(z.array(z.guid()), "Ids of the results that showed it."),
      }),
    ),
    "Endpoints of one provider that fail or are slow together.",
  ),
});

export const healthSchema = z.object({
  status: say(
    z.enum(["ok", "stale", "no_results", "unavailable"]),
    "ok, or why not: the newest result is stale, there is none, or the database is unavailable.",
  ),
  detail: say(z.string(), "The status as a sentence."),
  simulated: say(z.boolean().nullable(), "Whether the newest result is simulated."),
  newest_result_at: time.nullable(),
  age_s: say(count.nullable(), "The newest result's age in seconds."),
  stale_after_s: say(count, "The age from which results are stale: twice the schedule."),
  last_run: z.object({ id: z.guid(), started_at: time, finished_at: time.nullable() }).nullable(),
});
export type Health = z.infer<typeof healthSchema>;

/** An error as RFC 9457 writes it. */
export const problemSchema = z.object({
  type: say(z.string(), "Documentation of this kind of problem."),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: say(
    z.array(z.object({ parameter: z.string(), detail: z.string() })).optional(),
    "Each invalid parameter.",
  ),
});
export type Problem = z.infer<typeof problemSchema>;
