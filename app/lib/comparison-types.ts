import type { Differences } from "./comparison-result.ts";
import type { EndpointKind } from "./types.ts";

/** One of the two, over the window. Times in ms, shares 0 to 1, money in USD; a block is null where it is locked. */
export interface ComparedEndpoint {
  readonly provider: string;
  readonly provider_name: string;
  readonly kind: EndpointKind | null;
  readonly model: string;
  readonly retired_at: string | null;
  readonly successor: string | null;
  readonly simulated: boolean;
  readonly attempts: number;
  /** Null where nothing was attempted, and where uptime is locked. */
  readonly success_rate: number | null;
  readonly identity: string | null;
  /** To the first token, or to the first answer where one of the two thinks. */
  readonly first: Spread | null;
  readonly latency: Spread | null;
  readonly tps: { readonly n: number; readonly p50: number | null } | null;
  readonly cost: { readonly n: number; readonly per_request: number | null } | null;
}

interface Spread {
  readonly n: number;
  readonly p50: number | null;
  readonly p95: number | null;
}

/** Two endpoints side by side. */
export interface Comparison {
  /** Up to when the figures reach, and when they were read. */
  readonly as_of: string;
  readonly read_at: string;
  readonly location: string | null;
  /** What `location` is where the address names none. */
  readonly usual_location: string | null;
  /** Where the two were measured from. */
  readonly locations: readonly { readonly location: string; readonly results: number }[];
  readonly newest_result_at: string | null;
  /** Newest result of all older than twice the schedule. */
  readonly stale: boolean;
  /** One of the two thinks, so times are those to the first answer. */
  readonly thinks: boolean;
  readonly a: ComparedEndpoint;
  readonly b: ComparedEndpoint;
  /** Null where one is real and the other simulated: they are never compared. */
  readonly differences: Differences | null;
}

export type ComparisonAnswer =
  | { readonly found: true; readonly comparison: Comparison }
  /** Nobody knows the endpoints of these keys. */
  | { readonly found: false; readonly unknown: readonly string[] };
