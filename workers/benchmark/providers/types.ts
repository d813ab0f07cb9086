/** A price in a provider's file: USD per million tokens, as read on `date` from `source`. */
export interface DatedPrice {
  readonly model: string;
  readonly input: number;
  readonly output: number;
  readonly cachedInput?: number;
  /** ISO date on which a person read it. */
  readonly date: string;
  /** Address of the page it was read from. */
  readonly source: string;
}

/** What a provider's request parameters depend on. */
export interface Ask {
  readonly model: string;
  /** Thinks before it answers. */
  readonly reasoning: boolean;
  readonly maxOutputTokens: number;
  /** The only upstream that may serve it, where the provider can be told so. */
  readonly upstream?: string | null;
}

/** Everything in a request's body but model, messages and stream. */
export type RequestParameters = Readonly<Record<string, string | number | boolean | object>>;

/** In which form a provider lists its models; workers/benchmark/catalog reads each. */
export type ModelsDialect =
  | "openai"
  | "groq"
  | "together"
  | "openrouter"
  | "anthropic"
  | "gemini"
  | "mistral"
  | "fireworks"
  | "deepinfra"
  | "xai";

/** Where a provider lists what it offers. */
export interface ModelsList {
  /** Under the base URL. */
  readonly path: string;
  readonly dialect: ModelsDialect;
  /** The parameter that takes the last id of a page, where there are pages. */
  readonly pageAfter: string;
  /** Answers without a key too. */
  readonly isPublic: boolean;
  /** Holds prices, which are nearer to the truth than any feed. */
  readonly hasPrices: boolean;
}

/** Which models something holds for: a regular expression's source. */
export type ModelPattern = string;
/** What holds for whatever is asked for. */
export const EVERY_MODEL: ModelPattern = ".";

/** How a request shows its key: `authorization: Bearer`, or a header of that name. */
export type KeyHeader = "bearer" | "api-key" | "x-api-key";

/**
 * What sets a provider's requests apart, as data: in a file for those that everybody knows, in a row of `providers` for
 * those that were added. Whatever is left out is as OpenAI's chat completions have it.
 */
export interface Dialect {
  readonly auth?: KeyHeader;
  /** More headers than the key's; never a secret. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly chatPath?: string;
  readonly warmupPath?: string;
  /** Where its models list differs from the standard's; null where there is none. */
  readonly modelsList?: Partial<ModelsList> | null;
  /** Its key in the public price feed; null where the feed does not have it. The slug where it is left out of a file. */
  readonly feedKey?: string | null;
  readonly requestFeeUsd?: number;
  readonly minimumGapMs?: number;
  /** The name of the limit on output tokens; null where it takes none. `max_tokens` where it is left out. */
  readonly maxTokensAs?: "max_tokens" | "max_completion_tokens" | null;
  /** Models that refuse a temperature; every reasoning model too, where `reasoning` says so. */
  readonly noTemperature?: { readonly models: ModelPattern; readonly reasoning?: boolean };
  /** Usage in a stream must be asked for, and asking is accepted. */
  readonly includeUsage?: boolean;
  /** Parameters that keep the thinking of a reasoning model short, for models that take them. */
  readonly lowEffort?: { readonly models: ModelPattern; readonly parameters: RequestParameters };
  /** Of a proxy that can be told which upstream alone may serve a request: in whose words. */
  readonly pin?: "openrouter";
}

/** A provider as it is described: in a file of this folder, or in a row of `providers`. */
export interface ProviderDescription {
  readonly slug: string;
  readonly name: string;
  /** direct where it is left out. */
  readonly kind?: Provider["kind"];
  readonly baseUrl: string;
  /** Null: it wants no key. Made of the slug where it is left out. */
  readonly keyVariable?: string | null;
  readonly prices?: readonly DatedPrice[];
  readonly dialect?: Dialect;
}

/** A provider, described in full. The probe itself knows none by name. */
export interface Provider {
  /** The id in commands, URLs and rows ("openai"). */
  readonly slug: string;
  /** The name for people ("OpenAI"). */
  readonly name: string;
  /** direct: the company that runs the model answers; proxy: a reseller passes the request on. */
  readonly kind: "direct" | "proxy";
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** The setting that holds its key; null where it wants none. */
  readonly keyVariable: string | null;
  /** What this was made of. */
  readonly description: ProviderDescription;
  /** Added by the operator: its address is theirs, and the simulator never plays it. */
  readonly isStored: boolean;
  /** Path of the logo under public/; null where there is none. */
  readonly logoUrl: string | null;
  readonly prices: readonly DatedPrice[];
  /** Under the base URL: where completions are asked for. */
  readonly chatPath: string;
  /** Under the base URL: a small answer, fetched before each measurement to open the connection. */
  readonly warmupPath: string;
  /** Null where no list can be asked for: its models are added by hand. */
  readonly modelsList: ModelsList | null;
  /** Its key in the public price feed (https://models.dev); null where it is not in there. */
  readonly feedKey: string | null;
  /** The most that a request costs besides its tokens, USD; 0 where only tokens are charged. */
  readonly requestFeeUsd: number;
  /** Whether a request can name the one upstream that may serve it. */
  readonly pinsUpstreams: boolean;
  /** Least time between two requests in ms; 0 where the provider asks for none. */
  readonly minimumGapMs: number;
  /** What authenticates a request; an empty key is not sent. */
  readonly headers: (apiKey: string) => Record<string, string>;
  readonly parameters: (ask: Ask) => RequestParameters;
}
