import {
  data,
  type HeadersFunction,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { OverviewPage } from "../components/overview-page.tsx";
import { readOverviewPage } from "../data/overview-page.server.ts";
import { withServices } from "../data/problem.server.ts";
import { formatOverviewQuery, overviewHref, parseOverviewQuery } from "../lib/search-params.ts";

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
    const started = performance.now();
    const { view, news } = await readOverviewPage(reader, query, lockedMetrics);
    // Where the table has fewer pages than the address says, its last one is the page.
    if (view.page !== query.page) throw redirect(overviewHref(query, { page: view.page }), 302);
    // Nobody should look at a kept "No results yet" once there are some.
    const cacheControl = view.summary.newest_result_at === null ? "no-store" : PAGE_CACHE_CONTROL;
    return data(
      { query, locked: [...lockedMetrics], view, news },
      {
        headers: {
          "Cache-Control": cacheControl,
          "Server-Timing": `loader;dur=${Math.round(performance.now() - started)}`,
        },
      },
    );
  });
}

export const headers: HeadersFunction = ({ loaderHeaders }) => loaderHeaders;

export default function Index() {
  return <OverviewPage {...useLoaderData<typeof loader>()} />;
}
