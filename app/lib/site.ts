/** What a site calls itself, and where it is reached. */
export interface Site {
  readonly name: string;
  /** Without a slash at its end: SITE_URL, or else where this request came to. */
  readonly origin: string;
}

export const DEFAULT_NAME = "Benchmark Engine";
