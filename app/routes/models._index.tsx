import type { HeadersFunction, LoaderFunctionArgs, MetaFunction } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { CatalogPage } from "../components/models/catalog-page.tsx";
import { keepLastFigures } from "../components/ui/last-figures.ts";
import { readStale } from "../data/api.server.ts";
import { CATALOG_PAGE_SIZE, readCatalog } from "../data/models.server.ts";
import { answerPage, requireAddress, requireKnown } from "../data/page.server.ts";
import { pageMeta } from "../lib/meta.ts";
import { CATALOG_QUERY } from "../lib/queries.ts";

const DESCRIPTION =
  "Models of AI inference providers: measured, available and retired ones, with prices and changes.";

export const meta: MetaFunction = ({ location }) =>
  pageMeta({
    title: "AI models and who offers them",
    description: DESCRIPTION, // Searches are as many as there are words.
    index: location.search === "",
  });

export async function loader({ request, context }: LoaderFunctionArgs) {
  const query = CATALOG_QUERY.parse(new URL(request.url).searchParams);
  requireAddress(request, `/models${CATALOG_QUERY.format(query)}`);
  return answerPage(context.services, async (services) => {
    await requireKnown(services, query, (known) => `/models${CATALOG_QUERY.format(known)}`);
    const { reader } = services;
    const [catalog, stale] = await Promise.all([readCatalog(reader, query), readStale(reader)]);
    return { query, pageSize: CATALOG_PAGE_SIZE, catalog, stale };
  });
}

// A refresh that fails leaves the last figures on the page.
export const clientLoader = keepLastFigures;

export const headers: HeadersFunction = ({ loaderHeaders }) => loaderHeaders;

export default function Models() {
  return <CatalogPage {...useLoaderData<typeof loader>()} />;
}
