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
