import type { ReactNode } from "react";
import { formatInteger, formatMs, formatShare } from "../../lib/format.ts";
import type { LockableMetric } from "../../lib/metrics.ts";
import type { ProviderSummary } from "../../lib/types.ts";
import { ProviderSign } from "../ui/endpoint-name.tsx";
import { LockedState } from "../ui/locked-state.tsx";
import { ValueScore } from "./value-score.tsx";

export interface ProviderSummariesProps {
  readonly providers: readonly ProviderSummary[];
  readonly locked: readonly LockableMetric[];
}

/** Each provider in one line, over all its endpoints. */
export function ProviderSummaries({ providers, locked }: ProviderSummariesProps) {
  return (
    <ul className="grid grid-cols-1 gap-3 sm:grid-cols-2">
      {providers.map((provider) => (
        <li key={provider.provider} className="rounded-lg border border-acid-border bg-acid-bg/40 p-3">
          <p className="flex items-center gap-2">
            <ProviderSign slug={provider.provider} className="size-5" />
            <span className="min-w-0 font-medium [overflow-wrap:anywhere]">{provider.name}</span>
            <span className="figure-text ml-auto shrink-0 text-acid-muted text-xs">{`n ${formatInteger(provider.sampleSize)}`}</span>
          </p>
          <dl className="mt-2 grid grid-cols-2 gap-x-3 gap-y-1 text-xs min-[30rem]:grid-cols-4">
            <Line label="Mean first token" locked={locked.includes("ttft")}>
              {formatMs(provider.avgTTFT)}
            </Line>
            <Line label="Variation" locked={locked.includes("stability")}>
              {formatMs(provider.jitter)}
            </Line>
            <Line label="Value" locked={locked.includes("value")}>
              <ValueScore score={provider.valueScore} />
            </Line>
            <Line label="Uptime" locked={locked.includes("uptime")}>
              {formatShare(provider.uptime)}
            </Line>
          </dl>
        </li>
      ))}
    </ul>
  );
}

function Line({ label, locked, children }: { label: string; locked: boolean; children: ReactNode }) {
  return (
    <div>
      <dt className="text-2xs text-acid-muted">{label}</dt>
      <dd className="figure-text">{locked ? <LockedState metric={label} /> : children}</dd>
    </div>
  );
}
