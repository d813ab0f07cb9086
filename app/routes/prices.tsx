import type { HeadersFunction, LoaderFunctionArgs, MetaFunction } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { PricesPage } from "../components/prices/prices-page.tsx";
import { keepLastFigures } from "../components/ui/last-figures.ts";
import { answerPage, requireAddress } from "../data/page.server.ts";
import { readPrices } from "../data/prices.server.ts";
import { pageMeta } from "../lib/meta.ts";
import { PRICES_QUERY, pricesHref } from "../lib/prices-query.ts";

const DESCRIPTION =
  "Price per million tokens of each AI inference endpoint, price changes, and the monthly cost of your own usage.";

export const meta: MetaFunction = ({ location }) =>
  pageMeta({ title: "What AI inference costs", description: DESCRIPTION, index: location.search === "" });

export async function loader({ request, context }: LoaderFunctionArgs) {
  const query = PRICES_QUERY.parse(new URL(request.url).searchParams);
  requireAddress(request, pricesHref(query));
  return answerPage(context.services, async ({ reader, lockedMetrics }) => ({
    query,
    locked: [...lockedMetrics],
    list: await readPrices(reader, query, lockedMetrics),
  }));
}

// A refresh that fails leaves the last figures on the page.
export const clientLoader = keepLastFigures;

export const headers: HeadersFunction = ({ loaderHeaders }) => loaderHeaders;

export default function Prices() {
  return <PricesPage {...useLoaderData<typeof loader>()} />;
}
