import { readEndpoints } from "../data/api.server.ts";
import { listLoader } from "../data/api-answer.server.ts";
import { endpointsQuery } from "../lib/api/queries.ts";

export const loader = listLoader(
  "endpoints",
  ({ lockedMetrics }) => endpointsQuery(lockedMetrics),
  readEndpoints,
  {
    besideNothing: ({ window, location }) => ({
      window,
      as_of: null,
      location,
      locations: [],
      newest_result_at: null,
      stale: false,
    }),
  },
);
