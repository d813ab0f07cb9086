import { asText, isObject } from "../json.ts";

/** What a finish reason says: a proper end, a generation that broke off, nothing yet, or a word nobody knows. */
export type FinishKind = "proper" | "broken" | "none" | "unknown";

/** Ends that providers and engines document: by itself, at a limit, for a tool, by a filter. */
const PROPER = new Set(
  [
    ["stop", "eos", "eos_token", "end_turn", "stop_sequence", "stop_str", "stop_token", "end_of_turn", "eot"],
    ["completed", "complete", "done", "finished", "finish", "success", "end", "normal", "pause_turn"],
    ["length", "max_tokens", "max_output_tokens", "max_completion_tokens", "max_length", "max_new_tokens"],
    [
      "model_length",
      "token_limit",
      "limit",
      "model_context_window_exceeded",
      "context_length_exceeded",
      "incomplete",
    ],
    ["tool_calls", "tool_call", "tool_use", "function_call"],
    [
      "content_filter",
      "content_filtered",
      "safety",
      "recitation",
      "language",
      "blocklist",
      "prohibited_content",
    ],
    [
      "spii",
      "image_safety",
      "other",
      "sensitive",
      "refusal",
      "guardrail_intervened",
      "blocked",
      "moderation",
    ],
  ].flat(),
);
/** Those of them with which a filter ends an answer. */
const FILTERED =
  /^(?:content_filter(?:ed)?|safety|recitation|blocklist|prohibited_content|spii|image_safety|sensitive|refusal|guardrail_intervened|blocked|moderation)$/;
/** Those of them with which the model came to its own end. */
const BY_ITSELF =
  /^(?:stop|eos|eos_token|end_turn|stop_sequence|stop_str|stop_token|end_of_turn|eot|completed?|done|finish(?:ed)?|success|end|normal)$/;
const BROKEN =
  /error|abort|fail|overload|time_?d?_?out|cancel|interrupt|insufficient|disconnect|unavailable|crash|kill|preempt|reset|broken|exhaust|internal|network|terminat|throttl|rate_?limit|evict|out_of_|lost|shut_?down|exception|connection|fault|expired|busy|capacity/;
const NOT_YET =
  /^(?:|null|none|nil|undefined|n\/a|unspecified|finish_reason_unspecified|not_finished|in_progress|not_stopped|pending|continue|generating|running)$/;

export function finishKind(reason: string): FinishKind {
  const word = plain(reason);
  if (NOT_YET.test(word)) return "none";
  if (PROPER.has(word)) return "proper";
  return BROKEN.test(word) ? "broken" : "unknown";
}

/** Whether a filter ended the answer, so that none of it was ever to come. */
export function isFiltered(reason: string | null): boolean {
  return reason !== null && FILTERED.test(plain(reason));
}

/** Whether the model stopped by itself; anything else means that it was cut off. */
export function endedByItself(reason: string): boolean {
  return BY_ITSELF.test(plain(reason));
}

/** A finish reason's text, also as `{type}` (finish_details). */
export function finishText(value: unknown): string | null {
  return asText(value) ?? (isObject(value) ? (asText(value.type) ?? asText(value.reason)) : null);
}

function plain(reason: string): string {
  return reason
    .slice(0, 200)
    .trim()
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[\s-]+/g, "_")
    .replace(/^finish_reason_(?!unspecified)/, "");
}
