import { z } from "zod";
import { compile } from "../lib/compiled-schema.ts";
import { FAILURE_OWNERS, failureMeaning, ownerSentence } from "../lib/failures.ts";
import { formatMs, formatSeconds, formatTps } from "../lib/format.ts";
import type { LockableMetric } from "../lib/locks.ts";
import { isOpen, type Part } from "../lib/locks.ts";
import { explainNothing, listFacts, listPrices } from "../lib/models-facts.ts";
import type { EndpointId } from "../lib/models-path.ts";
import type { ModelQuery } from "../lib/queries.ts";
import { MIN_RANKED_RESULTS } from "../lib/ranking.ts";
import { earlier, isStale } from "../lib/schedule.ts";
import { count, figure, time, windowHead } from "../lib/schema.ts";
import { plotHistogram, plotSeries, type SeriesBucket } from "../lib/series.ts";
import type { Endpoint } from "../lib/types.ts";
import { failureSchema, toFailures } from "./failures.server.ts";
import { endpointSchema, toEndpoint } from "./overview.server.ts";
import type { Reader } from "./reader.server.ts";

const owner = z.enum(FAILURE_OWNERS);
/** How many, the median, the slow end, the mean time (epoch, ms) of those that are counted. */
const step = z.tuple([count, figure, figure, figure]);
const bins = z.object({
  n: count,
  step: figure,
  bins: z.array(z.tuple([z.number(), count])),
  above: figure,
  above_n: count,
});

export const modelPageSchema = z.object({
  ...windowHead,
  // This endpoint's, whenever it was.
  newest_at: time.nullable(),
  endpoint: endpointSchema,
  facts: z
    .object({
      available: z.boolean(),
      context_window: count.nullable(),
      identity: z.string().nullable(),
      family: z.string().nullable(),
      quantization: z.string().nullable(),
      known_since: time,
      last_seen_at: time.nullable(),
      retires_at: time.nullable(),
      // The same provider offers the model that takes its place: it has a page.
      successor_known: z.boolean(),
    })
    .nullable(),
  buckets: z.array(
    z.object({ at: time, attempts: count, provider_failures: count, ttft: step, tps: step, latency: step }),
  ),
  answers: z.array(z.tuple([z.number(), figure, figure, z.number()])),
  distributions: z.object({ ttft: bins, tps: bins, latency: bins }),
  failures: z.array(failureSchema),
  // USD per million tokens, each from its time on, newest first.
  prices: z.array(
    z.object({
      at: time,
      input: z.number(),
      output: z.number(),
      cached_input: figure,
      source: z.string(),
    }),
  ),
  results: z.array(
    z.object({
      id: z.guid(),
      run_id: z.guid(),
      at: time,
      success: z.boolean(),
      error_kind: z.string().nullable(),
      owner: owner.nullable(),
      status_code: z.int().nullable(),
      error_message: z.string().nullable(),
      // The beginning of the answer, and how many characters it has in all.
      text: z.string().nullable(),
      text_length: count.nullable(),
      ttft_ms: figure,
      tps: figure,
      total_latency_ms: figure,
      input_tokens: count,
      output_tokens: count,
      finish_reason: z.string().nullable(),
      upstream: z.string().nullable(),
      simulated: z.boolean(),
      confirmation: z.boolean(),
    }),
  ),
  elsewhere: z.array(
    z.object({
      endpoint: endpointSchema,
      quantization: z.string().nullable(),
      price: z.object({ input: z.number(), output: z.number() }).nullable(),
    }),
  ),
});

export const upstreamSharesSchema = z.array(z.object({ upstream: z.string(), n: count }));

const parseModelPage = compile(modelPageSchema);
type Row = z.infer<typeof modelPageSchema>;
export type ModelFacts = NonNullable<Row["facts"]>;
export type PricePoint = Row["prices"][number];
/** All that an endpoint's page shows; a series is null where its metric is locked. */
export type ModelPage = NonNullable<Awaited<ReturnType<typeof readModelPage>>>;
export type ModelSeries = ReturnType<typeof toSeries>;

/**
 * Reads the page about one endpoint. Locked metrics are taken out here, series and spreads included.
 * @returns null where nobody knows such an endpoint
 * @throws {ReadError} where the database gives no answer; ZodError where the answer is not what was agreed.
 */
