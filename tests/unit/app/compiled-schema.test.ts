import { expect, test } from "vitest";
import { z } from "zod";
import { overviewSchema } from "../../../app/data/overview.server.ts";
import { compile } from "../../../app/lib/compiled-schema.ts";

const AT = "2026-11-23T12:00:00.123456+00:00";
const head = { provider: "groq", provider_name: "Groq", kind: "direct", simulated: true };
const tally = { attempts: 96, successes: 95 };
const value = { n: 95, tps: 600.5, cost: 0.01, tokens: 90_000 };

/** What the database says of one endpoint, with a figure more than the schema names. */
const ANSWER = {
  as_of: AT,
  read_at: AT,
  since: AT,
  step_s: 3600,
  prompt_version: "p1",
  location: "enam",
  locations: [{ location: "enam", results: 96, unnamed: 1 }],
  newest_result_at: AT,
  last_run: {
    id: "0e1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
    run_name: "r",
    triggered_by: "cron-job",
    started_at: AT,
    finished_at: null,
    location: "enam",
    targets: 1,
    note: null,
    skipped: [{ reason: "budget", count: 2 }],
    results: 1,
  },
  endpoints: [
    {
      ...head,
      model: "m",
      active: true,
      reasoning: false,
      retired_at: null,
      successor: null,
      family: "llama",
      figures: {
        ...tally,
        newest_at: AT,
        probe_failures: 0,
        provider_failures: 1,
        success_rate: 0.99,
        error_rate: 0.01,
        uptime: 0.99,
        within_2s: { n: 95, share: 1 },
        ttft: { n: 95, p50: 150, p95: null, unnamed: 1 },
        answer_ttft: { n: 95, p50: 150 },
        tps: { n: 95, p50: 600 },
        latency: { n: 95, p50: 900, p95: 1200, p99: null },
        stability: { n: 95, latency_stddev: 40, ttft_stddev: 10 },
        cost: { n: 95, per_request: 0.00004, per_million: 0.08 },
        value,
      },
      trend: { from: 1_795_712_400, step: 3_600, ttft: [131, null], tps: [null, 7.5] },
    },
  ],
  beside: [["groq", "a", 180.5, 4, 170, 600, 0.05, null]],
  providers: [
    {
      ...head,
      ...tally,
      uptime: 1,
      ttft: { n: 1, mean: 1 },
      stability: { n: 1, latency_stddev: null },
      value,
    },
  ],
};

const WRONG = [undefined, null, true, "", "x", AT, 0, -1, 1.5, 2 ** 60, NaN, {}, [], [1, 2], { n: 1 }];

/** The value with each part of it, one at a time, replaced or taken away. */
function* broken(value: unknown): Generator<unknown> {
  yield* WRONG;
  if (typeof value !== "object" || value === null) return;
  for (const [name, part] of Object.entries(value)) {
    for (const other of broken(part)) {
      yield Array.isArray(value) ? value.with(Number(name), other) : { ...value, [name]: other };
    }
    if (!Array.isArray(value))
      yield Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
  }
}

const outcome = (read: () => unknown) => {
  try {
    return { read: read() };
  } catch (error) {
    return { issues: (error as z.ZodError).issues };
  }
};

const EVERY_KIND = z.object({
  pair: z.tuple([z.int(), z.string().min(2)]),
  list: z.array(z.number().max(9)).max(2),
  choice: z.enum(["a", "b"]).optional(),
  caught: z.string().catch("unknown"),
  day: z.iso.date(),
  either: z.union([z.int(), z.boolean()]).nullish(),
  strict: z.strictObject({ a: z.unknown() }),
});
const EVERY = { pair: [1, "ab"], list: [1], choice: "a", caught: "x", day: "2026-11-23", strict: { a: 1 } };

test.each([
  ["the overview's answer", overviewSchema, ANSWER],
  ["every kind of schema", EVERY_KIND, EVERY],
] as const)(
  "a compiled schema takes, leaves out and refuses what the schema does: %s",
  (_, schema, answer) => {
    const read = compile<z.ZodType>(schema);
    expect(schema.safeParse(answer).success).toBe(true);
    expect(read(answer)).toStrictEqual(schema.parse(answer));
    let refused = 0;
    for (const other of broken(answer)) {
      const expected = outcome(() => schema.parse(other));
      expect(outcome(() => read(other))).toStrictEqual(expected);
      if ("issues" in expected) refused += 1;
    }
    expect(refused).toBeGreaterThan(100);
  },
);
