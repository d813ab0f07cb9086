import { z } from "zod";
import { ratioAxis } from "../lib/comparison-axis.ts";
import { describeLeads, headlineOf } from "../lib/comparison-headline.ts";
import { namesOf } from "../lib/comparison-names.ts";
import { comparePairs, judgedPlaces, type Pair, standingsOf } from "../lib/comparison-pairs.ts";
import { recentOf } from "../lib/comparison-recent.ts";
import { COMPARED, type ComparedMetric, LOCK_OF, valuesOf } from "../lib/comparison-result.ts";
import { isSameModel } from "../lib/comparison-suggestions.ts";
import { tellNotes, tellPair } from "../lib/comparison-told.ts";
import { wordsOf } from "../lib/comparison-words.ts";
import { compile } from "../lib/compiled-schema.ts";
import { lineLooks } from "../lib/line-looks.ts";
import type { LockableMetric } from "../lib/locks.ts";
import { isOpen } from "../lib/locks.ts";
import { type OverlayPlot, plotOverlay } from "../lib/overlay.ts";
import type { ComparisonQuery } from "../lib/queries.ts";
import { earlier, isStale } from "../lib/schedule.ts";
import { count, figure, kind, time, windowHead } from "../lib/schema.ts";
import { judgeStability } from "../lib/stability.ts";
import type { Measure } from "../lib/words.ts";
import { endpointSchema, figuresSchema, toEndpoint } from "./overview.server.ts";
import type { Reader } from "./reader.server.ts";

const choicesSchema = z.object({
  endpoints: z.array(
    z.object({
      provider: z.string(),
      provider_name: z.string(),
      kind,
      model: z.string(),
      identity: z.string().nullable(),
      active: z.boolean(),
      newest_at: time.nullable(),
      simulated: z.boolean(),
    }),
  ),
});
const parseChoices = compile(choicesSchema);

/** An endpoint that can be chosen. */
export type Choice = z.infer<typeof choicesSchema>["endpoints"][number];

const comparedSchema = endpointSchema.extend({
  known: z.boolean(),
  figures: figuresSchema.extend({
    thinks_aloud: z.boolean(),
    answer_ttft: z.object({ n: count, p50: figure, p95: figure }),
  }),
  // Its week; null where it was not measured in the week.
  usual: figuresSchema.nullable(),
});

const values = z.array(figure);
const seriesSchema = z.object({
  states: z.string(),
  ttft: values,
  // Null: as the first token throughout.
  answer: values.nullable(),
  latency: values,
  tps: values,
  cost: values,
});

/** What `compare_endpoints` returns. */
export const comparisonSchema = z.object({
  ...windowHead,
  prompt_version: z.string().nullable(),
  usual_location: z.string().nullable(),
  endpoints: z.array(comparedSchema),
  runs: z.object({ at: z.array(z.number()), endpoints: z.array(seriesSchema) }),
});
const parseComparison = compile(comparisonSchema);

/** Endpoints side by side, or those that nobody knows. */
export type ComparisonAnswer = Awaited<ReturnType<typeof readComparison>>;
export type Comparison = Extract<ComparisonAnswer, { found: true }>["comparison"];
export type ComparedEndpoint = Comparison["endpoints"][number];

/** The endpoints there are to choose from. Throws as `readComparison`. */
export async function readChoices(reader: Reader): Promise<readonly Choice[]> {
  return parseChoices(await reader.call("compare_choices", {})).endpoints;
}

/**
 * Reads two to six endpoints and compares them. Locked metrics are taken out here.
 * @throws {ReadError} where the database gives no answer; ZodError where the answer is not what was agreed.
 */
