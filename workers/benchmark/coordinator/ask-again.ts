import * as z from "zod";
import { DAY_MS, isWithinBudget, settledUsd, worstCaseUsd } from "../jobs/budget.ts";
import { createMeasure, routeOf } from "../jobs/measure-target.ts";
import { logResult, resultRow } from "../jobs/run-slice.ts";
import { accessTo, splitByAccess, type Target, targetSchema } from "../jobs/target.ts";
import { askAgain } from "../watch/confirm.ts";
import type { Context } from "./context.ts";
import type { Documents } from "./documents.ts";

/** An endpoint that is asked again out of turn. */
const askSchema = z.object({
  target: targetSchema,
  /** The run whose failure made it due; the confirmation's row belongs to it. */
  runId: z.string(),
  /** ms since the epoch. */
  dueAt: z.number(),
  step: z.number(),
});
type Ask = z.infer<typeof askSchema>;
const ASKS = "ask-again";
/** Of one provider no more wait at once: the others' next turn is the next run. */
const MOST_PER_PROVIDER = 3;
const WITNESSES = 2;
/** Warm-up and measurement, and the looks whether others answer. */
const SUBREQUESTS_PER_ASK = 2 + WITNESSES;
const WITNESS_TIMEOUT_MS = 3_000;

/** Which endpoints are asked again before the next run, and when. */
export class AskAgain {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  /** ms since the epoch; null when none waits. */
  nextAt(): number | null {
    const times = this.#all().map(({ dueAt }) => dueAt);
    return times.length === 0 ? null : Math.min(...times);
  }

  due(now: number): Ask | null {
    return this.#all().find(({ dueAt }) => dueAt <= now) ?? null;
  }

  add(ask: Ask): void {
    const others = this.#without(ask);
    const ofProvider = others.filter(({ target }) => target.provider === ask.target.provider);
    if (ofProvider.length < MOST_PER_PROVIDER) this.#write([...others, ask]);
  }

  postpone(ask: Ask, dueAt: number): void {
    this.#write([...this.#without(ask), { ...ask, dueAt }]);
  }

  remove(ask: Pick<Ask, "target">): void {
    if (this.#all().length > 0) this.#write(this.#without(ask));
  }

  /** A run begins, and asks everybody. */
  clear(): void {
    if (this.#all().length > 0) this.#documents.remove(ASKS);
  }

  #all(): readonly Ask[] {
    return this.#documents.read(ASKS, z.array(askSchema)) ?? [];
  }

  #without({ target }: Pick<Ask, "target">): Ask[] {
    return this.#all().filter(
      (other) => other.target.provider !== target.provider || other.target.model !== target.model,
    );
  }

  #write(asks: readonly Ask[]): void {
    if (asks.length > 0) this.#documents.write(ASKS, asks);
    else this.#documents.remove(ASKS);
  }
}

/**
 * Asks one endpoint again whose turn has come, within the budget and a number of subrequests.
 *
 * @returns subrequests spent; 0 when none is due.
 */
export async function askDue(context: Context, colo: string | null, maxSubrequests: number): Promise<number> {
  const { asks, config, documents, ledger, log, outbox, watch } = context;
  const ask = asks.due(Date.now());
  if (!ask || maxSubrequests < SUBREQUESTS_PER_ASK) return 0;
  const { target, runId, step } = ask;
  const known = context.runs.recall() ?? [target];
  watch.expect(splitByAccess(known, config).ready.map(({ provider }) => provider));
  const isReady = splitByAccess([target], config).ready.length > 0;
  const simulated = isReady && routeOf(target, config).simulated;
  const reserved = isReady && !simulated ? worstCaseUsd(target, known) : 0;
  const askedAt = Date.now();
  const spentUsd = ledger.spentSince(askedAt - DAY_MS);
  if (!isReady || !isWithinBudget(spentUsd, reserved, config.budgetUsd, simulated)) {
    asks.remove(ask);
    return 0;
  }
  documents.transaction(() => {
    // After a crash in the middle it is asked once more, under another id.
    asks.postpone(ask, askedAt + config.confirmAfterMs);
    ledger.reserve(askedAt, reserved);
  });
  const outcome = await createMeasure(config, { colo, prompt: "standard" })(target, crypto.randomUUID());
  const row = { ...resultRow(outcome.measurement, runId, target), confirmation: true };
  let spent = 2;
  if (row.status_code === null && !row.success) spent += await lookForWitness(context, target, known);
  documents.transaction(() => {
    asks.remove(ask);
    ledger.settle(askedAt, reserved, settledUsd(row, outcome.usageReported, reserved, known));
    outbox.add({ kind: "result", row });
    const { request, after } = watch.take(row, config);
    const again = askAgain(after, request, step, config.confirmAfterMs, Date.now());
    if (again) asks.add({ target, runId, dueAt: again.dueAt, step: again.next });
  });
  logResult(log, row);
  return spent;
}

/**
 * A request without any response may be our own line's fault. Where nobody else has answered since it began, another
 * provider's address is asked for anything at all: that costs nothing, and even a refusal shows that the line works.
 *
 * @returns subrequests spent.
 */
async function lookForWitness(
  { watch, config }: Context,
  { provider }: Target,
  known: readonly Target[],
): Promise<number> {
  const since = Date.now() - config.confirmAfterMs;
  if (watch.hasWitness(provider, since)) return 0;
  const others = [...new Map(known.map((target) => [target.provider, target])).values()].filter(
    (target) => target.provider !== provider,
  );
  let spent = 0;
  for (const other of others.slice(0, WITNESSES)) {
    const access = accessTo(other, config);
    if (access.state !== "ready") continue;
    spent += 1;
    try {
      const response = await fetch(`${access.baseUrl}/models`, {
        redirect: "manual",
        signal: AbortSignal.timeout(WITNESS_TIMEOUT_MS),
      });
      await response.body?.cancel();
      watch.hear(other.provider, Date.now());
      return spent;
    } catch {
      // No answer is an answer: the next one is asked, and in the end nobody's.
    }
  }
  return spent;
}
