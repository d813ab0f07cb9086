import type { Database } from "../../supabase/database.types.ts";
import type { StoredTarget } from "../../workers/benchmark/store/targets.ts";
import { answerText, thoughtText, toPieces } from "./answers.ts";
import { drawPlan, type Outcome, type Plan } from "./plan.ts";
import { type ModelProfile, modelProfile, providerProfile } from "./profiles.ts";
import { createRandom, hashSeed, pick, type Random } from "./random.ts";

type Tables = Database["public"]["Tables"];
type RunRow = Tables["runs"]["Insert"];
type ResultRow = Tables["benchmark_results"]["Insert"];

export const HISTORY_RUN_NAME = "simulated-history";

const MINUTE = 60_000;
const STEP = 15 * MINUTE;
const DAY = 24 * 60 * MINUTE;

export interface HistoryInput {
  readonly now: Date;
  readonly seed: number;
  readonly location: string;
  readonly targets: readonly StoredTarget[];
  readonly promptVersion: string;
  readonly promptChars: number;
}

/** Something that goes wrong for a while: hours before the end of the history. */
interface Incident {
  readonly provider: string;
  readonly model?: string;
  readonly beginsHoursAgo: number;
  readonly hours: number;
  /** Factor on delays; and the share of requests that fail, and how. */
  readonly load: number;
  readonly failing: number;
  readonly outcome: Exclude<Outcome, "ok">;
}

/** A week without one would teach nobody what an incident looks like on the pages. */
const incidents: readonly Incident[] = [
  { provider: "together", beginsHoursAgo: 61, hours: 1.5, load: 1.6, failing: 1, outcome: "server_error" },
  {
    provider: "openrouter",
    model: "openai/gpt-oss-20b",
    beginsHoursAgo: 118,
    hours: 3,
    load: 3.2,
    failing: 0.35,
    outcome: "rate_limit",
  },
  { provider: "openai", beginsHoursAgo: 27, hours: 2, load: 2.4, failing: 0, outcome: "server_error" },
];

/**
 * A week of runs, one every 15 minutes, each asking every target once, as the simulator would have answered:
 * same profiles, a daily rhythm, single failures and a few incidents. The last run ends before `now`.
 * Rows carry neither a text nor arrival times: nothing was ever sent.
 */
export function simulateHistory(input: HistoryInput): { runs: RunRow[]; results: ResultRow[] } {
  const end = Math.floor((input.now.getTime() - 2 * MINUTE) / STEP) * STEP;
  const runs: RunRow[] = [];
  const results: ResultRow[] = [];
  for (let at = end - 7 * DAY + STEP; at <= end; at += STEP) {
    const random = createRandom(hashSeed(input.seed, "run", at));
    const run = crypto.randomUUID();
    let clock = at + 200;
    for (const target of shuffled(input.targets, random)) {
      const model = modelProfile(providerProfile(target.provider), target.model);
      if (model === undefined) continue;
      const result = simulateResult(input, target, model, clock, (end - clock) / (60 * MINUTE), random);
      results.push({ ...result, run_id: run });
      clock += result.total_latency_ms + (result.warmup_ms ?? 0) + 40;
    }
    runs.push({
      id: run,
      run_name: HISTORY_RUN_NAME,
      triggered_by: "simulator",
      started_at: new Date(at).toISOString(),
      finished_at: new Date(clock).toISOString(),
      targets: input.targets.length,
      location: input.location,
    });
  }
  return { runs, results };
}

