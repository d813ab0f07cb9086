import { identify } from "./identity.ts";
import type { ListedModel, ListPage, Price } from "./listed.ts";
import { isJump, samePrice } from "./price.ts";
import { thinksUnasked } from "./reasoning.ts";

/** A model as the database knows it. */
export interface KnownModel {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
  readonly available: boolean;
  readonly reasoning: boolean;
  /** A person has said whether it reasons; the rules do not. */
  readonly reasoningByHand: boolean;
  readonly contextWindow: number | null;
  readonly lastSeenAt: string | null;
  readonly retiredAt: string | null;
  readonly retiresAt: string | null;
  readonly successor: string | null;
  readonly family: string | null;
  readonly identityByRule: string | null;
  readonly quantization: string | null;
  readonly price: (Price & { readonly source: string }) | null;
  /** A price that jumped, waiting for a person. */
  readonly heldPrice: (Price & { readonly source: string }) | null;
}

export interface Identity {
  readonly identity: string;
  readonly family: string;
  readonly quantization: string | null;
}

/** What a sync writes, all of it or nothing. Models that are known go by their row's id. */
export interface CatalogChange {
  readonly added: readonly (Identity & {
    readonly name: string;
    readonly contextWindow: number | null;
    readonly reasoning: boolean;
    readonly successor: string | null;
    readonly retiresAt: string | null;
    readonly price: Price | null;
  })[];
  readonly retired: readonly { readonly id: string; readonly successor: string | null }[];
  readonly returned: readonly { readonly id: string }[];
  readonly contexts: readonly { readonly id: string; readonly contextWindow: number }[];
  readonly announced: readonly {
    readonly id: string;
    readonly retiresAt: string | null;
    readonly successor: string | null;
  }[];
  readonly prices: readonly PriceChange[];
  readonly heldPrices: readonly PriceChange[];
  /** Models whose held price is out of date. */
  readonly releasedPrices: readonly { readonly id: string }[];
  /** Models that the runs do without from now on, for a reason that a person can read. No list says so. */
  readonly takenOut: readonly { readonly id: string; readonly why: string }[];
  readonly identities: readonly (Identity & { readonly id: string })[];
  readonly reasonings: readonly { readonly id: string; readonly reasoning: boolean }[];
  /** Models that the list has, and that were last seen long enough ago to be worth a write. */
  readonly seen: readonly { readonly id: string }[];
}

export type PriceChange = Price & {
  readonly id: string;
  readonly source: string;
  /** ISO time at which a person read it, where that was not now. */
  readonly at?: string;
};

export const NO_CHANGE: CatalogChange = {
  added: [],
  retired: [],
  returned: [],
  contexts: [],
  announced: [],
  prices: [],
  heldPrices: [],
  releasedPrices: [],
  takenOut: [],
  identities: [],
  reasonings: [],
  seen: [],
};

export function isEmpty(change: CatalogChange): boolean {
  return Object.values(change).every((items: readonly unknown[]) => items.length === 0);
}

/** What a models list means for what is known, or why it is not believed. */
export type Comparison =
  | { readonly believed: true; readonly change: CatalogChange; readonly retirementsPutOff: number }
  | { readonly believed: false; readonly reason: string };

export interface CompareOptions {
  readonly provider: string;
  /** Where the list came from: the source of its prices. */
  readonly source: string;
  readonly now: Date;
  /** A person has looked: the list is as short as it seems. */
  readonly acceptShrink: boolean;
}

/** Writing when a model was last seen more often than this tells nobody anything. */
const SEEN_EVERY_MS = 12 * 3_600_000;
/** Missing from two weekly lists in a row, with a day's room for their times. */
const MISSED_TWICE_MS = 8 * 24 * 3_600_000;
/** With fewer models than this, all of them may well be replaced at once. */
const FEW = 4;

/**
 * Compares a provider's whole models list with what is known of the provider. Pure.
 *
 * @param known every model of this provider, retired ones included.
 */
