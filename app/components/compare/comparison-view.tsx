import { Link } from "@remix-run/react";
import type { ReactNode } from "react";
import { MIN_PAIRS } from "../../lib/comparison.ts";
import { ratioAxis } from "../../lib/comparison-axis.ts";
import { COMPARED, type Difference, LOCK_OF } from "../../lib/comparison-result.ts";
import { isSameModel } from "../../lib/comparison-suggestions.ts";
import type { ComparedEndpoint, Comparison } from "../../lib/comparison-types.ts";
import {
  describeDifference,
  describeLosses,
  lostPairs,
  verdictOf,
  wordsOf,
} from "../../lib/comparison-words.ts";
import { formatCount, formatDate, formatInteger, formatShare } from "../../lib/format.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import { type ComparisonQuery, comparisonHref, WINDOWS } from "../../lib/queries.ts";
import { MIN_RANKED_SUCCESS_RATE } from "../../lib/ranking.ts";
import { WINDOW_NAMES } from "../../lib/words.ts";
import { Segments } from "../filters/segments.tsx";
import { ProviderSign, Tag } from "../ui/endpoint-name.tsx";
import { LockedState } from "../ui/locked-state.tsx";
import { Panel } from "../ui/panel.tsx";
import { MetricPanel } from "./metric-panel.tsx";
import { SideLetter } from "./side-letter.tsx";

export interface ComparisonViewProps {
  readonly comparison: Comparison;
  readonly query: ComparisonQuery;
  readonly locked: readonly LockableMetric[];
}

/** Two known endpoints: who they are, what can be said of them, and each figure with its margin. */
export function ComparisonView({ comparison, query, locked }: ComparisonViewProps) {
  const { a, b, differences } = comparison;
  const silent = (["a", "b"] as const).filter((side) => comparison[side].attempts === 0);
  const metrics = differences?.metrics ?? [];
  const axis = ratioAxis(metrics.flatMap(({ estimate }) => (estimate === null ? [] : [estimate])));
  return (
    <>
      <Filters comparison={comparison} query={query} />
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-[3fr_2fr]">
        {silent.length > 0 ? (
          <Unmeasured silent={silent} comparison={comparison} query={query} />
        ) : (
          <Headline comparison={comparison} query={query} />
        )}
        <section aria-label="The two endpoints" className="panel grid content-center gap-4 p-4 md:p-5">
          <Name side="a" endpoint={a} />
          <Name side="b" endpoint={b} />
          <p className="border-acid-border border-t pt-3 text-acid-muted text-xs leading-relaxed">
            {isSameModel(a, b)
              ? "Both are the same model, so the difference is in who serves it and how it is reached."
              : "These are two different models: they count tokens and choose words each in their own way."}
          </p>
        </section>
      </div>
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
        {COMPARED.map((metric) =>
          locked.includes(LOCK_OF[metric]) ? (
            <Panel key={metric} title={wordsOf(metric, comparison.thinks).label}>
              <LockedState metric={wordsOf(metric, comparison.thinks).label} />
            </Panel>
          ) : (
            <MetricPanel
              key={metric}
              metric={metric}
              comparison={comparison}
              difference={metrics.find((difference) => difference.metric === metric) ?? null}
              axis={axis}
            />
          ),
        )}
      </div>
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
        <Panel title="Success rate" metric="success">
          <SuccessRates comparison={comparison} locked={locked.includes("uptime")} />
        </Panel>
        <Panel title="How to read this">
          <Reading />
        </Panel>
      </div>
    </>
  );
}

function Filters({ comparison, query }: Pick<ComparisonViewProps, "comparison" | "query">) {
  const places = comparison.locations.map(({ location }) => location);
  return (
    <div className="flex flex-wrap gap-2">
      <Segments
        label="Time window"
        options={WINDOWS.map((window) => ({
          text: window,
          title: `The last ${WINDOW_NAMES[window]}`,
          to: comparisonHref(query, { window }),
          chosen: query.window === window,
        }))}
      />
      {places.some((place) => place !== comparison.location) && (
        <Segments
          label="Measured from"
          options={places.map((location) => ({
            text: location,
            title: `Measured from ${location}`,
            to: comparisonHref(query, { location: location === comparison.usual_location ? null : location }),
            chosen: comparison.location === location,
          }))}
        />
      )}
    </div>
  );
}

/** The verdict on the time one waits, in words that can be repeated. */
function Headline({ comparison, query }: Pick<ComparisonViewProps, "comparison" | "query">) {
  const { a, b, differences, location } = comparison;
  if (differences === null) {
    const [real, played] = a.simulated ? ["B", "A"] : ["A", "B"];
    return (
      <Box title="Real and simulated are not compared">
        <p className="max-w-prose text-acid-muted leading-relaxed">
          {`${real} was measured for real, ${played} was played by the local simulator. A difference between them would say nothing about the provider of ${played}, so none is drawn.`}
        </p>
      </Box>
    );
  }
  const first = differences.metrics.find(({ metric }) => metric === "first");
  const { runs } = differences;
  return (
    <Box title={first === undefined ? "Side by side" : verdictOf("first", first.verdict)}>
      {first === undefined ? (
        <LockedState metric="The verdict on the time to the first token" />
      ) : (
        <Answer difference={first} comparison={comparison} query={query} />
      )}
      <p className="text-acid-muted text-xs leading-relaxed">
        {`${formatCount(runs.both, "run", "runs")} in the last ${WINDOW_NAMES[query.window]}${location === null ? "" : `, measured from ${location}`}, in which both answered; ${formatCount(lostPairs(runs), "pair", "pairs")} lost to failures.`}
      </p>
      {[a, b].some(isUnreliable) && (
        <p className="text-acid-warning text-xs leading-relaxed">
          {`Times are those of the answers that came. ${(["a", "b"] as const)
            .filter((side) => isUnreliable(comparison[side]))
            .map(
              (side) => `${side.toUpperCase()} answered only ${formatShare(comparison[side].success_rate)}`,
            )
            .join(", ")} of its requests.`}
        </p>
      )}
    </Box>
  );
}

