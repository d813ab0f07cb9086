import type { Field } from "./query.ts";
import { readText } from "./query.ts";

/** What a limit of the overview may be about, and its unit. */
export const LIMITED = {
  ttft: "ms",
  p95: "ms",
  tps: "tok/s",
  latency: "s",
  jitter: "ms",
  success: "%",
  uptime: "%",
  cost: "$ per 1,000 requests",
} as const;
export type Limited = keyof typeof LIMITED;

export interface Limit {
  readonly figure: Limited;
  readonly sign: "<" | "<=" | ">" | ">=";
  /** In the figure's unit. */
  readonly value: number;
}

const MOST = 8;
const LONGEST = 200;
const LIMIT = /^([a-z0-9]+)(<=?|>=?)(\d{1,9}(?:\.\d{1,6})?)$/;

/** The limits in a text such as `ttft<=800, success >= 99`; what is none is left out. */
export function readLimits(written: string | null): readonly Limit[] {
  return (readText(written, LONGEST) ?? "")
    .toLowerCase()
    .replaceAll("≤", "<=")
    .replaceAll("≥", ">=")
    .replace(/\s*([<>]=?)\s*/g, "$1")
    .split(/[\s,;]+/)
    .flatMap((part): Limit[] => {
      const [, figure = "", sign, value] = LIMIT.exec(part) ?? [];
      if (sign === undefined || !Object.hasOwn(LIMITED, figure)) return [];
      return [{ figure: figure as Limited, sign: sign as Limit["sign"], value: Number(value) }];
    })
    .slice(0, MOST);
}

/** Whether a figure keeps a limit; one that is not known, or locked, does not. */
export function keepsLimit(value: number | null | undefined, { sign, value: limit }: Limit): boolean {
  if (value === null || value === undefined) return false;
  if (sign === "<") return value < limit;
  if (sign === "<=") return value <= limit;
  return sign === ">" ? value > limit : value >= limit;
}

/** The parameter: the limits as one text, "" by default. */
export const limits: Field<string> = {
  read: (written) =>
    readLimits(written)
      .map(({ figure, sign, value }) => figure + sign + value)
      .join(","),
  write: (written) => written || null,
};
