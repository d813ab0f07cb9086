import { ERROR_KINDS, FAILURE_OWNERS } from "../failures.ts";
import { INCIDENT_KINDS, STATES } from "../incidents.ts";
import type { LockableMetric } from "../locks.ts";
import { isOpen, type Part } from "../locks.ts";
import { WINDOWS } from "../queries.ts";
import { decodeCursor, encodeCursor, nameKey, rankKey, timeKey } from "./cursor.ts";
import { cursor, moment, name, oneOf, uuid, wholeNumber, yesOrNo } from "./parameters.ts";

/* The parameters of each list. Examples are answered by any server: what is not there is an empty page. */

const EXAMPLE_ID = "00000000-0000-4000-8000-000000000000";
const EXAMPLE_TIME = "2026-11-01T00:00:00Z";

const provider = name(100, { description: "The provider's short name.", example: "openai" });
const model = name(500, { description: "The model's full name at its provider.", example: "gpt-4o-mini" });
const location = (what: string) =>
  name(60, { description: `Where it was measured from${what}.`, example: "local" });
const since = moment({ description: "Start, inclusive.", example: "2026-11-01" });
const until = moment({ description: "End, exclusive.", example: EXAMPLE_TIME });
const limit = (most: number, usual: number, when = "") =>
  wholeNumber(1, most, usual, { description: "Maximum number of entries per page.", example: 10 }, when);
const timeCursor = (list: string) =>
  cursor((text) => decodeCursor(list, timeKey, text), encodeCursor(list, [EXAMPLE_TIME, EXAMPLE_ID]));

/** With the answers' texts a page is kept this short: one text may have 256 KiB. */
export const FULL_LIMIT = 20;

const resultFilters = {
  provider,
  model,
  run_id: uuid({ description: "Results of this run.", example: EXAMPLE_ID }),
  id: uuid({ description: "The one result with this id.", example: EXAMPLE_ID }),
  success: yesOrNo({ description: "true: successes only; false: failures only.", example: true }),
  error_kind: oneOf(ERROR_KINDS, null, { description: "Failures of this kind.", example: "timeout" }),
  failure_owner: oneOf(FAILURE_OWNERS, null, {
    description: "Failures of this owner: provider, shared (rate limit), operator or probe.",
    example: "provider",
  }),
  location: location(""),
  simulated: yesOrNo({ description: "true: simulated results only; false: real ones only.", example: false }),
  since,
  until,
};

export const RESULTS_QUERY = {
  ...resultFilters,
  detail: oneOf(["basic", "full"], "basic", {
    description: `full adds the answer's text, chunk arrival times and the server's own timing; at most ${FULL_LIMIT} per page.`,
    example: "full",
  }),
  limit: wholeNumber(1, 1_000, 100, {
    description: `How many entries a page holds at most; with detail=full ${FULL_LIMIT}.`,
    example: 10,
  }),
  cursor: timeCursor("results"),
};

/** With the answers' texts a page is shorter. */
export const FULL_RESULTS_QUERY = {
  ...RESULTS_QUERY,
  limit: limit(FULL_LIMIT, FULL_LIMIT, " with detail=full"),
};

/** A page's own span stands in a table's address as it stands in the page's. */
export const CSV_QUERY = {
  ...resultFilters,
  from: moment({ description: "The same as since, as pages name it.", example: "2026-11-01" }),
  to: moment({ description: "The same as until, as pages name it.", example: EXAMPLE_TIME }),
  bom: yesOrNo({
    description: "true: begins with a byte order mark, without which Excel misreads accents.",
    example: true,
  }),
};

export const RUNS_QUERY = {
  id: uuid({ description: "The one run with this id.", example: EXAMPLE_ID }),
  name: name(500, { description: "Runs with exactly this name.", example: "mvp-validation-run" }),
  triggered_by: name(100, { description: "What triggered it.", example: "cron-job" }),
  location: location(""),
  since,
  until,
  limit: limit(200, 50),
  cursor: timeCursor("runs"),
};

export const INCIDENTS_QUERY = {
  id: uuid({ description: "The one incident with this id.", example: EXAMPLE_ID }),
  provider,
  kind: oneOf(INCIDENT_KINDS, null, {
    description: "outage: requests fail in a row; errors: now and then; slowdown: slower than usual.",
    example: "outage",
  }),
  location: location(""),
  open: yesOrNo({ description: "Ongoing incidents only, or closed ones only.", example: true }),
  since: moment({ description: "Incidents that were open at this moment or later.", example: "2026-11-01" }),
  limit: limit(200, 50),
  cursor: timeCursor("incidents"),
};