export function compareList(
  known: readonly KnownModel[],
  list: ListPage,
  { provider, source, now, acceptShrink }: CompareOptions,
): Comparison {
  const listed = new Map(list.models.map((model) => [model.name, model]));
  const chat = list.models.filter(({ kind }) => kind === "chat");
  if (chat.length === 0) {
    return { believed: false, reason: `of ${list.models.length} listed models none can be chatted with` };
  }
  const offered = known.filter(({ available, lastSeenAt }) => available && lastSeenAt !== null);
  // What no list ever had was added by hand (a private deployment): no list can retire it.
  const gone = offered.filter(({ name }) => !listed.has(name));
  const left = offered.filter(({ name }) => listed.has(name)).length;
  const shrank = chat.length * 2 < offered.length || (offered.length >= FEW && left * 2 < offered.length);
  if (shrank && !acceptShrink) {
    return {
      believed: false,
      reason: `of ${offered.length} models known so far it lists ${left} (${chat.length} in all); a list that lost more than half is not believed`,
    };
  }

  const names = new Set(known.map(({ name }) => name));
  // An item that could not be read may be the one that seems to be missing; it may also stay unreadable for ever.
  const retired =
    list.broken === 0 ? gone : gone.filter(({ lastSeenAt }) => isOlder(lastSeenAt, MISSED_TWICE_MS, now));
  const present = known.flatMap((model) => {
    const item = listed.get(model.name);
    return item ? [{ model, item }] : [];
  });
  const decisions = present.map(({ model, item }) => decidePrice(model, item.price, source));
  return {
    believed: true,
    retirementsPutOff: gone.length - retired.length,
    change: {
      added: chat.filter(({ name }) => !names.has(name)).map((item) => addition(provider, item)),
      retired: retired.map(({ id, successor }) => ({ id, successor })),
      returned: present
        .filter(({ model, item }) => item.kind === "chat" && (!model.available || model.retiredAt !== null))
        .map(({ model }) => ({ id: model.id })),
      contexts: present.flatMap(({ model, item }) =>
        item.contextWindow !== null && item.contextWindow !== model.contextWindow
          ? [{ id: model.id, contextWindow: item.contextWindow }]
          : [],
      ),
      announced: present.flatMap(({ model, item }) => announcement(model, item)),
      ...priceChanges(decisions),
      takenOut: [],
      ...ruleChanges(provider, known),
      seen: present
        .filter(({ model }) => isOlder(model.lastSeenAt, SEEN_EVERY_MS, now))
        .map(({ model }) => ({ id: model.id })),
    },
  };
}

function addition(provider: string, item: ListedModel): CatalogChange["added"][number] {
  const { name, contextWindow, successor, retiresAt = null, price } = item;
  return {
    name,
    contextWindow,
    successor,
    retiresAt,
    price,
    reasoning: thinksUnasked(provider, name),
    ...identityOf(provider, name),
  };
}

function announcement(model: KnownModel, item: ListedModel): CatalogChange["announced"] {
  const retiresAt = item.retiresAt === undefined ? model.retiresAt : item.retiresAt;
  // What was to follow it goes with the announcement.
  const withdrawn = retiresAt === null && model.retiresAt !== null;
  const successor = item.successor ?? (withdrawn ? null : model.successor);
  if (sameTime(retiresAt, model.retiresAt) && successor === model.successor) return [];
  return [{ id: model.id, retiresAt, successor }];
}

function sameTime(a: string | null, b: string | null): boolean {
  return a === null || b === null ? a === b : Date.parse(a) === Date.parse(b);
}

export interface PriceDecision {
  readonly id: string;
  readonly do: "nothing" | "record" | "hold" | "release";
  readonly price: PriceChange | null;
}

/** What a price that was read means for a model: new, the same, or one that a person should look at first. */
export function decidePrice(
  model: Pick<KnownModel, "id" | "price" | "heldPrice">,
  price: Price | null,
  source: string,
): PriceDecision {
  const { id } = model;
  const nothing: PriceDecision = { id, do: "nothing", price: null };
  if (price === null) return nothing;
  const change = { id, source, ...price };
  if (model.price === null) return { id, do: "record", price: change };
  if (samePrice(model.price, price)) return model.heldPrice ? { id, do: "release", price: null } : nothing;
  if (!isJump(model.price, price)) return { id, do: "record", price: change };
  if (model.heldPrice && samePrice(model.heldPrice, price)) return nothing;
  return { id, do: "hold", price: change };
}

export function priceChanges(
  decisions: readonly PriceDecision[],
): Pick<CatalogChange, "prices" | "heldPrices" | "releasedPrices"> {
  const to = (what: PriceDecision["do"]) =>
    decisions.flatMap((decision) => (decision.do === what && decision.price ? [decision.price] : []));
  return {
    prices: to("record"),
    heldPrices: to("hold"),
    releasedPrices: decisions.flatMap((decision) => (decision.do === "release" ? [{ id: decision.id }] : [])),
  };
}

/** What the rules read from names otherwise than it is stored; what a person has said stands. */
export function ruleChanges(
  provider: string,
  known: readonly KnownModel[],
): Pick<CatalogChange, "identities" | "reasonings"> {
  return {
    identities: identityChanges(provider, known),
    reasonings: known.flatMap(({ id, name, reasoning, reasoningByHand }) => {
      const read = thinksUnasked(provider, name);
      return reasoningByHand || reasoning === read ? [] : [{ id, reasoning: read }];
    }),
  };
}

function identityChanges(
  provider: string,
  known: readonly KnownModel[],
): readonly (Identity & { readonly id: string })[] {
  return known.flatMap((model) => {
    const read = identityOf(provider, model.name);
    const same =
      read.identity === model.identityByRule &&
      read.family === model.family &&
      read.quantization === model.quantization;
    return same ? [] : [{ id: model.id, ...read }];
  });
}

function identityOf(provider: string, name: string): Identity {
  const { canonical, family, quantization } = identify(provider, name);
  return { identity: canonical, family, quantization };
}

function isOlder(lastSeenAt: string | null, ageMs: number, now: Date): boolean {
  return lastSeenAt === null || now.getTime() - Date.parse(lastSeenAt) >= ageMs;
}
