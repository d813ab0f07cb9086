import type { ReactNode } from "react";
import type { Comparison } from "../../data/compare.server.ts";
import { MIN_PAIRS } from "../../lib/comparison.ts";
import { COMPARED, type ComparedMetric, LOCK_OF } from "../../lib/comparison-result.ts";
import { formatCount, formatMs, formatSeconds, formatTick, formatTps, formatUsd } from "../../lib/format.ts";
import type { LineLook } from "../../lib/line-looks.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import { type ComparisonQuery, comparisonHref, WINDOWS } from "../../lib/queries.ts";
import { inWindow, timeWords } from "../../lib/span.ts";
import { WINDOW_NAMES } from "../../lib/words.ts";
import { LineMark } from "../charts/line-key.tsx";
import { OverlayChart } from "../charts/overlay-chart.tsx";
import { LocationFilter } from "../filters/location-filter.tsx";
import { SpanForm } from "../filters/span-form.tsx";
import { WindowFilter } from "../filters/window-filter.tsx";
import { LockedState } from "../ui/locked-state.tsx";
import { Panel } from "../ui/panel.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { FiguresTable } from "./figures-table.tsx";
import { PairList } from "./pair-list.late.tsx";

export interface ComparisonViewProps {
  readonly comparison: Comparison;
  readonly query: ComparisonQuery;
  readonly looks: readonly LineLook[];
  readonly locked: readonly LockableMetric[];
}

/** Known endpoints: what can be said of them, every figure, each figure over time, and each pair with its margins. */
export function ComparisonView({ comparison, query, looks, locked }: ComparisonViewProps) {
  const { names, endpoints } = comparison;
  const several = endpoints.filter(({ attempts }) => attempts > 0).length > 1;
  return (
    <>
      <Filters comparison={comparison} query={query} />
      <Headline comparison={comparison} query={query} />
      <Panel title="All figures">
        <FiguresTable comparison={comparison} looks={looks} locked={locked} />
      </Panel>
      <Panel title="Over time">
        <ul className="mb-2 flex flex-wrap gap-x-5 gap-y-1 text-xs">
          {names.map((name, place) => (
            <li key={name} className="flex items-center gap-2">
              <LineMark look={looks[place]} />
              {name}
            </li>
          ))}
        </ul>
        <div className="grid grid-cols-1 gap-x-8 gap-y-6 lg:grid-cols-2">
          {COMPARED.map((metric) => (
            <Course key={metric} metric={metric} comparison={comparison} looks={looks} locked={locked} />
          ))}
        </div>
      </Panel>
      {several && <PairList comparison={comparison} query={query} looks={looks} />}
      <Panel title="How to read this page">
        <Reading comparison={comparison} />
      </Panel>
    </>
  );
}

function Filters({ comparison, query }: Pick<ComparisonViewProps, "comparison" | "query">) {
  return (
    <div className="flex flex-wrap gap-2">
      <WindowFilter
        chosen={query.from === null ? query.window : null}
        href={(window) => comparisonHref(query, inWindow(window))}
      />
      <SpanForm query={query} action="/compare" keep={{ with: query.with, location: query.location }} />
      <LocationFilter
        known={comparison.locations}
        usual={comparison.usual_location}
        shown={comparison.location}
        asked={query.location}
        href={(location) => comparisonHref(query, { location })}
      />
    </div>
  );
}

