import { beginWith, inState, judgeErrors, newEndpoint, observe } from "./endpoint.ts";
import { slowSince } from "./slowdown.ts";
import type { EndpointWatch, Observation, Past, Trouble } from "./types.ts";

/** What a database knows of an endpoint. */
export interface Known {
  /** Successes of the last 7 days, oldest first. */
  readonly past: readonly Past[];
  /** Its newest successes and provider failures, oldest first; at least one. */
  readonly recent: readonly [Observation, ...Observation[]];
  /** What it was in when somebody last wrote it down. */
  readonly open: readonly Trouble[];
}

/**
 * An endpoint as a watch would remember it that had seen what is stored: the newest requests are judged again, one after
 * the other. A trouble that is written down goes on unless they show that it is over.
 */
export function resume({ past, recent, open }: Known): EndpointWatch {
  const [first] = recent;
  const older = past.filter(([at]) => at < first.at);
  const begun = older.length > 0 ? beginWith(first, older) : newEndpoint(first);
  const stored = (kind: Trouble["kind"]) => open.find((trouble) => trouble.kind === kind) ?? null;
  const slowdown = stored("slowdown");
  const slow = slowdown && slowSince(older, slowdown.since);
  const start = slowdown && slow ? { ...begun, slow, troubles: [slowdown] } : begun;
  // Whether our own line was down is settled: what is stored as an outage is one.
  const replayed = recent.reduce(
    (watch, request) => observe(watch, request, () => stored("outage") !== null),
    start,
  );
  const sinceStored = replayed.troubles.map((trouble) => {
    const since = Math.min(trouble.since, stored(trouble.kind)?.since ?? trouble.since);
    return { ...trouble, since };
  });
  const errors = stored("errors");
  const isNew = errors !== null && sinceStored.every(({ kind }) => kind !== "errors");
  const troubles = isNew ? [...sinceStored, errors] : sinceStored;
  const judged = judgeErrors({ ...replayed, troubles });
  const since = judged.troubles[0]?.since ?? replayed.since;
  return { ...inState(judged, judged, since), since };
}
