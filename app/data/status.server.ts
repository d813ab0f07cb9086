import { z } from "zod";
import { stateSchema } from "../lib/api/schemas.ts";
import { groupBy } from "../lib/collections.ts";
import { compile } from "../lib/compiled-schema.ts";
import { FAILURE_OWNERS, failureTitle, ownerSentence } from "../lib/failures.ts";
import type { StateNow } from "../lib/incidents.ts";
import type { LockableMetric } from "../lib/locks.ts";
import { isOpen } from "../lib/locks.ts";
import type { StatusQuery } from "../lib/queries.ts";
import { isStale } from "../lib/schedule.ts";
import { count, kind, lastRun, locations, time } from "../lib/schema.ts";
import {
  addDays,
  byTrouble,
  DAYS,
  type Day,
  dayAfter,
  ENDPOINTS_AT_ONCE,
  gradeDay,
  providerState,
  uptimeOf,
} from "../lib/status.ts";
import { openIncidents, storedIncidents } from "./incidents.server.ts";
import type { Reader } from "./reader.server.ts";

/** Past incidents shown; the rest is counted. */
const PAST_SHOWN = 40;

const day = z.iso.date();

const endpointSchema = z.object({
  provider: z.string(),
  provider_name: z.string(),
  kind,
  model: z.string(),
  active: z.boolean(),
  retired_at: time.nullable(),
  successor: z.string().nullable(),
  simulated: z.boolean(),
  attempts: count,
  successes: count,
  provider_failures: count,
  newest_at: time.nullable(),
  // [day, counted from the first, successes, provider failures, attempts]
  days: z.array(z.tuple([count, count, count, count])),
});

/** What `dashboard_status` returns. */
export const statusSchema = z.object({
  as_of: time,
  first_day: day,
  last_day: day,
  location: z.string().nullable(),
  locations,
  newest_result_at: time.nullable(),
  endpoints: z.array(endpointSchema),
  states: z.array(stateSchema),
  incidents: storedIncidents,
  last_run: lastRun,
  runs_24h: z.object({ started: count, finished: count, over_budget: count }),
});

const parseStatus = compile(statusSchema);
type EndpointRow = z.infer<typeof endpointSchema>;

export type Status = Awaited<ReturnType<typeof readStatus>>;
export type StatusProvider = Status["providers"][number];
export type StatusEndpoint = ReturnType<typeof toEndpoint>;

/**
 * Reads who is up, and how the engine does. Locked uptime is taken out here, with days, states and incidents.
 * @throws {ReadError} where the database gives no answer; ZodError where the answer is not what was agreed.
 */
export async function readStatus(reader: Reader, query: StatusQuery, locked: ReadonlySet<LockableMetric>) {
  const answer = parseStatus(await reader.call("dashboard_status", { at_location: query.location }));
  const open = isOpen("reliability", locked);
  const incidents = openIncidents(answer.incidents, locked);
  const past = incidents.filter(({ ongoing }) => !ongoing);
  const providers = toProviders(answer.endpoints, answer.states, open, query.provider);
  const chosen = providers.find(({ provider }) => provider === query.provider);
  return {
    as_of: answer.as_of,
    first_day: answer.first_day,
    last_day: answer.last_day,
    location: answer.location,
    locations: answer.locations,
    providers,
    day:
      query.day === null || chosen === undefined || !open
        ? null
        : await readFailures(reader, query.day, chosen, answer.location),
    incidents: open
      ? {
          current: incidents.filter(({ ongoing }) => ongoing),
          past: past.slice(0, PAST_SHOWN),
          past_total: past.length,
        }
      : null,
    engine: {
      newest_result_at: answer.newest_result_at,
      stale: isStale(answer.newest_result_at, answer.as_of),
      last_run: answer.last_run,
      runs_24h: answer.runs_24h,
    },
  };
}

/** More failing requests of a day than this are counted as so many. */
const FAILURES_SHOWN = 100;

const failureSchema = z.array(
  z.object({
    id: z.guid(),
    run_id: z.guid(),
    created_at: time,
    model: z.string(),
    status_code: z.int().nullable(),
    error_kind: z.string().nullable(),
    error_message: z.string().nullable(),
    failure_owner: z.enum(FAILURE_OWNERS).nullable(),
  }),
);

