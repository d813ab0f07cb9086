/** What a caller may ask at once. A person who opens one page after the other stays below it. */
const BURST = 15;
/** After this long a caller may ask once more. */
const REFILL_MS = 4_000;
/** Requests beyond their caller's share start this far apart, in one lane for all such callers: most of the time stays free. */
const LANE_EVERY_MS = 200;
/** The longest wait in the lane; a request that would wait longer is refused. */
const PATIENCE_MS = 8_000;
/** No more callers than this are remembered. One who is forgotten has a full burst again. */
const MOST_CALLERS = 10_000;

/**
 * Shares an isolate between its callers. Within a caller's own share a request starts at once; beyond it, in one lane of a
 * few starts a second, however many callers are in it. One isolate runs one thing at a time, so that a page would else wait
 * for everything that others ask.
 */
export class FairShare {
  /** For each caller, when its burst is whole again (the theoretical arrival time of the generic cell rate algorithm). */
  readonly #wholeAt = new Map<string, number>();
  #laneFreeAt = 0;

  /**
   * @param cost in pages: what costs as much as five takes five pages' share
   * @param now in milliseconds
   * @returns how many milliseconds this request has to wait; null where that would be too long
   */
  waitOf(caller: string, cost: number, now: number): number | null {
    const wholeAt = Math.max(this.#wholeAt.get(caller) ?? 0, now) + cost * REFILL_MS;
    if (wholeAt - now <= BURST * REFILL_MS) {
      if (this.#wholeAt.size >= MOST_CALLERS) this.#forget(now);
      this.#wholeAt.set(caller, wholeAt);
      return 0;
    }
    const startsAt = Math.max(this.#laneFreeAt, now);
    if (startsAt - now > PATIENCE_MS) return null;
    this.#laneFreeAt = startsAt + cost * LANE_EVERY_MS;
    return startsAt - now;
  }

  #forget(now: number): void {
    for (const [caller, wholeAt] of this.#wholeAt) if (wholeAt <= now) this.#wholeAt.delete(caller);
    if (this.#wholeAt.size >= MOST_CALLERS) this.#wholeAt.clear();
  }
}
