import { type OverviewQuery, overviewHref, WINDOWS } from "../../lib/queries.ts";
import { WINDOW_NAMES } from "../../lib/words.ts";
import { Segments } from "./segments.tsx";

/** How far back the figures reach. */
export function WindowFilter({ query }: { query: OverviewQuery }) {
  return (
    <Segments
      label="Time window"
      options={WINDOWS.map((window) => ({
        text: window,
        title: `The last ${WINDOW_NAMES[window]}`,
        to: overviewHref(query, { window }),
        chosen: query.window === window,
      }))}
    />
  );
}
