import { ACCEPT_NOTHING, type Accept, type HeldList, judgeList } from "./guard.ts";
import { identify } from "./identity.ts";
import type { ListedModel, ListPage, Price } from "./listed.ts";
import type { PeerPrices } from "./peers.ts";
import { decidePrice, priceChanges } from "./price-decision.ts";
import { reasonsByDefault } from "./reasoning.ts";

/** A model as the database knows it. */
export interface KnownModel {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
  readonly available: boolean;
  readonly reasoning: boolean;
  /** A person has said whether it reasons; the rules do not. */
  readonly reasoningByHand: boolean;
  /** What its provider's list says of that; null where it says nothing. */
  readonly reasoningStated: boolean | null;
  /** Another id of the same model, by its provider's list. */
  readonly aliasOf: string | null;
  readonly contextWindow: number | null;
  readonly lastSeenAt: string | null;
  readonly retiredAt: string | null;
  readonly retiresAt: string | null;
  readonly successor: string | null;
  readonly family: string | null;
  readonly identityByRule: string | null;
  readonly quantization: string | null;
  readonly price: (Price & { readonly source: string }) | null;
  /** A price that jumped, and is not believed yet. */
  readonly heldPrice: HeldPrice | null;
}

export interface HeldPrice extends Price {
  readonly source: string;
  /** ISO time at which it was first read. */
  readonly at: string;
  /** On how many days its source has said it, and the last of them: "2026-11-28". */
  readonly days: number;
  readonly day: string;
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
    readonly reasoningStated: boolean | null;
    readonly aliasOf: string | null;
    readonly successor: string | null;
    readonly retiresAt: string | null;
    readonly price: Price | null;
    readonly heldPrice: HeldPrice | null;
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
  readonly heldPrices: readonly HeldPriceChange[];
  /** Models whose held price is out of date. */
  readonly releasedPrices: readonly { readonly id: string }[];
  /** Models that the runs do without from now on, for a reason that a person can read. No list says so. */
  readonly takenOut: readonly { readonly id: string; readonly why: string }[];
  /** What the list says of a model that its name does not. */
  readonly stated: readonly (Stated & { readonly id: string })[];
  /** One, where what is remembered of the provider's list changes; null: nothing any more. */
  readonly heldLists: readonly (HeldList | null)[];
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

export type HeldPriceChange = PriceChange & Pick<HeldPrice, "days" | "day"> & { readonly since?: string };

export type Stated = Pick<KnownModel, "reasoningStated" | "aliasOf">;

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
  stated: [],
  heldLists: [],
  identities: [],
  reasonings: [],
  seen: [],
};

export function isEmpty(change: CatalogChange): boolean {
  return Object.values(change).every((items: readonly unknown[]) => items.length === 0);
}

/** What a models list means for what is known, or why it cannot be used. */
export type Comparison =
  | {
      readonly believed: true;
      readonly change: CatalogChange;
      /** Models that are missing, and may be among the items that could not be read. */
      readonly retirementsPutOff: number;
      /** What of the list is not believed yet. */
      readonly held: HeldList | null;
    }
  | { readonly believed: false; readonly reason: string };

export interface CompareOptions {
  readonly provider: string;
  /** Where the list came from: the source of its prices. */
  readonly source: string;
  readonly now: Date;
  /** What is remembered of the lists before. */
  readonly held?: HeldList | null;
  readonly accept?: Accept;
  /** What other providers charge for the same models. */
  readonly peers?: PeerPrices;
}

/** Writing when a model was last seen more often than this tells nobody anything. */
const SEEN_EVERY_MS = 12 * 3_600_000;
/** Missing from two weekly lists in a row, with a day's room for their times. */
const MISSED_TWICE_MS = 8 * 24 * 3_600_000;

/**
 * Compares a provider's whole models list with what is known of the provider. Pure.
 *
 * @param known every model of this provider, retired ones included.
 */
