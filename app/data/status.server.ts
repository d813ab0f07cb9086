import { z } from "zod";
import { groupBy } from "../lib/collections.ts";
import { compile } from "../lib/compiled-schema.ts";
import type { StateNow } from "../lib/incidents.ts";
import type { LockableMetric } from "../lib/locks.ts";
import { isOpen } from "../lib/locks.ts";
import type { OverviewQuery, StatusQuery } from "../lib/queries.ts";
import { isStale } from "../lib/schedule.ts";
import { count, kind, locations, runHead, time } from "../lib/schema.ts";
import {
  addDays,
  DAYS,
  type Day,
  type DayGrade,
  ENDPOINTS_AT_ONCE,
  gradeDay,
  providerState,
  QUIET_AFTER_MS,
  uptimeOf,
} from "../lib/status.ts";
import { currentStates, openIncidents } from "./incidents.server.ts";
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

const incidentSchema = z.object({
  provider: z.string(),
  provider_name: z.string(),
  model: z.string(),
  simulated: z.boolean(),
  began_at: time,
  last_failure_at: time,
  ended_at: time.nullable(),
  failures: count,
  kinds: z.array(z.string()),
  // Of the endpoint's newest result; null where the incident has ended.
  newest_at: time.nullable(),
});

export type IncidentRow = z.infer<typeof incidentSchema>;

/** What `dashboard_incidents` returns: the incidents of 30 days. */
export const incidentsSchema = z.object({
  as_of: time,
  first_day: day,
  location: z.string().nullable(),
  incidents: z.array(incidentSchema),
});

const withReason = z.object({ reason: z.string() });

/** What `dashboard_status` returns. */
export const statusSchema = z.object({
  as_of: time,
  first_day: day,
  last_day: day,
  location: z.string().nullable(),
  locations,
  newest_result_at: time.nullable(),
  endpoints: z.array(endpointSchema),
  incidents: z.array(incidentSchema),
  last_run: z
    .object({
      ...runHead,
      results: count,
      skipped: z.array(z.unknown()).transform((list) =>
        list.map((entry) => {
          const parsed = withReason.safeParse(entry);
          return parsed.success ? parsed.data.reason : "unknown";
        }),
      ),
    })
    .nullable(),
  runs_24h: z.object({ started: count, finished: count, over_budget: count }),
});

const parseStatus = compile(statusSchema);
type EndpointRow = z.infer<typeof endpointSchema>;

export type Status = Awaited<ReturnType<typeof readStatus>>;
export type StatusProvider = Status["providers"][number];
export type StatusEndpoint = ReturnType<typeof toEndpoint>;
export type StatusIncident = ReturnType<typeof splitIncidents>["current"][number];

/**
 * Reads who is up, and how the engine does. Locked uptime is taken out here, with days, states and incidents.
 * @throws {ReadError} where the database gives no answer; ZodError where the answer is not what was agreed.
 */
export async function readStatus(reader: Reader, query: StatusQuery, locked: ReadonlySet<LockableMetric>) {
  const [found, { states }, ongoing] = await Promise.all([
    reader.call("dashboard_status", { at_location: query.location }),
    currentStates(reader, query.location, locked),
    openIncidents(reader, query.location, locked),
  ]);
  const answer = parseStatus(found);
  const open = isOpen("reliability", locked);
  const noticed = open ? ongoing.filter(({ location }) => location === answer.location) : [];
  const { current, past } = splitIncidents(answer);
  const run = answer.last_run;
  return {
    as_of: answer.as_of,
    first_day: answer.first_day,
    last_day: answer.last_day,
    location: answer.location,
    locations: answer.locations,
    providers: toProviders(answer.endpoints, current, states, answer.as_of, open, query.provider),
    incidents: open ? { current, past: past.slice(0, PAST_SHOWN), past_total: past.length } : null,
    // Incidents of the watch that are ongoing, each with a page of its own.
    noticed,
    engine: {
      newest_result_at: answer.newest_result_at,
      stale: isStale(answer.newest_result_at, answer.as_of),
      last_run: run === null ? null : { ...run, skipped: tally(run.skipped) },
      runs_24h: answer.runs_24h,
    },
  };
}

export type Incidents = Awaited<ReturnType<typeof readAllIncidents>>;

/**
 * Reads the incidents of the 30 days alone, every one of them; `noticed` are ongoing slow-downs and elevated errors.
 * @param query where no place is asked for, it is the one with most results in this window.
 * @throws {ReadError} where the database gives no answer; ZodError where the answer is not what was agreed.
 */
export async function readAllIncidents(reader: Reader, query: Pick<OverviewQuery, "window" | "location">) {
  const [found, ongoing] = await Promise.all([
    reader.call("dashboard_incidents", { time_window: query.window, at_location: query.location }),
    openIncidents(reader, query.location, new Set()),
  ]);
  const answer = incidentsSchema.parse(found);
  const noticed = ongoing.filter(({ kind, location }) => kind !== "outage" && location === answer.location);
  return { ...splitIncidents(answer), noticed };
}

