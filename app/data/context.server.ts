import type { LockableMetric } from "../lib/locks.ts";
import type { Site } from "../lib/site.ts";
import type { KnownValues } from "./known-values.server.ts";
import type { Reader } from "./reader.server.ts";
import type { SiteSettings } from "./settings.server.ts";

/** The promise's value, or undefined where it is not there in time. */
export type InTime = <T>(promise: Promise<T>, ms: number) => Promise<T | undefined>;

/** What a loader works with; a test hands in its own reader. */
export type Services =
  | {
      readonly ok: true;
      readonly reader: Reader;
      readonly lockedMetrics: ReadonlySet<LockableMetric>;
      readonly known: KnownValues;
      /** Other than by a timer: only where there are none, while an isolate starts. */
      readonly inTime?: InTime;
    }
  | { readonly ok: false; readonly problems: readonly string[] };

declare module "@remix-run/cloudflare" {
  interface AppLoadContext {
    /** Marks the inline scripts of this response; empty where no policy is sent (dev server). */
    nonce: string;
    services: Services;
    site: SiteSettings;
  }
  interface Future {
    v3_singleFetch: true;
  }
}

/** The site as a request meets it. */
export function siteOf(request: Request, { name, url }: SiteSettings): Site {
  return { name, origin: url ?? new URL(request.url).origin };
}
