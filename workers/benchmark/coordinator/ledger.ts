import * as z from "zod";
import type { Documents } from "./documents.ts";

const HOUR_MS = 3_600_000;
const KEPT_HOURS = 48;

export const LEDGER = "ledger";
export const ledgerSchema = z.object({
  isOpen: z.boolean(),
  /** USD by hours since the epoch. */
  hours: z.record(z.string(), z.number()),
});
type Ledgered = z.infer<typeof ledgerSchema>;

/** What others (a terminal, another tool) spent in the 24 hours before a time, ms since the epoch. */
const OTHERS = "spent-by-others";
const othersSchema = z.object({ usd: z.number(), at: z.number() });

export const hourOf = (at: number) => Math.floor(at / HOUR_MS);

/**
 * What requests cost, counted here and not in Supabase, which may be away. Money for a request under way is
 * set aside at its worst case first, so that a crash can only make the count too high. Kept by the hour: each
 * request costs the same few rows, however many there have been. All times are ms since the epoch.
 */
export class Ledger {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  /** Whether it knows what was spent before its own first entry. */
  get isOpen(): boolean {
    return this.#read().isOpen;
  }

  /** Starts the count with what this probe's earlier requests cost. */
  open(usd: number, at: number): void {
    this.#documents.write<Ledgered>(LEDGER, { isOpen: true, hours: { [hourOf(at)]: usd } });
  }

  /** Takes what others have spent in the last 24 hours, in place of what was known of that. */
  noteOthers(usd: number, at: number): void {
    const known = this.#documents.read(OTHERS, othersSchema);
    // Nothing new, and nothing to forget: a row less.
    if (usd === 0 && (known?.usd ?? 0) === 0) return;
    this.#documents.write(OTHERS, { usd, at });
  }

  /** USD since the beginning of the hour that a time is in, money set aside and what others spent included. */
  spentSince(since: number): number {
    const first = hourOf(since);
    const others = this.#documents.read(OTHERS, othersSchema);
    return Object.entries(this.#read().hours).reduce(
      (sum, [hour, usd]) => (Number(hour) >= first ? sum + usd : sum),
      others && others.at >= since ? others.usd : 0,
    );
  }

  /** Sets money aside for a request that begins. */
  reserve(at: number, usd: number): void {
    this.#add(at, usd);
  }

  /** Puts what a request cost in the place of what was set aside for it when it began. */
  settle(reservedAt: number, reservedUsd: number, usd: number): void {
    if (usd !== reservedUsd) this.#add(reservedAt, usd - reservedUsd);
  }

  #add(at: number, usd: number): void {
    if (usd === 0) return;
    const { isOpen, hours } = this.#read();
    const hour = String(hourOf(at));
    const sum = Math.max(0, (hours[hour] ?? 0) + usd);
    const kept = Object.entries(hours).filter(([past]) => Number(past) > hourOf(at) - KEPT_HOURS);
    this.#documents.write<Ledgered>(LEDGER, { isOpen, hours: { ...Object.fromEntries(kept), [hour]: sum } });
  }

  #read(): Ledgered {
    return this.#documents.read(LEDGER, ledgerSchema) ?? { isOpen: false, hours: {} };
  }
}
