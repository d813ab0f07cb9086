/** What a listed model is for. Only "chat" can be asked for a completion in the probe's way. */
export type ModelKind =
  | "chat"
  | "batch"
  | "embedding"
  | "image"
  | "video"
  | "audio"
  | "moderation"
  | "rerank"
  | "router"
  | "completion"
  | "other";

/** USD per million tokens, float noise rounded away. 0 is free. */
export interface TokenPrice {
  readonly input: number;
  readonly output: number;
  /** Of input that the provider had cached; null where it has no price of its own. */
  readonly cachedInput: number | null;
}

/** What is charged between two times of day, "HH:MM" UTC; the second is no part of it and may be on the next day. */
export interface PricedHours extends TokenPrice {
  readonly from: string;
  readonly to: string;
}

export interface Price extends TokenPrice {
  /** Hours at which another price holds, in order; missing where there are none. */
  readonly hours?: readonly PricedHours[];
}

/** A model as a provider's models list has it. */
export interface ListedModel {
  /** The id that requests name. */
  readonly name: string;
  readonly kind: ModelKind;
  readonly contextWindow: number | null;
  /** Null where the list has none, or one that cannot be. */
  readonly price: Price | null;
  /** What the provider names in its place. */
  readonly successor: string | null;
  /** ISO time from which the provider will no longer serve it; null: no such time; undefined: the list tells of none. */
  readonly retiresAt: string | null | undefined;
  /** Something is said of an end that cannot be read: what is known of one stands. */
  readonly endUnreadable?: true;
  /** Whether it thinks without being told to; undefined: the list does not say. */
  readonly reasoning: boolean | undefined;
  /** An id that means the same model and says more of it. */
  readonly aliasOf: string | null;
  /** Other ids of the same model; they can be asked for, though they need not be listed themselves. */
  readonly aliases: readonly string[];
}

/** How a list says that it goes on. */
export type NextPage =
  | { readonly after: string }
  | { readonly token: string; readonly as: "pageToken" | "page_token" }
  | { readonly url: string }
  /** It goes on, and nobody can tell how. */
  | { readonly unknown: string };

/** One answer of a models list, read. */
export interface ListPage {
  /** Every readable item that is offered, in order; a name once. */
  readonly models: readonly ListedModel[];
  /** Items, readable or not. */
  readonly items: number;
  /** Items without a usable id: nobody knows what they were. */
  readonly broken: number;
  /** Items that repeated a name. */
  readonly duplicates: number;
  /** Null on the last. */
  readonly next: NextPage | null;
  /** How many items the whole list has, where it says so. */
  readonly total: number | null;
}

/** A models list that cannot be used; the message is one line for a person. Nothing may change because of it. */
export class ListError extends Error {
  override readonly name = "ListError";
}
