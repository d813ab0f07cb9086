import type { ReactNode } from "react";
import { formatCount, formatMs, formatShare } from "../../lib/format.ts";
import type { LockableMetric } from "../../lib/metrics.ts";
import type { OverviewView } from "../../lib/overview-view.ts";
import type { EndpointLabel } from "../../lib/types.ts";
import { ProviderSign } from "../ui/endpoint-name.tsx";
import { LockedState } from "../ui/locked-state.tsx";
import { Panel } from "../ui/panel.tsx";
import { StabilityIndicator } from "./stability-indicator.tsx";
import { ValueScore } from "./value-score.tsx";

interface BoardProps {
  readonly view: OverviewView;
  readonly locked: readonly LockableMetric[];
}

/** The traffic lights, steadiest first. */
export function StabilityBoard({ view, locked }: BoardProps) {
  return (
    <Panel title="Stability" metric="stability">
      {locked.includes("stability") ? (
        <LockedState metric="Stability" />
      ) : (
        <ul className="divide-y divide-acid-border/60">
          {view.steady.map((endpoint) => (
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
export function ValueBoard({ view, locked }: BoardProps) {
  return (
    <Panel title="Value for money" metric="value">
      {locked.includes("value") ? (
        <LockedState metric="Value" />
      ) : (
        <ul className="divide-y divide-acid-border/60">
          {view.value.map((endpoint) => (
            <Row key={`${endpoint.provider}/${endpoint.model}`} endpoint={endpoint}>
              <ValueScore score={endpoint.value?.score ?? null} free={endpoint.value?.free ?? false} />
            </Row>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** Who failed, most often first. Failures of our own side are left out. */
export function ErrorBoard({ view, locked }: BoardProps) {
  return (
    <Panel title="Error rate" metric="errors">
      {locked.includes("uptime") ? (
        <LockedState metric="Error rate" />
      ) : view.failing.length === 0 ? (
        <p className="text-acid-muted leading-relaxed">
          {`All ${formatCount(view.attempts, "request", "requests")} were answered in full.`}
        </p>
      ) : (
        <>
          <ul className="divide-y divide-acid-border/60">
            {view.failing.map((endpoint) => (
              <Row key={`${endpoint.provider}/${endpoint.model}`} endpoint={endpoint}>
                <span className="figure-text">{formatShare(endpoint.rate)}</span>
                <span className="figure-text w-16 text-right text-acid-muted text-xs">{`n ${endpoint.attempts}`}</span>
              </Row>
            ))}
          </ul>
          <p className="mt-2 text-acid-muted text-xs">
            {view.failingOf === view.endpoints
              ? "Every endpoint failed at least once."
              : `${formatCount(view.endpoints - view.failingOf, "endpoint", "endpoints")} without a failure.`}
          </p>
        </>
      )}
    </Panel>
  );
}

function Row({ endpoint, children }: { endpoint: EndpointLabel; children: ReactNode }) {
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
