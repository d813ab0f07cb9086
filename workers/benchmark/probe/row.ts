import { type Failure, judge } from "./judge.ts";
import { isFullAnswer } from "./metrics/answer-check.ts";
import { ONE_READING_MS } from "./metrics/arrivals.ts";
import { costOf, mostUsd } from "./metrics/cost.ts";
import { gapsBetween } from "./metrics/gaps.ts";
import { countTokens } from "./metrics/tokens.ts";
import { tokensPerSecond } from "./metrics/tps.ts";
import type { Exchange } from "./network/exchange.ts";
import { maxOutputTokens } from "./prompts.ts";
import { readableLine, redactSecrets } from "./redact.ts";
import { requestIdOf, serverTiming } from "./server-timing.ts";
import {
  cutToBytes,
  storableCost,
  storableCount,
  storableName,
  storableNumber,
  storableText,
} from "./storable.ts";
import type { UsageReport } from "./stream/decoder.ts";
import type { Measurement, ProbeOutcome, ProbeRequest } from "./types.ts";

/** Raised whenever a number could come out differently for the same stream. */
export const PROBE_VERSION = "2";

const MAX_TEXT_BYTES = 256 * 1024;
const MAX_TIER_CHARS = 100;

/** What a request's row says of it before anything has happened. */
export interface RowIdentity {
  readonly id: string;
  /** Its slug. */
  readonly provider: string;
  readonly model: string;
  readonly simulated: boolean;
  readonly location: string;
  /** The upstream that alone was asked for. */
  readonly upstream?: string | null;
}

/** The row of a request of which nothing is known yet. */
export function blankRow(request: RowIdentity, createdAt: Date, promptVersion: string): Measurement {
  return {
    id: request.id,
    created_at: createdAt.toISOString(),
    provider: request.provider,
    model: request.model,
    input_tokens: 0,
    output_tokens: 0,
    total_latency_ms: 0,
    ttft_ms: null,
    tps: null,
    status_code: null,
    success: false,
    error_kind: null,
    error_message: null,
    response_text: null,
    cost_usd: 0,
    ttfb_ms: null,
    answer_ttft_ms: null,
    warmup_ms: null,
    finish_reason: null,
    reasoning_tokens: null,
    cached_tokens: null,
    tokens_estimated: false,
    cost_source: "unknown",
    input_price_per_m: null,
    output_price_per_m: null,
    cached_input_price_per_m: null,
    answer_ok: null,
    chunk_times_ms: null,
    truncated: false,
    skipped_events: 0,
    endpoint_host: null,
    upstream: request.upstream ?? null,
    upstream_pinned: typeof request.upstream === "string",
    served_model: null,
    system_fingerprint: null,
    service_tier: null,
    provider_request_id: null,
    gap_p99_ms: null,
    longest_gap_ms: null,
    usage_implausible: false,
    provider_timing: null,
    colo: null,
    simulated: request.simulated,
    location: request.location,
    prompt_version: promptVersion,
    request_params: {},
    probe_version: PROBE_VERSION,
  };
}

/** The settings that must appear nowhere. The key that the simulator is asked with is a plain word. */
export function secretsOf(request: ProbeRequest): string[] {
  return request.simulated || request.apiKey === "" ? [] : [request.apiKey];
}

/**
 * Writes all that an exchange showed into the row: the one place where readings become numbers.
 *
 * @returns whether the provider said what it charged, or counted what went in and came out; and a charge that was not believed.
 */
