import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import { regionOfColo } from "./regions.ts";

const TRACE_URL = "https://cloudflare.com/cdn-cgi/trace";
const KEPT_MS = 10 * 60_000;
/** What was warned of last: once is enough while nothing changes. */
let warnedOf: string | null = null;
let last: { readonly at: number; readonly colo: string | null } | null = null;

/**
 * Three-letter code of the Cloudflare data centre that this Worker's requests leave from; null when it
 * measures from anywhere else ("local") or the trace cannot be read. A Durable Object stays where it is for
 * long, so the answer is kept for ten minutes.
 * https://developers.cloudflare.com/fundamentals/reference/cdn-cgi-endpoints/
 */
export async function readColo(location: string, get: typeof fetch): Promise<string | null> {
  if (location === "local") return null;
  if (last && Date.now() - last.at < KEPT_MS) return last.colo;
  let colo: string | null = null;
  try {
    const response = await get(TRACE_URL, { signal: AbortSignal.timeout(3_000) });
    colo = /^colo=([A-Z]{3})$/m.exec(await response.text())?.[1] ?? null;
  } catch {
    // A row without a colo says just that; the measurement does not hang on it.
  }
  last = { at: Date.now(), colo };
  return colo;
}

/**
 * The configuration with the location that its rows should carry. Where Cloudflare starts nothing in the region asked
 * for, that is the region that the data centre lies in, and a warning says so.
 */
export async function locate<C extends Config>(config: C, log: Log, get: typeof fetch): Promise<C> {
  if (!config.placedElsewhere) return config;
  const colo = await readColo(config.location, get);
  const location = regionOfColo(colo) ?? config.location;
  const warning = `${config.region} ${location}`;
  if (warning !== warnedOf) {
    log.warn("region_not_offered", {
      region: config.region,
      colo,
      location,
      hint: "Cloudflare starts no Durable Object there: set PROBE_REGION to a region near it",
    });
  }
  warnedOf = warning;
  return { ...config, location };
}
