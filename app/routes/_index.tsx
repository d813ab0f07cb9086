import {
  data,
  type HeadersFunction,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { OverviewPage } from "../components/overview-page.tsx";
import { readOverview } from "../data/overview.server.ts";
import { withServices } from "../data/problem.server.ts";
import { ofKind } from "../lib/of-kind.ts";
import { formatOverviewQuery, parseOverviewQuery } from "../lib/search-params.ts";

export const meta: MetaFunction = ({ location }) => [
  { title: "How fast are AI providers right now? | Benchmark Engine" },
  { name: "description", content: DESCRIPTION },
  { property: "og:title", content: "How fast are AI providers right now?" },
  { property: "og:description", content: DESCRIPTION },
  { property: "og:type", content: "website" },
  { property: "og:site_name", content: "Benchmark Engine" },
  { name: "twitter:card", content: "summary" },
  // The same figures in another order are the same page.
  ...(location.search.includes("sort=") ? [{ name: "robots", content: "noindex" }] : []),
];

const PAGE_CACHE_CONTROL = "public, max-age=30, stale-while-revalidate=300";

const DESCRIPTION =
  "Time to first token, tokens per second, stability, cost and uptime of AI inference providers, measured every 15 minutes.";

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { searchParams } = new URL(request.url);
  const query = parseOverviewQuery(searchParams);
  const canonical = formatOverviewQuery(query);
  // Caches see one address for one page.
  if (`?${searchParams}` !== (canonical || "?")) throw redirect(`/${canonical}`, 302);
  return withServices(context.services, async ({ reader, lockedMetrics }) => {
    const overview = ofKind(await readOverview(reader, query, lockedMetrics), query.kind);
    // Nobody should look at a kept "No results yet" once there are some.
    const cacheControl = overview.newest_result_at === null ? "no-store" : PAGE_CACHE_CONTROL;
    return data(
      { query, locked: [...lockedMetrics], overview },
      { headers: { "Cache-Control": cacheControl } },
    );
  });
}

export const headers: HeadersFunction = ({ loaderHeaders }) => loaderHeaders;

export default function Index() {
  return <OverviewPage {...useLoaderData<typeof loader>()} />;
}