export function compareList(
  known: readonly KnownModel[],
  list: ListPage,
  { provider, source, now, held = null, accept = ACCEPT_NOTHING, peers }: CompareOptions,
): Comparison {
  const listed = byEveryName(list.models);
  const chat = list.models.filter(({ kind }) => kind === "chat");
  const offered = known.filter(({ available, lastSeenAt }) => available && lastSeenAt !== null);
  if (chat.length === 0 && offered.length === 0) {
    return { believed: false, reason: `of ${list.models.length} listed models none can be chatted with` };
  }
  // What no list ever had was added by hand (a private deployment): no list can retire it.
  const gone = offered.filter(({ name }) => !listed.has(name));
  const names = new Set(known.map(({ name }) => name));
  const unknown = chat.filter(({ name }) => !names.has(name));
  const judgement = judgeList(
    {
      offered: offered.length,
      left: offered.length - gone.length,
      chat: chat.length,
      added: unknown.length,
    },
    held,
    accept,
    now,
  );
  // An item that could not be read may be the one that seems to be missing; it may also stay unreadable for ever.
  const missing =
    list.broken === 0 ? gone : gone.filter(({ lastSeenAt }) => isOlder(lastSeenAt, MISSED_TWICE_MS, now));
  const present = known.flatMap((model) => {
    const item = listed.get(model.name);
    return item ? [{ model, item, stated: statedOf(model.name, item) }] : [];
  });
  const statedNow = new Map(present.map(({ model, stated }) => [model.id, stated]));
  const peersOf = (name: string, aliasOf: string | null) =>
    peers?.of({ name, identity: identityOf(provider, name, aliasOf).identity }) ?? [];
  const decisions = present.map(({ model, item }) =>
    decidePrice(model, item.price, { source, now, peers: peersOf(model.name, item.aliasOf) }),
  );
  return {
    believed: true,
    retirementsPutOff: gone.length - missing.length,
    held: judgement.held,
    change: {
      added: judgement.add
        ? unknown.map((item) => addition(provider, item, source, now, peersOf(item.name, item.aliasOf)))
        : [],
      retired: judgement.retire ? missing.map(({ id, successor }) => ({ id, successor })) : [],
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
      stated: present.flatMap(({ model, stated }) =>
        model.reasoningStated === stated.reasoningStated && model.aliasOf === stated.aliasOf
          ? []
          : [{ id: model.id, ...stated }],
      ),
      heldLists: judgement.held === null && held === null ? [] : [judgement.held],
      ...ruleChanges(
        provider,
        known.map((model) => ({ ...model, ...statedNow.get(model.id) })),
      ),
      seen: present
        .filter(({ model }) => isOlder(model.lastSeenAt, SEEN_EVERY_MS, now))
        .map(({ model }) => ({ id: model.id })),
    },
  };
}

/** Items by their names, and by their other names where no item has those itself. */
function byEveryName(models: readonly ListedModel[]): ReadonlyMap<string, ListedModel> {
  const listed = new Map<string, ListedModel>();
  for (const model of models) for (const alias of model.aliases) listed.set(alias, model);
  for (const model of models) listed.set(model.name, model);
  return listed;
}

function statedOf(name: string, item: ListedModel): Stated {
  const aliasOf = item.name === name ? item.aliasOf : (item.aliasOf ?? item.name);
  return { reasoningStated: item.reasoning ?? null, aliasOf };
}

function addition(
  provider: string,
  item: ListedModel,
  source: string,
  now: Date,
  peers: readonly Price[],
): CatalogChange["added"][number] {
  const { name, contextWindow, successor, retiresAt = null, price, aliasOf } = item;
  const { hold } = decidePrice({ id: name, price: null, heldPrice: null }, price, { source, now, peers });
  return {
    name,
    contextWindow,
    successor,
    retiresAt,
    price: hold ? null : price,
    heldPrice:
      hold && price ? { ...price, source, at: now.toISOString(), days: hold.days, day: hold.day } : null,
    aliasOf,
    reasoningStated: item.reasoning ?? null,
    reasoning: item.reasoning ?? reasonsByDefault(provider, aliasOf ?? name),
    ...identityOf(provider, name, aliasOf),
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

/** What lists say, and the rules read from names, otherwise than it is stored; what a person has said stands. */
export function ruleChanges(
  provider: string,
  known: readonly KnownModel[],
): Pick<CatalogChange, "identities" | "reasonings"> {
  return {
    identities: identityChanges(provider, known),
    reasonings: known.flatMap(({ id, name, aliasOf, reasoning, reasoningByHand, reasoningStated }) => {
      const read = reasoningStated ?? reasonsByDefault(provider, aliasOf ?? name);
      return reasoningByHand || reasoning === read ? [] : [{ id, reasoning: read }];
    }),
  };
}

function identityChanges(
  provider: string,
  known: readonly KnownModel[],
): readonly (Identity & { readonly id: string })[] {
  return known.flatMap((model) => {
    const read = identityOf(provider, model.name, model.aliasOf);
    const same =
      read.identity === model.identityByRule &&
      read.family === model.family &&
      read.quantization === model.quantization;
    return same ? [] : [{ id: model.id, ...read }];
  });
}

/** @param aliasOf what its provider's list says is the same model. */
function identityOf(provider: string, name: string, aliasOf: string | null): Identity {
  const { canonical, family } = identify(provider, aliasOf ?? name);
  return { identity: canonical, family, quantization: identify(provider, name).quantization };
}

function isOlder(lastSeenAt: string | null, ageMs: number, now: Date): boolean {
  return lastSeenAt === null || now.getTime() - Date.parse(lastSeenAt) >= ageMs;
}