/** What it comes to, true of all metrics, in words that can be repeated; or why nothing can be said. */
function Headline({ comparison, query }: Pick<ComparisonViewProps, "comparison" | "query">) {
  const { headline, location, notes } = comparison;
  const when = `${timeWords(query)}${location === null ? "" : `, measured from ${location}`}`;
  const runs =
    notes.runs === null
      ? `${when.charAt(0).toUpperCase()}${when.slice(1)}.`
      : `${formatCount(notes.runs, "run", "runs")} ${when}, in which both succeeded.`;
  return (
    <section
      aria-label="Verdict"
      className="panel grid justify-items-start gap-2 border-l-4 border-l-acid-success p-4 md:p-5"
    >
      <h2 className="max-w-5xl font-semibold text-xl tracking-tight [overflow-wrap:anywhere] md:text-2xl">
        {headline ?? notes.instead}
      </h2>
      {comparison.leads.length > 0 && (
        <ul className="grid gap-0.5 text-sm">
          {comparison.leads.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {notes.recently !== "" && <p className="max-w-prose leading-relaxed">{notes.recently}</p>}
      <p className="text-acid-muted text-xs leading-relaxed">{[runs, ...notes.left].join(" ")}</p>
      {notes.unreliable !== null && (
        <p className="text-acid-warning text-xs leading-relaxed">{notes.unreliable}</p>
      )}
      <Longer comparison={comparison} query={query} none={headline === null} />
    </section>
  );
}

/** The way to a window that can say more. */
function Longer({
  comparison,
  query,
  none,
}: Pick<ComparisonViewProps, "comparison" | "query"> & { none: boolean }) {
  // A span is no step in the row of windows: the day is the next that can say something.
  const longer = query.from === null ? WINDOWS[WINDOWS.indexOf(query.window) + 1] : "24h";
  if (none) {
    return query.window === "30d" && query.from === null ? null : (
      <TextLink to={comparisonHref(query, { ...inWindow("30d"), location: null })}>
        Show the last 30 days
      </TextLink>
    );
  }
  const few = comparison.standings.some(({ undecided }) => undecided > 0);
  return longer === undefined || !few ? null : (
    <TextLink
      to={comparisonHref(query, inWindow(longer))}
    >{`Look at the last ${WINDOW_NAMES[longer]}`}</TextLink>
  );
}

const FORMATS: Readonly<
  Record<ComparedMetric, { full: (value: number) => string; tick: (value: number) => string }>
> = {
  first: { full: formatMs, tick: (value) => `${formatTick(value)} ms` },
  latency: { full: formatSeconds, tick: (value) => `${formatTick(value / 1_000)} s` },
  tps: { full: formatTps, tick: (value) => `${formatTick(value)} tok/s` },
  cost: {
    full: (value) => `${formatUsd(value * 1_000)} per 1,000`,
    tick: (value) => formatUsd(value * 1_000),
  },
};

/** One figure of all endpoints over time. */
function Course({
  metric,
  comparison,
  looks,
  locked,
}: { metric: ComparedMetric } & Pick<ComparisonViewProps, "comparison" | "looks" | "locked">) {
  const words = comparison.words[metric];
  const { full, tick } = FORMATS[metric];
  return (
    <section aria-label={words.label} className="min-w-0">
      <h3 className="flex flex-wrap items-baseline gap-x-2 text-sm">
        {words.label}
        <span className="text-acid-muted text-xs">
          {metric === "cost" ? "$ per 1,000 requests, lower is better" : `median, ${words.direction}`}
        </span>
      </h3>
      {locked.includes(LOCK_OF[metric]) ? (
        <p className="mt-3">
          <LockedState metric={words.label} />
        </p>
      ) : (
        <OverlayChart
          name={words.label}
          plot={comparison.plots[metric] ?? null}
          names={comparison.names}
          looks={looks}
          format={full}
          formatTick={tick}
        />
      )}
    </section>
  );
}

function Reading({ comparison }: Pick<ComparisonViewProps, "comparison">) {
  const pairs = comparison.pairs.filter(({ whyNot }) => whyNot === null).length;
  const paragraphs: ReactNode[] = [
    comparison.sameModel
      ? "All serve the same model, so any difference is down to the provider."
      : "These are different models: they count tokens differently and write different answers.",
    "A pair is one run in which both endpoints succeeded: both got the same request within the same minutes, so whatever slows down both does not count. For each pair of figures we take the ratio. The upright mark is the typical ratio, the bar around it the confidence interval; each small dot is a part of the window, oldest at the top: scattered dots mean that the difference came and went.",
    `A verdict needs ${MIN_PAIRS} pairs and an interval that lies on one side as a whole. ${
      pairs > 1
        ? `The intervals of the ${pairs} pairs are widened so that in each metric all of them hold together with 95% confidence (Bonferroni). `
        : "Intervals are at 95% confidence. "
    }With four metrics, expect a false positive on up to 1 page in 5.`,
  ];
  return (
    <div className="grid max-w-prose gap-3 text-acid-muted text-xs leading-relaxed">
      {paragraphs.map((paragraph, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a paragraph is its place
        <p key={index}>{paragraph}</p>
      ))}
    </div>
  );
}