export async function readModelPage(
  reader: Reader,
  id: EndpointId,
  query: ModelQuery,
  locked: ReadonlySet<LockableMetric>,
) {
  // The order of the slowest would tell a locked figure.
  const show = query.show === "slowest" && !isOpen("ttft", locked) ? "newest" : query.show;
  const answer = await callModelPage(reader, id, { ...query, show });
  if (answer === null) return null;
  const row = parseModelPage(answer);
  const { buckets: _, answers: __, distributions: ___, endpoint, facts, ...rest } = row;
  const upstreams = endpoint.kind === "proxy" ? await readUpstreams(reader, id, row) : [];
  const latest = row.prices[0];
  const open = (part: Part) => isOpen(part, locked);
  return {
    ...rest,
    stale: isStale(earlier(row.newest_result_at, row.as_of), row.read_at),
    facts: facts && listFacts(endpoint, facts),
    identity: facts?.identity ?? null,
    quantization: facts?.quantization ?? null,
    nothing: explainNothing(endpoint, row.newest_at),
    // Too few answers to rank by.
    few: endpoint.figures.successes < MIN_RANKED_RESULTS,
    // The page has its own series.
    endpoint: { ...toEndpoint(endpoint, locked), trend: null },
    ttft: open("ttft") ? toSeries(row, "ttft", 1) : null,
    tps: open("tps") ? toSeries(row, "tps", 2) : null,
    latency: open("latency") ? toSeries(row, "latency", 3) : null,
    failures: toFailures(row.failures),
    prices: listPrices(row.prices),
    price: latest !== undefined ? { input: latest.input, output: latest.output } : null,
    results: row.results.map(({ owner, ttft_ms, tps, total_latency_ms, ...result }) => ({
      ...result,
      meaning: owner === null ? "" : `${failureMeaning(result.error_kind)}. ${ownerSentence(owner)}`,
      figures: [
        ...(open("ttft") ? [`TTFT ${formatMs(ttft_ms)}`] : []),
        ...(open("tps") ? [formatTps(tps)] : []),
        ...(open("latency") ? [`total ${formatSeconds(total_latency_ms)}`] : []),
      ].join(" · "),
    })),
    elsewhere: row.elsewhere.map((other) => ({
      ...other,
      endpoint: toEndpoint(other.endpoint, locked),
    })),
    upstreams,
  };
}

/** Who served a model that its proxy routes by itself, over the page's window and from its place. */
async function readUpstreams(
  reader: Reader,
  { provider, model }: EndpointId,
  { since, as_of, location }: Row,
) {
  const answer = await reader.call("upstream_shares", {
    of_provider: provider,
    of_model: model,
    since,
    until: as_of,
    at_location: location,
  });
  const rows = upstreamSharesSchema.parse(answer);
  const all = rows.reduce((sum, { n }) => sum + n, 0);
  return rows.map(({ upstream, n }) => ({ upstream, n, share: n / all }));
}

/**
 * One endpoint's figures, as its page has them: a badge needs no other endpoint's.
 * @returns null where it is not listed: neither measured now nor in the window, nor retired with a successor
 * @throws {ReadError}, ZodError as above
 */
export async function readEndpoint(
  reader: Reader,
  { provider, model }: EndpointId,
  query: Pick<ModelQuery, "window" | "location">,
  locked: ReadonlySet<LockableMetric>,
): Promise<Endpoint | null> {
  const answer = await reader.call("endpoint_figures", {
    of_provider: provider,
    of_model: model,
    time_window: query.window,
    ...(query.location === null ? {} : { at_location: query.location }),
  });
  const { endpoint } = modelPageSchema.pick({ endpoint: true }).parse(answer);
  const { active, retired_at, successor } = endpoint;
  const { attempts, probe_failures } = endpoint.figures;
  const listed = active || attempts + probe_failures > 0 || (retired_at !== null && successor !== null);
  return listed ? toEndpoint(endpoint, locked) : null;
}

function callModelPage(reader: Reader, { provider, model }: EndpointId, query: ModelQuery): Promise<unknown> {
  return reader.call("model_page", {
    of_provider: provider,
    of_model: model,
    time_window: query.window,
    at_location: query.location,
    from_at: query.from,
    to_at: query.to,
    requests: query.show,
  });
}

/** A figure over the window and how it spreads, with the answers behind it; null where there is nothing to draw. */
function toSeries(row: Row, metric: "ttft" | "tps" | "latency", column: 1 | 2 | 3) {
  const spread = row.distributions[metric];
  const buckets = row.buckets.map((bucket): SeriesBucket => [Date.parse(bucket.at), ...bucket[metric]]);
  return {
    n: spread.n,
    over: plotSeries({
      buckets,
      answers: row.answers.flatMap((answer) => {
        const value = answer[column];
        return value === null ? [] : [[answer[0], value] as const];
      }),
      since: Date.parse(row.since),
      until: Date.parse(row.as_of),
      stepS: row.step_s,
    }),
    spread: plotHistogram({ ...spread, step: spread.step ?? 1 }),
  };
}
