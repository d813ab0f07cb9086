import { z } from "zod";
import { calculateValueScore } from "../lib/calculations.ts";
import { compile } from "../lib/compiled-schema.ts";
import {
  ENDPOINT_FACTS,
  ENDPOINT_FIGURES,
  type FigureName,
  type Trend,
  trendSchema,
} from "../lib/endpoint-schema.ts";
import type { LockableMetric } from "../lib/locks.ts";
import { byLocks, isOpen } from "../lib/locks.ts";
import type { OverviewQuery } from "../lib/overview-query.ts";
import { earlier, isStale } from "../lib/schedule.ts";
import { count, figure, kind, lastRun, windowHead } from "../lib/schema.ts";
import type { Endpoint, ProviderMetrics } from "../lib/types.ts";
import type { Reader } from "./reader.server.ts";

const valueInputs = z.object({
  n: count,
  tps: figure,
  cost: figure,
  tokens: figure,
});

const { within_2s, ttft, answer_ttft, tps, latency, stability, cost } = ENDPOINT_FIGURES;

const { newest_at, attempts, probe_failures, successes, ...named } = ENDPOINT_FACTS;

/** A series' figures over a window, as the database stores them. */
export const figuresSchema = z.object({
  newest_at,
  attempts,
  probe_failures,
  successes,
  provider_failures: count,
  success_rate: figure,
  error_rate: figure,
  uptime: figure,
  within_2s: within_2s.schema,
  ttft: ttft.schema,
  answer_ttft: answer_ttft.schema,
  tps: tps.schema,
  latency: latency.schema,
  stability: stability.schema,
  cost: cost.schema,
  value: valueInputs,
});

/** One endpoint, as every function of the database writes it. */
export const endpointSchema = z.object({
  ...named,
  family: z.string().nullish(),
  identity: z.string().nullish(),
  figures: figuresSchema,
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
  ...windowHead,
  prompt_version: z.string().nullable(),
  last_run: lastRun,
  endpoints: z.array(endpointSchema),
  providers: z.array(providerSchema),
  /** What any window is judged beside, by endpoint; the database says it in this order. */
  beside: z.array(z.tuple([z.string(), z.string(), figure, count, figure, count, figure, figure])),
});

/**
 * Reads the endpoints' figures, without locked metrics, trends and providers' lines.
 * @throws {ReadError} where the database gives no answer; ZodError where the answer is not what was agreed.
 */
export async function readOverview(
  reader: Reader,
  query: Pick<OverviewQuery, "window" | "location">,
  locked: ReadonlySet<LockableMetric>,
) {
  const answer = await reader.call("dashboard_endpoints", {
    time_window: query.window,
    endpoints_only: true,
    at_location: query.location,
  });
  return toOverview(parseOverview(answer), locked);
}

export const parseOverview = compile(overviewSchema);
export type OverviewAnswer = z.infer<typeof overviewSchema>;
/** All that the overview shows. */
export type Overview = ReturnType<typeof toOverview>;
export type OverviewEndpoint = Overview["endpoints"][number];
export type ProviderSummary = Overview["providers"][number];

/** The answer as pages show it. Locked metrics are taken out here, so nothing that is made of this holds them. */
export function toOverview(answer: OverviewAnswer, locked: ReadonlySet<LockableMetric>) {
  const { endpoints, providers, beside, prompt_version: _, ...rest } = answer;
  const byEndpoint = new Map(beside.map((row) => [`${row[0]}/${row[1]}`, toBeside(row, locked)]));
  return {
    ...rest,
    // The newest result is older than twice the schedule.
    stale: isStale(earlier(rest.newest_result_at, rest.as_of), rest.read_at),
    endpoints: endpoints.map((endpoint) => ({
      ...toEndpoint(endpoint, locked),
      ...(byEndpoint.get(`${endpoint.provider}/${endpoint.model}`) ?? NOTHING_BESIDE),
    })),
    providers: providers.map((provider) => toProvider(provider, locked)),
  };
}

