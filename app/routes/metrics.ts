import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { answerProgram } from "../data/api-answer.server.ts";
import { readMetrics } from "../data/metrics.server.ts";
import { taggedResponse } from "../lib/api/http.ts";
import { metricsText, prefersOpenMetrics } from "../lib/api/metrics.ts";
import { METRICS_QUERY } from "../lib/api/queries.ts";

const OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

export function loader({ request, context }: LoaderFunctionArgs) {
  return answerProgram(
    request,
    context.services,
    () => METRICS_QUERY,
    async ({ window }, { reader, lockedMetrics }) => {
      const answer = await readMetrics(reader, window);
      const openMetrics = prefersOpenMetrics(request.headers.get("Accept"));
      return taggedResponse(request, metricsText(answer, lockedMetrics, openMetrics), {
        "Content-Type": openMetrics ? OPEN_METRICS : PROMETHEUS,
        Vary: "Accept",
      });
    },
  );
}
