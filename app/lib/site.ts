/** What a site calls itself, and where it is reached. */
export interface Site {
  readonly name: string;
  /** Without a slash at its end: SITE_URL, or else where this request came to. */
  readonly origin: string;
}

export const DEFAULT_NAME = "Benchmark Engine";

/** The pages that the header leads to, in its order, and that search engines are told of. */
export const PAGES = [
  { path: "/", name: "Overview" },
  { path: "/models", name: "Models" },
  { path: "/compare", name: "Compare" },
  { path: "/runs", name: "Runs" },
  { path: "/prices", name: "Prices" },
  { path: "/status", name: "Status" },
  { path: "/methodology", name: "Methodology" },
  { path: "/api", name: "API" },
] as const;
