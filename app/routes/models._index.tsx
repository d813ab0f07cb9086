import type { HeadersFunction, LoaderFunctionArgs, MetaFunction } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { CatalogPage } from "../components/models/catalog-page.tsx";
import { keepLastFigures } from "../components/ui/last-figures.ts";
import { CATALOG_PAGE_SIZE, readCatalog } from "../data/models.server.ts";
import { answerPage, requireAddress } from "../data/page.server.ts";
import { readStale } from "../data/stale.server.ts";
import { CATALOG_QUERY } from "../lib/queries.ts";

const TITLE = "Models and who offers them";
const DESCRIPTION =
  "Models of AI inference providers: which are measured, what else is offered and at what price, what was retired and what changed.";

export const meta: MetaFunction = ({ location }) => [
  { title: `${TITLE} | Benchmark Engine` },
  { name: "description", content: DESCRIPTION },
  { property: "og:title", content: TITLE },
  { property: "og:description", content: DESCRIPTION },
  { property: "og:type", content: "website" },
  { property: "og:site_name", content: "Benchmark Engine" },
  { name: "twitter:card", content: "summary" },
  // Searches are as many as there are words.
  ...(location.search === "" ? [] : [{ name: "robots", content: "noindex" }]),
];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const query = CATALOG_QUERY.parse(new URL(request.url).searchParams);
  requireAddress(request, `/models${CATALOG_QUERY.format(query)}`);
  return answerPage(context.services, async ({ reader }) => {
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
