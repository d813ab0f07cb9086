import type { ReactNode } from "react";
import { formatCount, formatMs, formatShare } from "../../lib/format.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import { endpointPath } from "../../lib/models-path.ts";
import type { OverviewView } from "../../lib/overview-view.ts";
import type { Unranked } from "../../lib/ranking.ts";
import type { EndpointLabel } from "../../lib/types.ts";
import { StabilityIndicator } from "../metrics/stability-indicator.tsx";
import { ValueScore } from "../metrics/value-score.tsx";
import { Marks, ProviderSign } from "../ui/endpoint-name.tsx";
import { Link } from "../ui/link.tsx";
import { LockedState } from "../ui/locked-state.tsx";
import { Panel } from "../ui/panel.tsx";

interface BoardProps {
  readonly view: OverviewView;
  readonly locked: readonly LockableMetric[];
  /** False in the last hour, which has no ranks. */
  readonly ranked: boolean;
}

/** The traffic lights, most consistent first, those without a rank last. */
export function StabilityBoard({ view, locked, ranked }: BoardProps) {
  return (
    <Panel title="Jitter" metric="stability">
      {locked.includes("stability") ? (
        <LockedState metric="Jitter" />
      ) : (
        <>
          <ul className="divide-y divide-acid-border/60">
            {view.consistent.map((endpoint) => (
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
          <Extent shown={view.consistent.length} view={view} ranked={ranked} />
        </>
      )}
    </Panel>
  );
}

/** Most speed for the money first, those without a rank last. */
export function ValueBoard({ view, locked, ranked }: BoardProps) {
  return (
    <Panel title="Value score" metric="value">
      {locked.includes("value") ? (
        <LockedState metric="Value score" />
      ) : (
        <>
          <ul className="divide-y divide-acid-border/60">
            {view.value.map((endpoint) => (
              <Row key={`${endpoint.provider}/${endpoint.model}`} endpoint={endpoint}>
                <ValueScore score={endpoint.value?.score ?? null} free={endpoint.value?.free ?? false} />
              </Row>
            ))}
          </ul>
          <Extent shown={view.value.length} view={view} ranked={ranked} />
        </>
      )}
    </Panel>
  );
}

/** Who failed, most often first. Probe failures are excluded. */
export function ErrorBoard({ view, locked }: Omit<BoardProps, "ranked">) {
  return (
    <Panel title="Error rate" metric="errors">
      {locked.includes("uptime") ? (
        <LockedState metric="Error rate" />
      ) : view.failing.length === 0 ? (
        <p className="text-acid-muted leading-relaxed">
          {`All ${formatCount(view.attempts, "request", "requests")} succeeded.`}
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

/** What is shown of how many, and that there is no order but that of the names. */
function Extent({ shown, view, ranked }: Pick<BoardProps, "view" | "ranked"> & { shown: number }) {
  if (ranked && view.endpoints <= shown) return null;
  const of = view.endpoints > shown ? `${shown} of ${view.endpoints}. ` : "";
  return (
    <p className="mt-2 text-acid-muted text-xs">
      {ranked
        ? `The first ${of}See the table for all.`
        : `By name: too few samples in 1 h to rank; try 24 h. ${of}`}
    </p>
  );
}

function Row({
  endpoint,
  children,
}: {
  endpoint: EndpointLabel & { readonly unranked?: Unranked | null };
  children: ReactNode;
}) {
  return (
    <li className="flex items-center gap-2.5 py-1">
      <ProviderSign slug={endpoint.provider} className="size-5" />
      <Link
        to={endpointPath(endpoint)}
        className="min-w-0 flex-1 text-xs leading-6 underline-offset-4 [overflow-wrap:anywhere] hover:underline"
      >
        <bdi className="font-medium">{endpoint.provider_name}</bdi>{" "}
        <bdi className="figure-text text-acid-muted">{endpoint.model}</bdi>
      </Link>
      <Marks {...endpoint} />
      {children}
    </li>
  );
}
