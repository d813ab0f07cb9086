import { z } from "zod";
import { FAILURE_OWNERS, failureTitle, ownerSentence } from "../lib/failures.ts";
import type { LockableMetric } from "../lib/locks.ts";
import { isOpen } from "../lib/locks.ts";
import type { RunQuery, RunsQuery } from "../lib/queries.ts";
import { RESULTS_A_PAGE, toReplay } from "../lib/runs.ts";
import { count, figure, kind, runHead, time } from "../lib/schema.ts";
import type { Reader } from "./reader.server.ts";

/** Characters of an answer on a page of many, and on the page of one result. */
const TEXT_LIMIT = 2_000;
const TEXT_LIMIT_ALONE = 40_000;

/** What `dashboard_runs` returns; null where the run that a page starts from is not there. */
export const runsSchema = z
  .object({
    as_of: time,
    total: count,
    newer: z.boolean(),
    older: z.boolean(),
    runs: z.array(
      z.object({
        ...runHead,
        skipped: count,
        over_budget: z.boolean(),
        results: count,
        failures: count,
        simulated: count,
        // Several providers were asked and none was reached: our own connection was down.
        offline: z.boolean(),
      }),
    ),
  })
  .nullable();

const text = z.string().catch("unknown");
// Other tools may write what they like into this column; it is counted all the same.
const skippedTargets = z.array(
  z
    .object({ provider: text, model: text, reason: text, until: time.nullable().catch(null) })
    .catch({ provider: "unknown", model: "unknown", reason: "unknown", until: null }),
);

const resultSchema = z.object({
  id: z.guid(),
  created_at: time,
  provider: z.string(),
  provider_name: z.string(),
  kind,
  model: z.string(),
  simulated: z.boolean(),
  success: z.boolean(),
  status_code: z.int().nullable(),
  error_kind: z.string().nullable(),
  error_message: z.string().nullable(),
  owner: z.enum(FAILURE_OWNERS).nullable(),
  total_latency_ms: z.number(),
  ttfb_ms: figure,
  ttft_ms: figure,
  answer_ttft_ms: figure,
  warmup_ms: figure,
  tps: figure,
  input_tokens: count,
  output_tokens: count,
  reasoning_tokens: count.nullable(),
  cached_tokens: count.nullable(),
  tokens_estimated: z.boolean(),
  cost_usd: z.number(),
  cost_source: z.string(),
  finish_reason: z.string().nullable(),
  answer_ok: z.boolean().nullable(),
  truncated: z.boolean(),
  skipped_events: count,
  upstream: z.string().nullable(),
  location: z.string(),
  colo: z.string().nullable(),
  prompt_version: z.string().nullable(),
  text: z.string().nullable(),
  text_chars: count,
  arrivals: count,
  times: z.array(z.tuple([count, z.number()])).nullable(),
});

/** What `dashboard_run` returns. */
export const runSchema = z.union([
  z.object({ run: z.null() }),
  z.object({
    as_of: time,
    run: z.object({ ...runHead, scheduled_for: time.nullable(), skipped: skippedTargets }),
    previous: z.guid().nullable(),
    next: z.guid().nullable(),
    counts: z.object({
      results: count,
      failures: count,
      simulated: count,
      cost_usd: figure,
      cost_unknown: count,
      offline: z.boolean(),
    }),
    // Results that match the filter, over all pages.
    matching: count,
    results: z.array(resultSchema),
  }),
]);

/** The list of runs, and one run; of its results a figure is null where its metric is locked. */
export type RunList = NonNullable<Awaited<ReturnType<typeof readRuns>>>;
export type RunPage = NonNullable<Awaited<ReturnType<typeof readRun>>>;
export type RunResult = RunPage["results"][number];
export type SkippedTarget = z.infer<typeof skippedTargets>[number];

/**
 * A page of runs, newest first.
 * @returns null where the address names a run that is not there
 * @throws {ReadError} where the database gives no answer; ZodError where the answer is not what was agreed.
 */
export async function readRuns(reader: Reader, { before, after, from, to }: RunsQuery) {
  return runsSchema.parse(await reader.call("dashboard_runs", { before, after, from_at: from, to_at: to }));
}

/**
 * One run with a page of its results, or with one of them alone. Locked metrics are taken out here, and with
 * any locked time the stream's arrivals too, since they tell it.
 * @returns null where there is no such run, or no such result in it
 * @throws {ReadError}, ZodError as above
 */
export async function readRun(
  reader: Reader,
  id: string,
  query: RunQuery,
  locked: ReadonlySet<LockableMetric>,
) {
  const alone = query.result !== null;
  const answer = runSchema.parse(
    await reader.call("dashboard_run", {
      of_run: id,
      of_result: query.result,
      only_failed: query.show === "failed" ? true : null,
      page: query.page,
      page_size: RESULTS_A_PAGE,
      text_limit: alone ? TEXT_LIMIT_ALONE : TEXT_LIMIT,
    }),
  );
  if (answer.run === null) return null;
  if (alone && answer.results.length === 0) return null;
  const { counts, results, ...rest } = answer;
  return {
    ...rest,
    counts: isOpen("cost", locked) ? counts : { ...counts, cost_usd: null, cost_unknown: 0 },
    results: results.map((row) => toResult(row, locked)),
  };
}

function toResult(row: z.infer<typeof resultSchema>, locked: ReadonlySet<LockableMetric>) {
  const { total_latency_ms, ttfb_ms, ttft_ms, answer_ttft_ms, tps, cost_usd, cost_source, owner, ...kept } =
    row;
  const { times: _, arrivals: __, ...rest } = kept;
  return {
    ...rest,
    failure: row.success ? null : { title: failureTitle(row.error_kind, owner), whose: ownerSentence(owner) },
    latency: isOpen("latency", locked) ? { total_ms: total_latency_ms } : null,
    ttft: isOpen("ttft", locked)
      ? { headers_ms: ttfb_ms, first_ms: ttft_ms, answer_ms: answer_ttft_ms }
      : null,
    tps: isOpen("tps", locked) ? { value: tps } : null,
    cost: isOpen("cost", locked)
      ? { usd: cost_source === "unknown" && cost_usd === 0 ? null : cost_usd, source: cost_source }
      : null,
    stream: isOpen("arrivals", locked) ? streamOf(row) : null,
  };
}

function streamOf(row: z.infer<typeof resultSchema>) {
  const text = row.text ?? "";
  // The database counts code points, JavaScript UTF-16 units: only of a text that is cut the first is needed.
  const cut = [...text].length < row.text_chars;
  return toReplay({
    times: row.times ?? [],
    arrivals: row.arrivals,
    text,
    textChars: cut ? row.text_chars : text.length,
    answerMs: row.answer_ttft_ms,
  });
}
