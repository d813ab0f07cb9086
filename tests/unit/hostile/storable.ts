import { expect } from "vitest";
import type { Measurement } from "../../../workers/benchmark/probe/types.ts";

const INT4_MAX = 2_147_483_647;
const INTEGERS = ["input_tokens", "output_tokens", "skipped_events"] as const;
const INTEGERS_OR_NULL = ["status_code", "reasoning_tokens", "cached_tokens"] as const;
const AMOUNTS = ["total_latency_ms", "cost_usd"] as const;
const AMOUNTS_OR_NULL = ["ttft_ms", "tps", "ttfb_ms", "answer_ttft_ms", "warmup_ms"] as const;

/**
 * What is wrong with a measurement as a row of Postgres, in words; empty when it can be stored as it is.
 * Plain code, not expect(): the property tests ask it a hundred thousand times.
 */
export function unstorable(row: Measurement): string[] {
  const wrong: string[] = [];
  const integer = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= INT4_MAX;
  const amount = (value: number): boolean => Number.isFinite(value) && value >= 0;
  for (const name of INTEGERS) if (!integer(row[name])) wrong.push(`${name} is ${row[name]}`);
  for (const name of INTEGERS_OR_NULL) {
    const value = row[name];
    if (value !== null && !integer(value)) wrong.push(`${name} is ${value}`);
  }
  for (const name of AMOUNTS) if (!amount(row[name])) wrong.push(`${name} is ${row[name]}`);
  for (const name of AMOUNTS_OR_NULL) {
    const value = row[name];
    if (value !== null && !amount(value)) wrong.push(`${name} is ${value}`);
  }
  if (row.chunk_times_ms !== null) {
    if (row.chunk_times_ms.length > 20_000) wrong.push("more than 20,000 chunk times");
    if (!row.chunk_times_ms.every(amount)) wrong.push("a chunk time is no amount");
  }
  walk(row, "row", wrong);
  if (row.success !== (row.error_kind === null)) wrong.push("success and error_kind disagree");
  if ((row.error_kind === null) !== (row.error_message === null)) wrong.push("kind and message disagree");
  if ((row.error_message ?? "").length > 500) wrong.push("the message is longer than 500 characters");
  if (/[\r\n]/.test(row.error_message ?? "")) wrong.push("the message is no single line");
  if (row.success && row.output_tokens === 0) wrong.push("a success without one token");
  if (row.success && row.ttft_ms === null) wrong.push("a success without a first token");
  return wrong;
}

/** No text with a NUL or half a surrogate pair anywhere, no number that JSON does not know, no undefined. */
function walk(value: unknown, path: string, wrong: string[]): void {
  if (typeof value === "string") {
    if (value.includes("\0")) wrong.push(`${path} holds a NUL`);
    if (/\p{Surrogate}/u.test(value)) wrong.push(`${path} holds a lone surrogate`);
  } else if (typeof value === "number") {
    if (!Number.isFinite(value)) wrong.push(`${path} is ${value}`);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, entry] of Object.entries(value)) {
      walk(key, `${path} key`, wrong);
      walk(entry, `${path}.${key}`, wrong);
    }
  } else if (typeof value !== "boolean" && value !== null) {
    wrong.push(`${path} is ${typeof value}`);
  }
}

export function expectStorable(row: Measurement): void {
  expect(unstorable(row)).toEqual([]);
}
