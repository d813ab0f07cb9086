import type { Overview } from "../../data/overview.server.ts";
import { formatAgo, formatTime } from "../../lib/format.ts";
import { type OverviewQuery, overviewHref } from "../../lib/queries.ts";
import { WINDOW_NAMES } from "../../lib/words.ts";
import { EmptyPanel } from "../ui/empty-panel.tsx";
import { TextLink } from "../ui/text-link.tsx";

/** Nothing to show, and why: nothing measured at all, not in this window, or not of this kind. */
export function EmptyState({
  overview,
  query,
}: {
  overview: Pick<Overview, "newest_result_at" | "read_at">;
  query: OverviewQuery;
}) {
  const { newest_result_at: newest } = overview;
  const { kind, provider, family, location } = query;
  const window = WINDOW_NAMES[query.window];
  if (newest === null) {
    return (
      <EmptyPanel title="No results yet">
        <p>
          A run starts every 15 minutes and this page updates by itself. To measure now, run{" "}
          <code className="figure-text text-acid-text">npm run benchmark</code>.
        </p>
      </EmptyPanel>
    );
  }
  if (kind !== "all" || provider !== null || family !== null || location !== null) {
    return (
      <EmptyPanel title="Nothing matches these filters">
        <p>
          {`No ${kind === "all" ? "" : `${kind} `}endpoint${provider === null ? "" : ` of ${provider}`}${family === null ? "" : ` from the family ${family}`} was measured${location === null ? "" : ` from ${location}`} in the last ${window}.`}
        </p>
        <TextLink to={overviewHref(query, { kind: "all", provider: null, family: null, location: null })}>
          Show all endpoints
        </TextLink>
      </EmptyPanel>
    );
  }
  return (
    <EmptyPanel title={`No results in the last ${window}`}>
      <p>{`The newest result is from ${formatTime(newest)}, ${formatAgo(newest, overview.read_at)}.`}</p>
      {query.window !== "30d" && (
        <TextLink to={overviewHref(query, { window: "30d" })}>Show the last 30 days</TextLink>
      )}
    </EmptyPanel>
  );
}
