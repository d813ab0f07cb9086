import type { EndpointWatch, Observation } from "./types.ts";

/** Waits before an endpoint that failed is asked again, in units of the first one. */
const WAITS = [1, 1, 2, 4, 8] as const;

/** An endpoint's next request out of turn. */
export interface AskAgain {
  /** ms since the epoch; not before now. Counted from the request's begin, so that one that timed out is not asked late. */
  readonly dueAt: number;
  /** Which of the waits comes after this one. */
  readonly next: number;
}

/**
 * When an endpoint should be asked again before the next run: about a minute after a single failure, and while it is
 * down after 1, 2, 4 and 8 more.
 *
 * @param step which wait is next: 0 after a scheduled request, else what the last AskAgain said.
 * @param now ms since the epoch.
 * @returns null: not before the next run.
 */
export function askAgain(
  after: EndpointWatch,
  request: Observation,
  step: number,
  firstWaitMs: number,
  now: number,
): AskAgain | null {
  if (request.outcome !== "provider_failure") return null;
  const isDown = after.troubles.some(({ kind }) => kind === "outage");
  if (!isDown && step > 0) return null;
  // One that is down already needs no second opinion.
  const turn = isDown ? Math.max(1, step) : step;
  const wait = WAITS[turn];
  if (wait === undefined) return null;
  return { dueAt: Math.max(now, request.at + wait * firstWaitMs), next: turn + 1 };
}
