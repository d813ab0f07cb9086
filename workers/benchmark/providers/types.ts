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

/**
 * A provider, as data. Everything that differs between providers stands here or in the small functions a
 * provider file hands over; the probe itself knows no provider by name.
 */
export interface Provider {
  /** The id in commands, URLs and rows ("openai"). */
  readonly slug: string;
  /** The name for people ("OpenAI"). */
  readonly name: string;
  /** direct: the company that runs the model answers; proxy: a reseller passes the request on. */
  readonly kind: "direct" | "proxy";
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** Path of the logo under public/. */
  readonly logoUrl: string;
  readonly prices: readonly DatedPrice[];
  /** Under the base URL: where completions are asked for. */
  readonly chatPath: string;
  /** Under the base URL: a small answer, fetched before each measurement to open the connection. */
  readonly warmupPath: string;
  /** Null where no list can be asked for: its models are added by hand. */
  readonly modelsList: ModelsList | null;
  /** Its key in the public price feed (https://models.dev). */
  readonly feedKey: string;
  /** The most that a request costs besides its tokens, USD; 0 where only tokens are charged. */
  readonly requestFeeUsd: number;
  /** Whether a request can name the one upstream that may serve it. */
  readonly pinsUpstreams: boolean;
  /** Least time between two requests in ms; 0 where the provider asks for none. */
  readonly minimumGapMs: number;
  /** What authenticates a request. */
  readonly headers: (apiKey: string) => Record<string, string>;
  readonly parameters: (ask: Ask) => RequestParameters;
}
