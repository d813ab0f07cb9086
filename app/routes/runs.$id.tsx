import {
  data,
  type HeadersFunction,
  type LoaderFunctionArgs,
  type MetaFunction,
} from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { RunPage } from "../components/run/run-page.tsx";
import { keepLastFigures } from "../components/ui/last-figures.ts";
import { answerPage, requireAddress } from "../data/page.server.ts";
import { readRun } from "../data/runs.server.ts";
import { formatTime } from "../lib/format.ts";
import { pageMeta } from "../lib/meta.ts";
import { RUN_QUERY, runHref } from "../lib/queries.ts";
import { readUuid } from "../lib/query.ts";

export const meta: MetaFunction<typeof loader> = ({ data: loaded, location }) =>
  pageMeta({
    title: loaded === undefined ? "Run" : `Run of ${formatTime(loaded.page.run.started_at)}`,
    description: "Each request of one run: figures, answer, error, and the stream at the speed it arrived.",
    // The same requests in another order are the same page.
    index: location.search === "",
  });

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const id = readUuid(params.id);
  if (id === null) throw data(null, { status: 404 });
  const query = RUN_QUERY.parse(new URL(request.url).searchParams);
  requireAddress(request, runHref(id, query));
  return answerPage(context.services, async ({ reader, lockedMetrics }) => {
    const page = await readRun(reader, id, query, lockedMetrics);
    if (page === null) throw data(null, { status: 404 });
    return { query, locked: [...lockedMetrics], page };
  });
}

// A refresh that fails leaves the last figures on the page.
export const clientLoader = keepLastFigures;

export const headers: HeadersFunction = ({ loaderHeaders }) => loaderHeaders;

export default function Run() {
  return <RunPage {...useLoaderData<typeof loader>()} />;
}
