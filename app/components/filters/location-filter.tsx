import { type OverviewQuery, overviewHref } from "../../lib/queries.ts";
import type { Overview } from "../../lib/types.ts";
import { Segments } from "./segments.tsx";

/** Where the figures were measured from; nothing to choose, nothing shown. */
export function LocationFilter({
  query,
  overview,
}: {
  query: OverviewQuery;
  overview: Pick<Overview, "location" | "locations">;
}) {
  const known = overview.locations.map(({ location }) => location);
  if (known.length < 2 && (query.location === null || known.includes(query.location))) return null;
  return (
    <Segments
      label="Measured from"
      options={known.map((location, index) => ({
        text: location,
        title: `Measured from ${location}`,
        // The first is what is shown without a choice: its address names none.
        to: overviewHref(query, { location: index === 0 ? null : location }),
        chosen: overview.location === location,
      }))}
    />
  );
}
