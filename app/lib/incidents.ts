import type { z } from "zod";
import type { incidentSchema, stateSchema } from "./api/schemas.ts";
import { durationWords, formatCount } from "./format.ts";

/** What an endpoint can be; unknown: nothing was learned of it for twice the schedule. */
export const STATES = ["up", "degraded", "down", "unknown"] as const;
export type EndpointState = (typeof STATES)[number];
export const INCIDENT_KINDS = ["outage", "errors", "slowdown"] as const;
export type IncidentKind = (typeof INCIDENT_KINDS)[number];

export type StateNow = z.infer<typeof stateSchema>;
export type Incident = z.infer<typeof incidentSchema>;

/** A request of an incident's time. What is locked is missing. */
export interface IncidentRequest {
  readonly id: string;
  readonly run_id: string;
  readonly created_at: string;
  readonly model: string;
  readonly success: boolean;
  readonly error_kind?: string | null | undefined;
  readonly status_code?: number | null | undefined;
  readonly ttft_ms?: number | null | undefined;
  readonly total_latency_ms?: number | null | undefined;
  readonly tps?: number | null | undefined;
}

/** Something that changed in the provider's catalogue. */
export interface CatalogChange {
  readonly at: string;
  readonly model: string;
  readonly title: string;
  readonly text: string;
}

/** How each state is shown: a sign, a word, and whether it is good news. */
export const STATE_WORDS = {
  up: { sign: "●", text: "Up", tone: "good" },
  degraded: { sign: "▲", text: "Degraded", tone: "warn" },
  down: { sign: "✕", text: "Down", tone: "bad" },
  unknown: { sign: "○", text: "Unknown", tone: "none" },
} as const satisfies Record<EndpointState, object>;

/** What an incident is, in a word. */
export const KIND_WORDS: Readonly<Record<IncidentKind, string>> = {
  outage: "Outage",
  errors: "Elevated errors",
  slowdown: "Slow-down",
};

/** The state of an endpoint that is in an incident of this kind. */
export function stateIn(kind: IncidentKind): EndpointState {
  return kind === "outage" ? "down" : "degraded";
}

export function incidentHref(id: string): string {
  return `/incidents/${id}`;
}

/** `Groq: outage, 2 endpoints`. */
export function incidentTitle({ provider_name, kind, endpoints }: Incident): string {
  return `${provider_name}: ${KIND_WORDS[kind].toLowerCase()}, ${formatCount(endpoints.length, "endpoint", "endpoints")}`;
}

/** `for 12 min so far`. */
export function incidentLength({ opened_at, closed_at }: Incident, asOf: string): string {
  if (closed_at !== null) return `for ${durationWords(opened_at, closed_at)}`;
  return `for ${durationWords(opened_at, asOf)} so far`;
}
