import {
  data,
  type HeadersFunction,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { RunsPage } from "../components/runs/runs-page.tsx";
import { withServices } from "../data/problem.server.ts";
import { readRuns } from "../data/runs.server.ts";
import { parseRunsQuery, runsHref } from "../lib/runs.ts";

const DESCRIPTION =
  "Every run of the benchmark: when it began, what asked for it, how many requests it made and how they ended.";

export const meta: MetaFunction = ({ location }) => [
  { title: "Runs | Benchmark Engine" },
  { name: "description", content: DESCRIPTION },
  { property: "og:title", content: "Runs of the benchmark" },
  { property: "og:description", content: DESCRIPTION },
  ...(location.search === "" ? [] : [{ name: "robots", content: "noindex" }]),
];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { pathname, search, searchParams } = new URL(request.url);
  const query = parseRunsQuery(searchParams);
  const canonical = runsHref(query);
  if (pathname + search !== canonical) throw redirect(canonical, 302);
  return withServices(context.services, async ({ reader }) => {
    const list = await readRuns(reader, query);
    if (list === null) throw data(null, { status: 404 });
    return { query, list };
  });
}

export const headers: HeadersFunction = ({ loaderHeaders }) => ({
  "Cache-Control": loaderHeaders.get("Cache-Control") ?? "public, max-age=30, stale-while-revalidate=300",
});

export default function Runs() {
  return <RunsPage {...useLoaderData<typeof loader>()} />;
}
