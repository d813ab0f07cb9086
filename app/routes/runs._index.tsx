import {
  data,
  type HeadersFunction,
  type LoaderFunctionArgs,
  type MetaFunction,
} from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { RunsPage } from "../components/runs/runs-page.tsx";
import { keepLastFigures } from "../components/ui/last-figures.ts";
import { readStale } from "../data/api.server.ts";
import { answerPage, requireAddress } from "../data/page.server.ts";
import { readRuns } from "../data/runs.server.ts";
import { pageMeta } from "../lib/meta.ts";
import { RUNS_QUERY, runsHref } from "../lib/queries.ts";

const DESCRIPTION = "Every benchmark run: start, trigger, requests and results.";

export const meta: MetaFunction = ({ location }) =>
  pageMeta({ title: "Benchmark runs", description: DESCRIPTION, index: location.search === "" });

export async function loader({ request, context }: LoaderFunctionArgs) {
  const query = RUNS_QUERY.parse(new URL(request.url).searchParams);
  requireAddress(request, runsHref(query));
  return answerPage(context.services, async ({ reader }) => {
    const [list, stale] = await Promise.all([readRuns(reader, query), readStale(reader)]);
    if (list === null) throw data(null, { status: 404 });
    return { query, list, stale };
  });
}

// A refresh that fails leaves the last figures on the page.
export const clientLoader = keepLastFigures;

export const headers: HeadersFunction = ({ loaderHeaders }) => loaderHeaders;

export default function Runs() {
  return <RunsPage {...useLoaderData<typeof loader>()} />;
}
