import { z } from "zod";
import type { Values } from "../lib/api/parameters.ts";
import type { INCIDENTS_QUERY, STATES_QUERY } from "../lib/api/queries.ts";
import { incidentSchema, resultSchema, stateSchema } from "../lib/api/schemas.ts";
import { compile } from "../lib/compiled-schema.ts";
import type { Incident, IncidentRequest, StateNow } from "../lib/incidents.ts";
import type { LockableMetric } from "../lib/locks.ts";
import { isOpen } from "../lib/locks.ts";
import type { EndpointId } from "../lib/models-path.ts";
import { time } from "../lib/schema.ts";
import type { ListPage } from "./api-answer.server.ts";
import { type ChangeRow, readChanges, toChangeRow } from "./catalog-changes.server.ts";
import type { Reader } from "./reader.server.ts";

/*
 * What the watch has decided: stored facts, which pages, API, badges and feed only read. All of it goes where uptime is
 * locked. Each read throws a ReadError where the database gives no answer and a ZodError where the answer is not what
 * was agreed.
 */

type Locked = ReadonlySet<LockableMetric>;

/** Another tool may have written entries of another shape: they are left out, the incident is told all the same. */
export const storedIncidents = z
  .object({
    ...incidentSchema.shape,
    endpoints: z.array(z.unknown()).transform((entries) =>
      entries.flatMap((entry) => {
        const read = incidentSchema.shape.endpoints.element.safeParse(entry);
        return read.success ? [read.data] : [];
      }),
    ),
  })
  .array();

const storedStates = z.object({
  as_of: time,
  location: z.string().nullable(),
  states: stateSchema.array(),
});
export type States = z.infer<typeof storedStates>;

// Made once: to make a schema costs more than to read with it.
const parseIncidents = compile(storedIncidents);
const parseStates = compile(storedStates);

const NO_STATES: States = { as_of: "1970-01-01T00:00:00Z", location: null, states: [] };

/** A reason may hold the figures that made it: where one of the speeds is locked, none is said. */
function said(reason: string, locked: Locked): string {
  const isSpeed = reason.includes(", usually ");
  return isSpeed && !isOpen("arrivals", locked) ? "Slower than usual" : reason;
}

/** Incidents as they may be told. */
export function openIncidents(incidents: readonly Incident[], locked: Locked): readonly Incident[] {
  if (!isOpen("reliability", locked)) return [];
  return incidents.map((incident) => ({
    ...incident,
    endpoints: incident.endpoints.map((entry) => ({ ...entry, reason: said(entry.reason, locked) })),
  }));
}

/** Incidents from the database's answer, as they may be told. Where they are locked the answer is not looked at. */
export function toIncidents(answer: unknown, locked: Locked): readonly Incident[] {
  return isOpen("reliability", locked) ? openIncidents(parseIncidents(answer), locked) : [];
}

/** States from the database's answer, as they may be told. Where they are locked the answer is not looked at. */
export function toStates(answer: unknown, locked: Locked): States {
  if (!isOpen("reliability", locked)) return NO_STATES;
  const stored = parseStates(answer);
  return {
    ...stored,
    states: stored.states.map((state) => ({ ...state, reason: said(state.reason, locked) })),
  };
}

/** Whose states are read: all, or a provider's, or one endpoint's. */
type Whose = Partial<EndpointId>;

/** @param location null: the place with most results. */
export async function currentStates(
  reader: Reader,
  location: string | null,
  locked: Locked,
  { provider, model }: Whose = {},
): Promise<States> {
  if (!isOpen("reliability", locked)) return NO_STATES;
  const answer = await reader.call("current_states", {
    at_location: location,
    of_provider: provider,
    of_model: model,
  });
  return toStates(answer, locked);
}

/** One endpoint's state, or null where nobody knows it or it is locked. */
export async function endpointState(
  reader: Reader,
  endpoint: EndpointId,
  location: string | null,
  locked: Locked,
): Promise<StateNow | null> {
  const { states } = await currentStates(reader, location, locked, endpoint);
  return states[0] ?? null;
}

/** More than a month has; what is older than the newest of them is not counted. */
export const MOST_INCIDENTS = 500;

