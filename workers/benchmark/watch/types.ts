import type { Baseline } from "./baseline.ts";
import type { Evidence } from "./sequential.ts";

/** What is watched for a slow-down. */
export const METRICS = ["ttft", "total", "tps"] as const;
export type Metric = (typeof METRICS)[number];

/** How a request ended, as far as the watch is concerned; what is nobody's or ours says nothing of an endpoint. */
export type Outcome = "success" | "provider_failure" | "other";

/** One finished request. */
export interface Observation {
  /** The result's id. */
  readonly id: string;
  /** ms since the epoch. */
  readonly at: number;
  readonly provider: string;
  readonly model: string;
  readonly simulated: boolean;
  readonly outcome: Outcome;
  /** Why it failed, in words: `server_error (HTTP 503)`; null for a success. */
  readonly failure: string | null;
  /** An HTTP response came, whatever it said: our line works. */
  readonly responded: boolean;
  /** Asked to be sure of a failure: it says whether the endpoint answers, and enters no figure. */
  readonly confirmation: boolean;
  readonly values: Readonly<Record<Metric, number | null>>;
}

export type EndpointState = "up" | "degraded" | "down";
export type IncidentKind = "outage" | "errors" | "slowdown";

/** Something that is wrong with an endpoint. */
export interface Trouble {
  readonly kind: IncidentKind;
  /** ms since the epoch: when it began, which is before it was noticed. */
  readonly since: number;
  /** One sentence with its figures. */
  readonly reason: string;
  /** Ids of the results that showed it, oldest first. */
  readonly evidence: readonly string[];
}

/**
 * A success: ms since the epoch, and its values in the order of METRICS. Short, since a week of every endpoint is kept.
 */
export type Past = readonly [at: number, ttft: number | null, total: number | null, tps: number | null];

export interface Slow {
  readonly metric: Metric;
  /** How much slower, logarithmic. */
  readonly shift: number;
  readonly baseline: Baseline;
  /** That it is over. */
  readonly recovery: Evidence;
}

/** All that is remembered of one endpoint. */
export interface EndpointWatch {
  readonly provider: string;
  readonly model: string;
  readonly simulated: boolean;
  /** Successes of the last 7 days, oldest first, and the ids of the newest of them. */
  readonly past: readonly Past[];
  readonly ids: readonly string[];
  /** Learned from `past`, anew every so many successes; null before there are enough. */
  readonly baselines: Readonly<Record<Metric, Baseline | null>> | null;
  readonly learnedFrom: number;
  /** Provider failures in a row, oldest first, confirmations included. */
  readonly failures: readonly {
    readonly id: string;
    readonly at: number;
    readonly failure: string;
    readonly responded: boolean;
  }[];
  /** The newest scheduled requests, oldest first: null for a success, else why and which. */
  readonly recent: readonly ({ readonly id: string; readonly at: number; readonly failure: string } | null)[];
  readonly slow: Slow | null;
  /** The newest success of a slow-down that is over, ms since the epoch; absent: there was none. */
  readonly slowUntil?: number;
  readonly troubles: readonly Trouble[];
  readonly state: EndpointState;
  /** ms since the epoch: since when it has been in this state. */
  readonly since: number;
  readonly reason: string;
  /** Its newest success or provider failure, ms since the epoch. */
  readonly measuredAt: number;
}

/** Something wrong at one provider, with one or more of its endpoints. */
export interface Incident {
  /** The id of the result with which it was noticed. */
  readonly id: string;
  readonly kind: IncidentKind;
  readonly provider: string;
  readonly simulated: boolean;
  /** ms since the epoch. */
  readonly openedAt: number;
  readonly closedAt: number | null;
  readonly endpoints: readonly IncidentEndpoint[];
  /** How often anything was told of it; part of each telling's id. */
  readonly revision: number;
}

export interface IncidentEndpoint {
  readonly model: string;
  readonly since: number;
  readonly until: number | null;
  readonly reason: string;
  readonly evidence: readonly string[];
}

export interface IncidentChange {
  /**
   * better: some endpoint is well again and others are not; that is stored, and told to nobody. lapsed: closed, since
   * nobody measures its endpoints any more.
   */
  readonly change: "opened" | "worse" | "better" | "closed" | "lapsed";
  readonly incident: Incident;
}