export async function readComparison(
  reader: Reader,
  query: ComparisonQuery,
  locked: ReadonlySet<LockableMetric>,
) {
  const answer = parseComparison(
    await reader.call("compare_endpoints", {
      endpoints: JSON.stringify(query.with),
      time_window: query.window,
      at_location: query.location,
      from_at: query.from,
      to_at: query.to,
    }),
  );
  const unknown = query.with.filter((_, place) => answer.endpoints[place]?.known !== true);
  if (unknown.length > 0) return { found: false, unknown } as const;
  const { endpoints: rows, runs, step_s, prompt_version: _, ...rest } = answer;
  const byAnswer = rows.some(isThinking);
  const compared = rows.map((row, place) => {
    const { ttft, answer: first, ...series } = runs.endpoints[place] ?? NO_RUNS;
    return {
      runs: { ...series, ttft, answer: first ?? ttft },
      thinks: isThinking(row),
      simulated: row.simulated,
      measured: row.figures.attempts > 0,
    };
  });
  const names = namesOf(rows);
  const pairs = comparePairs(compared, { byAnswer, locked });
  const places = judgedPlaces(compared);
  const standings = standingsOf(pairs, places, locked);
  const timing = {
    at: runs.at,
    since: Date.parse(answer.since),
    until: Date.parse(answer.as_of),
    stepS: step_s,
  };
  const plots: Partial<Record<ComparedMetric, OverlayPlot | null>> = {};
  for (const metric of COMPARED.filter((one) => !locked.has(LOCK_OF[one]))) {
    plots[metric] = plotOverlay(
      compared.map(({ runs: series, thinks }) => valuesOf(series, metric, { thinks, byAnswer })),
      timing,
    );
  }
  const endpoints = rows.map((row, place) => ({
    ...toCompared(row, byAnswer, locked),
    // Low, medium or high; null where it is locked.
    jitter: isOpen("stability", locked)
      ? judgeStability(row.figures.stability.latency_stddev, row.figures.stability.n).word
      : null,
    recent: locked.has("ttft") ? null : recentOf(compared[place], row.usual, byAnswer),
  }));
  const axis = ratioAxis(
    pairs.flatMap(({ differences }) => differences?.metrics.flatMap(({ estimate }) => estimate ?? []) ?? []),
  );
  return {
    found: true as const,
    comparison: {
      ...rest,
      stale: isStale(earlier(answer.newest_result_at, answer.as_of), answer.read_at),
      // One of them thinks, so times are those to the first answer.
      thinks: byAnswer,
      names,
      leads: places.length > 2 ? describeLeads(standings, names, byAnswer) : [],
      headline: headlineOf({ names, pairs, standings, places, byAnswer }),
      endpoints,
      notes: tellNotes(pairs, standings, places, names, endpoints),
      words: Object.fromEntries(COMPARED.map((metric) => [metric, wordsOf(metric, byAnswer)])) as Readonly<
        Record<ComparedMetric, Measure>
      >,
      sameModel: isSameModel(rows),
      ticks: axis.ticks,
      looks: lineLooks(rows.map(({ provider }) => provider)),
      // Of many pairs the parts of the window are not drawn.
      pairs: (pairs.length === 1 ? pairs : pairs.map(withoutBlocks)).map((pair) =>
        tellPair(pair, names, endpoints, axis),
      ),
      standings: standings.map(({ metric, leader, undecided }) => ({ metric, leader, undecided })),
      plots,
    },
  };
}

function withoutBlocks(pair: Pair): Pair {
  if (pair.differences === null) return pair;
  const metrics = pair.differences.metrics.map((difference) => ({
    ...difference,
    estimate: difference.estimate && { ...difference.estimate, blocks: [] },
  }));
  return { ...pair, differences: { ...pair.differences, metrics } };
}

type Row = z.infer<typeof comparedSchema>;
const NO_RUNS: z.infer<typeof seriesSchema> = {
  states: "",
  ttft: [],
  answer: null,
  latency: [],
  tps: [],
  cost: [],
};

function isThinking(row: Row): boolean {
  return row.reasoning || row.figures.thinks_aloud;
}

/** An endpoint over the window, with its time to the first token, or to the first answer where one of them thinks. */
function toCompared(row: Row, byAnswer: boolean, locked: ReadonlySet<LockableMetric>) {
  const endpoint = toEndpoint(row, locked);
  const { ttft, answer_ttft: answer } = row.figures;
  // Other tools' results know no first answer; without thinking it is the first token.
  const isAnswer = byAnswer && (isThinking(row) || answer.n === ttft.n);
  return { ...endpoint, first: endpoint.ttft === null ? null : isAnswer ? answer : ttft };
}
