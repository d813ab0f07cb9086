import type { ReactNode } from "react";
import type { ProviderSummary } from "../../data/overview.server.ts";
import { formatInteger, formatMs, formatShare } from "../../lib/format.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import { METRICS, type MetricName } from "../../lib/words.ts";
import { ValueScore } from "../metrics/value-score.tsx";
import { Marks, ProviderSign } from "../ui/endpoint-name.tsx";
import { LockedState } from "../ui/locked-state.tsx";
import { MetricHint } from "../ui/metric-hint.tsx";

export interface ProviderSummariesProps {
  readonly providers: readonly ProviderSummary[];
  readonly locked: readonly LockableMetric[];
}

const LINES = [
  { words: "mean", metric: "ttft" },
  { words: "stability", metric: "stability" },
  { words: "value", metric: "value" },
  { words: "uptime", metric: "uptime" },
] as const satisfies readonly { words: MetricName; metric: LockableMetric }[];

/** Each provider in one line, over all its endpoints. */
export function ProviderSummaries({ providers, locked }: ProviderSummariesProps) {
  return (
    <>
      <p className="mb-3 flex flex-wrap gap-x-5 gap-y-1 text-acid-muted text-xs">
        {LINES.map(({ words }) => (
          <MetricHint key={words} measure={METRICS[words]} align="start" className="py-1">
            {`${METRICS[words].label}: ${METRICS[words].unit}, ${METRICS[words].direction}`}
          </MetricHint>
        ))}
      </p>
      <ul className="grid grid-cols-1 gap-3 sm:grid-cols-2">
        {providers.map((provider) => (
          <li key={provider.provider} className="rounded-lg border border-acid-border bg-acid-bg/40 p-3">
            <p className="flex items-center gap-2">
              <ProviderSign slug={provider.provider} className="size-5" />
              <span className="min-w-0 font-medium [overflow-wrap:anywhere]">{provider.name}</span>
              <Marks simulated={provider.simulated} />
              <span className="figure-text ml-auto shrink-0 text-acid-muted text-xs">{`n ${formatInteger(provider.sampleSize)}`}</span>
            </p>
            <dl className="mt-2 grid grid-cols-2 gap-x-3 gap-y-1 text-xs min-[30rem]:grid-cols-4">
              {LINES.map(({ words, metric }) => (
                <div key={words}>
                  <dt className="text-2xs text-acid-muted">{METRICS[words].label}</dt>
                  <dd className="figure-text">
                    {locked.includes(metric) ? (
                      <LockedState metric={METRICS[words].label} />
                    ) : (
                      <Figure provider={provider} metric={metric} />
                    )}
                  </dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ul>
    </>
  );
}

type Metric = (typeof LINES)[number]["metric"];

const FIGURES: Readonly<Record<Metric, (provider: ProviderSummary) => ReactNode>> = {
  ttft: ({ avgTTFT }) => formatMs(avgTTFT),
  stability: ({ jitter }) => formatMs(jitter),
  value: ({ valueScore }) => <ValueScore score={valueScore} />,
  uptime: ({ uptime }) => formatShare(uptime),
};

/** The figure, with what it rests on where that is not what all others rest on. */
function Figure({ provider, metric }: { provider: ProviderSummary; metric: Metric }) {
  const n = provider.n[metric];
  return (
    <>
      {FIGURES[metric](provider)}
      {n !== null && n !== provider.sampleSize && (
        <span className="block text-2xs text-acid-muted">{`n ${formatInteger(n)}`}</span>
      )}
    </>
  );
}