/** Incidents that were open at a moment (ISO) or later, newest first. */
export async function incidentsSince(
  reader: Reader,
  query: { readonly provider: string | null; readonly location: string | null; readonly since: string },
  locked: Locked,
  atMost: number = MOST_INCIDENTS,
): Promise<readonly Incident[]> {
  if (!isOpen("reliability", locked)) return [];
  const answer = await reader.call("api_incidents", {
    of_provider: query.provider,
    of_location: query.location,
    since: query.since,
    at_most: atMost,
  });
  return toIncidents(answer, locked);
}

/** One incident; null where there is none, or it is locked. */
export async function readIncident(reader: Reader, id: string, locked: Locked): Promise<Incident | null> {
  if (!isOpen("reliability", locked)) return null;
  const answer = await reader.call("api_incidents", { of_incident: id });
  return toIncidents(answer, locked)[0] ?? null;
}

const requestsAnswer = z.array(
  z.object({
    id: z.guid(),
    run_id: z.guid(),
    created_at: time,
    model: z.string(),
    success: z.boolean(),
    error_kind: z.string().nullish(),
    status_code: z.number().nullish(),
    ttft_ms: z.number().nullish(),
    total_latency_ms: z.number().nullish(),
    tps: z.number().nullish(),
  }),
);
/** Requests shown of one incident, the newest of them. */
const REQUESTS_SHOWN = 60;
const BEFORE_MS = 24 * 3_600_000;
/** A bound: changes since then up to now are read, those before the incident shown. */
const MOST_CHANGES = 1_000;
const CHANGES_SHOWN = 20;

/** The failing or slow requests of an incident's endpoints in its time, newest first. */
export async function incidentRequests(
  reader: Reader,
  { provider, location, simulated, kind, opened_at, closed_at, endpoints }: Incident,
  locked: Locked,
): Promise<readonly IncidentRequest[]> {
  const models = new Set(endpoints.map(({ model }) => model));
  const answer = await reader.call("api_results", {
    of_provider: provider,
    of_model: models.size === 1 ? (endpoints[0]?.model ?? null) : null,
    of_location: location,
    of_simulated: simulated,
    of_success: kind === "slowdown",
    since: opened_at,
    until: closed_at,
    at_most: models.size === 1 ? REQUESTS_SHOWN : 10 * REQUESTS_SHOWN,
  });
  return requestsAnswer
    .parse(resultSchema(locked).array().parse(answer))
    .filter(({ model }) => models.has(model))
    .slice(0, REQUESTS_SHOWN);
}

/** What changed in the provider's catalogue within a day before an incident began, newest first. */
export async function changesBefore(
  reader: Reader,
  { provider, opened_at }: Incident,
): Promise<readonly ChangeRow[]> {
  const since = new Date(Date.parse(opened_at) - BEFORE_MS).toISOString();
  const changes = await readChanges(reader, { provider, since, atMost: MOST_CHANGES });
  return changes
    .filter(({ at }) => Date.parse(at) <= Date.parse(opened_at))
    .slice(0, CHANGES_SHOWN)
    .map(toChangeRow);
}

export async function readIncidentList(
  reader: Reader,
  query: Values<typeof INCIDENTS_QUERY>,
  locked: Locked,
): Promise<ListPage> {
  const answer = await reader.call("api_incidents", {
    of_incident: query.id,
    of_provider: query.provider,
    of_kind: query.kind,
    of_location: query.location,
    is_open: query.open,
    since: query.since,
    before_at: query.cursor?.[0] ?? null,
    before_id: query.cursor?.[1] ?? null,
    at_most: query.limit + 1,
  });
  const found = toIncidents(answer, locked);
  const entries = found.slice(0, query.limit);
  const last = entries.at(-1);
  return {
    entries,
    next: found.length > query.limit && last ? [last.opened_at, last.id] : null,
    simulated: entries.some(({ simulated }) => simulated),
  };
}

export async function readStateList(
  reader: Reader,
  query: Values<typeof STATES_QUERY>,
  locked: Locked,
): Promise<ListPage> {
  const whose = query.provider === null ? {} : { provider: query.provider };
  const { location, states } = await currentStates(reader, query.location, locked, whose);
  const entries = states
    .filter(({ state }) => query.state === null || state === query.state)
    .slice(0, query.limit);
  return { entries, next: null, simulated: entries.some(({ simulated }) => simulated), beside: { location } };
}
