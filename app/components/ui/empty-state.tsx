import { Link } from "@remix-run/react";
import { formatAgo, formatTime } from "../../lib/format.ts";
import { type OverviewQuery, overviewHref } from "../../lib/queries.ts";
import type { Overview } from "../../lib/types.ts";
import { WINDOW_NAMES } from "../../lib/words.ts";

/** Nothing to show, and why: nothing measured at all, not in this window, or not of this kind. */
export function EmptyState({
  overview,
  query,
}: {
  overview: Pick<Overview, "newest_result_at" | "read_at">;
  query: OverviewQuery;
}) {
  return (
    <section className="panel mt-6 grid justify-items-center gap-3 px-6 py-16 text-center">
      <svg viewBox="0 0 120 32" className="h-8 w-30" fill="none" aria-hidden="true">
        <path
          d="M0 16h44l5-8 8 16 6-12 4 4h53"
          strokeWidth="2"
          strokeLinejoin="round"
          className="stroke-acid-border"
        />
      </svg>
      <Words overview={overview} query={query} />
    </section>
  );
}

function Words({
  overview,
  query,
}: {
  overview: Pick<Overview, "newest_result_at" | "read_at">;
  query: OverviewQuery;
}) {
  const { newest_result_at: newest } = overview;
  if (newest === null) {
    return (
      <>
        <h2 className="font-semibold text-xl">No results yet</h2>
        <p className="max-w-md text-acid-muted leading-relaxed">
          A run starts every 15 minutes and this page fills by itself. To measure now, run{" "}
          <code className="figure-text text-acid-text">npm run benchmark</code>.
        </p>
      </>
    );
  }
  const narrowed = query.kind !== "all" || query.provider !== null || query.family !== null;
  if (narrowed || query.location !== null) {
    return (
      <>
        <h2 className="font-semibold text-xl">Nothing matches this choice</h2>
        <p className="max-w-md text-acid-muted leading-relaxed">
          {`No ${query.kind === "all" ? "" : `${query.kind} `}endpoint${query.provider === null ? "" : ` of ${query.provider}`}${query.family === null ? "" : ` from the family ${query.family}`} was measured${query.location === null ? "" : ` from ${query.location}`} in the last ${WINDOW_NAMES[query.window]}.`}
        </p>
        <Link
          to={overviewHref(query, { kind: "all", provider: null, family: null, location: null })}
          className="text-acid-link underline underline-offset-4"
        >
          Show all endpoints
        </Link>
      </>
    );
  }
  return (
    <>
      <h2 className="font-semibold text-xl">{`Nothing was measured in the last ${WINDOW_NAMES[query.window]}`}</h2>
      <p className="max-w-md text-acid-muted leading-relaxed">
        {`The newest result is from ${formatTime(newest)}, ${formatAgo(newest, overview.read_at)}.`}
      </p>
      {query.window !== "30d" && (
        <Link
          to={overviewHref(query, { window: "30d" })}
          className="text-acid-link underline underline-offset-4"
        >
          Show the last 30 days
        </Link>
      )}
    </>
  );
}
