import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { readHealth } from "../data/api.server.ts";
import { answerProgram } from "../data/api-answer.server.ts";
import { CORS_HEADERS } from "../lib/api/http.ts";

export function loader({ request, context }: LoaderFunctionArgs) {
  return answerProgram(
    request,
    context.services,
    () => ({}),
    async (_query, { reader }) => {
      const health = await readHealth(reader);
      return Response.json(health, {
        status: health.status === "ok" ? 200 : 503,
        // A watcher must see now, not half a minute ago.
        headers: { "Cache-Control": "no-store", ...CORS_HEADERS },
      });
    },
  );
}
