import {
  data,
  type HeadersFunction,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/cloudflare";
import { isRouteErrorResponse, useLoaderData, useRouteError } from "@remix-run/react";
import { EndpointPage } from "../components/endpoint/endpoint-page.tsx";
import { UnknownModel } from "../components/endpoint/unknown-model.tsx";
import { ErrorPage } from "../components/ui/error-page.tsx";
import { keepLastFigures } from "../components/ui/last-figures.ts";
import { readEvidence } from "../data/evidence.server.ts";
import { endpointState } from "../data/incidents.server.ts";
import { readModelPage } from "../data/models-page.server.ts";
import { answerPage, requireAddress, requireKnown } from "../data/page.server.ts";
import { pageMeta } from "../lib/meta.ts";
import { endpointPath, parseEndpointPath } from "../lib/models-path.ts";
import { MODEL_QUERY } from "../lib/queries.ts";
import { describeEndpoint } from "../lib/share/description.ts";

export const meta: MetaFunction<typeof loader> = ({ data: loaded }) => {
  if (loaded === undefined) return [{ title: "Unknown model" }];
  const { model, provider_name } = loaded.page.endpoint;
  // For who reads documents: a browser that goes from page to page needs no code for it.
  const figures = import.meta.env.SSR ? describeEndpoint(loaded.page.endpoint) : "";
  return pageMeta({
    title: `${model} at ${provider_name}: how fast is it?`,
    description: `${figures}Time to first token, tokens per second, latency, failures and price of ${model} at ${provider_name}, measured every 15 minutes.`,
  });
};

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { pathname, searchParams } = new URL(request.url);
  const endpoint = parseEndpointPath(pathname);
  if (endpoint === null) throw data(null, { status: 404 });
  const query = MODEL_QUERY.parse(searchParams);
  requireAddress(request, endpointPath(endpoint) + MODEL_QUERY.format(query));
  return answerPage(context.services, async (services) => {
    const { reader, lockedMetrics, known } = services;
    if ((await known.unknown(reader, endpoint)).length > 0) {
      // A name may end in a slash; where none does, it is a slash too many.
      const shorter = { ...endpoint, model: endpoint.model.replace(/\/+$/, "") };
      const isShorter = shorter.model !== endpoint.model && shorter.model !== "";
      if (isShorter && (await known.unknown(reader, shorter)).length === 0)
        throw redirect(endpointPath(shorter) + MODEL_QUERY.format(query), 302);
      throw data(null, { status: 404 });
    }
    await requireKnown(services, query, (left) => endpointPath(endpoint) + MODEL_QUERY.format(left));
    const { location } = query;
    const readState = async () => {
      const state = await endpointState(reader, endpoint, location, lockedMetrics);
      return { state, evidence: await readEvidence(reader, state, location, lockedMetrics) };
    };
    const [page, now] = await Promise.all([
      readModelPage(reader, endpoint, query, lockedMetrics),
      readState(),
    ]);
    if (page === null) throw data(null, { status: 404 });
    return { query, locked: [...lockedMetrics], page, ...now };
  });
}

// A refresh that fails leaves the last figures on the page.
export const clientLoader = keepLastFigures;

export const headers: HeadersFunction = ({ loaderHeaders }) => loaderHeaders;

export default function Model() {
  return <EndpointPage {...useLoaderData<typeof loader>()} />;
}

export function ErrorBoundary() {
  const error = useRouteError();
  return isRouteErrorResponse(error) && error.status === 404 ? <UnknownModel /> : <ErrorPage />;
}
