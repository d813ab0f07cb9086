import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { answerProgram } from "../data/api-answer.server.ts";
import { endpointState } from "../data/incidents.server.ts";
import { readEndpoint } from "../data/models-page.server.ts";
import { type Badge, badgeSvg } from "../lib/api/badge.ts";
import { badgeFigure } from "../lib/api/badge-figure.ts";
import { CORS_HEADERS, notFound, problemResponse, taggedResponse } from "../lib/api/http.ts";
import { badgeQuery } from "../lib/api/queries.ts";
import { formatInteger } from "../lib/format.ts";
import { STATE_WORDS } from "../lib/incidents.ts";
import { endpointKey, parseEndpointPath } from "../lib/models-path.ts";

const SVG = "image/svg+xml; charset=utf-8";

export function loader({ request, context }: LoaderFunctionArgs) {
  // Named as on the endpoint's page.
  const { pathname } = new URL(request.url);
  const named = parseEndpointPath(pathname.replace(/^\/badge\//, "/models/"));
  const { provider, model } = named ?? { provider: "", model: "" };
  const subject = named === null ? "endpoint" : endpointKey(named);
  return answerProgram(
    request,
    context.services,
    ({ lockedMetrics }) => badgeQuery(lockedMetrics),
    async ({ metric, window, location }, { reader, lockedMetrics, known }) => {
      if (metric === null)
        return problemResponse(notFound("Every metric a badge could show is locked here."));
      if ((await known.unknown(reader, { provider, model, location })).length > 0) {
        // As an image too: what shows in a page should say what is the matter.
        return missing({ label: subject, value: "not measured", tone: "nothing", simulated: false });
      }
      if (metric === "state") {
        const now = await endpointState(reader, { provider, model }, location, lockedMetrics);
        if (now === null) {
          return missing({ label: subject, value: "not measured here", tone: "nothing", simulated: false });
        }
        return taggedResponse(
          request,
          badgeSvg({
            label: subject,
            value: STATE_WORDS[now.state].text.toLowerCase(),
            tone: now.state === "unknown" ? "nothing" : "figure",
            simulated: now.simulated,
          }),
          { "Content-Type": SVG, "Cache-Control": "public, max-age=60" },
        );
      }
      const endpoint = await readEndpoint(reader, { provider, model }, { window, location }, lockedMetrics);
      if (endpoint === null) {
        return missing({ label: subject, value: "not measured", tone: "nothing", simulated: false });
      }
      const figure = badgeFigure(endpoint, metric);
      return taggedResponse(
        request,
        badgeSvg({
          label: `${subject} ${figure?.name ?? ""} ${window}`,
          value: figure?.text ? `${figure.text}, n ${formatInteger(figure.n)}` : "no results yet",
          tone: figure?.text ? "figure" : "nothing",
          simulated: endpoint.simulated,
        }),
        // Pages of others show it, some of them often.
        { "Content-Type": SVG, "Cache-Control": "public, max-age=300, stale-while-revalidate=3600" },
      );
    },
  );
}

function missing(badge: Badge): Response {
  return new Response(badgeSvg(badge), {
    status: 404,
    headers: { ...CORS_HEADERS, "Content-Type": SVG, "Cache-Control": "no-store" },
  });
}
