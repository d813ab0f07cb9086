import type { ErrorKind } from "../types.ts";
import type { ProviderError } from "./provider-error.ts";

/*
 * What the words of an error say. A pattern earns its place by a message that a provider really sends, and is
 * kept from those that only look like it: Groq's and OpenAI's rate limits speak of billing pages, a refused
 * parameter speaks of "this model".
 */
const KEY_IS_WRONG =
  /invalid_api_key|api_key_invalid|authentication_error|(?:incorrect|invalid|wrong|missing|malformed|expired|revoked|unknown|no) (?:x-)?api[ _-]?keys?|api[ _-]?key.{0,40}(?:not valid|invalid|incorrect|expired|missing|revoked|required|not found)|(?:invalid|missing|no) (?:authentication|authorization|credentials|bearer)|unauthori[sz]ed/i;
const NO_SUCH_MODEL_CODE =
  /^(?:model_not_(?:found|available|exist)|model_(?:decommissioned|deprecated|unavailable)|(?:invalid|unknown)_model|models?_not_exist)$/i;
const NO_SUCH_MODEL =
  /\bmodels?\b.{0,200}?(?:do(?:es)?(?: not|n't) exist|not found|not exist|decommissioned|has been (?:deprecated|retired|shut ?down|removed)|no longer (?:available|supported|served|offered)|(?:is|are) (?:not available|unavailable)|not have access)|(?:unknown|invalid|no such|non-?existent|unsupported) model\b|(?:unable to access|cannot find|could not find|not a valid) (?:\w+ )?model\b|no endpoints found/i;
const NO_CREDIT =
  /insufficient[ _](?:quota|credits?|balance|funds)|credit balance|balance (?:is )?too low|(?:no|out of|not enough|more|add|purchase|remaining) (?:\w+ )?credits\b|used all (?:of )?(?:your )?(?:\w+ )?credits|credits? (?:\w+ )?(?:exhausted|depleted)|billing_hard_limit|(?:spending|spend|billing|hard) limit (?:has been )?(?:reached|exceeded)|payment[ _]required/i;
const QUOTA_EXCEEDED = /exceeded your (?:current )?quota/i;
const RATE = /rate[ _-]?limit|too many requests|per[ _-]?(?:second|minute|min|hour|day)/i;
const TOKENS_PER_MINUTE = /tokens per min|\bTPM\b/i;
const OVERLOADED =
  /overloaded|(?:no|at|over|out of|insufficient|lacks?) (?:\w+ )?capacity|capacity (?:\w+ )?(?:exceeded|exhausted|unavailable|reached)|capacity_exceeded/i;
const PLACE_REFUSED =
  /unsupported_country|country, region,? or territory|user location is not supported|not (?:available|supported) in your (?:country|region|location)|your (?:country|region|location) is not supported/i;

/** How a refusal (HTTP 3xx to 5xx) ends: its status decides, the words of its body refine it. */
export function classifyStatus(status: number, error: ProviderError): ErrorKind {
  if (status >= 500) return "server_error";
  if (status < 400) return "bad_response";
  const words = wordsOf(error);
  if (PLACE_REFUSED.test(words)) return "probe_fault";
  switch (status) {
    case 401:
      return "auth";
    case 402:
      return "quota";
    case 403:
      if (hasNoCredit(words)) return "quota";
      return namesNoModel(error) ? "model_not_found" : "auth";
    case 404:
      return "model_not_found";
    case 408:
      return "timeout";
    case 429:
      return limited(words);
    case 413:
      return TOKENS_PER_MINUTE.test(words) ? "rate_limited" : "invalid_request";
    default:
      return refineBadRequest(error, words);
  }
}

/**
 * How an error inside a 200 ends. It stays an error of the stream, but where it says that it is a limit, an
 * empty account or an overload: those are not counted against a provider's streams.
 */
export function classifyStreamError(error: ProviderError): ErrorKind {
  const words = wordsOf(error);
  if (error.status === 402 || hasNoCredit(words)) return "quota";
  if (error.status === 429 || RATE_TYPE.test(`${error.type ?? ""} ${error.code ?? ""}`))
    return limited(words);
  return OVERLOADED.test(words) ? "server_error" : "stream_error";
}

const RATE_TYPE = /rate_?limit|too_many_requests|resource_exhausted/i;

function limited(words: string): ErrorKind {
  if (hasNoCredit(words)) return "quota";
  return OVERLOADED.test(words) ? "server_error" : "rate_limited";
}

function refineBadRequest(error: ProviderError, words: string): ErrorKind {
  if (KEY_IS_WRONG.test(words)) return "auth";
  if (hasNoCredit(words)) return "quota";
  if (namesNoModel(error) || NO_SUCH_MODEL.test(words)) return "model_not_found";
  return OVERLOADED.test(words) ? "server_error" : "invalid_request";
}

/** Gemini words a limit per minute as an exceeded quota; OpenAI words an empty account so. */
function hasNoCredit(words: string): boolean {
  return NO_CREDIT.test(words) || (QUOTA_EXCEEDED.test(words) && !RATE.test(words));
}

function namesNoModel(error: ProviderError): boolean {
  return [error.code, error.type].some((name) => name !== null && NO_SUCH_MODEL_CODE.test(name));
}

/** Long bodies say what they say at their start; the patterns need not walk the rest. */
function wordsOf(error: ProviderError): string {
  return `${error.code ?? ""} ${error.type ?? ""} ${error.message.slice(0, 4_000)}`.replace(/\s+/g, " ");
}
