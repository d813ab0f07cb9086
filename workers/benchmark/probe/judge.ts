import { platformLimitIn } from "../platform-limits.ts";
import { classifyStatus, classifyStreamError } from "./errors/classify.ts";
import { type ProviderError, textError } from "./errors/provider-error.ts";
import type { TokenCounts } from "./metrics/tokens.ts";
import type { DeadlineName, PassedDeadline } from "./network/deadlines.ts";
import type { Exchange } from "./network/exchange.ts";
import { isFiltered } from "./stream/finish-reasons.ts";
import type { Observation } from "./stream/observation.ts";
import type { ErrorKind } from "./types.ts";

/** Why a request counts as failed. The message is not yet redacted. */
export interface Failure {
  readonly kind: ErrorKind;
  readonly message: string;
  /** Clock reading of the failure, where it was not the end of the exchange. */
  readonly atMs: number | null;
}

/**
 * How a request ended, or null for a success. Where several failures hold, the first counts: an error inside
 * the stream, a lost connection or a passed deadline, an end without a proper end, only thoughts, nothing.
 */
export function judge(exchange: Exchange, tokens: TokenCounts): Failure | null {
  const { ending, response, observation } = exchange;
  const status = response?.status ?? 0;
  switch (ending.how) {
    case "no response":
      // Refused by our own platform: nothing left this machine.
      return fail(platformLimitIn(ending.cause) ? "probe_fault" : "network", `no response: ${ending.cause}`);
    case "refused":
      return fail(classifyStatus(status, ending.error), refusal(status, response, ending.error));
    case "no content":
      return fail("empty_response", `HTTP ${status} carries no answer`);
    case "not a stream":
      if (ending.error !== null) {
        return fail(
          classifyStreamError(ending.error),
          `HTTP ${status} with an error: ${describe(ending.error)}`,
        );
      }
      return fail(
        "bad_response",
        `answered with ${labelOf(response)} instead of a stream: ${ending.excerpt}`,
      );
    default:
  }
  if (observation.error !== null) {
    const message = `error inside the stream: ${describe(observation.error)}`;
    return { kind: classifyStreamError(observation.error), message, atMs: observation.errorAt };
  }
  if (observation.brokeOff !== null) {
    const message = `the generation broke off: ${observation.brokeOff}`;
    return { kind: classifyStreamError(textError(message)), message, atMs: observation.brokeOffAt };
  }
  if (ending.how === "too large") return fail("bad_response", "the body went beyond the limit of its size");
  if (!endedProperly(exchange)) {
    if (ending.how === "lost") return fail("stream_truncated", `the connection was lost: ${ending.cause}`);
    if (ending.how === "deadline") return fail("timeout", deadlineText(ending.passed));
    if (observation.readEvents === 0) return fail("bad_response", unreadable(exchange, ending.excerpt));
    return fail("stream_truncated", truncated(observation));
  }
  return answered(exchange, tokens);
}

/**
 * The closing event or a finish reason that is known as a proper end; one that nobody knows is an end where the
 * usage that comes last has come too and the body was not cut.
 */
function endedProperly({ ending, observation }: Exchange): boolean {
  if (observation.done || observation.finished) return true;
  return (
    observation.finishReason !== null && ending.how === "ended" && observation.usage.output !== undefined
  );
}

/** A stream that ended properly still fails without an answer in it. */
function answered({ observation }: Exchange, tokens: TokenCounts): Failure | null {
  if (observation.answer.count > 0) return null;
  const reason = `finish_reason ${observation.finishReason ?? "not given"}`;
  if (observation.skippedEvents > 0) {
    // What nobody could read may have been the answer, so that its lack is not the operator's fault.
    const { skippedEvents: count, skippedText } = observation;
    return fail("bad_response", `no answer but in ${count} unreadable events (${reason}): ${skippedText}`);
  }
  if (generatedThoughts(observation, tokens)) {
    return fail("no_answer", `${tokens.output} tokens were generated, none of them an answer (${reason})`);
  }
  return fail("empty_response", `ended without one generated token (${reason})`);
}

/**
 * Whether tokens were generated although no answer came. What nobody saw is taken for thoughts, unless the
 * provider says that there were none, a filter ended the answer, or it is the one token that ends an empty one.
 */
function generatedThoughts(observation: Observation, { output, reasoning }: TokenCounts): boolean {
  if (observation.reasoningChars > 0 || (reasoning ?? 0) > 0) return true;
  if (isFiltered(observation.finishReason) || reasoning === 0) return false;
  return output > (observation.thoughtsWithheld ? 0 : 1);
}

function fail(kind: ErrorKind, message: string): Failure {
  return { kind, message, atMs: null };
}

function refusal(status: number, response: Response | null, error: ProviderError): string {
  if (status >= 300 && status < 400) {
    return `HTTP ${status} redirects to ${response?.headers.get("location") ?? "nowhere"}; redirects are not followed`;
  }
  const said = describe(error);
  return said === "" ? `HTTP ${status}` : `HTTP ${status}: ${said}`;
}

function describe({ message, code, type }: ProviderError): string {
  const name = code ?? type;
  return name === null || message.includes(name) ? message : `${message} (${name})`;
}

function labelOf(response: Response | null): string {
  return response?.headers.get("content-type") ?? "no content-type";
}

function truncated({ skippedText }: Observation): string {
  const last = skippedText === "" ? "" : `: ${skippedText}`;
  return `the body ended before a finish_reason or its closing event${last}`;
}

function unreadable({ bodyBytes, observation }: Exchange, excerpt: string): string {
  if (bodyBytes === 0) return "the body is empty";
  const events =
    observation.skippedEvents > 0 ? `all ${observation.skippedEvents} events unreadable` : "no event";
  return `no readable event in the body (${events}): ${excerpt}`;
}

const AWAITED: Readonly<Record<DeadlineName, string>> = {
  headers: "no response headers",
  "first token": "no first token",
  idle: "no further token",
  total: "not finished",
  "error body": "no end of the body",
  "after error": "no end after an error",
};

function deadlineText({ name, limitMs }: PassedDeadline): string {
  return `${AWAITED[name]} within ${limitMs / 1_000} s`;
}
