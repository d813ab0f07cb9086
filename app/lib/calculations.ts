import type { BenchmarkResult, JitterColor } from "./types.ts";

/** Stands in for a price of 0 (USD per million tokens), so that a free model has a finite score. */
export const FREE_COST_PER_MILLION = 0.01;

/** Above `green` a spread is yellow, above `yellow` red. Milliseconds. */
export const JITTER_LIMITS = { green: 200, yellow: 500 } as const;

/**
 * Blended cost of a result in USD per million tokens, at the ratio of input to output it was measured with.
 * @returns 0 for a free model; null without tokens or without a known price.
 */
export function calculateCostPerMillion(
  result: Pick<BenchmarkResult, "input_tokens" | "output_tokens" | "cost_usd" | "cost_source">,
): number | null {
  const tokens = result.input_tokens + result.output_tokens;
  if (!(tokens > 0) || !Number.isFinite(tokens)) return null;
  if (!(result.cost_usd >= 0) || !Number.isFinite(result.cost_usd)) return null;
  if (result.cost_source === "unknown" && result.cost_usd === 0) return null;
  return (result.cost_usd / tokens) * 1_000_000;
}

/**
 * Speed for the money: tokens per second divided by USD per million tokens, rounded; at most what an integer of
 * JavaScript can be. Higher is better.
 * @returns null where the speed is null or not positive, where there are no tokens, or no known price.
 */
export function calculateValueScore(
  result: Pick<BenchmarkResult, "tps" | "input_tokens" | "output_tokens" | "cost_usd" | "cost_source">,
): number | null {
  const { tps } = result;
  if (tps === null || tps === undefined || !(tps > 0) || !Number.isFinite(tps)) return null;
  const costPerMillion = calculateCostPerMillion(result);
  if (costPerMillion === null) return null;
  const score = Math.round(tps / (costPerMillion === 0 ? FREE_COST_PER_MILLION : costPerMillion));
  return Math.min(score, Number.MAX_SAFE_INTEGER);
}

/**
 * Population standard deviation of latencies, in their unit (milliseconds). Lower is steadier.
 * @returns 0 below two latencies: one value has no spread to speak of. Values that are no number are left out.
 */
export function calculateJitter(latencies: readonly number[]): number {
  const values = latencies.filter((value) => Number.isFinite(value));
  if (values.length < 2) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

/** The traffic light of a jitter in milliseconds: below 200 green, up to 500 yellow, above red. */
export function getJitterColor(jitter: number): Exclude<JitterColor, "grey"> {
  if (jitter < JITTER_LIMITS.green) return "green";
  return jitter <= JITTER_LIMITS.yellow ? "yellow" : "red";
}
