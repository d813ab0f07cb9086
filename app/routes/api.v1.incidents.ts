import { listLoader } from "../data/api-answer.server.ts";
import { readIncidentList } from "../data/incidents.server.ts";
import { INCIDENTS_QUERY } from "../lib/api/queries.ts";

export const loader = listLoader("incidents", () => INCIDENTS_QUERY, readIncidentList, {
  part: "reliability",
});
