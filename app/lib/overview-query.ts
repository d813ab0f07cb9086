import { limits } from "./limits.ts";
import { KINDS, type Query, search, WINDOWS } from "./queries.ts";
import { changed, defineQuery, type Field, oneOf, pageNumber, text } from "./query.ts";

/** What the table can be sorted by, the default first. */
export const TABLE_SORTS = [
  "ttft",
  "state",
  "p95",
  "now",
  "tps",
  "latency",
  "success",
  "uptime",
  "cost",
  "stability",
  "value",
  "p99",
  "measured",
  "attempts",
  "name",
] as const;
export type TableSort = (typeof TABLE_SORTS)[number];

/** Columns that are shown when asked for. */
export const EXTRAS = ["n", "p99", "jitter", "uptime", "value", "measured"] as const;
export type Extra = (typeof EXTRAS)[number];

const columns: Field<readonly Extra[]> = {
  read: (written) => {
    const names = new Set((written ?? "").slice(0, 100).split(","));
    return EXTRAS.filter((name) => names.has(name));
  },
  write: (names) => names.join(",") || null,
};

/** A request's tokens in and out. */
export type Mix = readonly [input: number, output: number];
const USUAL_MIX = "500:200";
const MIX = /^(\d{1,6}):(\d{1,6})$/;

const mix: Field<string> = {
  read: (written) => {
    const [, input, output] = MIX.exec((written ?? "").replace(/[\s,]/g, "")) ?? [];
    return Number(input) + Number(output) > 0 ? `${Number(input)}:${Number(output)}` : USUAL_MIX;
  },
  write: (value) => (value === USUAL_MIX ? null : value),
};

export function readMix(value: string): Mix {
  const [input = 0, output = 0] = value.split(":").map(Number);
  return [input, output];
}

export const OVERVIEW_QUERY = defineQuery({
  window: oneOf(WINDOWS, "24h"),
  /** Where it was measured from; null: the location with most results. */
  location: text(60),
  /** A model's identity or family, whoever serves it; or, where nobody knows those, its name. */
  model: text(200),
  provider: text(200),
  kind: { ...oneOf(KINDS), name: "type" },
  search,
  limits,
  /** Input:output tokens of a request, which costs are computed for. */
  mix,
  by: oneOf(["none", "model", "provider"]),
  sort: oneOf(TABLE_SORTS),
  order: oneOf(["best", "worst"]),
  columns,
  /** Of the table. */
  page: pageNumber(),
});
export type OverviewQuery = Query<typeof OVERVIEW_QUERY>;

export function overviewHref(query: OverviewQuery, change: Partial<OverviewQuery> = {}): string {
  return `/${OVERVIEW_QUERY.format(changed(query, change))}`;
}
