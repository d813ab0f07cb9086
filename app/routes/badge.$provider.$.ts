import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { answerProgram } from "../data/api-answer.server.ts";
import { endpointState } from "../data/incidents.server.ts";
import { readEndpoint } from "../data/models-page.server.ts";
import { badgeResponse, badgeSvg, SVG } from "../lib/api/badge.ts";
import { badgeFigure } from "../lib/api/badge-figure.ts";
import { taggedResponse } from "../lib/api/http.ts";
import { badgeQuery } from "../lib/api/queries.ts";
import { formatInteger } from "../lib/format.ts";
import { STATE_WORDS } from "../lib/incidents.ts";
import { endpointKey, parseEndpointPath } from "../lib/models-path.ts";

/** Always an image with 200: what stands in a readme should say what is the matter, not break. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  // Named as on the endpoint's page.
  const { pathname } = new URL(request.url);
  const named = parseEndpointPath(pathname.replace(/^\/badge\//, "/models/"));
  const { provider, model } = named ?? { provider: "", model: "" };
  const subject = named === null ? "endpoint" : endpointKey(named);
  const answer = await answerProgram(
    request,
    context.services,
    ({ lockedMetrics }) => badgeQuery(lockedMetrics),
    async ({ metric, window, location }, { reader, lockedMetrics, known }) => {
      if (metric === null) return badgeResponse("locked", subject);
      if ((await known.unknown(reader, { provider, model, location })).length > 0) {
        return badgeResponse("not measured", subject);
      }
      if (metric === "state") {
        const now = await endpointState(reader, { provider, model }, location, lockedMetrics);
        if (now === null) return badgeResponse("not measured here", subject);
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
      if (endpoint === null) return badgeResponse("not measured", subject);
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
    { extra: "left out" },
  );
  if (answer.status < 400) return answer;
  // What went wrong is in the Worker's log; the image says whose turn it is.
  return badgeResponse(answer.status === 400 ? "invalid parameter" : "unavailable", subject);
}
