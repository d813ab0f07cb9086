import { formatMs } from "../lib/format.ts";
import type { LockableMetric } from "../lib/metrics.ts";
import type { OverviewQuery } from "../lib/search-params.ts";
import type { Overview } from "../lib/types.ts";

export interface OverviewPageProps {
  readonly query: OverviewQuery;
  readonly locked: readonly LockableMetric[];
  readonly overview: Overview;
}

export function OverviewPage({ overview }: OverviewPageProps) {
  return (
    <ul className="grid gap-2 py-6">
      {overview.endpoints.map((endpoint) => (
        <li key={`${endpoint.provider} ${endpoint.model}`} className="panel figure-text p-3">
          {endpoint.provider_name} {endpoint.model}: {formatMs(endpoint.ttft?.p50)}
        </li>
      ))}
    </ul>
  );
}