function Answer({
  difference,
  comparison,
  query,
}: { difference: Difference } & Pick<ComparisonViewProps, "comparison" | "query">) {
  const longer = WINDOWS[WINDOWS.indexOf(query.window) + 1];
  const until = comparison.thinks ? "to the first answer" : "to the first token";
  return (
    <p className="max-w-prose text-base leading-relaxed">
      <span>{`Time ${until}: ${describeDifference(difference)}`}</span>
      {difference.verdict === "few" && longer !== undefined && (
        <>
          {" "}
          <Link
            to={comparisonHref(query, { window: longer })}
            className="text-acid-link underline underline-offset-4"
          >
            {`Look at the last ${WINDOW_NAMES[longer]}`}
          </Link>
        </>
      )}
    </p>
  );
}

function Unmeasured({
  silent,
  comparison,
  query,
}: { silent: readonly ("a" | "b")[] } & Pick<ComparisonViewProps, "comparison" | "query">) {
  const who = silent.length === 2 ? "Neither was" : `${silent[0]?.toUpperCase()} was not`;
  const from = comparison.location === null ? "" : ` from ${comparison.location}`;
  return (
    <Box title={`${who} measured in this window`}>
      <p className="max-w-prose text-acid-muted leading-relaxed">
        {`There are no results of ${silent.length === 2 ? "the two" : "it"}${from} in the last ${WINDOW_NAMES[query.window]}, so there is nothing to compare.`}
      </p>
      {query.window !== "30d" && (
        <Link
          to={comparisonHref(query, { window: "30d", location: null })}
          className="text-acid-link underline underline-offset-4"
        >
          Show the last 30 days
        </Link>
      )}
    </Box>
  );
}

function Box({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label="Verdict" className="panel grid content-center justify-items-start gap-3 p-4 md:p-6">
      <h2 className="font-semibold text-2xl tracking-tight md:text-3xl">{title}</h2>
      {children}
    </section>
  );
}

function Name({ side, endpoint }: { side: "a" | "b"; endpoint: ComparedEndpoint }) {
  return (
    <div className="flex min-w-0 items-start gap-3">
      <SideLetter side={side} />
      <ProviderSign slug={endpoint.provider} className="size-7" />
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
          <span className="font-semibold [overflow-wrap:anywhere]">{endpoint.provider_name}</span>
          {endpoint.kind === "proxy" && <Tag>reached through a reseller</Tag>}
          {endpoint.retired_at !== null && <Tag>retired</Tag>}
          {endpoint.simulated && <Tag tone="warning">simulated</Tag>}
        </p>
        <p className="figure-text text-acid-muted text-xs [overflow-wrap:anywhere]">{endpoint.model}</p>
        {endpoint.retired_at !== null && (
          <p className="text-2xs text-acid-muted [overflow-wrap:anywhere]">
            {`Retired ${formatDate(endpoint.retired_at)}`}
            {endpoint.successor !== null && `, succeeded by ${endpoint.successor}`}
          </p>
        )}
      </div>
    </div>
  );
}

function SuccessRates({ comparison, locked }: { comparison: Comparison; locked: boolean }) {
  const { differences } = comparison;
  const losses = differences === null ? [] : describeLosses(differences.runs);
  return (
    <>
      <dl className="grid grid-cols-2 gap-4">
        {(["a", "b"] as const).map((side) => (
          <div key={side} className="flex min-w-0 gap-2.5">
            <dt className="mt-1">
              <SideLetter side={side} />
            </dt>
            <dd>
              {locked ? (
                <LockedState metric="Success rate" />
              ) : (
                <span className="figure-text block text-xl">
                  {formatShare(comparison[side].success_rate)}
                </span>
              )}
              <span className="figure-text block text-acid-muted text-xs">
                {`n ${formatInteger(comparison[side].attempts)}`}
              </span>
            </dd>
          </div>
        ))}
      </dl>
      {losses.length > 0 && (
        <>
          <h3 className="mt-4 text-acid-muted text-xs">Runs that make no pair</h3>
          <ul className="mt-1 grid gap-0.5 text-xs">
            {losses.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function isUnreliable({ success_rate }: ComparedEndpoint): boolean {
  return success_rate !== null && success_rate < MIN_RANKED_SUCCESS_RATE;
}

function Reading() {
  return (
    <div className="grid max-w-prose gap-3 text-acid-muted text-xs leading-relaxed">
      <p>
        A pair is one run that both endpoints answered. For each pair we take the ratio of the two figures.
        The upright mark is the typical ratio; the bar around it holds the true one in 19 cases of 20. Each
        small dot is a stretch of the window, oldest at the top: dots that wander mean that the difference
        came and went.
      </p>
      <p>
        {`A verdict is given from ${MIN_PAIRS} pairs on, and only where the whole bar lies on one side. Four bars are four looks: up to one page in five about two equal endpoints has a bar on one side by chance.`}
      </p>
    </div>
  );
}
