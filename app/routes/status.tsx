import type { HeadersFunction, LoaderFunctionArgs, MetaFunction } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { StatusPage } from "../components/status/status-page.tsx";
import { keepLastFigures } from "../components/ui/last-figures.ts";
import { answerPage, requireAddress, requireKnown } from "../data/page.server.ts";
import { readStatus } from "../data/status.server.ts";
import { pageMeta } from "../lib/meta.ts";
import { STATUS_QUERY, statusHref } from "../lib/queries.ts";

const DESCRIPTION =
  "Which AI inference providers are up, their daily uptime over 30 days, and every incident, independently measured.";

export const meta: MetaFunction = ({ location }) =>
  pageMeta({ title: "Which AI providers are up?", description: DESCRIPTION, index: location.search === "" });

export async function loader({ request, context }: LoaderFunctionArgs) {
  const query = STATUS_QUERY.parse(new URL(request.url).searchParams);
  requireAddress(request, statusHref(query));
  return answerPage(context.services, async (services) => {
    await requireKnown(services, query, statusHref);
    const { reader, lockedMetrics } = services;
    return { query, locked: [...lockedMetrics], status: await readStatus(reader, query, lockedMetrics) };
  });
}

// A refresh that fails leaves the last figures on the page.
export const clientLoader = keepLastFigures;

export const headers: HeadersFunction = ({ loaderHeaders }) => loaderHeaders;

export default function Status() {
  return <StatusPage {...useLoaderData<typeof loader>()} />;
}
