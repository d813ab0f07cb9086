import {
  type HeadersFunction,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { PricesPage } from "../components/prices/prices-page.tsx";
import { readPrices } from "../data/prices.server.ts";
import { withServices } from "../data/problem.server.ts";
import { parsePricesQuery, pricesHref } from "../lib/prices.ts";

const DESCRIPTION =
  "What each AI inference endpoint costs per million tokens, how prices changed, and what a month of your own use would come to.";

export const meta: MetaFunction = ({ location }) => [
  { title: "What AI inference costs | Benchmark Engine" },
  { name: "description", content: DESCRIPTION },
  { property: "og:title", content: "What AI inference costs" },
  { property: "og:description", content: DESCRIPTION },
  ...(location.search === "" ? [] : [{ name: "robots", content: "noindex" }]),
];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { pathname, search, searchParams } = new URL(request.url);
  const query = parsePricesQuery(searchParams);
  const canonical = pricesHref(query);
  if (pathname + search !== canonical) throw redirect(canonical, 302);
  return withServices(context.services, async ({ reader, lockedMetrics }) => ({
    query,
    locked: [...lockedMetrics],
    list: await readPrices(reader, query, lockedMetrics),
  }));
}

export const headers: HeadersFunction = ({ loaderHeaders }) => ({
  "Cache-Control": loaderHeaders.get("Cache-Control") ?? "public, max-age=30, stale-while-revalidate=300",
});

export default function Prices() {
  return <PricesPage {...useLoaderData<typeof loader>()} />;
}
