import { useNavigation } from "@remix-run/react";
import type { SuggestedPair } from "../../lib/comparison-suggestions.ts";
import type { ComparisonAnswer } from "../../lib/comparison-types.ts";
import { formatAgo, formatTime } from "../../lib/format.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import type { ComparisonQuery } from "../../lib/queries.ts";
import { earlier } from "../../lib/schedule.ts";
import { SimulatedBanner, StaleBanner } from "../ui/banner.tsx";
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
  const busy = useNavigation().state === "loading";
  const comparison = answer?.found === true ? answer.comparison : null;
  const shown = comparison === null ? [] : [comparison.a, comparison.b].filter((side) => side.attempts > 0);
  const newest = comparison && earlier(comparison.newest_result_at, comparison.as_of);
  const simulated = shown.filter((side) => side.simulated).length;
  return (
    <>
      {simulated > 0 && <SimulatedBanner some={simulated < shown.length} />}
      {comparison?.stale && newest !== null && (
        <StaleBanner ago={formatAgo(newest, comparison.read_at)} time={formatTime(newest)} />
      )}
      <div className="pt-6 pb-4">
        <h1 className="font-semibold text-2xl tracking-tight md:text-3xl">Compare two endpoints</h1>
        <p className="mt-1 max-w-2xl text-acid-muted leading-relaxed">
          An endpoint is one provider and model. Two of them are compared run by run: both were asked the same
          thing within the same minutes, so what slows both down does not count.
        </p>
      </div>
      <Chooser query={query} choices={choices} />
      <div
        aria-busy={busy}
        className={`mt-4 grid grid-cols-1 gap-4 transition-opacity ${busy ? "opacity-60" : ""}`}
      >
        {comparison === null ? (
          <Asking query={query} answer={answer} />
        ) : (
          <ComparisonView comparison={comparison} query={query} locked={locked} />
        )}
        <Suggestions pairs={suggestions} query={query} none={choices.length === 0} />
      </div>
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
          <h2 className="font-semibold text-xl">There is no such endpoint</h2>
          {answer.unknown.map((key) => (
            <p key={key} className="figure-text text-sm [overflow-wrap:anywhere]">
              {key}
            </p>
          ))}
          <p className="text-acid-muted">
            It is not in the catalogue, and nothing of that name was measured in this window. Choose another
            above.
          </p>
        </>
      ) : query.a === query.b ? (
        <>
          <h2 className="font-semibold text-xl">This is the same endpoint twice</h2>
          <p className="text-acid-muted">It is as fast as itself. Choose another one for A or for B.</p>
        </>
      ) : (
        <>
          <h2 className="font-semibold text-xl">One more to choose</h2>
          <p className="text-acid-muted">{`Choose ${query.a === null ? "A" : "B"} above, or take a pair below.`}</p>
        </>
      )}
    </section>
  );
}
