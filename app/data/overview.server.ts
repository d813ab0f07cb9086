import { z } from "zod";
import { calculateValueScore } from "../lib/calculations.ts";
import { isOpen, type Part } from "../lib/locks.ts";
import type { LockableMetric } from "../lib/metrics.ts";
import { isStale } from "../lib/schedule.ts";
import type { OverviewQuery } from "../lib/search-params.ts";
import type { Endpoint, Overview, ProviderSummary } from "../lib/types.ts";
import type { Reader } from "./reader.server.ts";
import { count, figure, kind, runHead, time } from "./values.server.ts";

const valueInputs = z.object({
  n: count,
  tps: figure,
  cost: figure,
  tokens: figure,
});

/** Start of the bucket (epoch, s), attempts, first tokens, their median, the median rate: there are many. */
const trendPoint = z
  .tuple([z.number(), count, count, figure, figure])
  .transform(([at, attempts, n, ttft_p50, tps_p50]) => ({ at: at * 1000, attempts, n, ttft_p50, tps_p50 }));

export const trendSchema = z.array(trendPoint);

/** One endpoint's figures, as every function of the database writes them. */
export const endpointSchema = z.object({
  provider: z.string(),
  provider_name: z.string(),
  kind,
  model: z.string(),
  family: z.string().nullish(),
  identity: z.string().nullish(),
  active: z.boolean(),
  reasoning: z.boolean(),
  retired_at: time.nullable(),
  successor: z.string().nullable(),
  simulated: z.boolean(),
  attempts: count,
  probe_failures: count,
  successes: count,
  provider_failures: count,
  success_rate: figure,
  error_rate: figure,
  uptime: figure,
  newest_at: time.nullable(),
  within_2s: z.object({ n: count, share: figure }),
  ttft: z.object({ n: count, p50: figure, p95: figure }),
  answer_ttft: z.object({ n: count, p50: figure }),
  tps: z.object({ n: count, p50: figure }),
  latency: z.object({ n: count, p50: figure, p95: figure, p99: figure }),
  stability: z.object({ n: count, latency_stddev: figure, ttft_stddev: figure }),
  cost: z.object({ n: count, per_request: figure, per_million: figure }),
  value: valueInputs,
  trend: trendSchema,
});

const providerSchema = z.object({
  provider: z.string(),
  provider_name: z.string(),
  kind,
  simulated: z.boolean(),
  attempts: count,
  successes: count,
  uptime: figure,
  ttft: z.object({ n: count, mean: figure }),
  stability: z.object({ n: count, latency_stddev: figure }),
  value: valueInputs,
});

/** What `dashboard_endpoints` returns. */
export const overviewSchema = z.object({
  /** Up to when the figures reach: now, or the last refresh of a window made ahead. */
  as_of: time,
  read_at: time,
  since: time,
  step_s: z.number(),
  prompt_version: z.string().nullable(),
  location: z.string().nullable(),
  locations: z.array(z.object({ location: z.string(), results: count })),
  newest_result_at: time.nullable(),
  last_run: z
    .object({
      ...runHead,
      skipped: count,
      skipped_for_budget: count,
      results: count,
    })
    .nullable(),
  endpoints: z.array(endpointSchema),
  providers: z.array(providerSchema),
});

/**
 * Reads the endpoints' figures, without locked metrics, trends and providers' lines.
 * @throws {ReadError} where the database gives no answer; ZodError where the answer is not what was agreed.
 */
export async function readOverview(
  reader: Reader,
  query: Pick<OverviewQuery, "window" | "location">,
  locked: ReadonlySet<LockableMetric>,
): Promise<Overview> {
  const answer = await reader.call("dashboard_endpoints", {
    time_window: query.window,
    endpoints_only: true,
    at_location: query.location,
  });
  return toOverview(overviewSchema.parse(answer), locked);
}

export type OverviewAnswer = z.infer<typeof overviewSchema>;

/** The answer as pages show it. Locked metrics are taken out here, so nothing that is made of this holds them. */
export function toOverview(answer: OverviewAnswer, locked: ReadonlySet<LockableMetric>): Overview {
  const { endpoints, providers, prompt_version: _, ...rest } = answer;
  return {
    ...rest,
    stale: isStale(rest.newest_result_at, rest.read_at),
    endpoints: endpoints.map((endpoint) => toEndpoint(endpoint, locked)),
    providers: providers.map((provider) => toProvider(provider, locked)),
  };
}

/** The figures without those that are locked. */
export function toEndpoint(
  row: z.infer<typeof endpointSchema>,
  locked: ReadonlySet<LockableMetric>,
): Endpoint {
  const { provider_failures: _, uptime, error_rate, value, ...rest } = row;
  const open = (part: Part) => isOpen(part, locked);
  return {
    ...rest,
    success_rate: open("reliability") ? row.success_rate : null,
    reliability: open("reliability")
      ? { n: row.successes + row.provider_failures, uptime, error_rate }
      : null,
    within_2s: open("ttft") ? row.within_2s : null,
    ttft: open("ttft") ? row.ttft : null,
    answer_ttft: open("ttft") ? row.answer_ttft : null,
    tps: open("tps") ? row.tps : null,
    latency: open("latency") ? row.latency : null,
    stability: open("stability") ? row.stability : null,
    cost: open("cost") ? row.cost : null,
    value: open("value") ? toValue(value) : null,
    trend: open("ttft") ? row.trend.map(({ at, ttft_p50 }) => [at, ttft_p50] as const) : [],
  };
}

function toProvider(
  row: z.infer<typeof providerSchema>,
  locked: ReadonlySet<LockableMetric>,
): ProviderSummary {
  return {
    provider: row.provider,
    name: row.provider_name,
    kind: row.kind,
    simulated: row.simulated,
    attempts: row.attempts,
    sampleSize: row.successes,
    uptime: isOpen("reliability", locked) ? row.uptime : null,
    avgTTFT: isOpen("ttft", locked) ? row.ttft.mean : null,
    jitter: isOpen("stability", locked) ? row.stability.latency_stddev : null,
    valueScore: isOpen("value", locked) ? toValue(row.value).score : null,
    n: {
      ttft: isOpen("ttft", locked) ? row.ttft.n : null,
      stability: isOpen("stability", locked) ? row.stability.n : null,
      value: isOpen("value", locked) ? row.value.n : null,
      // The share is of the successes and the provider's failures, and only the successes are told.
      uptime: isOpen("reliability", locked) && row.uptime ? Math.round(row.successes / row.uptime) : null,
    },
  };
}

/** Only results with a known price are summed, so a cost of 0 is a price of 0. */
function toValue(inputs: z.infer<typeof valueInputs>): { n: number; score: number | null; free: boolean } {
  const { n, tps, cost, tokens } = inputs;
  if (n === 0 || cost === null || tokens === null) return { n, score: null, free: false };
  const score = calculateValueScore({ tps, cost_usd: cost, input_tokens: tokens, output_tokens: 0 });
  return { n, score, free: score !== null && cost === 0 };
}