function simulateResult(
  input: HistoryInput,
  target: StoredTarget,
  model: ModelProfile,
  at: number,
  hoursAgo: number,
  random: Random,
): Omit<ResultRow, "run_id"> {
  const incident = incidents.find(
    (candidate) =>
      candidate.provider === target.provider &&
      (candidate.model ?? target.model) === target.model &&
      hoursAgo <= candidate.beginsHoursAgo &&
      hoursAgo > candidate.beginsHoursAgo - candidate.hours,
  );
  const load = rhythm(new Date(at)) * (incident?.load ?? 1);
  const drawn = drawPlan(random, model, providerProfile(target.provider).failureRate, load);
  const hit = incident !== undefined && random() < incident.failing;
  const plan: Plan = hit ? { ...drawn, outcome: incident.outcome } : drawn;

  const thoughts = model.reasoning === "streamed" ? countPieces(thoughtText(random)) : 0;
  const generated = thoughts + countPieces(answerText(random, "bullets"));
  const upstream = model.upstreams === undefined ? null : pick(random, model.upstreams);
  const streamed = streamOf(plan, generated);
  const inputTokens = streamed.tokens > 0 ? Math.ceil(input.promptChars / 4.6) + model.promptOverhead : 0;
  const ok = plan.outcome === "ok";
  return {
    id: crypto.randomUUID(),
    created_at: new Date(at).toISOString(),
    provider_id: target.providerId,
    model_id: target.modelId,
    provider: target.provider,
    model: target.model,
    input_tokens: inputTokens,
    output_tokens: streamed.tokens,
    reasoning_tokens: ok ? thoughts : null,
    // A stream that broke off never came to its usage.
    tokens_estimated: streamed.tokens > 0 && !ok,
    total_latency_ms: whole(streamed.totalMs),
    ttfb_ms: whole(streamed.ttfbMs),
    ttft_ms: streamed.ttftMs === null ? null : whole(streamed.ttftMs),
    answer_ttft_ms: ok ? whole(plan.ttftMs + (thoughts * 1000) / plan.tps) : null,
    tps: ok ? plan.tps : null,
    warmup_ms: whole(25 + 20 * random()),
    finish_reason: ok ? "stop" : null,
    answer_ok: ok ? true : null,
    upstream: streamed.tokens > 0 ? upstream : null,
    ...FAILURES[plan.outcome],
    success: ok,
    ...costOf(target, ok, inputTokens, streamed.tokens),
    endpoint_host: "127.0.0.1",
    simulated: true,
    location: input.location,
    prompt_version: input.promptVersion,
    probe_version: HISTORY_RUN_NAME,
  };
}

const FAILURES: Readonly<Record<Outcome, Pick<ResultRow, "status_code" | "error_kind" | "error_message">>> = {
  ok: { status_code: 200, error_kind: null, error_message: null },
  rate_limit: {
    status_code: 429,
    error_kind: "rate_limited",
    error_message: "Simulated: too many requests.",
  },
  server_error: {
    status_code: 503,
    error_kind: "server_error",
    error_message: "Simulated: service unavailable.",
  },
  stream_error: {
    status_code: 200,
    error_kind: "stream_error",
    error_message: "Simulated: error in the stream.",
  },
  truncate: {
    status_code: 200,
    error_kind: "stream_truncated",
    error_message: "Simulated: the stream broke off.",
  },
};

const counted = new Map<string, number>();

/** How many pieces the simulator would send of a text; there are few texts. */
function countPieces(text: string): number {
  const count = counted.get(text) ?? toPieces(text, "answer").length;
  counted.set(text, count);
  return count;
}

interface Streamed {
  readonly ttfbMs: number;
  readonly ttftMs: number | null;
  readonly totalMs: number;
  readonly tokens: number;
}

function streamOf(plan: Plan, generated: number): Streamed {
  if (plan.outcome === "rate_limit" || plan.outcome === "server_error") {
    const ms = Math.min(plan.ttfbMs, 120);
    return { ttfbMs: ms, ttftMs: null, totalMs: ms + 1, tokens: 0 };
  }
  const tokens = plan.outcome === "ok" ? generated : Math.max(1, Math.floor(generated * plan.breaksAt));
  const totalMs = plan.ttftMs + ((tokens - 1) * 1000) / plan.tps;
  return { ttfbMs: plan.ttfbMs, ttftMs: plan.ttftMs, totalMs, tokens };
}

function costOf(
  { provider, price }: StoredTarget,
  ok: boolean,
  inputTokens: number,
  outputTokens: number,
): Pick<ResultRow, "cost_usd" | "cost_source" | "input_price_per_m" | "output_price_per_m"> {
  if (price === null) {
    return { cost_usd: 0, cost_source: "unknown", input_price_per_m: null, output_price_per_m: null };
  }
  const cost_usd = (inputTokens * price.input + outputTokens * price.output) / 1_000_000;
  // OpenRouter says itself what it charged, in the last chunk.
  return provider === "openrouter" && ok
    ? { cost_usd, cost_source: "provider", input_price_per_m: null, output_price_per_m: null }
    : { cost_usd, cost_source: "price", input_price_per_m: price.input, output_price_per_m: price.output };
}

/** Busier on weekdays, busiest in the afternoon (UTC), as services used from Europe and America are. */
function rhythm(date: Date): number {
  const hour = date.getUTCHours() + date.getUTCMinutes() / 60;
  const weekend = date.getUTCDay() === 0 || date.getUTCDay() === 6;
  const wave = Math.max(0, Math.cos(((hour - 16) / 24) * 2 * Math.PI));
  return 1 + (weekend ? 0.08 : 0.25) * wave;
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

/** The probe's clock reads whole milliseconds. */
const whole = (ms: number) => Math.round(ms);
