import {
  data,
  type HeadersFunction,
  type LoaderFunctionArgs,
  type MetaFunction,
} from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { MethodologyPage } from "../components/methodology/methodology-page.tsx";
import { readMethodology } from "../data/methodology.server.ts";
import { requireAddress } from "../data/page.server.ts";

const DESCRIPTION =
  "How each request is made, what every number means, when it is left empty, and how far it can be off.";

export const meta: MetaFunction = () => [
  { title: "What the numbers mean | Benchmark Engine" },
  { name: "description", content: DESCRIPTION },
  { property: "og:title", content: "What the numbers mean" },
  { property: "og:description", content: DESCRIPTION },
];

export function loader({ request }: LoaderFunctionArgs) {
  requireAddress(request, "/methodology");
  return data(readMethodology(), {
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
