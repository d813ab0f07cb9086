import type { z } from "zod";
import type { incidentSchema, stateSchema } from "./api/schemas.ts";
import { formatCount, roughly } from "./format.ts";

/** What an endpoint can be; unknown: no request said anything about it for twice the schedule. */
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

/** `Groq llama-3.1-8b-instant: outage`, `Groq: outage, 2 endpoints`. */
export function incidentTitle({ provider_name, kind, endpoints }: Incident): string {
  const what = KIND_WORDS[kind].toLowerCase();
  const [first] = endpoints;
  if (first !== undefined && endpoints.length === 1) return `${provider_name} ${first.model}: ${what}`;
  return `${provider_name}: ${what}, ${formatCount(endpoints.length, "endpoint", "endpoints")}`;
}

type Span = Pick<Incident, "opened_at" | "closed_at" | "ongoing" | "measured_at">;

/** `for about 10 min`, `for about 3 h so far`, or how long at least where nobody measured its end. */
export function incidentLength({ opened_at, closed_at, ongoing, measured_at }: Span, asOf: string): string {
  if (closed_at !== null) return `for ${roughly(opened_at, closed_at)}`;
  if (ongoing) return `for ${roughly(opened_at, asOf)} so far`;
  return `for at least ${roughly(opened_at, measured_at ?? opened_at).replace("about ", "")}; not measured since, so its end is unknown`;
}

/** The same of one endpoint in it. */
export function endpointLength(
  incident: Incident,
  { since, until }: Incident["endpoints"][number],
  asOf: string,
): string {
  return incidentLength({ ...incident, opened_at: since, closed_at: until }, asOf);
}
