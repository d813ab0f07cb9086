import type { CatalogChange, HeldPriceChange, KnownModel, PriceChange } from "./changes.ts";
import type { Price } from "./listed.ts";
import { agree, jumpingParts, type PricePart, samePrice } from "./price.ts";

/** A held price that its source says on as many days is no slip. */
const BELIEVED_ON_DAYS = 3;

/** What a price that was read means for a model; both recorded and held where only one part of it is in doubt. */
export interface PriceDecision {
  readonly id: string;
  readonly record: PriceChange | null;
  readonly hold: HeldPriceChange | null;
  /** A price that was held is out of date. */
  readonly release: boolean;
}

export interface PriceContext {
  readonly source: string;
  readonly now: Date;
  /** What other providers charge for the same model: what a first price is held against. */
  readonly peers?: readonly Price[];
  /** What another source says of the same endpoint. */
  readonly second?: Price | null;
}

/**
 * Decides on a price that was read. One that became more than ten times what it was, or less than a tenth, is held;
 * a first one where it is that far from what others charge. Parts that did not jump are recorded meanwhile. A held
 * price is taken once its source has said it on three days, or when a second source says the same.
 */
export function decidePrice(
  model: Pick<KnownModel, "id" | "price" | "heldPrice">,
  price: Price | null,
  { source, now, peers = [], second = null }: PriceContext,
): PriceDecision {
  const { id, heldPrice: held } = model;
  const nothing: PriceDecision = { id, record: null, hold: null, release: false };
  if (price === null) return nothing;
  if (model.price && samePrice(model.price, price)) return { ...nothing, release: held !== null };

  const change: PriceChange = { id, source, ...price };
  const before = model.price ?? usualPrice(peers);
  const jumping = before ? jumpingParts(before, price) : [];
  if (jumping.length === 0 || (second && agree(price, second))) return { ...nothing, record: change };

  const today = now.toISOString().slice(0, 10);
  const repeated = held !== null && held.source === source && jumpingParts(held, price).length === 0;
  const days = repeated ? held.days + (held.day < today ? 1 : 0) : 1;
  if (days >= BELIEVED_ON_DAYS) return { ...nothing, record: change };
  const record = model.price ? withoutJumps(model.price, change, jumping) : null;
  // Recording a price lets go of the one that was held: it is then held anew.
  const isKnown = repeated && days === held.days && samePrice(held, price) && record === null;
  return {
    id,
    record,
    hold: isKnown ? null : { ...change, days, day: today, ...(repeated ? { since: held.at } : {}) },
    release: false,
  };
}

/**
 * The new price with the old one's parts where it jumped; null where nothing else is new, or where input and output
 * both jumped: then the whole price is in doubt.
 */
function withoutJumps(before: Price, change: PriceChange, jumping: readonly PricePart[]): PriceChange | null {
  if (before.hours || change.hours || (jumping.includes("input") && jumping.includes("output"))) return null;
  const kept = { ...change, ...Object.fromEntries(jumping.map((part) => [part, before[part]])) };
  return samePrice(before, kept) ? null : kept;
}

/** The middle of what is charged elsewhere; what is given away says nothing. */
function usualPrice(peers: readonly Price[]): Price | null {
  const charged = peers.filter(({ input, output }) => input > 0 && output > 0);
  if (charged.length === 0) return null;
  const middle = (part: "input" | "output") => {
    const amounts = charged.map((peer) => peer[part]).sort((a, b) => a - b);
    return ((amounts[(amounts.length - 1) >> 1] ?? 0) + (amounts[amounts.length >> 1] ?? 0)) / 2;
  };
  return { input: middle("input"), output: middle("output"), cachedInput: null };
}

export function priceChanges(
  decisions: readonly PriceDecision[],
): Pick<CatalogChange, "prices" | "heldPrices" | "releasedPrices"> {
  return {
    prices: decisions.flatMap(({ record }) => record ?? []),
    heldPrices: decisions.flatMap(({ hold }) => hold ?? []),
    releasedPrices: decisions.flatMap(({ id, release }) => (release ? [{ id }] : [])),
  };
}
