import type { ReactNode } from "react";
import { formatMs } from "../../lib/format.ts";
import type { LockableMetric } from "../../lib/metrics.ts";
import { sortEndpoints } from "../../lib/ranking.ts";
import type { Endpoint } from "../../lib/types.ts";
import { ProviderSign } from "../ui/endpoint-name.tsx";
import { LockedState } from "../ui/locked-state.tsx";
import { Panel } from "../ui/panel.tsx";
import { StabilityIndicator } from "./stability-indicator.tsx";
import { ValueScore } from "./value-score.tsx";

/** More than this is for the table. */
const SHOWN = 8;

interface BoardProps {
  readonly endpoints: readonly Endpoint[];
  readonly locked: readonly LockableMetric[];
}

/** The traffic lights, steadiest first. */
export function StabilityBoard({ endpoints, locked }: BoardProps) {
  return (
    <Panel title="Stability" metric="stability">
      {locked.includes("stability") ? (
        <LockedState metric="Stability" />
      ) : (
        <ul className="divide-y divide-acid-border/60">
          {sortEndpoints(endpoints, "stability")
            .slice(0, SHOWN)
            .map((endpoint) => (
              <Row key={`${endpoint.provider}/${endpoint.model}`} endpoint={endpoint}>
                <span className="figure-text text-acid-muted text-xs">
                  {formatMs(endpoint.stability?.latency_stddev)}
                </span>
                <span className="w-[5.5rem]">
                  <StabilityIndicator
                    jitter={endpoint.stability?.latency_stddev ?? null}
                    ttftJitter={endpoint.stability?.ttft_stddev ?? null}
                    n={endpoint.stability?.n ?? 0}
                  />
                </span>
              </Row>
            ))}
        </ul>
      )}
    </Panel>
  );
}

/** Most speed for the money first. */
export function ValueBoard({ endpoints, locked }: BoardProps) {
  return (
    <Panel title="Value for money" metric="value">
      {locked.includes("value") ? (
        <LockedState metric="Value" />
      ) : (
        <ul className="divide-y divide-acid-border/60">
          {sortEndpoints(endpoints, "value")
            .slice(0, SHOWN)
            .map((endpoint) => (
              <Row key={`${endpoint.provider}/${endpoint.model}`} endpoint={endpoint}>
                <ValueScore score={endpoint.value?.score ?? null} free={endpoint.value?.free ?? false} />
              </Row>
            ))}
        </ul>
      )}
    </Panel>
  );
}

function Row({ endpoint, children }: { endpoint: Endpoint; children: ReactNode }) {
  return (
    <li className="flex items-center gap-2.5 py-1.5">
      <ProviderSign slug={endpoint.provider} className="size-5" />
      {/* Two lines on a phone: cut to one, two models of a provider would look the same. */}
      <span className="min-w-0 flex-1 text-xs sm:truncate">
        <span className="block truncate font-medium sm:inline">{endpoint.provider_name}</span>{" "}
        <span className="figure-text block truncate text-acid-muted sm:inline">{endpoint.model}</span>
      </span>
      {children}
    </li>
  );
}
