import { data, redirect } from "@remix-run/cloudflare";
import type { Services } from "./context.server.ts";
import type { Filters } from "./known-values.server.ts";
import { withServices } from "./problem.server.ts";
import { startTiming } from "./timing.server.ts";

/** For browsers, which know of no purge: after a run nothing older is shown. Caches in front have their own (workers/dashboard/cache.ts). */
export const PAGE_CACHE_CONTROL = "public, max-age=5";

/**
 * For what may be another in a moment: a page of which a part failed, or is still to come and may fail; nothing, about a
 * value that the data does not have yet. `s-maxage` is for caches in front (workers/dashboard/cache.ts).
 */
export const INCOMPLETE_CACHE_CONTROL = "public, max-age=5, s-maxage=15";

export type OpenServices = Extract<Services, { ok: true }>;

export interface PageAnswer<T> {
  readonly status?: (value: T) => number;
  readonly cacheControl?: (value: T) => string;
}

/**
 * What a page's loader answers: the value read, how long that took, how long it may be kept.
 * @throws a response with a `ProblemBody` where settings are missing or the database gives no answer.
 */
export function answerPage<T>(
  services: Services,
  read: (services: OpenServices) => Promise<T>,
  { status = () => 200, cacheControl = () => PAGE_CACHE_CONTROL }: PageAnswer<T> = {},
) {
  return withServices(services, async (open) => {
    const timing = startTiming(open.reader);
    const value = await read({ ...open, reader: timing.reader });
    return data(value, {
      status: status(value),
      headers: { "Cache-Control": cacheControl(value), "Server-Timing": timing.header() },
    });
  });
}

/**
 * Caches see one address for one page: whoever comes by another spelling of it is sent there.
 * @param canonical path and query as the page itself writes them
 * @throws a redirect
 */
export function requireAddress(request: Request, ...canonical: readonly [string, ...string[]]): void {
  const { pathname, search } = new URL(request.url);
  if (!canonical.includes(pathname + search)) throw redirect(canonical[0], 302);
}

/**
 * A filter that names what the data does not have is left out of the address, so that random ones cost no query.
 * @param write the page's address with a query
 * @throws a redirect; what `KnownValues.unknown` throws
 */
export async function requireKnown<Q extends Filters>(
  { known, reader }: OpenServices,
  query: Q,
  write: (query: Q) => string,
): Promise<void> {
  const unknown = await known.unknown(reader, query);
  if (unknown.length === 0) return;
  throw redirect(write({ ...query, ...Object.fromEntries(unknown.map((name) => [name, null])) }), 302);
}
