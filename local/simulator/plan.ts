import type { ModelProfile } from "./profiles.ts";
import { logNormal, type Random } from "./random.ts";

/** How a request fares when nobody has set a fault. */
export type Outcome = "ok" | "rate_limit" | "server_error" | "stream_error" | "truncate";

/** The course of one answer, drawn before it begins. Milliseconds and tokens per second at speed 1. */
export interface Plan {
  readonly outcome: Outcome;
  /** From the request's arrival to the response headers. */
  readonly ttfbMs: number;
  /** From the request's arrival to the first generated piece. */
  readonly ttftMs: number;
  readonly tps: number;
  /** Where the connection breaks or the error comes, as a share of the answer. */
  readonly breaksAt: number;
}

const failures: readonly Exclude<Outcome, "ok">[] = [
  "server_error",
  "server_error",
  "rate_limit",
  "truncate",
  "stream_error",
];

/**
 * Draws one answer. `load` above 1 is a busy hour: later first tokens, slower text. `failureRate` is the
 * share of requests that fail by themselves.
 */
export function drawPlan(random: Random, model: ModelProfile, failureRate: number, load = 1): Plan {
  const failed = random() < failureRate;
  const failure = failures[Math.floor(random() * failures.length)] ?? "server_error";
  // About one request in fifty waits in a queue for several times the usual.
  const queued = random() < 0.02 ? 2.5 + 2.5 * random() : 1;
  const ttftMs = logNormal(random, model.ttftMs, model.ttftSigma) * queued * load;
  // A proxy answers with headers while it is still looking for who shall serve the request.
  const ttfbShare = model.upstreams === undefined ? 0.96 : 0.35;
  return {
    outcome: failed ? failure : "ok",
    ttfbMs: ttftMs * ttfbShare,
    ttftMs,
    tps: logNormal(random, model.tps, model.tpsSigma) / Math.sqrt(load),
    breaksAt: 0.2 + 0.6 * random(),
  };
}
