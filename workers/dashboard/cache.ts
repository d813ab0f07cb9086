/*
 * What is kept in front of the dashboard. Cloudflare's cache runs no Worker for what it holds; it holds what the headers
 * say, and the benchmark Worker has it emptied when data changed (docs/security.md, decision 0023).
 */

/** On everything that is kept: it shows data, all of which a run changes. */
export const DATA_TAG = "data";

/**
 * Kept until a purge; where none comes, for one interval of the schedule. `s-maxage` and `must-revalidate` would turn
 * stale-while-revalidate off.
 */
const EDGE_POLICY = "public, max-age=900, stale-while-revalidate=300";

/** What a route may say of its own for caches in front: a few seconds, for what is not whole. */
const OWN_SECONDS = /\bs-maxage=(\d+)\b/;
const SLOW_SECONDS = "15";

/**
 * The response with what caches may do with it. A route says with `Cache-Control: public` that its answer may be kept, and
 * by browsers for how long; what says nothing or something else, and whatever is not plainly a 200, is not kept at all.
 * @param isSlow it took so long to make that data may have changed meanwhile
 */
export function withCachePolicy(response: Response, isSlow = false): Response {
  const { headers, status } = response;
  const own = headers.get("Cache-Control");
  if (status >= 400 || own === null) headers.set("Cache-Control", "no-store");
  // A tag of what the reader has already: it goes on holding.
  const mayBeKept = (status === 200 || status === 304) && own !== null && /^public\b/.test(own);
  if (mayBeKept && !headers.has("Set-Cookie")) {
    const seconds = OWN_SECONDS.exec(own)?.[1] ?? (isSlow ? SLOW_SECONDS : undefined);
    headers.set("Cloudflare-CDN-Cache-Control", seconds ? `public, max-age=${seconds}` : EDGE_POLICY);
    headers.set("Cache-Tag", DATA_TAG);
  }
  return response;
}