export function fillRow(
  row: Measurement,
  exchange: Exchange,
  request: ProbeRequest,
  promptChars: number,
): Pick<ProbeOutcome, "usageReported" | "disbelievedUsd"> {
  const { observation, response, startedAt, headersAt } = exchange;
  const { all, answer } = observation;
  const secrets = secretsOf(request);
  const since = (atMs: number): number => storableNumber(atMs - startedAt);
  const name = (text: string | null): string | null =>
    text === null ? null : storableName(redactSecrets(text, secrets));

  const seen = { promptChars, outputChars: all.chars, maxOutputTokens: maxOutputTokens(request.reasoning) };
  const usage = orElse(observation.usage, observation.usageHint);
  const tokens = countTokens(usage, seen);
  const most = mostUsd(seen, request.price, request.provider.requestFeeUsd);
  const cost = costOf(usage.costUsd, tokens, request.price, most);
  const implausible = tokens.implausible || cost.implausible;
  const failure = judge(exchange, tokens);

  row.status_code = response === null ? null : storableCount(response.status);
  row.ttfb_ms = headersAt === null ? null : since(headersAt);
  row.total_latency_ms = since(endOf(exchange, failure));
  row.ttft_ms = all.count > 0 ? since(all.firstAt) : null;
  row.answer_ttft_ms = answer.count > 0 ? since(answer.firstAt) : null;
  row.chunk_times_ms = observation.chunkTimes.length > 0 ? observation.chunkTimes.map(since) : null;

  row.input_tokens = tokens.input;
  row.output_tokens = tokens.output;
  row.reasoning_tokens = tokens.reasoning;
  row.cached_tokens = tokens.cached;
  row.tokens_estimated = tokens.estimated;
  const { reasoningChars, thoughtsWithheld } = observation;
  const tps = tokensPerSecond({
    outputTokens: tokens.output,
    reasoningTokens: tokens.reasoning,
    reasoningChars,
    thoughtsWithheld,
    all,
    answer,
  });
  row.usage_implausible = implausible;
  row.tps = tps === null || implausible ? null : storableNumber(tps);
  const gaps = gapsBetween(observation.chunkTimes, ONE_READING_MS);
  row.gap_p99_ms = gaps.p99Ms === null ? null : storableNumber(gaps.p99Ms);
  row.longest_gap_ms = gaps.longestMs === null ? null : storableNumber(gaps.longestMs);

  row.cost_usd = storableCost(cost.usd);
  row.cost_source = cost.source;
  if (cost.source === "price" && request.price !== null) {
    row.input_price_per_m = request.price.input;
    row.output_price_per_m = request.price.output;
    row.cached_input_price_per_m = request.price.cachedInput;
  }

  row.success = failure === null;
  row.error_kind = failure?.kind ?? null;
  row.error_message = failure === null ? null : storableText(readableLine(failure.message, secrets));
  row.finish_reason = name(observation.finishReason);
  row.skipped_events = storableCount(observation.skippedEvents);
  const { served } = observation;
  // A pinned one keeps the name it was asked for by, which names its series.
  row.upstream = request.upstream ?? name(served.upstream ?? null);
  row.served_model = name(served.model ?? null);
  row.system_fingerprint = name(served.fingerprint ?? null);
  row.service_tier = name(served.tier ?? null)?.slice(0, MAX_TIER_CHARS) ?? null;
  row.provider_request_id = name(requestIdOf(response?.headers ?? null) ?? served.requestId ?? null);
  row.provider_timing = serverTiming(response?.headers ?? null, observation.timing, secrets);

  const text = cutToBytes(storableText(redactSecrets(observation.text, secrets)), MAX_TEXT_BYTES);
  row.response_text = text.text === "" ? null : text.text;
  row.truncated = observation.cut || text.cut;
  if (request.prompt === "standard" && row.response_text !== null) {
    row.answer_ok = row.success && isFullAnswer(row.response_text, observation.finishReason);
  }
  const counted = usage.input !== undefined && usage.output !== undefined && !tokens.estimated;
  return {
    usageReported: !implausible && (counted || usage.costUsd !== undefined),
    ...(cost.implausible ? { disbelievedUsd: usage.costUsd } : {}),
  };
}

/** What was reported, and where it lacks a count the server's own statistics. */
function orElse(usage: UsageReport, hint: UsageReport): UsageReport {
  if (usage.output !== undefined && usage.input !== undefined) return usage;
  return {
    ...usage,
    input: usage.input || hint.input,
    output: usage.output || hint.output,
    cached: usage.cached ?? hint.cached,
  };
}

/** The closing event, the end of the body or the failure, whichever it was. */
function endOf({ ending, endedAt, observation }: Exchange, failure: Failure | null): number {
  if (failure?.atMs !== undefined && failure.atMs !== null) return failure.atMs;
  // The answer was over and the server only held the line: how long it did, silent or not, is not its latency.
  const heldOpen = ending.how === "deadline" || ending.how === "lost";
  if (heldOpen && observation.finished) return observation.lastWordAt;
  return endedAt;
}
