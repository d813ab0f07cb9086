import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { readRuns } from "../data/api.server.ts";
import { answerProgram, listResponse } from "../data/api-answer.server.ts";
import { encodeCursor } from "../lib/api/cursor.ts";
import { RUNS_QUERY } from "../lib/api/queries.ts";

export function loader({ request, context }: LoaderFunctionArgs) {
  return answerProgram(
    request,
    context.services,
    () => RUNS_QUERY,
    async (query, { reader }) => {
      const { entries, more } = await readRuns(reader, query);
      const last = entries.at(-1);
      return listResponse(request, {
        entries,
        limit: query.limit,
        next: more && last ? encodeCursor("runs", [last.started_at, last.id]) : null,
        simulated: entries.some((run) => run.simulated),
      });
    },
  );
}
