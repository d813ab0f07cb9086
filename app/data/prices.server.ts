import { z } from "zod";
import type { LockableMetric } from "../lib/locks.ts";
import { isOpen, type Part } from "../lib/locks.ts";
import { ENDPOINTS_A_PAGE, monthlyCost, searchEndpoints, sortPrices } from "../lib/prices.ts";
import type { PriceSort, PricesQuery } from "../lib/prices-query.ts";
import { count, kind, priceEvent, time } from "../lib/schema.ts";
import { readOverview } from "./overview.server.ts";
import type { Reader } from "./reader.server.ts";

const usd = z.number().nonnegative();

/** USD per million tokens, as a provider or a list states it; cached input costs what other input costs where null. */
const price = z.object({ input: usd, output: usd, cached: usd.nullable(), since: time, source: z.string() });
export type Price = z.infer<typeof price>;

const heldSchema = priceEvent
  .and(z.object({ source: z.string(), at: time }))
  .nullable()
  .catch(null);

/** What `dashboard_prices` returns. */
export const pricesSchema = z.object({
  as_of: time,
  models: count,
  measured: count,
  endpoints: z.array(
    z.object({
      provider: z.string(),
      provider_name: z.string(),
      kind,
      model: z.string(),
      active: z.boolean(),
      available: z.boolean(),
      retired_at: time.nullable(),
      successor: z.string().nullable(),
      // How many prices are known in all.
      prices: count,
      // Newest first; at most four.
      history: z.array(price),
      held: heldSchema,
    }),
  ),
  changes: z.array(
    z.object({
      provider: z.string(),
      provider_name: z.string(),
      model: z.string(),
      at: time,
      input: usd,
      output: usd,
      cached: usd.nullable(),
      input_before: usd,
      output_before: usd,
      cached_before: usd.nullable(),
      source: z.string(),
    }),
  ),
});

export type PriceList = Awaited<ReturnType<typeof readPrices>>;
export type PricedEndpoint = ReturnType<typeof toPriced>;

/** Of when the speeds are that stand beside the prices. */
const SPEED_WINDOW = "24h";
/** The part of an answer that a sort tells. */
const LOCK_OF_SORT: Readonly<Record<PriceSort, Part | null>> = {
  monthly: "cost",
  input: null,
  output: null,
  ttft: "ttft",
  tps: "tps",
  name: null,
};

function nameOf({ provider, model }: { readonly provider: string; readonly model: string }): string {
  return `${provider}\n${model}`;
}
export type CostedEndpoint = PriceList["endpoints"][number];

/**
 * Prices with each endpoint's monthly cost and its measured speed. List prices are public; what they come to is locked
 * with `cost`. A locked figure orders nothing: the order is by name then.
 * @throws {ReadError} where the database gives no answer; ZodError where the answer is not what was agreed.
 */
export async function readPrices(reader: Reader, query: PricesQuery, locked: ReadonlySet<LockableMetric>) {
  const [prices, measured] = await Promise.all([
    reader.call("dashboard_prices", { measured_only: query.show === "measured" }),
    readOverview(reader, { window: SPEED_WINDOW, location: null }, locked),
  ]);
  const answer = pricesSchema.parse(prices);
  const figures = new Map(measured.endpoints.map((endpoint) => [nameOf(endpoint), endpoint]));
  const usage = { input: query.in.value, output: query.out.value, cachedPercent: query.cached.value };
  const endpoints = answer.endpoints.map((row) => {
    const price = row.history[0];
    const figure = figures.get(nameOf(row));
    return {
      ...toPriced(row),
      // What a month comes to is locked with `cost`.
      monthly: price === undefined || !isOpen("cost", locked) ? null : monthlyCost(price, usage),
      speed: {
        ttft: figure?.ttft?.p50 ?? null,
        tps: figure?.tps?.p50 ?? null,
        n: figure?.successes ?? 0,
        simulated: figure?.simulated ?? false,
      },
    };
  });
  const matching = searchEndpoints(endpoints, query.search);
  // A locked figure orders nothing.
  const sort = LOCK_OF_SORT[query.sort];
  const ranked = sortPrices(
    matching,
    sort !== null && !isOpen(sort, locked) ? "name" : query.sort,
    query.dir,
  );
  const start = (query.page - 1) * ENDPOINTS_A_PAGE;
  return {
    as_of: answer.as_of,
    // Where the speeds were measured from.
    location: measured.location,
    simulated: endpoints.some(({ speed }) => speed.simulated),
    models: answer.models,
    measured: answer.measured,
    // How many match the search, over all pages, and how many of these have no known price.
    matching: matching.length,
    unknown: matching.filter(({ history }) => history.length === 0).length,
    endpoints: ranked.slice(start, start + ENDPOINTS_A_PAGE),
    held: endpoints.filter(({ held }) => held !== null).slice(0, 20),
    changes: answer.changes.map(({ provider, provider_name, model, at, source, ...prices }) => ({
      provider,
      provider_name,
      model,
      at,
      source,
      now: { input: prices.input, output: prices.output, cached: prices.cached },
      before: {
        input: prices.input_before,
        output: prices.output_before,
        cached: prices.cached_before,
      },
    })),
  };
}

function toPriced(row: z.infer<typeof pricesSchema>["endpoints"][number]) {
  return { ...row, held: toHeld(row.held, row.history[0]) };
}

/** A price that jumped too far to be believed before a person has looked; `factor` 12 is twelve times what stands. */
function toHeld(held: z.infer<typeof heldSchema>, standing: Price | undefined) {
  if (held === null) return null;
  const { input, output, cached, source, at } = held;
  const ratios = [
    ...(standing !== undefined && standing.input > 0 ? [input / standing.input] : []),
    ...(standing !== undefined && standing.output > 0 ? [output / standing.output] : []),
  ];
  // Of a rise and a fall, the one that is further from no change.
  const factor = ratios.toSorted((a, b) => distance(b) - distance(a))[0] ?? null;
  return { input, output, cached, source, since: at, factor };
}

function distance(ratio: number): number {
  return ratio > 0 ? Math.abs(Math.log(ratio)) : Number.POSITIVE_INFINITY;
}
