import type { HeadersFunction, LoaderFunctionArgs, MetaFunction } from "@remix-run/cloudflare";
import { redirect } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { ComparePage, type ComparePageProps } from "../components/compare/compare-page.tsx";
import { keepLastFigures } from "../components/ui/last-figures.ts";
import { readChoices, readComparison } from "../data/compare.server.ts";
import { answerPage, requireAddress, requireKnown } from "../data/page.server.ts";
import { suggestSets } from "../lib/comparison-suggestions.ts";
import type { LockableMetric } from "../lib/locks.ts";
import { pageMeta } from "../lib/meta.ts";
import { COMPARISON_QUERY, type ComparisonQuery, comparisonHref, MOST_COMPARED } from "../lib/queries.ts";

/** More suggestions than this are no help. */
const SUGGESTED = 12;

export const meta: MetaFunction<typeof loader> = ({ data: loaded }) => {
  const found = loaded?.answer?.found === true ? loaded.answer.comparison : null;
  if (found === null) return pageMeta({ title: "Compare AI endpoints", description: DESCRIPTION });
  return pageMeta({
    title: found.endpoints.map(({ provider_name, model }) => `${provider_name} ${model}`).join(" vs "),
    description: found.headline === null ? DESCRIPTION : `${found.headline}. ${DESCRIPTION}`,
  });
};

const DESCRIPTION =
  "Which AI endpoint is faster or cheaper, measured in the same runs, with confidence intervals.";

export async function loader({ request, context }: LoaderFunctionArgs) {
  const query = COMPARISON_QUERY.parse(new URL(request.url).searchParams);
  // Links and Remix's own requests write slashes and colons as %2F and %3A; people need not.
  requireAddress(request, comparisonHref(query), `/compare${COMPARISON_QUERY.format(query)}`);
  return answerPage(
    context.services,
    async (services) => {
      const { reader, lockedMetrics, known } = services;
      const unknown = await known.unknownEndpoints(reader, query.with);
      if (unknown.length > 0) {
        await requireLineEnds(query, unknown, (keys) => known.unknownEndpoints(reader, keys));
        return nothingToCompare(query, [...lockedMetrics], { found: false, unknown: [...unknown] });
      }
      await requireKnown(services, query, comparisonHref);
      const [choices, answer] = await Promise.all([
        readChoices(reader),
        query.with.length >= 2 && query.with.length <= MOST_COMPARED
          ? readComparison(reader, query, lockedMetrics)
          : null,
      ]);
      return {
        query,
        locked: [...lockedMetrics],
        choices: choices.map(({ provider, provider_name, model }) => ({ provider, provider_name, model })),
        suggestions: suggestSets(choices, SUGGESTED, query.with),
        answer,
      };
    },
    { status: ({ answer }) => (answer?.found === false ? 404 : 200) },
  );
}

/**
 * A form sends a line end in a name as CR and LF, whatever it was.
 * @throws a redirect to the names that were meant, where there are such
 */
async function requireLineEnds(
  query: ComparisonQuery,
  unknown: readonly string[],
  stillUnknown: (keys: readonly string[]) => Promise<readonly string[]>,
): Promise<void> {
  const meant = query.with.map((key) => (unknown.includes(key) ? key.replaceAll("\r\n", "\n") : key));
  if (meant.every((key, place) => key === query.with[place])) return;
  if ((await stillUnknown(meant)).length === 0) throw redirect(comparisonHref(query, { with: meant }), 302);
}

/** Costs no query: anybody can think of names. */
function nothingToCompare(
  query: ComparisonQuery,
  locked: readonly LockableMetric[],
  answer: ComparePageProps["answer"],
): ComparePageProps {
  return { query, locked, choices: [], suggestions: [], answer };
}

// A refresh that fails leaves the last figures on the page.
export const clientLoader = keepLastFigures;

export const headers: HeadersFunction = ({ loaderHeaders }) => loaderHeaders;

export default function Compare() {
  return <ComparePage {...useLoaderData<typeof loader>()} />;
}
