import type { ModelPage } from "../../data/models-page.server.ts";
import { formatInteger } from "../../lib/format.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import type { ModelQuery, REQUEST_LISTS } from "../../lib/queries.ts";
import { timeWords } from "../../lib/span.ts";
import { Segments } from "../filters/segments.tsx";
import { Panel } from "../ui/panel.tsx";
import { EndpointResults } from "./endpoint-results.tsx";

export interface RequestListProps {
  readonly page: ModelPage;
  readonly query: ModelQuery;
  readonly locked: readonly LockableMetric[];
  readonly href: (change: Partial<ModelQuery>) => string;
}

const LISTS: Readonly<Record<(typeof REQUEST_LISTS)[number], { text: string; title: string }>> = {
  newest: { text: "newest", title: "The newest requests" },
  failed: { text: "failed", title: "Requests that failed, the newest first" },
  slowest: { text: "slowest", title: "Requests with the highest TTFT" },
};

/** Single requests: the newest ones, those that failed or the slowest ones, by the page's address; and all as a table. */
export function RequestList({ page, query, locked, href }: RequestListProps) {
  const { show } = query;
  // The order would tell a locked figure.
  const lists = (["newest", "failed", "slowest"] as const).filter(
    (list) => list !== "slowest" || !locked.includes("ttft"),
  );
  const failed = page.failures.reduce((sum, failure) => sum + failure.n, 0);
  return (
    <Panel title="Requests" id="requests">
      <div className="mb-3 flex flex-wrap items-center gap-x-5 gap-y-2 text-xs">
        <Segments
          label="Which requests"
          options={lists.map((list) => ({
            ...LISTS[list],
            to: href({ show: list }),
            chosen: list === show,
          }))}
        />
        <a
          href={csvHref(page, show === "failed")}
          className="text-acid-link underline underline-offset-4"
          download
        >
          {show === "failed" ? "Failed requests as CSV" : "All requests as CSV"}
        </a>
      </div>
      {show === "failed" && failed > page.results.length && (
        <p className="mb-2 text-acid-muted text-xs">{`The newest ${page.results.length} of ${formatInteger(failed)}; the CSV has all of them.`}</p>
      )}
      {show !== "newest" && page.results.length === 0 ? (
        <p className="text-acid-muted">{`None ${timeWords(query)}.`}</p>
      ) : (
        <EndpointResults page={page} />
      )}
    </Panel>
  );
}

/** The page's requests as a table: the same endpoint, place and time. */
function csvHref({ endpoint, location, since, as_of }: ModelPage, failedOnly: boolean): string {
  const params = new URLSearchParams({ provider: endpoint.provider, model: endpoint.model });
  if (location !== null) params.set("location", location);
  if (failedOnly) params.set("success", "false");
  params.set("simulated", String(endpoint.simulated));
  params.set("from", new Date(since).toISOString());
  // A page includes its last moment, a table does not.
  params.set("to", new Date(Date.parse(as_of) + 1).toISOString());
  return `/results.csv?${params}`;
}
