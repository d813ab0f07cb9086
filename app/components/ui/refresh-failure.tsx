import { useSyncExternalStore } from "react";
import { formatTime } from "../../lib/format.ts";
import { onFailingSince, readFailingSince } from "./last-figures.ts";

/** Says that the figures on the page are the last ones that could be read. It lies over the page: nothing moves. */
export function RefreshFailure() {
  const since = useSyncExternalStore(onFailingSince, readFailingSince, () => null);
  return (
    <div role="status" className="pointer-events-none fixed inset-x-0 bottom-0 z-40 p-3 text-center">
      {since !== null && (
        <p className="inline-block rounded-lg border border-acid-warning/50 bg-acid-surface px-3 py-2 text-xs">
          {`Updating has failed since ${formatTime(since)}. Showing the last figures; the page retries by itself.`}
        </p>
      )}
    </div>
  );
}
