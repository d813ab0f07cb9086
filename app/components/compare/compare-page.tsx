import type { ComparisonAnswer } from "../../data/compare.server.ts";
import type { SuggestedSet } from "../../lib/comparison-suggestions.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import { type ComparisonQuery, comparisonHref, MOST_COMPARED } from "../../lib/queries.ts";
import { earlier } from "../../lib/schedule.ts";
import { SimulatedBanner, StaleBanner } from "../ui/banner.tsx";
import { Busy } from "../ui/busy.tsx";
import { PageHeading } from "../ui/page-heading.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { useRefresh } from "../ui/use-refresh.ts";
import { Chooser, type ChooserOption } from "./chooser.tsx";
import { ComparisonView } from "./comparison-view.tsx";
import { Suggestions } from "./suggestions.tsx";

export interface ComparePageProps {
  readonly query: ComparisonQuery;
  readonly locked: readonly LockableMetric[];
  readonly choices: readonly ChooserOption[];
  readonly suggestions: readonly SuggestedSet[];
  /** Null where it is not two to six endpoints that are chosen. */
  readonly answer: ComparisonAnswer | null;
}

const REFRESH_MS = 60_000;

export function ComparePage({ query, locked, choices, suggestions, answer }: ComparePageProps) {
  useRefresh(REFRESH_MS);
  const comparison = answer?.found === true ? answer.comparison : null;
  const shown = (comparison?.endpoints ?? []).filter(({ attempts }) => attempts > 0);
  const newest = comparison && earlier(comparison.newest_result_at, comparison.as_of);
  const isUnknown = answer?.found === false;
  const simulated = shown.filter((endpoint) => endpoint.simulated).length;
  const looks = comparison?.looks ?? [];
  return (
    <>
      {simulated > 0 && <SimulatedBanner some={simulated < shown.length} />}
      {comparison?.stale && newest !== null && <StaleBanner newest={newest} asOf={comparison.read_at} />}
      <PageHeading title={comparison === null ? "Compare endpoints" : comparison.names.join(" vs ")}>
        {`Two to ${MOST_COMPARED} endpoints (provider + model), compared run by run: all got the same request within the same minutes.`}
      </PageHeading>
      {!isUnknown && <Chooser query={query} choices={choices} looks={looks} />}
      <Busy className="mt-4 grid grid-cols-1 gap-4">
        {comparison === null ? (
          <Asking query={query} answer={answer} />
        ) : (
          <ComparisonView comparison={comparison} query={query} looks={looks} locked={locked} />
        )}
        {!isUnknown && <Suggestions sets={suggestions} query={query} none={choices.length === 0} />}
      </Busy>
    </>
  );
}

/** What is still to be chosen, or was chosen in vain. */
function Asking({ query, answer }: Pick<ComparePageProps, "query" | "answer">) {
  if (query.with.length === 0) return null;
  const { title, text } = answer?.found === false ? UNKNOWN : query.with.length === 1 ? ONE : MANY;
  return (
    <section className="panel grid gap-2 px-6 py-10 text-center" aria-live="polite">
      <h2 className="font-semibold text-xl">{title}</h2>
      {answer?.found === false &&
        answer.unknown.map((key) => (
          <p key={key} className="figure-text whitespace-pre-wrap text-sm [overflow-wrap:anywhere]">
            <bdi>{key}</bdi>
          </p>
        ))}
      <p className="text-acid-muted">
        {text}{" "}
        {answer?.found === false && (
          <TextLink
            to={comparisonHref(query, { with: query.with.filter((key) => !answer.unknown.includes(key)) })}
          >
            {query.with.length - answer.unknown.length > 1 ? "Compare the others" : "Choose another endpoint"}
          </TextLink>
        )}
      </p>
    </section>
  );
}

const UNKNOWN = {
  title: "Unknown endpoint",
  text: "Not in the catalogue, and no results under this name. Endpoints are written provider/model.",
};
const ONE = {
  title: "Choose a second endpoint",
  text: "Choose one above, or a set below. An endpoint is not compared with itself.",
};
const MANY = {
  title: `Too many endpoints`,
  text: `${MOST_COMPARED} can be compared at once. Remove some above.`,
};
