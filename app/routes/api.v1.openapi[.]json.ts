import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { answerProgram, jsonResponse } from "../data/api-answer.server.ts";
import { openApiDocument } from "../lib/api/openapi.ts";

export function loader({ request, context }: LoaderFunctionArgs) {
  return answerProgram(
    request,
    context.services,
    () => ({}),
    async (_query, { lockedMetrics }) =>
      jsonResponse(request, openApiDocument(new URL(request.url).origin, lockedMetrics)),
  );
}
