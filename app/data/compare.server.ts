import { z } from "zod";
import { compareSeries } from "../lib/comparison-result.ts";
import type { LockableMetric } from "../lib/locks.ts";
import { isOpen } from "../lib/locks.ts";
import type { ComparisonQuery } from "../lib/queries.ts";
import { earlier, isStale } from "../lib/schedule.ts";
import { count, figure, kind, locations, time } from "../lib/schema.ts";
import type { Reader } from "./reader.server.ts";

const choicesSchema = z.object({
  endpoints: z.array(
    z.object({
      provider: z.string(),
      provider_name: z.string(),
      kind,
      model: z.string(),
      identity: z.string().nullable(),
      active: z.boolean(),
      newest_at: time.nullable(),
      simulated: z.boolean(),
    }),
  ),
});

/** An endpoint that can be chosen. */
export type Choice = z.infer<typeof choicesSchema>["endpoints"][number];

const spread = z.object({ n: count, p50: figure, p95: figure });
const sideSchema = z.object({
  known: z.boolean(),
  provider: z.string().nullable(),
  provider_name: z.string().nullable(),
  kind,
  model: z.string().nullable(),
  active: z.boolean(),
  reasoning: z.boolean(),
  retired_at: time.nullable(),
  successor: z.string().nullable(),
  identity: z.string().nullable(),
  simulated: z.boolean(),
  attempts: count,
  probe_failures: count,
  successes: count,
  success_rate: figure,
  thinks_aloud: z.boolean(),
  ttft: spread,
  answer_ttft: spread,
  latency: spread,
  tps: z.object({ n: count, p50: figure }),
  cost: z.object({ n: count, per_request: figure }),
});

const values = z.array(figure);
const seriesSchema = z.object({
  states: z.string().regex(/^[sfp-]*$/),
  ttft: values,
  answer: values,
  latency: values,
  tps: values,
  cost: values,
});

/** What `compare_endpoints` returns. */
export const comparisonSchema = z.object({
  as_of: time,
  read_at: time,
  since: time,
  prompt_version: z.string().nullable(),
  location: z.string().nullable(),
  usual_location: z.string().nullable(),
  locations,
  newest_result_at: time.nullable(),
  a: sideSchema,
  b: sideSchema,
  runs: z.object({ at: z.array(z.number()), a: seriesSchema, b: seriesSchema }),
});

/** Two endpoints side by side, or those that nobody knows. */
export type ComparisonAnswer = Awaited<ReturnType<typeof readComparison>>;
export type Comparison = Extract<ComparisonAnswer, { found: true }>["comparison"];
export type ComparedEndpoint = Comparison["a"];

/** The endpoints there are to choose from. Throws as `readComparison`. */
export async function readChoices(reader: Reader): Promise<readonly Choice[]> {
  return choicesSchema.parse(await reader.call("compare_choices", {})).endpoints;
}

/**
 * Reads two endpoints and compares them. Locked metrics are taken out here.
 * @throws {ReadError} where the database gives no answer; ZodError where the answer is not what was agreed.
 */
export async function readComparison(
  reader: Reader,
  query: ComparisonQuery & { readonly a: string; readonly b: string },
  locked: ReadonlySet<LockableMetric>,
) {
  const answer = comparisonSchema.parse(
    await reader.call("compare_endpoints", {
      a: query.a,
      b: query.b,
      time_window: query.window,
      at_location: query.location,
    }),
  );
  const unknown = (["a", "b"] as const).filter((side) => !answer[side].known).map((side) => query[side]);
  if (unknown.length > 0) return { found: false, unknown } as const;
  const thinks = { a: isThinking(answer.a), b: isThinking(answer.b) };
  const either = thinks.a || thinks.b;
  const mixed = answer.a.attempts > 0 && answer.b.attempts > 0 && answer.a.simulated !== answer.b.simulated;
  return {
    found: true as const,
    comparison: {
      as_of: answer.as_of,
      read_at: answer.read_at,
      location: answer.location,
      // What `location` is where the address names none.
      usual_location: answer.usual_location,
      locations: answer.locations,
      newest_result_at: answer.newest_result_at,
      stale: isStale(earlier(answer.newest_result_at, answer.as_of), answer.read_at),
      // One of the two thinks, so times are those to the first answer.
      thinks: either,
      a: toEndpoint(answer.a, either, locked),
      b: toEndpoint(answer.b, either, locked),
      // One real and one simulated are never compared.
      differences: mixed ? null : compareSeries(answer.runs.a, answer.runs.b, { thinks, locked }),
    },
  };
}

function isThinking(side: z.infer<typeof sideSchema>): boolean {
  return side.reasoning || side.thinks_aloud;
}

/** One of the two, over the window. Times in ms, shares 0 to 1, money in USD; a block is null where it is locked. */
function toEndpoint(side: z.infer<typeof sideSchema>, thinks: boolean, locked: ReadonlySet<LockableMetric>) {
  return {
    provider: side.provider ?? "unknown",
    provider_name: side.provider_name ?? "unknown",
    kind: side.kind,
    model: side.model ?? "unknown",
    retired_at: side.retired_at,
    successor: side.successor,
    simulated: side.simulated,
    attempts: side.attempts,
    success_rate: isOpen("reliability", locked) ? side.success_rate : null,
    identity: side.identity,
    // To the first token, or to the first answer where one of the two thinks. Other tools' results know no first answer; without thinking it is the first token.
    first: !isOpen("ttft", locked)
      ? null
      : thinks && (isThinking(side) || side.answer_ttft.n === side.ttft.n)
        ? side.answer_ttft
        : side.ttft,
    latency: isOpen("latency", locked) ? side.latency : null,
    tps: isOpen("tps", locked) ? side.tps : null,
    cost: isOpen("cost", locked) ? side.cost : null,
  };
}
