import type { EndpointWatch, Incident, IncidentChange, IncidentEndpoint, Observation } from "./types.ts";

/** What begins again within this time is the same incident. */
export const FLAP_MS = 30 * 60_000;

/**
 * What an endpoint's new troubles change in the incidents of its provider: one for each kind, whichever endpoints
 * are in it.
 *
 * @param known incidents that are open, or were closed less than FLAP_MS ago.
 * @param after the endpoint once it has taken `request`.
 */
export function reconcile(
  known: readonly Incident[],
  after: EndpointWatch,
  request: Observation,
): readonly IncidentChange[] {
  const mine = known.filter(
    ({ provider, simulated }) => provider === after.provider && simulated === after.simulated,
  );
  const kinds = ["outage", "errors", "slowdown"] as const;
  return kinds.flatMap((kind) => {
    const trouble = after.troubles.find((other) => other.kind === kind);
    const incident = mine
      .filter((other) => other.kind === kind)
      .sort((a, b) => b.openedAt - a.openedAt)
      .find(({ closedAt }) => closedAt === null || Math.abs(request.at - closedAt) <= FLAP_MS);
    if (trouble) {
      const { since, reason, evidence } = trouble;
      const entry = { model: after.model, since, until: null, reason, evidence };
      return incident ? join(incident, entry) : open(kind, after, request, entry);
    }
    return incident?.closedAt === null ? leave(incident, after, request.at) : [];
  });
}

/**
 * Closes an incident for the endpoints that nobody measures any more: how they are is not known, and nothing would ever
 * close it.
 *
 * @param measuredAt when an endpoint was last measured (ms since the epoch); null where nobody remembers.
 * @param before who was last measured earlier than this (ms since the epoch) is measured no more.
 */
export function lapse(
  incident: Incident,
  measuredAt: (model: string) => number | null,
  before: number,
): IncidentChange | null {
  const endpoints = incident.endpoints.map((entry) => {
    const at = measuredAt(entry.model);
    if (entry.until !== null || (at !== null && at >= before)) return entry;
    return { ...entry, until: Math.max(at ?? 0, entry.since), reason: `${entry.reason}; not measured since` };
  });
  if (endpoints.every((entry, index) => entry === incident.endpoints[index])) return null;
  const ends = endpoints.map(({ until }) => until);
  const isOver = ends.every((until) => until !== null);
  const closedAt = isOver ? Math.max(...ends.map((until) => until ?? 0)) : null;
  const revision = isOver ? incident.revision + 1 : incident.revision;
  return { change: isOver ? "lapsed" : "better", incident: { ...incident, endpoints, closedAt, revision } };
}

function open(
  kind: Incident["kind"],
  { provider, simulated }: EndpointWatch,
  request: Observation,
  entry: IncidentEndpoint,
): IncidentChange[] {
  const incident: Incident = {
    id: request.id,
    kind,
    provider,
    simulated,
    openedAt: entry.since,
    closedAt: null,
    endpoints: [entry],
    revision: 1,
  };
  return [{ change: "opened", incident }];
}

function join(incident: Incident, entry: IncidentEndpoint): IncidentChange[] {
  const known = incident.endpoints.find(({ model }) => model === entry.model);
  const others = incident.endpoints.filter(({ model }) => model !== entry.model);
  const since = known ? Math.min(known.since, entry.since) : entry.since;
  const joined = { ...incident, closedAt: null, endpoints: [...others, { ...entry, since }] };
  const isNew = !known || known.until !== null;
  if (!isNew) return [];
  return [{ change: "worse", incident: { ...joined, revision: incident.revision + 1 } }];
}

function leave(incident: Incident, { model }: EndpointWatch, at: number): IncidentChange[] {
  const known = incident.endpoints.find((entry) => entry.model === model);
  if (!known || known.until !== null) return [];
  const endpoints = incident.endpoints.map((entry) =>
    entry.model === model ? { ...entry, until: at } : entry,
  );
  const over = endpoints.every(({ until }) => until !== null);
  const left = { ...incident, endpoints };
  if (!over) return [{ change: "better", incident: left }];
  return [{ change: "closed", incident: { ...left, closedAt: at, revision: incident.revision + 1 } }];
}
