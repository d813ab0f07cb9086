import type { Deadlines } from "../types.ts";

/** Longest delay a timer takes (2^31 - 1 ms); beyond it runtimes fire at once. */
const MAX_TIMER_MS = 2_147_483_647;

export type DeadlineName = "headers" | "first token" | "idle" | "total" | "error body" | "after error";

export interface PassedDeadline {
  readonly name: DeadlineName;
  readonly limitMs: number;
}

export interface DeadlineWatch {
  /** The deadline that has passed, or null. */
  readonly passed: PassedDeadline | null;
  /** Headers came at `atMs`: from here on tokens are waited for. */
  headersArrived(atMs: number): void;
  /** A token, or the word that no more come, arrived at `atMs`. Comments and empty events are none. */
  signOfLife(atMs: number): void;
  /** What still comes may take `ms` from `atMs`, and tokens are waited for no more. */
  limitRest(name: "error body" | "after error", atMs: number, ms: number): void;
  /** Compares with a reading that was taken anyway: a flood of data must not starve the timer. */
  check(atMs: number): boolean;
  stop(): void;
}

interface Due {
  readonly name: DeadlineName;
  readonly limitMs: number;
  readonly atMs: number;
}

/**
 * The deadlines of one request that began at `startedAt`. One timer is enough: it is set for the nearest
 * deadline, and when that has moved meanwhile it is set again, so a token costs no timer. `onPassed` is called
 * once, when a deadline passes.
 */
export function watchDeadlines(
  limits: Deadlines,
  reasoning: boolean,
  startedAt: number,
  onPassed: (passed: PassedDeadline) => void,
): DeadlineWatch {
  const due = (name: DeadlineName, limitMs: number, from: number): Due => ({
    name,
    limitMs,
    atMs: from + limitMs,
  });
  const total = due("total", limits.totalMs, startedAt);
  let next: Due = due("headers", limits.headersMs, startedAt);
  let passed: PassedDeadline | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;

  const nearest = (): Due => (next.atMs <= total.atMs ? next : total);

  const pass = (which: Due): void => {
    if (passed !== null) return;
    passed = { name: which.name, limitMs: which.limitMs };
    if (timer !== null) clearTimeout(timer);
    onPassed(passed);
  };

  const arm = (from: number): void => {
    if (timer !== null) clearTimeout(timer);
    const target = nearest();
    const delay = Math.min(Math.max(target.atMs - from, 0), MAX_TIMER_MS);
    timer = setTimeout(() => {
      // Time has come for what was due when the timer was set; whatever moved has that much left.
      if (nearest().atMs > from + delay) arm(from + delay);
      else pass(nearest());
    }, delay);
  };
  arm(startedAt);

  /** A deadline that moves away needs no new timer: the old one finds out. */
  const moveTo = (moved: Due, from: number): void => {
    const sooner = moved.atMs < next.atMs;
    next = moved;
    if (sooner && passed === null) arm(from);
  };

  let limited = false;
  return {
    get passed() {
      return passed;
    },
    headersArrived(atMs) {
      const limit = reasoning ? limits.firstTokenReasoningMs : limits.firstTokenMs;
      moveTo(due("first token", limit, startedAt), atMs);
    },
    signOfLife(atMs) {
      if (!limited) moveTo(due("idle", limits.idleMs, atMs), atMs);
    },
    limitRest(name, atMs, ms) {
      if (limited) return;
      limited = true;
      moveTo(due(name, ms, atMs), atMs);
    },
    check(atMs) {
      if (passed === null && atMs >= nearest().atMs) pass(nearest());
      return passed !== null;
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
    },
  };
}
