import type { OverviewView } from "../../lib/overview-view.ts";
import { isRankedWindow } from "../../lib/ranking.ts";
import { ScatterChart } from "../charts/scatter-chart.tsx";
import { SpeedChart } from "../charts/speed-chart.tsx";
import { EndpointName } from "../ui/endpoint-name.tsx";
import { LockedState } from "../ui/locked-state.tsx";
import { MetricList } from "../ui/metric-hint.tsx";
import { Panel } from "../ui/panel.tsx";
import { Changes } from "./changes.tsx";
import { ErrorBoard, StabilityBoard, ValueBoard } from "./leaderboards.tsx";
import type { OverviewPageProps } from "./overview-page.tsx";

/** What stands below the table: charts, boards and what changed. */
export function Charts({ query, locked, view, news }: Omit<OverviewPageProps, "verdict">) {
  const ranked = isRankedWindow(query.window);
  const noScatter = locked.includes("tps") || locked.includes("cost");
  return (
    <>
      <div className="in-steps grid grid-cols-1 gap-4 xl:grid-cols-2">
        <Panel title="Time to first token" metric="ttft">
          {locked.includes("ttft") ? (
            <LockedState metric="TTFT" />
          ) : (
            <SpeedChart bars={view.bars} of={view.barsOf} ranked={ranked} />
          )}
        </Panel>
        <div className="grid min-w-0 grid-cols-1 content-start gap-4">
          <Panel title="Output speed vs price" metric="tps">
            {noScatter ? (
              <LockedState metric="Output speed vs price" />
            ) : (
              <ScatterChart plot={view.scatter} />
            )}
          </Panel>
          <Changes news={news} window={query.window} />
        </div>
      </div>
      <div className="in-steps grid grid-cols-1 items-start gap-4 md:grid-cols-2 xl:grid-cols-3">
        <StabilityBoard view={view} locked={locked} ranked={ranked} />
        <ValueBoard view={view} locked={locked} ranked={ranked} />
        <ErrorBoard view={view} locked={locked} />
      </div>
      <details className="panel p-3 md:p-4">
        <summary className="cursor-pointer font-semibold text-sm">Metrics</summary>
        <MetricList className="mt-4 xl:grid-cols-3" />
      </details>
    </>
  );
}

/** Models that have no results in this window: just switched on, or retired by their provider. */
export function Waiting({ view }: { view: OverviewView }) {
  return (
    <details className="panel mt-4 p-3 md:p-4" open={view.endpoints === 0}>
      <summary className="cursor-pointer font-semibold text-sm">{`Not measured in this window: ${view.waitingOf}`}</summary>
      <ul className="mt-3 grid gap-4 sm:grid-cols-2 xl:grid-cols-4">
        {view.waiting.map((endpoint) => (
          <li key={`${endpoint.provider}/${endpoint.model}`}>
            <EndpointName endpoint={endpoint} />
          </li>
        ))}
      </ul>
      {view.waitingOf > view.waiting.length && (
        <p className="mt-3 text-acid-muted text-xs">{`and ${view.waitingOf - view.waiting.length} more`}</p>
      )}
    </details>
  );
}