/** The newest hour against the usual, and list prices. */
interface Beside {
  /** Median TTFT of the newest hour over that of seven days; null where one of them rests on too little. */
  readonly against_usual: number | null;
  /** USD per million tokens in and out. */
  readonly price: { readonly input: number; readonly output: number } | null;
}

const NOTHING_BESIDE: Beside = { against_usual: null, price: null };
const MIN_HOUR = 2;
const MIN_WEEK = 12;

function toBeside(
  [, , hour, hourN, week, weekN, input, output]: OverviewAnswer["beside"][number],
  locked: ReadonlySet<LockableMetric>,
): Beside {
  const known = hour !== null && week !== null && week > 0 && hourN >= MIN_HOUR && weekN >= MIN_WEEK;
  return {
    against_usual: known && isOpen("ttft", locked) ? hour / week : null,
    price: input !== null && output !== null && isOpen("cost", locked) ? { input, output } : null,
  };
}

/** The figures without those that are locked. */
export function toEndpoint(
  row: z.infer<typeof endpointSchema>,
  locked: ReadonlySet<LockableMetric>,
): Endpoint {
  const { figures } = row;
  // Name by name: for three hundred rows `...rest` takes milliseconds.
  return {
    provider: row.provider,
    provider_name: row.provider_name,
    kind: row.kind,
    model: row.model,
    simulated: row.simulated,
    active: row.active,
    reasoning: row.reasoning,
    retired_at: row.retired_at,
    successor: row.successor,
    family: row.family,
    identity: row.identity,
    newest_at: figures.newest_at,
    attempts: figures.attempts,
    probe_failures: figures.probe_failures,
    successes: figures.successes,
    success_rate: figures.success_rate,
    within_2s: figures.within_2s,
    ttft: figures.ttft,
    answer_ttft: figures.answer_ttft,
    tps: figures.tps,
    latency: figures.latency,
    stability: figures.stability,
    cost: figures.cost,
    reliability: {
      n: figures.successes + figures.provider_failures,
      uptime: figures.uptime,
      error_rate: figures.error_rate,
    },
    value: toValue(figures.value),
    trend: isOpen("ttft", locked) ? withoutSpeed(row.trend) : null,
    ...closedFigures(locked),
  };
}

function withoutSpeed(trend: Trend | null): Endpoint["trend"] {
  return trend && { from: trend.from, step: trend.step, ttft: trend.ttft };
}

/** The figures that are locked, each null. */
const closedFigures = byLocks((locked): Partial<Record<FigureName, null>> => {
  const names = Object.keys(ENDPOINT_FIGURES) as FigureName[];
  const closed = names.filter((name) => !isOpen(ENDPOINT_FIGURES[name].part, locked));
  return Object.fromEntries(closed.map((name) => [name, null]));
});

function toProvider(row: z.infer<typeof providerSchema>, locked: ReadonlySet<LockableMetric>) {
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
    // What each figure rests on.
    n: {
      ttft: isOpen("ttft", locked) ? row.ttft.n : null,
      stability: isOpen("stability", locked) ? row.stability.n : null,
      value: isOpen("value", locked) ? row.value.n : null,
      // The share is of the successes and the provider's failures, and only the successes are told.
      uptime: isOpen("reliability", locked) && row.uptime ? Math.round(row.successes / row.uptime) : null,
    },
  } satisfies ProviderMetrics & Record<string, unknown>;
}

/** Only results with a known price are summed, so a cost of 0 is a price of 0. */
function toValue(inputs: z.infer<typeof valueInputs>): { n: number; score: number | null; free: boolean } {
  const { n, tps, cost, tokens } = inputs;
  if (n === 0 || cost === null || tokens === null) return { n, score: null, free: false };
  const score = calculateValueScore({ tps, cost_usd: cost, input_tokens: tokens, output_tokens: 0 });
  return { n, score, free: score !== null && cost === 0 };
}