export const STATES_QUERY = {
  location: location("; by default the place with most results"),
  provider,
  state: oneOf(STATES, null, { description: "Endpoints in this state.", example: "down" }),
  limit: limit(1_000, 1_000),
};

export const MODELS_QUERY = {
  provider,
  model,
  identity: name(500, { description: "One model at all its providers.", example: "gpt-oss-20b" }),
  family: name(500, { description: "Models of one family.", example: "gpt-oss" }),
  state: oneOf(["active", "available", "retired"], null, {
    description:
      "active: measured in every run; available: listed by the provider; retired: no longer listed.",
    example: "active",
  }),
  limit: limit(1_000, 100),
  cursor: cursor(
    (text) => decodeCursor("models", nameKey, text),
    encodeCursor("models", ["openai", "gpt-4o-mini"]),
  ),
};

export const PRICES_QUERY = {
  provider,
  model,
  current: yesOrNo({
    description: "true: current prices only; otherwise the full history.",
    example: true,
  }),
  since,
  until,
  limit: limit(1_000, 100),
  cursor: timeCursor("prices"),
};

/** What endpoints are sorted by, and the part of their figures that shows in the order. */
const SORTS = {
  name: null,
  ttft: "ttft",
  tps: "tps",
  total_latency: "latency",
  stability: "stability",
  value: "value",
  cost: "cost",
  success: "reliability",
} as const satisfies Record<string, Part | null>;
type Sort = keyof typeof SORTS;

/** What may be sorted by; a locked metric would show itself in the order. */
function openSorts(locked: ReadonlySet<LockableMetric>): readonly Sort[] {
  const sorts = Object.keys(SORTS) as Sort[];
  return sorts.filter((sort) => SORTS[sort] === null || isOpen(SORTS[sort], locked));
}

const windowOf = oneOf(WINDOWS, "24h", { description: "How far back the figures reach.", example: "24h" });

export function endpointsQuery(locked: ReadonlySet<LockableMetric>) {
  return {
    window: windowOf,
    location: location("; by default the location with most results"),
    provider,
    model,
    kind: oneOf(["direct", "proxy"], null, {
      description: "direct: from the company that runs the model; proxy: through a reseller.",
      example: "direct",
    }),
    simulated: yesOrNo({
      description: "true: simulated endpoints only; false: real ones only.",
      example: false,
    }),
    sort: oneOf(openSorts(locked), "name", {
      description: "By name, or best first by a metric; endpoints without it come last.",
      example: "name",
    }),
    limit: limit(1_000, 100),
    cursor: cursor(
      (text) => decodeCursor("endpoints", rankKey, text),
      encodeCursor("endpoints", ["openai", "gpt-4o-mini", 1]),
    ),
  };
}

const BADGE_METRICS = [
  "ttft",
  "tps",
  "total_latency",
  "stability",
  "value",
  "cost",
  "uptime",
  "state",
] as const;

const BADGE_PARTS: Readonly<Record<(typeof BADGE_METRICS)[number], Part>> = {
  ttft: "ttft",
  tps: "tps",
  total_latency: "latency",
  stability: "stability",
  value: "value",
  cost: "cost",
  uptime: "reliability",
  state: "reliability",
};

export function openBadgeMetrics(locked: ReadonlySet<LockableMetric>) {
  return BADGE_METRICS.filter((metric) => isOpen(BADGE_PARTS[metric], locked));
}

export function badgeQuery(locked: ReadonlySet<LockableMetric>) {
  const open = openBadgeMetrics(locked);
  return {
    metric: oneOf(open, open[0] ?? null, {
      description: "The metric shown.",
      example: open[0] ?? "ttft",
    }),
    window: windowOf,
    location: location("; by default the location with most results"),
  };
}

export const FEED_QUERY = {
  provider,
  location: location("; by default the location with most results (of incidents)"),
};

export const METRICS_QUERY = {
  window: oneOf(WINDOWS, null, {
    description: "Gauges of this window alone; without it, of all of them.",
    example: "24h",
  }),
};
