const TRACE_URL = "https://cloudflare.com/cdn-cgi/trace";
const KEPT_MS = 10 * 60_000;
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
