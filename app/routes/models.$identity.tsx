import {
  data,
  type HeadersFunction,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/cloudflare";
import { isRouteErrorResponse, useLoaderData, useRouteError } from "@remix-run/react";
import { UnknownModel } from "../components/endpoint/unknown-model.tsx";
import { IdentityPage } from "../components/models/identity-page.tsx";
import { ErrorPage } from "../components/ui/error-page.tsx";
import { keepLastFigures } from "../components/ui/last-figures.ts";
import { readIdentityPage } from "../data/identity-page.server.ts";
import { answerPage, requireAddress, requireKnown } from "../data/page.server.ts";
import { pageMeta } from "../lib/meta.ts";
import { identityPath, parseIdentityPath, providerPath } from "../lib/models-path.ts";
import { IDENTITY_QUERY } from "../lib/queries.ts";
import { describeLeaders } from "../lib/share/description.ts";

export const meta: MetaFunction<typeof loader> = ({ data: loaded, location }) => {
  if (loaded === undefined) return [{ title: "Unknown model" }];
  const { identity, total, leaders } = loaded.page;
  const figures = import.meta.env.SSR ? describeLeaders(leaders) : "";
  return pageMeta({
    title: `${identity}: who serves it fastest?`,
    description: `${figures}TTFT, output speed, latency, success rate, price and state of ${identity} at ${total} endpoints, measured every 15 minutes.`,
    index: location.search === "",
  });
};

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { pathname, searchParams } = new URL(request.url);
  const identity = parseIdentityPath(pathname);
  if (identity === null) throw data(null, { status: 404 });
  const query = IDENTITY_QUERY.parse(searchParams);
  requireAddress(request, identityPath(identity) + IDENTITY_QUERY.format(query));
  return answerPage(context.services, async (services) => {
    const { reader, lockedMetrics, known } = services;
    if ((await known.unknown(reader, { identity })).length > 0) {
      // Addresses of endpoints are cut by hand: what is left is a provider's.
      const isProvider = (await known.unknown(reader, { provider: identity })).length === 0;
      throw isProvider ? redirect(providerPath(identity), 302) : data(null, { status: 404 });
    }
    await requireKnown(services, query, (left) => identityPath(identity) + IDENTITY_QUERY.format(left));
    const page = await readIdentityPage(reader, identity, query, lockedMetrics);
    if (page === null) throw data(null, { status: 404 });
    return { query, locked: [...lockedMetrics], page };
  });
}

// A refresh that fails leaves the last figures on the page.
export const clientLoader = keepLastFigures;

export const headers: HeadersFunction = ({ loaderHeaders }) => loaderHeaders;

export default function Identity() {
  return <IdentityPage {...useLoaderData<typeof loader>()} />;
}

export function ErrorBoundary() {
  const error = useRouteError();
  return isRouteErrorResponse(error) && error.status === 404 ? <UnknownModel /> : <ErrorPage />;
}