type IncidentsAnswer = Pick<z.infer<typeof incidentsSchema>, "as_of" | "first_day" | "incidents">;

/** Those that go on, and those that ended or whose end is not known. */
function splitIncidents({ as_of, first_day, incidents: rows }: IncidentsAnswer) {
  const incidents = rows.map(({ newest_at, ...incident }) => ({
    ...incident,
    // Nothing was measured for a day: whether it still goes on is not known.
    quiet: incident.ended_at === null && isQuiet(newest_at, as_of),
    // It began on the first day that is looked at: perhaps earlier.
    from_before: new Date(incident.began_at).toISOString().slice(0, 10) === first_day,
  }));
  return {
    as_of,
    current: incidents.filter(({ ended_at, quiet }) => ended_at === null && !quiet),
    past: incidents.filter(({ ended_at, quiet }) => ended_at !== null || quiet),
  };
}

function isQuiet(newest: string | null, asOf: string): boolean {
  return newest === null || Date.parse(asOf) - Date.parse(newest) > QUIET_AFTER_MS;
}

function toProviders(
  rows: readonly EndpointRow[],
  current: readonly StatusIncident[],
  states: readonly StateNow[],
  asOf: string,
  open: boolean,
  chosen: string | null,
) {
  const failing = new Set(current.map(keyOf));
  const slow = new Set(states.filter(({ state }) => state === "degraded").map(keyOf));
  const all = rows.length <= ENDPOINTS_AT_ONCE;
  return [...groupBy(rows, (row) => row.provider)].map(([provider, endpoints]) => {
    const line = inLine(endpoints);
    const measured = line.filter(({ newest_at }) => !isQuiet(newest_at, asOf));
    const down = measured.filter((row) => failing.has(keyOf(row))).length;
    const degraded = measured.filter((row) => slow.has(keyOf(row)) && !failing.has(keyOf(row))).length;
    const days = addDays(line.map(toDays));
    return {
      provider,
      name: endpoints[0]?.provider_name ?? provider,
      kind: endpoints[0]?.kind ?? null,
      // What follows is of simulated endpoints.
      simulated: line.some(({ simulated }) => simulated),
      // Endpoints measured within the last day, and what those in an incident make of the provider.
      measured: measured.length,
      health: open
        ? { state: providerState(measured.length, down, degraded), failing: down, degraded }
        : null,
      uptime: open ? uptimeOf(days) : null,
      days: open ? days : null,
      endpoint_count: endpoints.length,
      attempted: endpoints.filter(({ attempts }) => attempts > 0).length,
      attempted_simulated: endpoints.filter(({ attempts, simulated }) => attempts > 0 && simulated).length,
      // Empty where there are too many to show at once and another provider, or none, is chosen.
      endpoints:
        all || provider === chosen
          ? endpoints
              .map((row) => toEndpoint(row, open))
              .sort(byTrouble)
              .slice(0, ENDPOINTS_AT_ONCE)
          : [],
    };
  });
}

/** Real and simulated never meet in a provider's line: where one endpoint was measured for real, only such count. */
function inLine(endpoints: readonly EndpointRow[]): readonly EndpointRow[] {
  const real = endpoints.filter(({ simulated, newest_at }) => !simulated && newest_at !== null);
  return real.length > 0 ? real : endpoints;
}

/** Lowest uptime first; what was not measured last. */
function byTrouble(a: StatusEndpoint, b: StatusEndpoint): number {
  return (a.uptime?.share ?? 2) - (b.uptime?.share ?? 2) || (a.model < b.model ? -1 : 1);
}

const LETTERS: Readonly<Record<DayGrade, string>> = { none: "n", up: "u", some: "s", bad: "b" };

function toEndpoint(row: EndpointRow, open: boolean) {
  const { days: _, successes: __, provider_failures: ___, successor: ____, ...rest } = row;
  const days = toDays(row);
  return {
    ...rest,
    uptime: open ? uptimeOf(days) : null,
    // One letter a day, oldest first.
    grades: open ? days.map((entry) => LETTERS[gradeDay(entry)]).join("") : "",
  };
}

function toDays(row: EndpointRow): Day[] {
  const days: Day[] = Array.from({ length: DAYS }, () => null);
  for (const [index, successes, failures] of row.days) {
    if (index < DAYS && successes + failures > 0) days[index] = { successes, failures };
  }
  return days;
}

function tally(reasons: readonly string[]) {
  return [...groupBy(reasons, (reason) => reason)]
    .map(([reason, all]) => ({ reason, count: all.length }))
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}

function keyOf({ provider, model }: { provider: string; model: string }): string {
  return `${provider}\n${model}`;
}
