import { listLoader } from "../data/api-answer.server.ts";
import { readStateList } from "../data/incidents.server.ts";
import { STATES_QUERY } from "../lib/api/queries.ts";

export const loader = listLoader("states", () => STATES_QUERY, readStateList, {
  part: "reliability",
  besideNothing: ({ location }) => ({ location }),
});
