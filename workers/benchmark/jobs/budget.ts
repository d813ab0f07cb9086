import { dearestHour } from "../catalog/price.ts";
import { findProvider, providers } from "../providers/registry.ts";
import type { Store } from "../store/index.ts";
import type { Spenders } from "../store/spending.ts";
import type { Target } from "./target.ts";

export const DAY_MS = 24 * 3_600_000;

/** More than the prompt ever counts on any provider's tokenizer, with the nonce. */
const MAX_INPUT_TOKENS = 1_200;
/** The output cap of a request, plus what a model may think beyond it before the provider stops it. */
const MAX_OUTPUT_TOKENS = 600;
const MAX_OUTPUT_TOKENS_REASONING = 2_200;

/** USD that a request to this target costs at most; one without a price is taken at the dearest one known. */
export function worstCaseUsd(target: Target, known: readonly Target[]): number {
  const price = target.price ? dearestHour(target.price) : dearestPrice(known);
  const output = target.reasoning ? MAX_OUTPUT_TOKENS_REASONING : MAX_OUTPUT_TOKENS;
  return feeUsd(target.provider) + (MAX_INPUT_TOKENS * price.input + output * price.output) / 1_000_000;
}

/**
 * Whether a request may be sent. A budget of 0 sends nothing, not even what is free; what the simulator plays is no request.
 * @param spentUsd in the last 24 hours, what is set aside included
 */
export function isWithinBudget(
  spentUsd: number,
  reservedUsd: number,
  budgetUsd: number,
  simulated: boolean,
): boolean {
  return simulated ? spentUsd <= budgetUsd : budgetUsd > 0 && spentUsd + reservedUsd <= budgetUsd;
}

/** What of a finished request says how much of its worst case may be given back. */
interface Settled extends Spent {
  readonly provider: string | null;
  readonly status_code: number | null;
  readonly error_kind: string | null;
}

/**
 * USD to count for a finished request in place of its worst case. Nothing was charged for a request that never
 * arrived or was refused. One that was accepted, or whose answer we gave up waiting for, may have been worked
 * on to the end: without the provider's count of it the worst case stays.
 */
export function settledUsd(
  row: Settled,
  usageReported: boolean,
  reservedUsd: number,
  known: readonly Target[],
): number {
  if (row.simulated) return 0;
  const refused = row.status_code !== null && (row.status_code < 200 || row.status_code > 299);
  if (row.error_kind === "network" || refused) return countedUsd(row, known);
  const fee = row.cost_source === "provider" ? 0 : feeUsd(row.provider);
  const spent = countedUsd(row, known) + fee;
  return usageReported ? spent : Math.max(spent, reservedUsd);
}

function feeUsd(provider: string | null): number {
  return (provider === null ? undefined : findProvider(provider))?.requestFeeUsd ?? 0;
}

interface Spent {
  readonly cost_usd: number;
  readonly cost_source: string;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly simulated: boolean;
}

/** USD that a stored row counts for. A cost nobody knows is counted as if at the dearest known price. */
function countedUsd(row: Spent, known: readonly Target[]): number {
  if (row.simulated) return 0;
  if (row.cost_source !== "unknown") return row.cost_usd;
  const price = dearestPrice(known);
  return (row.input_tokens * price.input + row.output_tokens * price.output) / 1_000_000;
}

/**
 * USD that real requests cost in the 24 hours before `now` (ms since the epoch), as the database knows it.
 *
 * @throws StoreError
 */
export async function spentBefore(
  now: number,
  store: Store,
  known: readonly Target[],
  of: Spenders = "all",
): Promise<number> {
  const spending = await store.spendingSince(new Date(now - DAY_MS), of);
  const unpriced = {
    cost_usd: 0,
    cost_source: "unknown",
    input_tokens: spending.unpricedInputTokens,
    output_tokens: spending.unpricedOutputTokens,
    simulated: false,
  };
  return spending.usd + countedUsd(unpriced, known);
}

function dearestPrice(known: readonly Target[]): { input: number; output: number } {
  const prices = [
    ...known.flatMap((target) => (target.price ? [dearestHour(target.price)] : [])),
    ...providers.flatMap((provider) => provider.prices),
  ];
  return prices.reduce<{ input: number; output: number }>(
    (most, price) => ({
      input: Math.max(most.input, price.input),
      output: Math.max(most.output, price.output),
    }),
    { input: 0, output: 0 },
  );
}
