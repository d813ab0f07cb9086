import {
  data,
  type HeadersFunction,
  type LoaderFunctionArgs,
  type MetaFunction,
} from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { IncidentPage } from "../components/incidents/incident-page.tsx";
import { keepLastFigures } from "../components/ui/last-figures.ts";
import { readIncidentCharts } from "../data/incident-charts.server.ts";
import { changesBefore, incidentRequests, readIncident } from "../data/incidents.server.ts";
import { answerPage, requireAddress } from "../data/page.server.ts";
import { incidentHref, incidentTitle } from "../lib/incidents.ts";
import { pageMeta } from "../lib/meta.ts";
import { readUuid } from "../lib/query.ts";

export const meta: MetaFunction<typeof loader> = ({ data: loaded }) =>
  pageMeta({
    title: loaded === undefined ? "Incident" : incidentTitle(loaded.incident),
    description: "What failed or was slow, since when, at which endpoints, and the requests that showed it.",
  });

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const id = readUuid(params.id);
  if (id === null) throw data(null, { status: 404 });
  requireAddress(request, incidentHref(id));
  return answerPage(context.services, async ({ reader, lockedMetrics }) => {
    const incident = await readIncident(reader, id, lockedMetrics);
    if (incident === null) throw data(null, { status: 404 });
    const as_of = new Date().toISOString();
    const [charts, requests, changes] = await Promise.all([
      readIncidentCharts(reader, incident, as_of, lockedMetrics),
      incidentRequests(reader, incident, lockedMetrics),
      changesBefore(reader, incident),
    ]);
    return { incident, charts, requests, changes, as_of };
  });
}

// A refresh that fails leaves the last figures on the page.
export const clientLoader = keepLastFigures;

export const headers: HeadersFunction = ({ loaderHeaders }) => loaderHeaders;

export default function IncidentRoute() {
  return <IncidentPage {...useLoaderData<typeof loader>()} />;
}
