import { readEndpoints } from "../data/api.server.ts";
import { listLoader } from "../data/api-answer.server.ts";
import { endpointsQuery } from "../lib/api/queries.ts";

export const loader = listLoader(
  "endpoints",
  ({ lockedMetrics }) => endpointsQuery(lockedMetrics),
  readEndpoints,
);
