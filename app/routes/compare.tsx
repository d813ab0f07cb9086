import {
  data,
  type HeadersFunction,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { ComparePage } from "../components/compare/compare-page.tsx";
import { readChoices, readComparison } from "../data/compare.server.ts";
import { withServices } from "../data/problem.server.ts";
import {
  type ComparisonQuery,
  formatComparisonQuery,
  parseComparisonQuery,
} from "../lib/comparison-query.ts";
import { suggestPairs } from "../lib/comparison-suggestions.ts";
import type { ComparisonAnswer } from "../lib/comparison-types.ts";

/** More suggestions than this are no help. */
const SUGGESTED = 12;

export const meta: MetaFunction<typeof loader> = ({ data: loaded }) => {
  const found = loaded?.answer?.found === true ? loaded.answer.comparison : null;
  const title =
    found === null
      ? "Compare two AI endpoints"
      : `${found.a.provider_name} ${found.a.model} against ${found.b.provider_name} ${found.b.model}`;
  return [
    { title: `${title} | Benchmark Engine` },
    { name: "description", content: DESCRIPTION },
    { property: "og:title", content: title },
    { property: "og:description", content: DESCRIPTION },
    { property: "og:type", content: "website" },
    { property: "og:site_name", content: "Benchmark Engine" },
    { name: "twitter:card", content: "summary" },
  ];
};

const DESCRIPTION =
  "Which of two AI endpoints is faster or cheaper, measured in the same runs, with the margin of error of each difference.";

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { searchParams } = new URL(request.url);
  const query = parseComparisonQuery(searchParams);
  const canonical = formatComparisonQuery(query);
  // Caches see one address for one page.
  if (searchParams.toString() !== new URLSearchParams(canonical).toString()) {
    throw redirect(`/compare${canonical}`, 302);
  }
  return withServices(context.services, async ({ reader, lockedMetrics }) => {
    const started = Date.now();
    const [choices, answer] = await Promise.all([
      readChoices(reader),
      isPair(query)
        ? readComparison(reader, query, lockedMetrics)
        : Promise.resolve<ComparisonAnswer | null>(null),
    ]);
    return data(
      {
        query,
        locked: [...lockedMetrics],
        choices: choices.map(({ provider, provider_name, model }) => ({ provider, provider_name, model })),
        suggestions: suggestPairs(
          choices,
          SUGGESTED,
          query.a === null ? query.b : query.b === null ? query.a : null,
        ),
        answer,
      },
      {
        status: answer?.found === false ? 404 : 200,
        headers: { "Server-Timing": `database;dur=${Date.now() - started}` },
      },
    );
  });
}

function isPair(
  query: ComparisonQuery,
): query is ComparisonQuery & { readonly a: string; readonly b: string } {
  return query.a !== null && query.b !== null && query.a !== query.b;
}

export const headers: HeadersFunction = ({ loaderHeaders }) => {
  const timing = loaderHeaders.get("Server-Timing");
  return {
    "Cache-Control": "public, max-age=30, stale-while-revalidate=300",
    ...(timing === null ? {} : { "Server-Timing": timing }),
  };
};

export default function Compare() {
  return <ComparePage {...useLoaderData<typeof loader>()} />;
}
