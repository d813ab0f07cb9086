import { judgeSpeed, MOST_PAST, NO_MEMORY } from "./slowdown.ts";
import type { EndpointState, EndpointWatch, Observation, Past, Trouble } from "./types.ts";
import { downReason, errorsReason, upReason } from "./words.ts";

/** Provider failures in a row that mean down. */
export const DOWN_AFTER = 2;
/** Failing now and then: so many of the newest requests; over again when only one of them is left. */
const RECENT = 20;
const ERRORS_FROM = 4;
const ERRORS_UNTIL = 1;

export function newEndpoint({ provider, model, simulated, at }: Observation): EndpointWatch {
  return {
    ...NO_MEMORY,
    provider,
    model,
    simulated,
    failures: [],
    recent: [],
    troubles: [],
    state: "up",
    since: at,
    reason: upReason(1, 1),
    measuredAt: at,
  };
}

/** An endpoint of which only its successes are known, oldest first. */
export function beginWith(
  { provider, model, simulated }: Pick<EndpointWatch, "provider" | "model" | "simulated">,
  past: readonly Past[],
): EndpointWatch {
  const at = past.at(-1)?.[0] ?? 0;
  return {
    ...NO_MEMORY,
    past: past.slice(-MOST_PAST),
    provider,
    model,
    simulated,
    failures: [],
    recent: [],
    troubles: [],
    state: "up",
    since: past[0]?.[0] ?? at,
    reason: upReason(1, 1),
    measuredAt: at,
  };
}

/**
 * Takes one finished request of an endpoint.
 *
 * @param lineWorks whether anybody else has answered since the endpoint's failures began. Where nobody has, failures
 *   without a response may be our own line's: they are remembered and decide nothing.
 */
export function observe(
  before: EndpointWatch,
  request: Observation,
  lineWorks: (since: number) => boolean,
): EndpointWatch {
  if (request.outcome === "other") return before;
  const after =
    request.outcome === "success" ? succeeded(before, request) : failed(before, request, lineWorks);
  return { ...inState(after, before, request.at), measuredAt: request.at };
}

/** With the state that its troubles make, since when and why. */
export function inState(watch: EndpointWatch, before: EndpointWatch, at: number): EndpointWatch {
  const state = stateOf(watch.troubles);
  const reason = worst(watch.troubles)?.reason ?? upWords(watch);
  // A moment that a clock took back begins no earlier state anew.
  const since = state === before.state ? before.since : (worst(watch.troubles)?.since ?? at);
  return { ...watch, state, since, reason };
}

function succeeded(before: EndpointWatch, request: Observation): EndpointWatch {
  const troubles = before.troubles.filter(({ kind }) => kind !== "outage");
  const answered = { ...before, failures: [], troubles };
  if (request.confirmation) return answered;
  const { ttft, total, tps } = request.values;
  const now: Past = [request.at, tenths(ttft), tenths(total), tenths(tps)];
  const ongoing = troubles.find(({ kind }) => kind === "slowdown") ?? null;
  const slow = judgeSpeed(answered, now, request.id, ongoing);
  return judgeErrors({
    ...answered,
    ...slow.memory,
    recent: [...answered.recent, null].slice(-RECENT),
    troubles: replace(troubles, "slowdown", slow.trouble),
  });
}

function failed(
  before: EndpointWatch,
  request: Observation,
  lineWorks: (since: number) => boolean,
): EndpointWatch {
  const failure = { id: request.id, at: request.at, failure: request.failure ?? "failed" };
  // All that is ever said of a long outage is its begin and its newest failures.
  const failures = [
    ...before.failures.slice(0, 1),
    ...before.failures.slice(1).slice(-8),
    { ...failure, responded: request.responded },
  ];
  const recent = request.confirmation ? before.recent : [...before.recent, failure].slice(-RECENT);
  const first = failures[0]?.at ?? request.at;
  const ongoing = before.troubles.find(({ kind }) => kind === "outage");
  const certain = failures.some(({ responded }) => responded) || lineWorks(first);
  if (!ongoing && (failures.length < DOWN_AFTER || !certain)) {
    return judgeErrors({ ...before, failures, recent });
  }
  const outage: Trouble = {
    kind: "outage",
    since: ongoing?.since ?? first,
    reason: downReason(failures),
    evidence: failures.map(({ id }) => id),
  };
  // The failures of an outage are one thing, and no sign of failing now and then.
  const single = recent.filter((entry) => entry === null || entry.at < outage.since);
  return { ...before, failures, recent: single, troubles: replace(before.troubles, "outage", outage) };
}

export function judgeErrors(watch: EndpointWatch): EndpointWatch {
  const failures = watch.recent.flatMap((entry) => entry ?? []);
  const ongoing = watch.troubles.find(({ kind }) => kind === "errors");
  if (failures.length < ERRORS_FROM && !(ongoing && failures.length > ERRORS_UNTIL)) {
    return { ...watch, troubles: replace(watch.troubles, "errors", null) };
  }
  const errors: Trouble = {
    kind: "errors",
    since: ongoing?.since ?? failures[0]?.at ?? watch.measuredAt,
    reason: errorsReason(failures, watch.recent.length),
    evidence: failures.map(({ id }) => id),
  };
  return { ...watch, troubles: replace(watch.troubles, "errors", errors) };
}

function replace(
  troubles: readonly Trouble[],
  kind: Trouble["kind"],
  trouble: Trouble | null,
): readonly Trouble[] {
  const others = troubles.filter((other) => other.kind !== kind);
  return trouble ? [...others, trouble] : others;
}

function stateOf(troubles: readonly Trouble[]): EndpointState {
  const trouble = worst(troubles);
  if (!trouble) return "up";
  return trouble.kind === "outage" ? "down" : "degraded";
}

const ORDER: readonly Trouble["kind"][] = ["outage", "errors", "slowdown"];

function worst(troubles: readonly Trouble[]): Trouble | undefined {
  return [...troubles].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))[0];
}

function upWords({ recent }: EndpointWatch): string {
  return upReason(recent.filter((entry) => entry === null).length, recent.length);
}

/** A tenth of a millisecond or token is more than is known, and short to keep. */
function tenths(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10;
}
