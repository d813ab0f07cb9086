import type { Metric } from "./types.ts";

const NAMES: Readonly<Record<Metric, { name: string; unit: string }>> = {
  ttft: { name: "TTFT", unit: "ms" },
  total: { name: "total latency", unit: "ms" },
  tps: { name: "output speed", unit: "tokens/s" },
};

/** `TTFT of the last 6 requests 1,144 to 1,648 ms, usually 430 ms`. */
export function slowReason(metric: Metric, values: readonly number[], usually: number): string {
  const { name, unit } = NAMES[metric];
  return `${capital(name)} of the last ${values.length} requests ${figure(Math.min(...values))} to ${figure(Math.max(...values))} ${unit}, usually ${figure(usually)} ${unit}`;
}

/** `2 failures in a row since 14:03 UTC: server_error (HTTP 503)`. */
export function downReason(failures: readonly { readonly at: number; readonly failure: string }[]): string {
  return `${failures.length} failures in a row since ${clock(failures[0]?.at ?? 0)}: ${kinds(failures)}`;
}

/** `4 of the last 20 requests failed: timeout`. */
export function errorsReason(
  failures: readonly { readonly at: number; readonly failure: string }[],
  of: number,
): string {
  return `${failures.length} of the last ${of} requests failed: ${kinds(failures)}`;
}

export function upReason(succeeded: number, of: number): string {
  if (of < 2) return "The last request succeeded";
  return `${succeeded} of the last ${of} requests succeeded, at their usual speed`;
}

/** `14:03 UTC` */
export function clock(at: number): string {
  return `${new Date(at).toISOString().slice(11, 16)} UTC`;
}

function kinds(failures: readonly { readonly failure: string }[]): string {
  return [...new Set(failures.map(({ failure }) => failure))].join(", ");
}

/** Whole numbers with thousands separated; below 10 one decimal. */
export function figure(value: number): string {
  if (value < 10) return value.toFixed(1);
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
