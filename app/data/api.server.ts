import { z } from "zod";
import type { Values } from "../lib/api/parameters.ts";
import type {
  CSV_QUERY,
  endpointsQuery,
  MODELS_QUERY,
  PRICES_QUERY,
  RESULTS_QUERY,
  RUNS_QUERY,
} from "../lib/api/queries.ts";
import {
  endpointSchema,
  type Health,
  inApiWords,
  modelSchema,
  priceSchema,
  resultDetailSchema,
  resultSchema,
  runSchema,
} from "../lib/api/schemas.ts";
import { byLocks, type LockableMetric } from "../lib/locks.ts";
import { sortEndpoints } from "../lib/ranking.ts";
import { STALE_AFTER_MS } from "../lib/schedule.ts";
import { time } from "../lib/schema.ts";
import type { ListPage } from "./api-answer.server.ts";
import { readOverview } from "./overview.server.ts";
import { ReadError, type Reader } from "./reader.server.ts";

/*
 * What programs read. Each answer is read by the schema it is documented with; a schema made for locked metrics does
 * not name them, so they are dropped here. Each read throws a ReadError where the database gives no answer and a
 * ZodError where the answer is not what was agreed.
 */

type Locked = ReadonlySet<LockableMetric>;

/**
 * A page of entries, of which one more was asked for than is shown.
 * @param keyOf what the page after an entry begins after
 */
function pageOf<T extends object, K extends readonly (string | number)[]>(
  found: readonly T[],
  limit: number,
  keyOf: (entry: T) => K,
) {
  const entries = found.slice(0, limit);
  const last = entries.at(-1);
  return { entries, next: found.length > limit && last !== undefined ? keyOf(last) : null };
}

type ResultFilters = Omit<Values<typeof CSV_QUERY>, "bom" | "from" | "to">;
export type TimeKey = readonly [at: string, id: string];

function resultFilters(query: ResultFilters) {
  return {
    of_provider: query.provider,
    of_model: query.model,
    of_run: query.run_id,
    of_result: query.id,
    of_success: query.success,
    of_error_kind: query.error_kind,
    of_failure_owner: query.failure_owner,
    of_location: query.location,
    of_simulated: query.simulated,
    since: query.since,
    until: query.until,
  };
}

function after(key: TimeKey | null) {
  return { before_at: key?.[0] ?? null, before_id: key?.[1] ?? null };
}

const resultKey = z.object({ created_at: time, id: z.guid() });
const markedRow = z.object({ simulated: z.boolean() });
type Row = Readonly<Record<string, unknown>>;

function keyOfResult(row: Row): TimeKey {
  const { created_at, id } = resultKey.parse(row);
  return [created_at, id];
}

/** Results, their fields in the order they are documented in. */
export async function readResults(
  reader: Reader,
  query: Values<typeof RESULTS_QUERY>,
  locked: Locked,
): Promise<ListPage> {
  const full = query.detail === "full";
  const answer = await reader.call("api_results", {
    ...resultFilters(query),
    ...after(query.cursor),
    at_most: query.limit + 1,
    in_full: full ? true : null,
  });
  const schema = (full ? detailLists : resultLists)(locked);
  const page = pageOf<Row, TimeKey>(schema.parse(answer), query.limit, keyOfResult);
  return { ...page, simulated: page.entries.some((entry) => markedRow.parse(entry).simulated) };
}

/**
 * Rows for a table. They are many, so only what the next page hangs on is looked at; the table names its columns and
 * drops what is locked.
 */
export async function readResultRows(
  reader: Reader,
  query: ResultFilters,
  key: TimeKey | null,
  limit: number,
): Promise<{ readonly entries: readonly Row[]; readonly next: TimeKey | null }> {
  const answer = await reader.call("api_results", {
    ...resultFilters(query),
    ...after(key),
    at_most: limit + 1,
  });
  return pageOf(rows.parse(answer), limit, keyOfResult);
}

const rows = z.custom<readonly Row[]>(
  (answer) => Array.isArray(answer) && answer.every((row) => typeof row === "object" && row !== null),
  "api_results answered with something else than rows",
);

// Made once: to make a schema costs more than to read with it.
const models = modelSchema.array();
const prices = priceSchema.array();
const resultLists = byLocks((locked) => resultSchema(locked).array());
const detailLists = byLocks((locked) => resultDetailSchema(locked).array());
const endpointLists = byLocks((locked) => endpointSchema(locked).array());
const storedRuns = runSchema.omit({ simulated: true }).array();

export async function readRuns(reader: Reader, query: Values<typeof RUNS_QUERY>): Promise<ListPage> {
  const answer = await reader.call("api_runs", {
    of_run: query.id,
    of_name: query.name,
    of_trigger: query.triggered_by,
    of_location: query.location,
    since: query.since,
    until: query.until,
    ...after(query.cursor),
    at_most: query.limit + 1,
  });
  const runs = storedRuns.parse(answer).map((run) => ({ ...run, simulated: run.simulated_results > 0 }));
  const page = pageOf(runs, query.limit, (run) => [run.started_at, run.id]);
  return { ...page, simulated: page.entries.some((run) => run.simulated) };
}

