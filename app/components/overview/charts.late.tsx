import { isRankedWindow } from "../../lib/ranking.ts";
import { ScatterChart } from "../charts/scatter-chart.tsx";
import { SpeedChart } from "../charts/speed-chart.tsx";
import { LockedState } from "../ui/locked-state.tsx";
import { Panel } from "../ui/panel.tsx";
import { ErrorBoard, StabilityBoard, ValueBoard } from "./leaderboards.tsx";
import type { OverviewPageProps } from "./overview-page.tsx";
import { ProviderSummaries } from "./provider-summary.tsx";

/** What is compared by eye: charts and boards. */
export function Charts({ query, locked, view }: Pick<OverviewPageProps, "query" | "locked" | "view">) {
  const ranked = isRankedWindow(query.window);
  const noScatter = locked.includes("tps") || locked.includes("cost");
  return (
    <div className="in-steps grid grid-cols-1 gap-4 xl:grid-cols-3">
      <div className="grid min-w-0 grid-cols-1 content-start gap-4 xl:col-span-2">
        <Panel title="Time to first token" metric="ttft">
          {locked.includes("ttft") ? (
            <LockedState metric="TTFT" />
          ) : (
            <SpeedChart bars={view.bars} of={view.barsOf} ranked={ranked} />
          )}
        </Panel>
        <Panel title="Output speed vs price" metric="tps">
          {noScatter ? <LockedState metric="Output speed vs price" /> : <ScatterChart plot={view.scatter} />}
        </Panel>
        {view.providers.length > 0 && (
          <Panel title="By provider">
            <ProviderSummaries providers={view.providers} locked={locked} />
          </Panel>
        )}
      </div>
      <div className="grid grid-cols-1 content-start gap-4 md:grid-cols-2 xl:grid-cols-1">
        <StabilityBoard view={view} locked={locked} ranked={ranked} />
        <ValueBoard view={view} locked={locked} ranked={ranked} />
        <ErrorBoard view={view} locked={locked} />
      </div>
    </div>
  );
}
