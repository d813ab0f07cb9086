import { readResults } from "../data/api.server.ts";
import { listLoader } from "../data/api-answer.server.ts";
import { FULL_RESULTS_QUERY, RESULTS_QUERY } from "../lib/api/queries.ts";

export const loader = listLoader(
  "results",
  (_, sent) => (sent.get("detail") === "full" ? FULL_RESULTS_QUERY : RESULTS_QUERY),
  readResults,
);
