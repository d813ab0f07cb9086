import { z } from "zod";
import { ERROR_KINDS, FAILURE_OWNERS } from "../failures.ts";
import type { LockableMetric } from "../locks.ts";
import { isOpen, type Part } from "../locks.ts";
import { count, describe as say, time } from "../schema.ts";

/** A field of a result: what it is, and the part it goes with when that is locked. */
export interface Field {
  readonly schema: z.ZodType;
  readonly part?: Part;
}

const text = z.string();
const ms = z.number().nonnegative().nullable();

/** A result as lists show it, in the order of the CSV's columns. */
export const RESULT_FIELDS = {
  id: { schema: say(z.guid(), "The request's own id, the same in the engine's log.") },
  run_id: { schema: say(z.guid(), "The run it belongs to.") },
  created_at: { schema: say(time, "When the request was sent.") },
  provider: { schema: say(text, "The provider's short name, as in addresses.") },
  model: { schema: say(text, "The model's name at that provider.") },
  simulated: { schema: say(z.boolean(), "true: the built-in simulator answered, and no provider did.") },
  location: { schema: say(text, "Where it was measured from.") },
  colo: { schema: say(text.nullable(), "The Cloudflare data centre it was measured from.") },
  success: { schema: say(z.boolean(), "Whether the answer came whole.") },
  status_code: { schema: say(z.int().nullable(), "HTTP status; null where no response came.") },
  error_kind: { schema: say(z.enum(ERROR_KINDS).nullable(), "Why it failed.") },
  failure_owner: {
    schema: say(
      z.enum(FAILURE_OWNERS).nullable(),
      "Whose failure it was; null for a success. The probe's own enter no rate.",
    ),
  },
  error_message: { schema: say(text.nullable(), "One line, secrets taken out.") },
  finish_reason: { schema: say(text.nullable(), "Why the model stopped, as the provider says it.") },
  ttfb_ms: { schema: say(ms, "Milliseconds to the response's headers."), part: "ttft" },
  ttft_ms: { schema: say(ms, "Time to first token, milliseconds."), part: "ttft" },
  answer_ttft_ms: {
    schema: say(ms, "Milliseconds to the first piece of the answer that is no thought."),
    part: "ttft",
  },
  total_latency_ms: {
    schema: say(ms, "Milliseconds to the end of the answer, or to the failure."),
    part: "latency",
  },
  tps: {
    schema: say(ms, "Tokens per second once the answer had begun; null where the stream carries no rate."),
    part: "tps",
  },
  warmup_ms: { schema: say(ms, "How long opening the line took; part of no other time.") },
  input_tokens: { schema: say(count, "As the provider counts them.") },
  output_tokens: { schema: say(count, "As the provider counts them, thoughts included.") },
  reasoning_tokens: { schema: say(count.nullable(), "Those of the output that were thoughts.") },
  cached_tokens: { schema: say(count.nullable(), "Those of the input that came from a cache.") },
  tokens_estimated: {
    schema: say(z.boolean(), "true: a count was missing and made from the text's length."),
  },
  cost_usd: {
    schema: say(z.number().nonnegative(), "USD; 0 with cost_source unknown is no price, not a free one."),
    part: "cost",
  },
  cost_source: {
    schema: say(z.enum(["provider", "price", "unknown"]), "Who says what it cost."),
    part: "cost",
  },
  input_price_per_m: {
    schema: say(ms, "The price it was computed with, USD per million tokens."),
    part: "cost",
  },
  output_price_per_m: { schema: say(ms, "The same for output."), part: "cost" },
  cached_input_price_per_m: { schema: say(ms, "The same for cached input."), part: "cost" },
  answer_ok: { schema: say(z.boolean().nullable(), "Whether the answer did what the prompt asked.") },
  truncated: { schema: say(z.boolean(), "true: the kept text or list of arrivals was cut.") },
  skipped_events: { schema: say(count, "Events of the stream that could not be understood.") },
  upstream: { schema: say(text.nullable(), "Who served a call that a reseller passed on.") },
  prompt_version: {
    schema: say(text.nullable(), "The prompt's fingerprint; one that begins with short is the short prompt."),
  },
  probe_version: { schema: say(text.nullable(), "The version of the way of measuring.") },
  request_params: { schema: say(z.unknown(), "What was sent besides the model's name and the prompt.") },
} as const satisfies Record<string, Field>;

/** What `detail=full` adds. */
export const DETAIL_FIELDS = {
  provider_timing: {
    schema: say(z.unknown(), "What the server says of its own times, in its own units."),
    part: "arrivals",
  },
  response_text: { schema: say(text.nullable(), "The answer, as it was sent.") },
  chunk_times_ms: {
    schema: say(z.array(z.number()).nullable(), "When each piece of the answer arrived, milliseconds."),
    part: "arrivals",
  },
} as const satisfies Record<string, Field>;

export type ResultField = keyof typeof RESULT_FIELDS;

/** The fields that no locked metric takes away. */
export function openFields(
  fields: Readonly<Record<string, Field>>,
  locked: ReadonlySet<LockableMetric>,
): Record<string, z.ZodType> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, { part }]) => part === undefined || isOpen(part, locked))
      .map(([name, { schema }]) => [name, schema]),
  );
}
