import {
  type HeadersFunction,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { StatusPage } from "../components/status/status-page.tsx";
import { withServices } from "../data/problem.server.ts";
import { readStatus } from "../data/status.server.ts";
import { parseStatusQuery, statusHref } from "../lib/status.ts";

const DESCRIPTION =
  "Which AI inference providers are up, their uptime by day for 30 days, and every incident, measured from outside.";

export const meta: MetaFunction = ({ location }) => [
  { title: "Which AI providers are up? | Benchmark Engine" },
  { name: "description", content: DESCRIPTION },
  { property: "og:title", content: "Which AI providers are up?" },
  { property: "og:description", content: DESCRIPTION },
  ...(location.search === "" ? [] : [{ name: "robots", content: "noindex" }]),
];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { pathname, search, searchParams } = new URL(request.url);
  const query = parseStatusQuery(searchParams);
  const canonical = statusHref(query);
  if (pathname + search !== canonical) throw redirect(canonical, 302);
  return withServices(context.services, async ({ reader, lockedMetrics }) => ({
    query,
    locked: [...lockedMetrics],
    status: await readStatus(reader, query, lockedMetrics),
  }));
}

export const headers: HeadersFunction = ({ loaderHeaders }) => ({
  "Cache-Control": loaderHeaders.get("Cache-Control") ?? "public, max-age=30, stale-while-revalidate=300",
});

export default function Status() {
  return <StatusPage {...useLoaderData<typeof loader>()} />;
}
