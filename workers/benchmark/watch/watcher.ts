import { newEndpoint, observe } from "./endpoint.ts";
import { FLAP_MS, reconcile } from "./incidents.ts";
import type { EndpointWatch, Incident, IncidentChange, Observation } from "./types.ts";

/** What the watch remembers, wherever that is kept. */
export interface WatchMemory {
  endpoint(provider: string, model: string, simulated: boolean): EndpointWatch | null;
  /** Open incidents, and those that closed after a time (ms since the epoch). */
  incidents(closedAfter: number): readonly Incident[];
  /** When each provider last answered anything at all, ms since the epoch. */
  readonly heard: ReadonlyMap<string, number>;
  /** How many providers have been asked lately, answers or not. */
  readonly asked: number;
}

/** What one request changed. */
export interface Verdict {
  readonly before: EndpointWatch | null;
  readonly after: EndpointWatch;
  readonly incidents: readonly IncidentChange[];
}

/**
 * Decides what a finished request means: pure, so that the same requests in the same order always come to the same
 * states and incidents, with the same ids.
 */
export function judge(memory: WatchMemory, request: Observation): Verdict {
  const before = memory.endpoint(request.provider, request.model, request.simulated);
  const start = before ?? newEndpoint(request);
  const after = observe(start, request, (since) => lineWorks(memory, request.provider, since));
  return { before, after, incidents: reconcile(memory.incidents(request.at - FLAP_MS), after, request) };
}

/** With one provider alone nothing tells its silence from our line's; with several, another one's answer does. */
function lineWorks({ heard, asked }: WatchMemory, provider: string, since: number): boolean {
  if (asked < 2) return true;
  return [...heard].some(([other, at]) => other !== provider && at >= since);
}