export async function readModels(reader: Reader, query: Values<typeof MODELS_QUERY>): Promise<ListPage> {
  const answer = await reader.call("api_models", {
    of_provider: query.provider,
    of_model: query.model,
    of_identity: query.identity,
    of_family: query.family,
    of_state: query.state,
    after_provider: query.cursor?.[0] ?? null,
    after_model: query.cursor?.[1] ?? null,
    at_most: query.limit + 1,
  });
  const found = models.parse(answer);
  const page = pageOf(found, query.limit, ({ provider, model }) => [provider, model]);
  return { ...page, simulated: page.entries.some((model) => model.simulated === true) };
}

export async function readPrices(reader: Reader, query: Values<typeof PRICES_QUERY>): Promise<ListPage> {
  const answer = await reader.call("api_prices", {
    of_provider: query.provider,
    of_model: query.model,
    only_current: query.current,
    since: query.since,
    until: query.until,
    ...after(query.cursor),
    at_most: query.limit + 1,
  });
  const found = prices.parse(answer);
  // The simulator's lists are never taken for the catalogue.
  return { ...pageOf(found, query.limit, ({ since, id }) => [since, id]), simulated: false };
}

type EndpointsQuery = Values<ReturnType<typeof endpointsQuery>>;

/** The overview's figures, endpoint by endpoint, and what the next page begins after. */
export async function readEndpoints(
  reader: Reader,
  query: EndpointsQuery,
  locked: Locked,
): Promise<ListPage> {
  const overview = await readOverview(reader, query, locked);
  const chosen = overview.endpoints.filter(
    (endpoint) =>
      (query.provider === null || endpoint.provider === query.provider) &&
      (query.model === null || endpoint.model === query.model) &&
      (query.kind === null || endpoint.kind === query.kind) &&
      (query.simulated === null || endpoint.simulated === query.simulated),
  );
  const sorted = sortEndpoints(chosen, query.sort === "total_latency" ? "latency" : query.sort);
  const offset = startAfter(sorted, query.cursor);
  const entries = sorted.slice(offset, offset + query.limit);
  const last = entries.at(-1);
  const shown = offset + entries.length;
  return {
    entries: endpointLists(locked).parse(entries.map(inApiWords)),
    simulated: entries.some((endpoint) => endpoint.simulated),
    next: last && shown < sorted.length ? [last.provider, last.model, shown] : null,
    beside: {
      window: query.window,
      // A time of its own for every answer would keep any caller from having the same one already (ETag).
      as_of: overview.as_of === overview.read_at ? null : overview.as_of,
      location: overview.location,
      locations: overview.locations,
      newest_result_at: overview.newest_result_at,
      stale: overview.stale,
    },
  };
}

/** After the endpoint shown last; where it is gone meanwhile, after as many as were shown. */
function startAfter(
  sorted: readonly { provider: string; model: string }[],
  key: readonly [provider: string, model: string, shown: number] | null,
): number {
  if (key === null) return 0;
  const [provider, model, shown] = key;
  const last = sorted.findIndex((endpoint) => endpoint.provider === provider && endpoint.model === model);
  return last === -1 ? shown : last + 1;
}

const healthAnswer = z.object({
  now: time,
  newest_result: z.object({ id: z.guid(), at: time, simulated: z.boolean() }).nullable(),
  last_run: z.object({ id: z.guid(), started_at: time, finished_at: time.nullable() }).nullable(),
});

/** Whether measuring goes on. A database that gives no answer is an answer here. */
export async function readHealth(reader: Reader): Promise<Health> {
  const stale_after_s = STALE_AFTER_MS / 1_000;
  try {
    const { now, newest_result, last_run } = healthAnswer.parse(await reader.call("api_health", {}));
    if (newest_result === null) {
      return {
        status: "no_results",
        detail: "No results yet.",
        simulated: null,
        newest_result_at: null,
        age_s: null,
        stale_after_s,
        last_run,
      };
    }
    // A probe's clock may be ahead of the database's.
    const age_ms = Math.max(0, Date.parse(now) - Date.parse(newest_result.at));
    const stale = age_ms > STALE_AFTER_MS;
    return {
      status: stale ? "stale" : "ok",
      detail: stale
        ? `The newest result is older than ${stale_after_s / 60} minutes, twice the schedule: measuring has stopped, or results are not getting through.`
        : "Results arrive on schedule.",
      simulated: newest_result.simulated,
      newest_result_at: newest_result.at,
      age_s: Math.floor(age_ms / 1_000),
      stale_after_s,
      last_run,
    };
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    return {
      status: "unavailable",
      detail: `The database is unavailable (${error.failure}).`,
      simulated: null,
      newest_result_at: null,
      age_s: null,
      stale_after_s,
      last_run: null,
    };
  }
}

/** When the newest result came, ISO, where that is too long ago; null where it is not, or nobody can say. */
export async function readStale(reader: Reader): Promise<string | null> {
  const { status, newest_result_at } = await readHealth(reader);
  return status === "stale" ? newest_result_at : null;
}
