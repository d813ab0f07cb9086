import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { readResults } from "../data/api.server.ts";
import { answerProgram, listResponse } from "../data/api-answer.server.ts";
import { encodeCursor } from "../lib/api/cursor.ts";
import { badParameters, problemResponse } from "../lib/api/http.ts";
import { FULL_LIMIT, RESULTS_QUERY } from "../lib/api/queries.ts";

export function loader({ request, context }: LoaderFunctionArgs) {
  return answerProgram(
    request,
    context.services,
    () => RESULTS_QUERY,
    async (query, { reader, lockedMetrics }) => {
      const full = query.detail === "full";
      const named = new URL(request.url).searchParams.has("limit");
      if (full && named && query.limit > FULL_LIMIT) {
        const detail = `must be a whole number from 1 to ${FULL_LIMIT} with detail=full`;
        return problemResponse(badParameters([{ parameter: "limit", detail }]));
      }
      const limit = full ? Math.min(query.limit, FULL_LIMIT) : query.limit;
      const page = await readResults(reader, { ...query, limit }, lockedMetrics);
      return listResponse(request, {
        entries: page.entries,
        limit,
        next: page.more && page.last ? encodeCursor("results", page.last) : null,
        simulated: page.simulated,
      });
    },
  );
}
