import type { Comparison } from "../../data/compare.server.ts";
import type { ComparedMetric } from "../../lib/comparison-result.ts";
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

type ToldPair = Comparison["pairs"][number];

/** Each pair's verdict on each figure; its evidence opens below it. */
export function PairList({ comparison, query, looks }: PairListProps) {
  const { pairs } = comparison;
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
              open={pairs.length === 1}
            />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

interface PairProps extends PairListProps {
  readonly pair: ToldPair;
}

function PairItem({ open, ...props }: PairProps & { open: boolean }) {
  const { pair, comparison, looks } = props;
  const { names } = comparison;
  const title = (
    <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-0.5 font-medium">
      <LineMark look={looks[pair.a]} />
      {names[pair.a]}
      <span className="font-normal text-acid-muted text-xs">vs</span>
      <LineMark look={looks[pair.b]} />
      {names[pair.b]}
    </span>
  );
  if (pair.whyNot !== null) {
    return (
      <div className="rounded-lg border border-acid-border px-3 py-2.5 md:px-4">
        {title}
        <p className="mt-1 text-acid-muted text-xs">{pair.whyNot}</p>
      </div>
    );
  }
  if (open) return <Evidence {...props} />;
  return (
    <details className="group rounded-lg border border-acid-border bg-acid-bg/40">
      <summary className="grid cursor-pointer grid-cols-4 items-center gap-x-3 gap-y-1.5 rounded-lg px-3 py-2.5 hover:bg-acid-surface/60 md:px-4 lg:grid-cols-[1.6fr_repeat(4,1fr)]">
        <span className="col-span-4 lg:col-span-1">{title}</span>
        {pair.metrics.map(({ metric, winner, brief }) => (
          <span key={metric} className="min-w-0 text-xs">
            <span className="block text-2xs text-acid-muted">{SHORT[metric]}</span>
            {winner === null ? (
              <span className="text-acid-muted">{brief}</span>
            ) : (
              <span className="flex min-w-0 items-center gap-1.5">
                <LineMark look={looks[winner]} />
                <span className="truncate max-sm:sr-only">{names[winner]}</span>
                <span className="figure-text shrink-0 text-acid-success">{brief}</span>
              </span>
            )}
          </span>
        ))}
      </summary>
      <div className="border-acid-border border-t p-3 md:p-4">
        <Evidence {...props} />
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

function Evidence({ pair, comparison, query, looks }: PairProps) {
  const { names, words, pairs } = comparison;
  const two = [query.with[pair.a], query.with[pair.b]].filter((key) => key !== undefined);
  return (
    <>
      <div className="grid grid-cols-1 gap-x-6 gap-y-5 md:grid-cols-2 xl:grid-cols-4">
        {pair.metrics.map(({ metric, winner, drawn, title, text }) => (
          <div key={metric} className="flex min-w-0 flex-col gap-2">
            <h3 className="text-acid-muted text-xs">{words[metric].label}</h3>
            {drawn !== null && (
              <RatioDrawing
                drawn={drawn}
                metric={metric}
                ticks={comparison.ticks}
                left={names[pair.a] ?? ""}
                right={names[pair.b] ?? ""}
                color={looks[winner ?? -1]?.color ?? null}
                brief={pairs.length > 1}
              />
            )}
            <div>
              <p className="font-medium">{title}</p>
              <p className="mt-0.5 text-acid-muted text-xs leading-relaxed">{text}</p>
            </div>
          </div>
        ))}
      </div>
      <p className="mt-4 text-acid-muted text-xs leading-relaxed">
        {pair.runs}
        {pairs.length > 1 && (
          <>
            {" · "}
            <TextLink to={comparisonHref(query, { with: two })}>Compare only these two</TextLink>
          </>
        )}
      </p>
    </>
  );
}
