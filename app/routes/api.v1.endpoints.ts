import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { readEndpoints } from "../data/api.server.ts";
import { answerProgram, listResponse } from "../data/api-answer.server.ts";
import { encodeCursor } from "../lib/api/cursor.ts";
import { endpointsQuery } from "../lib/api/queries.ts";

export function loader({ request, context }: LoaderFunctionArgs) {
  return answerProgram(
    request,
    context.services,
    ({ lockedMetrics }) => endpointsQuery(lockedMetrics),
    async (query, { reader, lockedMetrics }) => {
      const { entries, next, simulated, ...beside } = await readEndpoints(reader, query, lockedMetrics);
      return listResponse(request, {
        entries,
        limit: query.limit,
        next: next === null ? null : encodeCursor("endpoints", next),
        simulated,
        beside: { window: query.window, ...beside },
      });
    },
  );
}
