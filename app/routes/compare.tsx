import type { HeadersFunction, LoaderFunctionArgs, MetaFunction } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { ComparePage, type ComparePageProps } from "../components/compare/compare-page.tsx";
import { keepLastFigures } from "../components/ui/last-figures.ts";
import { readChoices, readComparison } from "../data/compare.server.ts";
import { answerPage, requireAddress, requireKnown } from "../data/page.server.ts";
import { suggestPairs } from "../lib/comparison-suggestions.ts";
import type { LockableMetric } from "../lib/locks.ts";
import { pageMeta } from "../lib/meta.ts";
import { COMPARISON_QUERY, type ComparisonQuery, comparisonHref } from "../lib/queries.ts";

/** More suggestions than this are no help. */
const SUGGESTED = 12;

export const meta: MetaFunction<typeof loader> = ({ data: loaded }) => {
  const found = loaded?.answer?.found === true ? loaded.answer.comparison : null;
  const title =
    found === null
      ? "Compare two AI endpoints"
      : `${found.a.provider_name} ${found.a.model} vs ${found.b.provider_name} ${found.b.model}`;
  return pageMeta({ title, description: DESCRIPTION });
};

const DESCRIPTION =
  "Which of two AI endpoints is faster or cheaper, measured in the same runs, with confidence intervals.";

export async function loader({ request, context }: LoaderFunctionArgs) {
  const query = COMPARISON_QUERY.parse(new URL(request.url).searchParams);
  // Links and Remix's own requests write slashes and colons as %2F and %3A; people need not.
  requireAddress(request, comparisonHref(query), `/compare${COMPARISON_QUERY.format(query)}`);
  return answerPage(
    context.services,
    async (services) => {
      const { reader, lockedMetrics, known } = services;
      const { a, b } = query;
      const unknown = await known.unknown(reader, { a, b });
      if (unknown.length > 0) {
        const keys = unknown.flatMap((side) => (side === "a" ? a : b) ?? []);
        return nothingToCompare(query, [...lockedMetrics], { found: false, unknown: keys });
      }
      await requireKnown(services, query, comparisonHref);
      const [choices, answer] = await Promise.all([
        readChoices(reader),
        isPair(query) ? readComparison(reader, query, lockedMetrics) : null,
      ]);
      return {
        query,
        locked: [...lockedMetrics],
        choices: choices.map(({ provider, provider_name, model }) => ({ provider, provider_name, model })),
        suggestions: suggestPairs(
          choices,
          SUGGESTED,
          query.a === null ? query.b : query.b === null ? query.a : null,
        ),
        answer,
      };
    },
    { status: ({ answer }) => (answer?.found === false ? 404 : 200) },
  );
}

/** Costs no query: anybody can think of names. */
function nothingToCompare(
  query: ComparisonQuery,
  locked: readonly LockableMetric[],
  answer: ComparePageProps["answer"],
): ComparePageProps {
  return { query, locked, choices: [], suggestions: [], answer };
}

function isPair(
  query: ComparisonQuery,
): query is ComparisonQuery & { readonly a: string; readonly b: string } {
  return query.a !== null && query.b !== null && query.a !== query.b;
}

// A refresh that fails leaves the last figures on the page.
export const clientLoader = keepLastFigures;

export const headers: HeadersFunction = ({ loaderHeaders }) => loaderHeaders;

export default function Compare() {
  return <ComparePage {...useLoaderData<typeof loader>()} />;
}
