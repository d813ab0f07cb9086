import type { ComparisonAnswer } from "../../data/compare.server.ts";
import type { SuggestedPair } from "../../lib/comparison-suggestions.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import { type ComparisonQuery, comparisonHref } from "../../lib/queries.ts";
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
  readonly suggestions: readonly SuggestedPair[];
  /** Null where no two different endpoints are chosen. */
  readonly answer: ComparisonAnswer | null;
}

const REFRESH_MS = 60_000;

export function ComparePage({ query, locked, choices, suggestions, answer }: ComparePageProps) {
  useRefresh(REFRESH_MS);
  const comparison = answer?.found === true ? answer.comparison : null;
  const shown = comparison === null ? [] : [comparison.a, comparison.b].filter((side) => side.attempts > 0);
  const newest = comparison && earlier(comparison.newest_result_at, comparison.as_of);
  const isUnknown = answer?.found === false;
  const simulated = shown.filter((side) => side.simulated).length;
  return (
    <>
      {simulated > 0 && <SimulatedBanner some={simulated < shown.length} />}
      {comparison?.stale && newest !== null && <StaleBanner newest={newest} asOf={comparison.read_at} />}
      <PageHeading title="Compare two endpoints">
        An endpoint is one provider and model. The two are compared run by run: both got the same request
        within the same minutes, so whatever slows down both does not count.
      </PageHeading>
      {!isUnknown && <Chooser query={query} choices={choices} />}
      <Busy className="mt-4 grid grid-cols-1 gap-4">
        {comparison === null ? (
          <Asking query={query} answer={answer} />
        ) : (
          <ComparisonView comparison={comparison} query={query} locked={locked} />
        )}
        {!isUnknown && <Suggestions pairs={suggestions} query={query} none={choices.length === 0} />}
      </Busy>
    </>
  );
}

/** What is still to be chosen, or was chosen in vain. */
function Asking({ query, answer }: Pick<ComparePageProps, "query" | "answer">) {
  if (query.a === null && query.b === null) return null;
  return (
    <section className="panel grid gap-2 px-6 py-10 text-center" aria-live="polite">
      {answer?.found === false ? (
        <>
          <h2 className="font-semibold text-xl">Unknown endpoint</h2>
          {answer.unknown.map((key) => (
            <p key={key} className="figure-text text-sm [overflow-wrap:anywhere]">
              {key}
            </p>
          ))}
          <p className="text-acid-muted">
            Not in the catalogue, and no results under this name.{" "}
            <TextLink to={comparisonHref(query, withoutUnknown(query, answer.unknown))}>
              Choose another endpoint
            </TextLink>
          </p>
        </>
      ) : query.a === query.b ? (
        <>
          <h2 className="font-semibold text-xl">The same endpoint twice</h2>
          <p className="text-acid-muted">Choose another endpoint for A or B.</p>
        </>
      ) : (
        <>
          <h2 className="font-semibold text-xl">Choose a second endpoint</h2>
          <p className="text-acid-muted">{`Choose ${query.a === null ? "A" : "B"} above, or pick a pair below.`}</p>
        </>
      )}
    </section>
  );
}

function withoutUnknown({ a, b }: ComparisonQuery, unknown: readonly string[]) {
  const known = (key: string | null) => (key !== null && unknown.includes(key) ? null : key);
  return { a: known(a), b: known(b) };
}
