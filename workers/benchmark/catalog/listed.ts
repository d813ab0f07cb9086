/** What a listed model is for. Only "chat" can be asked for a completion in the probe's way. */
export type ModelKind =
  | "chat"
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
export interface Price {
  readonly input: number;
  readonly output: number;
  /** Of input that the provider had cached; null where it has no price of its own. */
  readonly cachedInput: number | null;
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
}

/** One answer of a models list, read. */
export interface ListPage {
  /** Every readable item that is offered, in order; a name once. */
  readonly models: readonly ListedModel[];
  /** Items without a usable id: nobody knows what they were. */
  readonly broken: number;
  /** Items that repeated a name. */
  readonly duplicates: number;
  /** Where the next page begins; null on the last. */
  readonly next: string | null;
}

/** A models list that cannot be used; the message is one line for a person. Nothing may change because of it. */
export class ListError extends Error {
  override readonly name = "ListError";
}
