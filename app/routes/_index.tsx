import type { HeadersFunction, LoaderFunctionArgs, MetaFunction } from "@remix-run/cloudflare";
import { type ClientLoaderFunctionArgs, useLoaderData } from "@remix-run/react";
import { OverviewPage, type OverviewPageProps } from "../components/overview/overview-page.tsx";
import { keepLastFigures } from "../components/ui/last-figures.ts";
import { isWhole, readOverviewPage } from "../data/overview-page.server.ts";
import {
  answerPage,
  INCOMPLETE_CACHE_CONTROL,
  PAGE_CACHE_CONTROL,
  requireAddress,
  requireKnown,
} from "../data/page.server.ts";
import { pageMeta } from "../lib/meta.ts";
import { OVERVIEW_QUERY, overviewHref } from "../lib/overview-query.ts";
import { describeLeaders } from "../lib/share/description.ts";

export const meta: MetaFunction<typeof loader> = ({ data: loaded, location }) => {
  // For who reads documents: a browser that goes from page to page needs no code for it.
  const figures = import.meta.env.SSR && loaded ? describeLeaders(loaded.view.leaders) : "";
  return pageMeta({
    title: "How fast are AI providers right now?",
    description: figures + DESCRIPTION,
    // The same figures in another order are the same page.
    index: !location.search.includes("sort="),
  });
};

const DESCRIPTION =
  "TTFT, output speed, jitter, cost and uptime of AI inference providers, measured every 15 minutes.";

export async function loader({ request, context }: LoaderFunctionArgs) {
  const query = OVERVIEW_QUERY.parse(new URL(request.url).searchParams);
  requireAddress(request, overviewHref(query, { page: query.page }));
  return answerPage(
    context.services,
    async (services) => {
      const { provider, location, model: line } = query;
      await requireKnown(services, { provider, location, line }, ({ line: model, ...known }) =>
        overviewHref(query, { ...known, model }),
      );
      const { reader, lockedMetrics, inTime } = services;
      const { view, verdict, news, hasStates } = await readOverviewPage(reader, query, lockedMetrics, inTime);
      // Where the table has fewer pages than the address says, its last one is the page.
      requireAddress(request, overviewHref(query, { page: view.page }));
      return { query, locked: [...lockedMetrics], view, verdict, news, hasStates };
    },
    {
      // Nobody should look at a kept "No results yet" once there are some.
      cacheControl: (page) => {
        if (page.view.summary.newest_result_at === null) return "no-store";
        return isWhole(page) ? PAGE_CACHE_CONTROL : INCOMPLETE_CACHE_CONTROL;
      },
    },
  );
}

/** The open page changes as one: figures and news come together, so nothing is taken away in between. */
export const clientLoader = (args: ClientLoaderFunctionArgs) =>
  keepLastFigures(args, async (page: OverviewPageProps) => ({ ...page, news: await page.news }));

export const headers: HeadersFunction = ({ loaderHeaders }) => loaderHeaders;

export default function Index() {
  return <OverviewPage {...useLoaderData<typeof loader>()} />;
}
