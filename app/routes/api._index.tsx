import type { HeadersFunction, LoaderFunctionArgs, MetaFunction } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { ApiPage } from "../components/api/api-page.tsx";
import { readHealth } from "../data/api.server.ts";
import { answerPage, requireAddress } from "../data/page.server.ts";
import { apiDocs } from "../lib/api/docs.ts";
import { CACHE_FOR_READING } from "../lib/api/http.ts";
import { openApiDocument } from "../lib/api/openapi.ts";
import { pageMeta } from "../lib/meta.ts";

const DESCRIPTION =
  "Every measurement as JSON with ETag and CORS, CSV, badges, an Atom feed and an OpenAPI document.";

export const meta: MetaFunction = () => pageMeta({ title: "API", description: DESCRIPTION });

export async function loader({ request, context }: LoaderFunctionArgs) {
  requireAddress(request, "/api");
  const { origin } = new URL(request.url);
  return answerPage(
    context.services,
    async ({ reader, lockedMetrics }) => ({
      docs: apiDocs(openApiDocument(origin, lockedMetrics)),
      origin,
      locked: [...lockedMetrics],
      simulated: (await readHealth(reader)).simulated,
    }),
    { cacheControl: () => CACHE_FOR_READING },
  );
}

export const headers: HeadersFunction = ({ loaderHeaders }) => loaderHeaders;

export default function Api() {
  return <ApiPage {...useLoaderData<typeof loader>()} />;
}
