import * as z from "zod";
import type { ChannelContext, Telling } from "../alerts/channel.ts";
import type { Log } from "../log.ts";
import type { Documents } from "./documents.ts";

/** All times in ms since the epoch. */
const callSchema = z.object({
  state: z.enum(["ok", "fail"]),
  since: z.number(),
  nextAt: z.number(),
  tries: z.number(),
});
type Call = z.infer<typeof callSchema>;

export interface Backoff {
  readonly backoffMinMs: number;
  readonly backoffMaxMs: number;
}

/**
 * A call that says how things are now, so that a newer one takes the place of one that waits: however long its receiver
 * is away, one waits. A try that failed is repeated later and later.
 */
export class PendingCall {
  readonly #documents: Documents;
  readonly #log: Log;
  readonly #name: string;
  readonly #expiresMs: number;

  /** @param expiresMs after which it is given up; the next run asks for it anew */
  constructor(name: string, expiresMs: number, documents: Documents, log: Log) {
    this.#name = name;
    this.#expiresMs = expiresMs;
    this.#documents = documents;
    this.#log = log;
  }

  request(state: Call["state"], now: number): void {
    this.#documents.write(this.#name, { state, since: now, nextAt: now, tries: 0 });
  }

  /** Null when nothing waits. */
  get nextAt(): number | null {
    return this.#read()?.nextAt ?? null;
  }

  /** @param call null: there is nobody to call any more. Never throws. */
  async attempt(
    call: ((state: Call["state"]) => Promise<Telling>) | null,
    backoff: Backoff,
    { now: clock }: Pick<ChannelContext, "now">,
  ): Promise<void> {
    const pending = this.#read();
    if (pending === null) return;
    const telling: Telling = call ? await call(pending.state) : { ok: false, reason: "not set up any more" };
    const now = clock();
    const newest = this.#read();
    if (newest && newest.since !== pending.since) return;
    if (telling.ok || call === null || now - pending.since > this.#expiresMs) {
      if (!telling.ok) this.#log.error(`${this.#name}_given_up`, { reason: telling.reason });
      this.#documents.remove(this.#name);
      return;
    }
    const tries = pending.tries + 1;
    this.#documents.write(this.#name, { ...pending, tries, nextAt: now + waitAfter(tries, backoff) });
    this.#log.warn(`${this.#name}_not_taken`, { reason: telling.reason });
  }

  #read(): Call | null {
    return this.#documents.read(this.#name, callSchema);
  }
}

export function waitAfter(tries: number, { backoffMinMs, backoffMaxMs }: Backoff): number {
  return Math.min(backoffMaxMs, backoffMinMs * 2 ** Math.min(tries - 1, 20));
}
