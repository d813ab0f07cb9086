import { readRuns } from "../data/api.server.ts";
import { listLoader } from "../data/api-answer.server.ts";
import { RUNS_QUERY } from "../lib/api/queries.ts";

export const loader = listLoader("runs", () => RUNS_QUERY, readRuns);
