import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { readModels } from "../data/api.server.ts";
import { answerProgram, listResponse } from "../data/api-answer.server.ts";
import { encodeCursor } from "../lib/api/cursor.ts";
import { MODELS_QUERY } from "../lib/api/queries.ts";

export function loader({ request, context }: LoaderFunctionArgs) {
  return answerProgram(
    request,
    context.services,
    () => MODELS_QUERY,
    async (query, { reader }) => {
      const { entries, more } = await readModels(reader, query);
      const last = entries.at(-1);
      return listResponse(request, {
        entries,
        limit: query.limit,
        next: more && last ? encodeCursor("models", [last.provider, last.model]) : null,
        simulated: entries.some((model) => model.simulated === true),
      });
    },
  );
}
