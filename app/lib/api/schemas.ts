import { z } from "zod";
import { isOpen, type Part } from "../locks.ts";
import type { LockableMetric } from "../metrics.ts";
import { WINDOWS } from "../search-params.ts";
import { DETAIL_FIELDS, openFields, RESULT_FIELDS, time } from "./result-fields.ts";

/*
 * What each answer holds. The same schemas read what the database says (and drop what they do not name), make the
 * OpenAPI document and check the running server in tests.
 */

type Locked = ReadonlySet<LockableMetric>;

const count = z.int().nonnegative();
const figure = z.number().nullable();
const price = z.number().nonnegative();
const say = <T extends z.ZodType>(schema: T, description: string): T => schema.meta({ description });

const provider = say(z.string(), "The provider's short name, as in addresses.");
const providerName = say(z.string(), "The provider's name for people.");
const model = say(z.string(), "The model's name at that provider.");
const kind = say(
  z.enum(["direct", "proxy"]).nullable(),
  "direct: the company that runs the model answers; proxy: reached through a reseller.",
);
const simulated = say(z.boolean(), "true: the built-in simulator answered, and no provider did.");

export const page = z.object({
  limit: say(z.int().positive(), "How many entries a page holds at most."),
  next_cursor: say(
    z.string().nullable(),
    "Send it as `cursor` for the page after this; null on the last page.",
  ),
  next: say(z.string().nullable(), "The same as a whole address, filters kept."),
});

/** A page of a list. `simulated` speaks of what is on the page. */
export function listOf<T extends z.ZodType>(entry: T) {
  return z.object({
    simulated: say(z.boolean(), "true: at least one entry rests on simulated results."),
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

const n = say(count, "How many results the figure rests on.");

/** What an endpoint has beside its names and counts, and the part each goes with when that is locked. */
const ENDPOINT_BLOCKS: Readonly<Record<string, { part: Part; schema: z.ZodType }>> = {
  success_rate: { part: "reliability", schema: say(figure, "Share of 1.") },
  reliability: {
    part: "reliability",
    schema: say(
      z.object({ n, uptime: figure, error_rate: figure }),
      "Shares of 1. Uptime counts the provider's own failures alone, the error rate all but the probe's.",
    ),
  },
  within_2s: {
    part: "ttft",
    schema: say(z.object({ n, share: figure }), "Share of 1 with a first token within 2 seconds."),
  },
  ttft: {
    part: "ttft",
    schema: say(z.object({ n, p50: figure, p95: figure }), "Time to first token, ms; p95 from 20 results."),
  },
  answer_ttft: {
    part: "ttft",
    schema: say(z.object({ n, p50: figure }), "Time to the first piece that is no thought, ms."),
  },
  tps: { part: "tps", schema: say(z.object({ n, p50: figure }), "Tokens per second.") },
  latency: {
    part: "latency",
    schema: say(
      z.object({ n, p50: figure, p95: figure, p99: figure }),
      "Time for the whole answer, ms; p95 from 20 results, p99 from 100.",
    ),
  },
  stability: {
    part: "stability",
    schema: say(
      z.object({ n, latency_stddev: figure, ttft_stddev: figure }),
      "Variation: population standard deviation, ms.",
    ),
  },
  cost: {
    part: "cost",
    schema: say(z.object({ n, per_request: figure, per_million: figure }), "USD, where a price is known."),
  },
  value: {
    part: "value",
    schema: say(
      z.object({ n, score: z.int().nullable(), free: z.boolean() }),
      "Tokens per second over USD per million tokens, rounded; a free model counts as 0.01.",
    ),
  },
};

export function endpointSchema(locked: Locked) {
  return z.object({
    provider,
    provider_name: providerName,
    kind,
    model,
    simulated,
    active: say(z.boolean(), "Measured in every run."),
    reasoning: say(z.boolean(), "It thinks before it answers."),
    retired_at: time.nullable(),
    successor: say(z.string().nullable(), "The model that takes its place at the same provider."),
    newest_at: say(time.nullable(), "Its newest result in the window."),
    attempts: say(count, "Results but for the probe's own failures."),
    probe_failures: count,
    successes: count,
    ...Object.fromEntries(
      Object.entries(ENDPOINT_BLOCKS)
        .filter(([, { part }]) => isOpen(part, locked))
        .map(([name, { schema }]) => [name, schema]),
    ),
  });
}

export function endpointListSchema(locked: Locked) {
  return listOf(endpointSchema(locked)).extend({
    window: z.enum(WINDOWS),
    as_of: say(
      time.nullable(),
      "Up to when the figures reach, where they were made ahead (7d, 30d: after each run); null where they were computed for this answer.",
    ),
    location: say(z.string().nullable(), "Where the figures were measured from."),
    locations: say(
      z.array(z.object({ location: z.string(), results: count })),
      "The places that have results in the window.",
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
  finished_at: say(time.nullable(), "null while it goes on."),
  scheduled_for: say(time.nullable(), "The cron time that asked for it."),
  location: z.string().nullable(),
  targets: say(count.nullable(), "How many endpoints it set out to ask."),
  results: count,
  successes: count,
  simulated_results: count,
  simulated: say(z.boolean(), "true: at least one of its results is simulated."),
  skipped: say(z.array(z.unknown()), "What was not asked, and why."),
  note: say(z.string().nullable(), "Why it ended other than by reaching its last target."),
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
  provider_name: providerName,
  kind,
  model,
  identity: say(z.string().nullable(), "The same at each provider that serves the same model."),
  family: z.string().nullable(),
  quantization: z.string().nullable(),
  context_window: z.int().nullable(),
  reasoning: say(z.boolean(), "It thinks before it answers."),
  active: say(z.boolean(), "Measured in every run."),
  available: say(z.boolean(), "Offered by the provider when last seen."),
  first_seen_at: time,
  last_seen_at: time.nullable(),
  retires_at: say(time.nullable(), "When the provider says it will end."),
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
  provider_name: providerName,
  model,
  input_price_per_m: say(price, "USD per million tokens."),
  output_price_per_m: say(price, "USD per million tokens."),
  cached_input_price_per_m: say(price.nullable(), "USD per million tokens."),
  since: say(time, "From when it holds."),
  current: say(z.boolean(), "false: another price followed."),
  source: say(z.string(), "Where it was read."),
});

export const healthSchema = z.object({
  status: say(
    z.enum(["ok", "stale", "no_results", "unavailable"]),
    "ok, or why not: the newest result is too old, there is none, or the database gives no answer.",
  ),
  detail: say(z.string(), "The same in a sentence."),
  simulated: say(z.boolean().nullable(), "Whether the newest result is simulated."),
  newest_result_at: time.nullable(),
  age_s: say(count.nullable(), "The newest result's age in seconds."),
  stale_after_s: say(count, "The age from which results are stale: twice the schedule."),
  last_run: z.object({ id: z.guid(), started_at: time, finished_at: time.nullable() }).nullable(),
});
export type Health = z.infer<typeof healthSchema>;

/** A refusal or a failure, as RFC 9457 writes it. */
export const problemSchema = z.object({
  type: say(z.string(), "Where this kind of problem is explained."),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: say(
    z.array(z.object({ parameter: z.string(), detail: z.string() })).optional(),
    "Each parameter that cannot be taken, by name.",
  ),
});
export type Problem = z.infer<typeof problemSchema>;
