import type { Overview } from "../../data/overview.server.ts";
import { formatAgo, formatTime } from "../../lib/format.ts";
import { OVERVIEW_QUERY, type OverviewQuery, overviewHref } from "../../lib/overview-query.ts";
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
  const { kind, provider, model, location, search, limits } = query;
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
  const filters = [
    kind === "all" ? "" : kind,
    provider === null ? "" : `provider ${provider}`,
    model === null ? "" : `model ${model}`,
    search === "" ? "" : `the text \u201c${search}\u201d`,
    limits.replaceAll(",", ", "),
    location === null ? "" : `measured from ${location}`,
  ].filter(Boolean);
  if (filters.length > 0) {
    return (
      <EmptyPanel title="Nothing matches these filters">
        <p>{`No endpoint matches in the last ${window}: ${filters.join("; ")}.`}</p>
        <TextLink to={overviewHref({ ...OVERVIEW_QUERY.defaults, window: query.window })}>
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
