import type { ReactNode } from "react";
import {
  formatInteger,
  formatMs,
  formatSeconds,
  formatShare,
  formatTps,
  formatUsd,
} from "../../lib/format.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import type { Endpoint } from "../../lib/types.ts";
import type { MetricName } from "../../lib/words.ts";
import { StabilityIndicator } from "./stability-indicator.tsx";
import { ValueScore } from "./value-score.tsx";

export interface Column {
  readonly name: MetricName;
  readonly metric: LockableMetric | null;
  /** The figure, and what stands small below it. */
  readonly figure: (endpoint: Endpoint) => { main: ReactNode; sub?: readonly string[] };
}

export const COLUMNS: readonly Column[] = [
  {
    name: "success",
    metric: "uptime",
    figure: (e) => ({ main: formatShare(e.success_rate), sub: [`n ${formatInteger(e.attempts)}`] }),
  },
  {
    name: "uptime",
    metric: "uptime",
    figure: (e) => ({ main: formatShare(e.reliability?.uptime), sub: ownN(e, e.reliability) }),
  },
  {
    name: "ttft",
    metric: "ttft",
    figure: (e) => ({
      main: formatMs(e.ttft?.p50),
      sub: [
        `p95 ${formatMs(e.ttft?.p95)}`,
        ...ownN(e, e.ttft),
        [`≤ 2 s: ${formatShare(e.within_2s?.share)}`, ...ownN(e, e.within_2s)].join(", "),
      ],
    }),
  },
  { name: "tps", metric: "tps", figure: (e) => ({ main: formatTps(e.tps?.p50), sub: ownN(e, e.tps) }) },
  {
    name: "latency",
    metric: "latency",
    figure: (e) => ({
      main: formatSeconds(e.latency?.p50),
      sub: [
        `p95 ${formatSeconds(e.latency?.p95)}`,
        ...(e.latency?.p99 == null ? [] : [`p99 ${formatSeconds(e.latency.p99)}`]),
        ...ownN(e, e.latency),
      ],
    }),
  },
  {
    name: "stability",
    metric: "stability",
    figure: (e) => ({
      main: (
        <StabilityIndicator
          jitter={e.stability?.latency_stddev ?? null}
          ttftJitter={e.stability?.ttft_stddev ?? null}
          n={e.stability?.n ?? 0}
        />
      ),
      sub: [
        formatMs(e.stability?.latency_stddev),
        `TTFT ${formatMs(e.stability?.ttft_stddev)}`,
        ...ownN(e, e.stability),
      ],
    }),
  },
  {
    name: "value",
    metric: "value",
    figure: (e) => ({
      main: <ValueScore score={e.value?.score ?? null} free={e.value?.free ?? false} />,
      sub: ownN(e, e.value),
    }),
  },
  {
    name: "cost",
    metric: "cost",
    figure: (e) => ({
      main: formatUsd(e.cost?.per_million),
      sub: [`${formatUsd(perThousand(e.cost?.per_request))} per 1,000 requests`, ...ownN(e, e.cost)],
    }),
  },
];

/** How many results a figure rests on, where that is not the number of attempts, which stands in the row already. */
function ownN({ attempts }: { attempts: number }, figure: { readonly n: number } | null): string[] {
  return figure === null || figure.n === attempts ? [] : [`n ${formatInteger(figure.n)}`];
}

function perThousand(value: number | null | undefined): number | null {
  return value == null ? null : value * 1_000;
}
