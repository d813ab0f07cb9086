import { ReadError } from "./reader.server.ts";

/** A call that has not ended by then never will: its request was cut off, and nobody gives its turn back. */
const LEASE_MS = 10_000;
const LOOK_AGAIN_MS = 10;

/**
 * Bounds the calls to the database that are under way at once in this isolate. A request looks for its turn by itself:
 * in Workers one request must not wait for what another one does.
 */
export class Turns {
  readonly #most: number;
  readonly #patienceMs: number;
  readonly #taken = new Map<symbol, number>();

  /** @param patienceMs how long a call waits for its turn */
  constructor(most: number, patienceMs: number) {
    this.#most = most;
    this.#patienceMs = patienceMs;
  }

  /** @throws {ReadError} where no turn comes in time */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const turn = Symbol();
    const until = Date.now() + this.#patienceMs;
    while (!this.#take(turn)) {
      if (Date.now() > until) throw new ReadError("busy", "no turn: too many calls are under way");
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
    try {
      return await work();
    } finally {
      this.#taken.delete(turn);
    }
  }

  #take(turn: symbol): boolean {
    const now = Date.now();
    for (const [other, since] of this.#taken) if (now - since > LEASE_MS) this.#taken.delete(other);
    if (this.#taken.size >= this.#most) return false;
    this.#taken.set(turn, now);
    return true;
  }
}
