import {
  data,
  type HeadersFunction,
  type LoaderFunctionArgs,
  type MetaFunction,
} from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import metrics from "../../docs/metrics.md";
import { MethodologyPage } from "../components/methodology/methodology-page.tsx";
import { requireAddress } from "../data/page.server.ts";
import { pageMeta } from "../lib/meta.ts";

const DESCRIPTION =
  "How each request is made, what every metric means, when it is left empty, and its error margin.";

export const meta: MetaFunction = () => pageMeta({ title: "Methodology", description: DESCRIPTION });

export function loader({ request }: LoaderFunctionArgs) {
  requireAddress(request, "/methodology");
  return data(metrics, {
    headers: {
      "Cache-Control": "public, max-age=300, stale-while-revalidate=86400",
      // Rendered by the build: there is nothing to wait for.
      "Server-Timing": "loader;dur=0",
    },
  });
}

export const headers: HeadersFunction = ({ loaderHeaders }) => loaderHeaders;

export default function Methodology() {
  return <MethodologyPage page={useLoaderData<typeof loader>()} />;
}
