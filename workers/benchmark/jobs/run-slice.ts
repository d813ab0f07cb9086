import type { RunSettings } from "../config.ts";
import type { Log } from "../log.ts";
import type { ProbeOutcome } from "../probe/types.ts";
import type { ResultRow } from "../store/rows.ts";
import { isWithinBudget, settledUsd, worstCaseUsd } from "./budget.ts";
import { type Holds, nextStep, type QueueItem } from "./queue.ts";
import { isOutsideRegion } from "./regions.ts";
import type { Route, SkipReason, Target } from "./target.ts";

/**
 * The memory of a run: what must outlive a crash. The coordinator keeps it in the Durable Object's SQLite,
 * the terminal in a file. Each call is durable when it returns.
 */
export interface RunJournal {
  readonly runId: string;
  queue(): readonly QueueItem[];
  holds(): Holds;
  /**
   * Before it is known whether the budget allows a request: whoever else counts into it may be told here what it costs at most.
   * @returns USD of the last 24 hours without it, money set aside for requests under way included
   */
  spentWithout(requestId: string, reservedUsd: number): number | Promise<number>;
  /** Before a request: it is under way under this id, goes there, and this much is set aside for it. */
  begin(item: QueueItem, requestId: string, reservedUsd: number, route: Route): void;
  /** After it: its row waits for delivery, and this is what it cost. */
  complete(item: QueueItem, row: ResultRow, spentUsd: number): void;
  skip(items: readonly QueueItem[], reason: SkipReason, until: (item: QueueItem) => number | null): void;
  hold(provider: string, until: number): void;
}

export interface SliceEnvironment {
  /** Where a target's request goes. */
  readonly route: (target: Target) => Route;
  /** Asks one target. Never throws. */
  readonly measure: (target: Target, requestId: string) => Promise<ProbeOutcome>;
  /** Hands over what waits for delivery, SUBREQUESTS_PER_ROUND at most; subrequests spent. Never throws. */
  readonly deliver: () => Promise<number>;
  /** Asks one endpoint out of turn, where one is due and there are subrequests for it; those spent, else 0. */
  readonly outOfTurn?: (subrequests: number) => Promise<number>;
  /** The budget is used up; nothing more of this run is asked. */
  readonly onBudget?: (spentUsd: number, skipped: number) => void;
  readonly minimumGapMs: (provider: string) => number;
  readonly now: () => number;
  readonly newId: () => string;
  readonly log: Log;
  readonly onStart?: (target: Target, position: number, of: number) => void;
  /** After a result was offered to the database. */
  readonly onResult?: (row: ResultRow) => void;
}

/** How a slice ended, and the subrequests of its invocation by then. */
export type SliceEnd = { readonly subrequests: number } & (
  | { readonly state: "finished" }
  | { readonly state: "paused"; readonly resumeAt: number }
);

/** A provider that refuses without naming a time is left alone for this long. */
const DEFAULT_HOLD_MS = 20_000;
/** Warm-up and measurement. */
const SUBREQUESTS_PER_TARGET = 2;
/** The most that may be handed over after a result: it, and a run's start that waits with it. */
export const SUBREQUESTS_PER_ROUND = 4;

/**
 * One target after another, until the queue ends or this invocation's share is used up. A result is in the
 * journal before the next request starts, and is offered to the database at once.
 */
