import { z } from "zod";
import { compile } from "../lib/compiled-schema.ts";
import { STATES } from "../lib/incidents.ts";
import { WINDOWS, type WindowName } from "../lib/queries.ts";
import { count, figure } from "../lib/schema.ts";
import type { Reader } from "./reader.server.ts";

const text = z.string();
const amount = z.number().nonnegative();
/** The place of an endpoint in `endpoints`. */
const place = count;
const window = z.enum(WINDOWS);

/** What `api_metrics` returns: rows as short as can be, since there are thousands. */
const metricsSchema = z.object({
  omitted: count,
  // provider, model, identity ("" where nobody knows it), location, simulated, newest result (s since 1970), and the list
  // prices in USD per million tokens: input, output, cached input.
  endpoints: z.array(z.tuple([text, text, text, text, z.boolean(), z.number(), figure, figure, figure])),
  // workload, how it ended, whose failure it was, requests, tokens in and out, USD
  totals: z.array(z.tuple([place, text, text, text, count, count, count, amount])),
  // window, attempts, successes, provider failures, then ms: TTFT p50 and p95, total latency p50 and p95; TPS p50, p05, p95
  windows: z.array(
    z.tuple([place, text, count, count, count, figure, figure, figure, figure, figure, figure, figure]),
  ),
  // location, window, as of (s since 1970)
  refreshes: z.array(z.tuple([text, window, z.number()])),
  states: z.array(z.tuple([place, z.enum(STATES)])),
  // location, began (s since 1970), seconds taken
  runs: z.array(z.tuple([text, z.number(), amount])),
});
export type MetricsAnswer = z.infer<typeof metricsSchema>;

const parseMetrics = compile(metricsSchema);

/**
 * Reads what /metrics shows.
 * @param window null: all of them
 * @throws {ReadError} where the database gives no answer; ZodError where the answer is not what was agreed.
 */
export async function readMetrics(reader: Reader, window: WindowName | null): Promise<MetricsAnswer> {
  return parseMetrics(await reader.call("api_metrics", { of_windows: window && [window] }));
}
