import {
  data,
  type HeadersFunction,
  type LoaderFunctionArgs,
  type MetaFunction,
} from "@remix-run/cloudflare";
import { isRouteErrorResponse, useLoaderData, useParams, useRouteError } from "@remix-run/react";
import { ProviderPage } from "../components/providers/provider-page.tsx";
import { UnknownProvider } from "../components/providers/unknown-provider.tsx";
import { ErrorPage } from "../components/ui/error-page.tsx";
import { keepLastFigures } from "../components/ui/last-figures.ts";
import { answerPage, requireAddress, requireKnown } from "../data/page.server.ts";
import { readProviderPage } from "../data/provider-page.server.ts";
import { pageMeta } from "../lib/meta.ts";
import { parseProviderPath, providerPath } from "../lib/models-path.ts";
import { PROVIDER_QUERY } from "../lib/queries.ts";
import { describeEndpoints } from "../lib/share/description.ts";

export const meta: MetaFunction<typeof loader> = ({ data: loaded, location }) => {
  if (loaded === undefined) return [{ title: "Unknown provider" }];
  const { name, rows } = loaded.page;
  const figures = import.meta.env.SSR ? describeEndpoints(rows.map(({ endpoint }) => endpoint)) : "";
  return pageMeta({
    title: `${name}: is it up, and how fast is it?`,
    description: `${figures}State, TTFT, output speed, failures, incidents and changes of ${name}’s endpoints, measured every 15 minutes.`,
    index: location.search === "",
  });
};

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { pathname, searchParams } = new URL(request.url);
  const provider = parseProviderPath(pathname);
  if (provider === null) throw data(null, { status: 404 });
  const query = PROVIDER_QUERY.parse(searchParams);
  requireAddress(request, providerPath(provider) + PROVIDER_QUERY.format(query));
  return answerPage(context.services, async (services) => {
    const { reader, lockedMetrics, known } = services;
    if ((await known.unknown(reader, { provider })).length > 0) throw data(null, { status: 404 });
    await requireKnown(services, query, (left) => providerPath(provider) + PROVIDER_QUERY.format(left));
    const page = await readProviderPage(reader, provider, query, lockedMetrics);
    if (page === null) throw data(null, { status: 404 });
    return { query, locked: [...lockedMetrics], page };
  });
}

// A refresh that fails leaves the last figures on the page.
export const clientLoader = keepLastFigures;

export const headers: HeadersFunction = ({ loaderHeaders }) => loaderHeaders;

export default function Provider() {
  return <ProviderPage {...useLoaderData<typeof loader>()} />;
}

export function ErrorBoundary() {
  const error = useRouteError();
  const { slug = "" } = useParams();
  return isRouteErrorResponse(error) && error.status === 404 ? (
    <UnknownProvider slug={slug} />
  ) : (
    <ErrorPage />
  );
}
