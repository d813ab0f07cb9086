/**
 * A stand-in for Cloudflare's Workers Cache, which no local runtime has: what it keeps follows the same headers, as
 * https://developers.cloudflare.com/workers/cache/ describes them. It keeps nothing that the real one would not; that the
 * real one does keep it is for a deployment to show.
 */
export interface CachedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

interface Entry extends CachedAnswer {
  readonly storedAt: number;
  readonly freshMs: number;
  readonly staleMs: number;
  readonly tags: readonly string[];
}

/** A 200 that says nothing of caching is kept for two hours. */
const DEFAULT_MS = 7_200_000;

export class WorkersCache {
  readonly #ask: (path: string, headers: Headers) => Promise<Response>;
  readonly #entries = new Map<string, Entry>();
  readonly #underWay = new Map<string, Promise<CachedAnswer>>();
  /** Requests that reached the Worker. */
  renders = 0;
  /** Added to the clock. */
  passedMs = 0;

  /** @param ask the Worker itself */
  constructor(ask: (path: string, headers: Headers) => Promise<Response>) {
    this.#ask = ask;
  }

  /** A GET, answered from what is kept where that may be. The key is path and query, in the order they are sent. */
  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<CachedAnswer> {
    const sent = new Headers(headers);
    if (sent.has("Authorization")) return this.#render(path, sent, false);
    const entry = this.#entries.get(path);
    const age = entry === undefined ? 0 : this.#now() - entry.storedAt;
    if (entry !== undefined && age < entry.freshMs) return entry;
    if (entry !== undefined && age < entry.freshMs + entry.staleMs) {
      void this.#once(path, sent);
      return entry;
    }
    return this.#once(path, sent);
  }

  keeps(path: string): boolean {
    return this.#entries.has(path);
  }

  /** When what is kept of a path was rendered, ms since the epoch; null where nothing is. */
  storedAt(path: string): number | null {
    return this.#entries.get(path)?.storedAt ?? null;
  }

  purge(tags: readonly string[]): void {
    for (const [path, entry] of this.#entries) {
      if (entry.tags.some((tag) => tags.includes(tag))) this.#entries.delete(path);
    }
  }

  #now(): number {
    return Date.now() + this.passedMs;
  }

  /** Requests for the same thing at the same time are one. */
  #once(path: string, headers: Headers): Promise<CachedAnswer> {
    const underWay = this.#underWay.get(path);
    if (underWay !== undefined) return underWay;
    // What is to be kept is asked for unconditionally.
    headers.delete("If-None-Match");
    const answer = this.#render(path, headers, true).finally(() => this.#underWay.delete(path));
    this.#underWay.set(path, answer);
    return answer;
  }

  async #render(path: string, sent: Headers, mayKeep: boolean): Promise<CachedAnswer> {
    this.renders += 1;
    const storedAt = this.#now();
    const response = await this.#ask(path, sent);
    const headers = new Headers([...response.headers]);
    const answer = { status: response.status, headers, body: await response.text() };
    const policy = policyOf(response.status, headers);
    if (mayKeep && policy !== null) {
      const tags = (headers.get("Cache-Tag") ?? "").split(",").map((tag) => tag.trim());
      this.#entries.set(path, { ...answer, ...policy, storedAt, tags });
    }
    return answer;
  }
}

/** How long an answer may be kept; null: not at all. */
function policyOf(status: number, headers: Headers): { freshMs: number; staleMs: number } | null {
  if (headers.has("Set-Cookie")) return null;
  const text =
    headers.get("Cloudflare-CDN-Cache-Control") ??
    headers.get("CDN-Cache-Control") ??
    headers.get("Cache-Control");
  if (text === null) return status === 200 ? { freshMs: DEFAULT_MS, staleMs: 0 } : null;
  if (/\b(no-store|no-cache|private)\b/.test(text)) return null;
  const seconds = (name: string) => Number(new RegExp(`\\b${name}=(\\d+)`).exec(text)?.[1] ?? 0);
  const turnedOff = /\b(s-maxage|must-revalidate|proxy-revalidate)\b/.test(text);
  const freshMs = (seconds("s-maxage") || seconds("max-age")) * 1000;
  return freshMs === 0
    ? null
    : { freshMs, staleMs: turnedOff ? 0 : seconds("stale-while-revalidate") * 1000 };
}
