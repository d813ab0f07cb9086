import {
  data,
  type HeadersFunction,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { CatalogPage } from "../components/models/catalog-page.tsx";
import { CATALOG_PAGE_SIZE, readCatalog } from "../data/models.server.ts";
import { withServices } from "../data/problem.server.ts";
import { formatCatalogQuery, isCanonical, parseCatalogQuery } from "../lib/models-query.ts";

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
  const { searchParams } = new URL(request.url);
  const query = parseCatalogQuery(searchParams);
  const canonical = formatCatalogQuery(query);
  // Caches see one address for one page.
  if (!isCanonical(searchParams, canonical)) throw redirect(`/models${canonical}`, 302);
  return withServices(context.services, async ({ reader }) =>
    data(
      { query, pageSize: CATALOG_PAGE_SIZE, catalog: await readCatalog(reader, query) },
      { headers: { "Cache-Control": "public, max-age=30, stale-while-revalidate=300" } },
    ),
  );
}

export const headers: HeadersFunction = ({ loaderHeaders }) => loaderHeaders;

export default function Models() {
  return <CatalogPage {...useLoaderData<typeof loader>()} />;
}
