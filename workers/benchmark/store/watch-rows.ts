import type { EndpointWatch, Incident } from "../watch/types.ts";
import type { IncidentRow, StateRow } from "./rows.ts";

/** As engine_write_watch takes it. */
export function stateRow(watch: EndpointWatch): StateRow {
  const { provider, model, simulated, state, since, reason, measuredAt } = watch;
  return {
    provider,
    model,
    simulated,
    state,
    since: new Date(since).toISOString(),
    reason: reason.slice(0, 500),
    measured_at: new Date(measuredAt).toISOString(),
  };
}

/** As engine_write_watch takes it. */
export function incidentRow(incident: Incident): IncidentRow {
  const { id, provider, simulated, kind, openedAt, closedAt, endpoints, revision } = incident;
  const iso = (at: number) => new Date(at).toISOString();
  return {
    id,
    provider,
    simulated,
    kind,
    opened_at: iso(openedAt),
    closed_at: closedAt === null ? null : iso(closedAt),
    endpoints: endpoints.map(({ model, since, until, reason, evidence }) => ({
      model,
      since: iso(since),
      until: until === null ? null : iso(until),
      reason,
      evidence: [...evidence],
    })),
    revision,
  };
}
