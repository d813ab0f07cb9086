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
}
