import type { Comparison } from "../../data/compare.server.ts";
import { type RatioAxis, ratioAxis } from "../../lib/comparison-axis.ts";
import { advantage, type Pair } from "../../lib/comparison-pairs.ts";
import type { ComparedMetric, Difference } from "../../lib/comparison-result.ts";
import {
  describeDifference,
  describeLosses,
  formatTimes,
  type PairNames,
  verdictOf,
  wordsOf,
} from "../../lib/comparison-words.ts";
import { formatCount, formatInteger } from "../../lib/format.ts";
import type { LineLook } from "../../lib/line-looks.ts";
import { type ComparisonQuery, comparisonHref } from "../../lib/queries.ts";
import { LineMark } from "../charts/line-key.tsx";
import { Panel } from "../ui/panel.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { RatioDrawing } from "./ratio-drawing.tsx";

export interface PairListProps {
  readonly comparison: Comparison;
  readonly query: ComparisonQuery;
  readonly looks: readonly LineLook[];
}

/** Each pair's verdict on each figure; its evidence opens below it. */
export function PairList({ comparison, query, looks }: PairListProps) {
  const { pairs } = comparison;
  const estimates = pairs.flatMap(({ differences }) =>
    (differences?.metrics ?? []).flatMap(({ estimate }) => (estimate === null ? [] : [estimate])),
  );
  const axis = ratioAxis(estimates);
  return (
    <Panel title={pairs.length === 1 ? "Metric by metric" : "Pair by pair"}>
      <ul className="grid gap-2">
        {pairs.map((pair) => (
          <li key={`${pair.a} ${pair.b}`}>
            <PairItem
              pair={pair}
              comparison={comparison}
              query={query}
              looks={looks}
              axis={axis}
              open={pairs.length === 1}
            />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

interface PairProps extends PairListProps {
  readonly pair: Pair;
  readonly axis: RatioAxis;
}

function PairItem({ open, ...props }: PairProps & { open: boolean }) {
  const { pair, comparison, looks } = props;
  const names = { a: comparison.names[pair.a] ?? "", b: comparison.names[pair.b] ?? "" };
  const title = (
    <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-0.5 font-medium">
      <LineMark look={looks[pair.a]} />
      {names.a}
      <span className="font-normal text-acid-muted text-xs">vs</span>
      <LineMark look={looks[pair.b]} />
      {names.b}
    </span>
  );
  if (pair.differences === null) {
    return (
      <div className="rounded-lg border border-acid-border px-3 py-2.5 md:px-4">
        {title}
        <p className="mt-1 text-acid-muted text-xs">{whyNot(pair, comparison, names)}</p>
      </div>
    );
  }
  if (open) return <Evidence {...props} names={names} />;
  return (
    <details className="group rounded-lg border border-acid-border bg-acid-bg/40">
      <summary className="grid cursor-pointer grid-cols-4 items-center gap-x-3 gap-y-1.5 rounded-lg px-3 py-2.5 hover:bg-acid-surface/60 md:px-4 lg:grid-cols-[1.6fr_repeat(4,1fr)]">
        <span className="col-span-4 lg:col-span-1">{title}</span>
        {pair.differences.metrics.map((difference) => (
          <Brief
            key={difference.metric}
            difference={difference}
            names={names}
            look={looks[winnerOf(pair, difference) ?? -1]}
          />
        ))}
      </summary>
      <div className="border-acid-border border-t p-3 md:p-4">
        <Evidence {...props} names={names} />
      </div>
    </details>
  );
}

/** Four of them share the width of a phone. */
const SHORT: Readonly<Record<ComparedMetric, string>> = {
  first: "TTFT",
  latency: "Latency",
  tps: "TPS",
  cost: "Cost",
};

/** Who is better at one figure, and how many times. */
function Brief({
  difference,
  names,
  look,
}: {
  difference: Difference;
  names: PairNames;
  look: LineLook | undefined;
}) {
  const { metric, verdict, estimate } = difference;
  const decided = verdict === "a" || verdict === "b";
  return (
    <span className="min-w-0 text-xs">
      <span className="block text-2xs text-acid-muted">{SHORT[metric]}</span>
      {decided ? (
        <span className="flex min-w-0 items-center gap-1.5">
          <LineMark look={look} />
          <span className="truncate max-sm:sr-only">{names[verdict]}</span>
          <span className="figure-text shrink-0 text-acid-success">
            {estimate === null ? "free" : `${formatTimes(advantage(estimate, metric, verdict === "a"))}×`}
          </span>
        </span>
      ) : (
        <span className="text-acid-muted">{verdict === "few" ? "too few pairs" : "no difference"}</span>
      )}
    </span>
  );
}

function winnerOf({ a, b }: Pair, { verdict }: Difference): number | null {
  return verdict === "a" ? a : verdict === "b" ? b : null;
}

function Evidence({ pair, comparison, query, looks, axis, names }: PairProps & { names: PairNames }) {
  const { differences } = pair;
  if (differences === null) return null;
  const { runs, metrics } = differences;
  const losses = describeLosses(runs, names);
  const two = [query.with[pair.a], query.with[pair.b]].filter((key) => key !== undefined);
  const alone = comparison.pairs.length > 1 ? comparisonHref(query, { with: two }) : null;
  return (
    <>
      <div className="grid grid-cols-1 gap-x-6 gap-y-5 md:grid-cols-2 xl:grid-cols-4">
        {metrics.map((difference) => {
          const { metric, verdict, estimate, pairs, without } = difference;
          return (
            <div key={metric} className="flex min-w-0 flex-col gap-2">
              <h3 className="text-acid-muted text-xs">{wordsOf(metric, comparison.thinks).label}</h3>
              {estimate !== null && (
                <RatioDrawing
                  estimate={estimate}
                  difference={difference}
                  axis={axis}
                  names={names}
                  color={looks[winnerOf(pair, difference) ?? -1]?.color ?? null}
                  brief={comparison.pairs.length > 1}
                />
              )}
              <div>
                <p className="font-medium">{verdictOf(difference, names)}</p>
                <p className="mt-0.5 text-acid-muted text-xs leading-relaxed">
                  {describeDifference(difference, names)}{" "}
                  {verdict !== "few" && (
                    <span className="figure-text">{`n ${formatCount(pairs, "pair", "pairs")}`}</span>
                  )}
                  {without > 0 && `, ${formatInteger(without)} more without this figure for one of the two`}
                </p>
              </div>
            </div>
          );
        })}
      </div>
      <p className="mt-4 text-acid-muted text-xs leading-relaxed">
        {[`${formatCount(runs.both, "run", "runs")} in which both succeeded`, ...losses].join(" · ")}
        {alone !== null && (
          <>
            {" · "}
            <TextLink to={alone}>Compare these two alone</TextLink>
          </>
        )}
      </p>
    </>
  );
}

function whyNot({ a, b }: Pair, { endpoints }: Comparison, names: PairNames): string {
  const silent = [a, b].filter((place) => endpoints[place]?.attempts === 0);
  if (silent.length === 2) return "Neither was measured in this window.";
  if (silent.length === 1) return `${silent[0] === a ? names.a : names.b} was not measured in this window.`;
  const [real, simulated] = endpoints[a]?.simulated ? [names.b, names.a] : [names.a, names.b];
  return `Not compared: ${real} was measured for real, ${simulated} was generated by the built-in simulator.`;
}