export async function runSlice(
  journal: RunJournal,
  settings: RunSettings,
  budgetUsd: number,
  env: SliceEnvironment,
  subrequestsSpent: number,
): Promise<SliceEnd> {
  const started = env.now();
  let subrequests = subrequestsSpent;
  for (;;) {
    const now = env.now();
    const queue = journal.queue();
    // A gap that a provider always wants between requests is no refusal: it is waited for however long it is.
    const patience = (provider: string) => Math.max(settings.rateLimitPatienceMs, env.minimumGapMs(provider));
    const step = nextStep(queue, journal.holds(), now, patience);
    if (step.do === "end") return { state: "finished", subrequests };
    if (step.do === "wait") return { state: "paused", resumeAt: step.until, subrequests };
    if (step.do === "skip") {
      const holds = journal.holds();
      journal.skip(step.items, "rate_limited", (item) => holds.get(item.target.provider) ?? null);
      for (const { target } of step.items) logSkip(env.log, journal.runId, target, "rate_limited");
      continue;
    }
    if (
      now - started >= settings.sliceMs ||
      subrequests + SUBREQUESTS_PER_TARGET + SUBREQUESTS_PER_ROUND > settings.sliceSubrequests
    ) {
      return { state: "paused", resumeAt: now, subrequests };
    }
    const room = settings.sliceSubrequests - subrequests - SUBREQUESTS_PER_ROUND;
    const extra = (await env.outOfTurn?.(room)) ?? 0;
    if (extra > 0) {
      subrequests += extra + (await env.deliver());
      continue;
    }
    const { item } = step;
    const known = queue.map((other) => other.target);
    const route = env.route(item.target);
    const reserved = route.simulated ? 0 : worstCaseUsd(item.target, known);
    const requestId = env.newId();
    const spent = await journal.spentWithout(requestId, reserved);
    if (!isWithinBudget(spent, reserved, budgetUsd, route.simulated)) {
      const rest = queue.filter((other) => other.state === "pending");
      journal.skip(rest, "budget", () => null);
      env.log.warn("budget_reached", {
        run_id: journal.runId,
        budget_usd: budgetUsd,
        spent_usd: spent,
        skipped: rest.length,
      });
      env.onBudget?.(spent, rest.length);
      continue;
    }

    journal.begin(item, requestId, reserved, route);
    env.onStart?.(item.target, item.position, queue.length);
    const outcome = await env.measure(item.target, requestId);
    const row = resultRow(outcome.measurement, journal.runId, item.target);
    journal.complete(item, row, settledUsd(row, outcome.usageReported, reserved, known));
    logResult(env.log, row);
    if (outcome.disbelievedUsd !== undefined && !route.simulated) {
      // True or not, it concerns this provider alone: it is asked no more in this run, and the others go on.
      const { provider } = item.target;
      const rest = journal
        .queue()
        .filter(({ state, target }) => state === "pending" && target.provider === provider);
      journal.skip(rest, "budget", () => null);
      env.log.warn("charge_disbelieved", {
        run_id: journal.runId,
        provider,
        model: item.target.model,
        charged_usd: outcome.disbelievedUsd,
        skipped: rest.length,
      });
    }
    const gap =
      row.error_kind === "rate_limited"
        ? (outcome.retryAfterMs ?? DEFAULT_HOLD_MS)
        : env.minimumGapMs(item.target.provider);
    if (gap > 0) journal.hold(item.target.provider, env.now() + gap);
    subrequests += SUBREQUESTS_PER_TARGET + (await env.deliver());
    env.onResult?.(row);
  }
}

/** A measurement as a row of the database: with the run and the endpoint it belongs to. */
export function resultRow(
  measurement: ProbeOutcome["measurement"],
  runId: string,
  target: Target,
): ResultRow {
  const { location, colo } = measurement;
  return {
    ...measurement,
    run_id: runId,
    provider_id: target.providerId,
    model_id: target.modelId,
    colo_outside_region: isOutsideRegion(location, colo),
  };
}

function logSkip(log: Log, runId: string, target: Target, reason: SkipReason): void {
  log.warn("target_skipped", { run_id: runId, provider: target.provider, model: target.model, reason });
}

export function logResult(log: Log, row: ResultRow): void {
  const { success, error_message, error_kind } = row;
  log[success ? "info" : "error"]("target_measured", {
    run_id: row.run_id,
    request_id: row.id,
    provider: row.provider,
    model: row.model,
    success,
    total_latency_ms: row.total_latency_ms,
    ttft_ms: row.ttft_ms,
    tps: row.tps,
    input_tokens: row.input_tokens,
    output_tokens: row.output_tokens,
    cost_usd: row.cost_usd,
    cost_source: row.cost_source,
    status_code: row.status_code,
    simulated: row.simulated,
    ...(success ? {} : { error_kind, error_message }),
  });
}
