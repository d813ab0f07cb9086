import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { readPrices } from "../data/api.server.ts";
import { answerProgram, listResponse } from "../data/api-answer.server.ts";
import { encodeCursor } from "../lib/api/cursor.ts";
import { PRICES_QUERY } from "../lib/api/queries.ts";

export function loader({ request, context }: LoaderFunctionArgs) {
  return answerProgram(
    request,
    context.services,
    () => PRICES_QUERY,
    async (query, { reader }) => {
      const { entries, more } = await readPrices(reader, query);
      const last = entries.at(-1);
      return listResponse(request, {
        entries,
        limit: query.limit,
        next: more && last ? encodeCursor("prices", [last.since, last.id]) : null,
        // The simulator's lists are never taken for the catalogue.
        simulated: false,
      });
    },
  );
}
