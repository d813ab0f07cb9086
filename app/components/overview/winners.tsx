import { formatCount, formatInteger, formatMs, formatShare } from "../../lib/format.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import type { Leader, OverviewView } from "../../lib/overview-view.ts";
import type { WindowName } from "../../lib/queries.ts";
import { isRankedWindow, MIN_RANKED_RESULTS, type Title } from "../../lib/ranking.ts";
import { METRICS, type MetricName } from "../../lib/words.ts";
import { EndpointName } from "../ui/endpoint-name.tsx";
import { LockedState } from "../ui/locked-state.tsx";
import { MetricHint } from "../ui/metric-hint.tsx";

interface Card {
  readonly title: Title;
  readonly words: MetricName;
  readonly heading: string;
  readonly metric: LockableMetric;
  readonly figure: (value: number) => string;
  readonly sentence: (winner: Leader) => string;
}

const CARDS: readonly Card[] = [
  {
    title: "lowestTtft",
    words: "ttft",
    heading: "Lowest TTFT",
    metric: "ttft",
    figure: formatMs,
    sentence: ({ n }) => `median of ${formatCount(n, "request", "requests")}`,
  },
  {
    title: "mostConsistent",
    words: "stability",
    heading: "Most consistent",
    metric: "stability",
    figure: (value) => `±${formatMs(value)}`,
    sentence: ({ n }) => `lowest jitter, over ${formatCount(n, "request", "requests")}`,
  },
  {
    title: "value",
    words: "value",
    heading: "Best value",
    metric: "value",
    figure: formatInteger,
    sentence: ({ n }) => `highest value score, over ${formatCount(n, "request", "requests")}`,
  },
  {
    title: "reliable",
    words: "uptime",
    heading: "Most reliable",
    metric: "uptime",
    figure: formatShare,
    sentence: ({ n, tied }) =>
      `uptime of ${formatCount(n, "request", "requests")}${tied > 0 ? `; tied with ${formatCount(tied, "other", "others")}` : ""}`,
  },
];

export interface WinnersProps {
  readonly leaders: OverviewView["leaders"];
  readonly window: WindowName;
  readonly locked: readonly LockableMetric[];
}

/** The four answers most people come for; none is given where too little was measured to defend it. */
export function Winners({ leaders, window, locked }: WinnersProps) {
  return (
    <section aria-label="Leaders" className="grid grid-cols-2 gap-3 xl:grid-cols-4">
      {CARDS.map((card, index) => (
        <article key={card.title} className="panel flex min-w-0 flex-col gap-2 p-3 md:p-4">
          <div className="flex flex-wrap items-baseline justify-between gap-x-3">
            <h2 className="eyebrow">{card.heading}</h2>
            <MetricHint
              measure={METRICS[card.words]}
              align={index % 2 === 0 ? "start" : "end"}
              className="text-2xs text-acid-muted"
            />
          </div>
          {locked.includes(card.metric) ? (
            <p>
              <LockedState metric={card.heading} />
            </p>
          ) : (
            <CardBody card={card} winner={leaders[card.title]} window={window} />
          )}
        </article>
      ))}
    </section>
  );
}

function CardBody({ card, winner, window }: { card: Card; winner: Leader | null; window: WindowName }) {
  if (winner === null) {
    return (
      <>
        <p className="text-acid-muted text-lg">Not enough samples yet</p>
        <p className="text-acid-muted text-xs leading-relaxed">
          {isRankedWindow(window)
            ? `Ranking needs ${MIN_RANKED_RESULTS} requests and a success rate of 90%.`
            : "Too few samples in 1 h to rank; try 24 h."}
        </p>
      </>
    );
  }
  return (
    <>
      <p>
        <span className="figure-text font-medium text-2xl md:text-3xl">{card.figure(winner.value)}</span>
        <span className="mt-0.5 block text-acid-muted text-xs leading-relaxed">{card.sentence(winner)}</span>
      </p>
      <p className="mt-auto border-acid-border border-t pt-3">
        <EndpointName endpoint={winner.endpoint} brief />
      </p>
    </>
  );
}