/** The failing requests of a provider on a UTC day, newest first; `more`: there are others. */
async function readFailures(
  reader: Reader,
  date: string,
  { provider, simulated }: { readonly provider: string; readonly simulated: boolean },
  location: string | null,
) {
  const rows = failureSchema.parse(
    await reader.call("api_results", {
      of_provider: provider,
      of_location: location,
      of_simulated: simulated,
      of_success: false,
      since: `${date}T00:00:00Z`,
      until: `${dayAfter(date, 1)}T00:00:00Z`,
      at_most: FAILURES_SHOWN + 1,
    }),
  );
  return {
    date,
    more: rows.length > FAILURES_SHOWN,
    requests: rows.slice(0, FAILURES_SHOWN).map(({ error_kind, failure_owner, ...row }) => ({
      ...row,
      title: failureTitle(error_kind, failure_owner),
      whose: ownerSentence(failure_owner),
    })),
  };
}

function toProviders(
  rows: readonly EndpointRow[],
  states: readonly StateNow[],
  open: boolean,
  chosen: string | null,
) {
  const stateOf = new Map(states.map((now) => [keyOf(now), now.state]));
  const all = rows.length <= ENDPOINTS_AT_ONCE;
  const providers = [...groupBy(rows, (row) => row.provider)].map(([provider, endpoints]) => {
    const line = inLine(endpoints);
    const known = line.map((row) => stateOf.get(keyOf(row)) ?? "unknown").filter((now) => now !== "unknown");
    const down = known.filter((now) => now === "down").length;
    const degraded = known.filter((now) => now === "degraded").length;
    const days = addDays(line.map(toDays));
    return {
      provider,
      name: endpoints[0]?.provider_name ?? provider,
      kind: endpoints[0]?.kind ?? null,
      // What follows is of simulated endpoints.
      simulated: line.some(({ simulated }) => simulated),
      // Endpoints whose state is known now, and what their states make of the provider's.
      measured: known.length,
      health: open ? { state: providerState(known.length, down, degraded), failing: down, degraded } : null,
      uptime: open ? uptimeOf(days) : null,
      days: open ? days : null,
      endpoint_count: endpoints.length,
      attempted: endpoints.filter(({ attempts }) => attempts > 0).length,
      attempted_simulated: endpoints.filter(({ attempts, simulated }) => attempts > 0 && simulated).length,
      // Empty where there are too many to show at once and another provider, or none, is chosen.
      endpoints:
        all || provider === chosen
          ? endpoints
              .map((row) => toEndpoint(row, stateOf.get(keyOf(row)) ?? "unknown", open))
              .sort(worstFirst)
              .slice(0, ENDPOINTS_AT_ONCE)
          : [],
    };
  });
  return providers.sort((a, b) => byTrouble(a.health?.state ?? "up", b.health?.state ?? "up"));
}

/** Real and simulated never meet in a provider's line: where one endpoint was measured for real, only such count. */
function inLine(endpoints: readonly EndpointRow[]): readonly EndpointRow[] {
  const real = endpoints.filter(({ simulated, newest_at }) => !simulated && newest_at !== null);
  return real.length > 0 ? real : endpoints;
}

/** What fails now first, then the lowest uptime; what was not measured last. */
function worstFirst(a: StatusEndpoint, b: StatusEndpoint): number {
  const trouble = ({ state }: StatusEndpoint) => (state === "down" || state === "degraded" ? state : "up");
  return (
    byTrouble(trouble(a), trouble(b)) ||
    (a.uptime?.share ?? 2) - (b.uptime?.share ?? 2) ||
    (a.model < b.model ? -1 : 1)
  );
}

/** A letter for a day's grade, - for a day without results. */
export function gradeLetter(day: Day): string {
  return gradeDay(day)?.charAt(0) ?? "-";
}

function toEndpoint(row: EndpointRow, state: StateNow["state"], open: boolean) {
  const { days: _, successes: __, provider_failures: ___, successor: ____, ...rest } = row;
  const days = toDays(row);
  return {
    ...rest,
    uptime: open ? uptimeOf(days) : null,
    // One letter a day, oldest first.
    grades: open ? days.map(gradeLetter).join("") : "",
    state: open ? state : null,
  };
}

function toDays(row: EndpointRow): Day[] {
  const days: Day[] = Array.from({ length: DAYS }, () => null);
  for (const [index, successes, failures] of row.days) {
    if (index < DAYS && successes + failures > 0) days[index] = { successes, failures };
  }
  return days;
}

function keyOf({ provider, model }: { provider: string; model: string }): string {
  return `${provider}\n${model}`;
}
