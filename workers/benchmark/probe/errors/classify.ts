import type { ErrorKind } from "../types.ts";
import type { ProviderError } from "./provider-error.ts";

/*
 * What an error says. Its code and type come before its words: they are made for programs. A pattern earns its
 * place by a message that a provider really sends, and is kept from those that only look like it: Groq's and OpenAI's
 * rate limits speak of billing pages, a refused parameter speaks of "this model".
 */
const KEY_CODE =
  /^(?:invalid_api_key|api_key_invalid|authentication_error|invalid_?authentication(?:_error)?|unauthorized|permission_denied_key|account_deactivated|invalidapikey|1004|2049)$/i;
const KEY_IS_WRONG =
  /invalid_api_key|api_key_invalid|authentication_error|(?:incorrect|invalid|wrong|missing|malformed|expired|revoked|unknown|no) (?:x-)?api[ _-]?keys?|api[ _-]?key.{0,40}(?:not valid|invalid|incorrect|expired|missing|revoked|required|not found)|(?:invalid|missing|no) (?:authentication|authorization|credentials|bearer)|unauthori[sz]ed/i;
const NO_SUCH_MODEL_CODE =
  /^(?:model_?not_?(?:found|available|exist|open|supported)|model_(?:decommissioned|deprecated|unavailable)|(?:invalid|unknown|unsupported)_?model|models?_not_exist|invalidendpointormodel\.\w+|20012)$/i;
const NO_SUCH_MODEL =
  /\bmodels?\b.{0,200}?(?:do(?:es)?(?: not|n't) exist|not found|not exist|decommissioned|has been (?:deprecated|retired|shut ?down|removed)|no longer (?:available|supported|served|offered)|(?:is|are) (?:not available|unavailable)|not have access)|(?:unknown|invalid|no such|non-?existent|unsupported) model\b|(?:unable to access|cannot find|could not find|not a valid) (?:\w+ )?model\b|no endpoints found/i;
/**
 * Codes of an empty, unpaid or capped account. Numbers: MiniMax 1008, 2056; Zhipu 1112, 1113, 1308 to 1311;
 * SiliconFlow 30001; Cloudflare 3036, 4006.
 */
const NO_CREDIT_CODE =
  /^(?:insufficient_?(?:user_)?(?:quota|credits?|balance|funds)(?:_error)?|not_enough_(?:balance|credits?)|(?:no|out_of)_(?:balance|credits?)|(?:exceeded_)?(?:current_)?quota_?exceeded(?:_error)?|exceeded_current_quota(?:_error)?|billing_(?!error_retry)\w+|credits?_(?:limit|exhausted|depleted|required|exceeded)\w*|(?:usage|spend(?:ing)?|hard|monthly|daily|budget|credit|key|total)_?limits?_?(?:reached|exceeded)(?:_error)?|budget_exceeded|payment_?required\w*|account_?(?:overdue|suspended|arrears)(?:_?error)?|arrearage|\w+billoverdue|commoditynotpurchased|setlimitexceeded|allocationquota\.\w+|subscription_\w*(?:expired|inactive|required)|1008|2056|1112|1113|1308|1309|1310|1311|30001|3036|4006)$/i;
const NO_CREDIT =
  /insufficient[ _](?:account |user |available )?(?:quota|credits?|balance|funds)|(?:credit|account|prepaid) balance|balance (?:is )?(?:too low|insufficient|not enough|exhausted|depleted|negative|empty)|(?:no|out of|not enough|more|add|purchase|buy|remaining|any|zero|lack(?:s|ing)?) (?:\w+ )?credits?\b|used (?:up )?(?:all )?(?:of )?(?:your )?(?:\w+ ){0,2}credits|used up your (?:\w+ ){0,3}(?:allocation|allowance|quota)|(?:exceeded|reached|hit|over) your (?:\w+ ){0,2}(?:included credits|credit limit)|credits? (?:\w+ ){0,2}(?:exhausted|depleted|used up|expired|exceeded)|billing_hard_limit|billing[ _](?:is )?(?:not[ _]active|disabled|not enabled)|billing account .{0,60}(?:disabled|closed|not active)|(?:account|subscription|organi[sz]ation|team|plan)\b.{0,80}?\b(?:suspended|overdue|in arrears|past due|unpaid|deactivated for billing|(?:is )?(?:inactive|not active).{0,120}(?:billing|quota|pay|credit))|(?:spending|spend|billing|hard|usage|credit|budget|monthly|key) (?:limits?|cap)\b.{0,40}(?:reached|exceeded|hit|exhausted)|(?:reached|exceeded|hit|over)\b.{0,40}(?:spending|spend|billing|usage|credit|budget|monthly|total) (?:limits?|cap)\b|failure to pay|unpaid invoices?|past invoices|payment[ _](?:is )?(?:required|overdue|failed)|(?:top|topping) up|recharge (?:your|first|the)|please recharge|arrears|key limit exceeded|余额不足|余额已用完|欠费|充值|额度(?:不足|已用(?:尽|完)|用完|已达)|账户.{0,10}(?:停用|欠)|配额不足/i;
const QUOTA_EXCEEDED =
  /(?:exceeded|reached|used up|over) (?:your |the |its |my )?(?:current |monthly |account |free |total )*quota|quota (?:has been |is |was )?(?:exceeded|exhausted|reached|used up)|exceeded_current_quota/i;
const RATE =
  /rate[ _-]?limit|too many requests|(?:per|every|a|each)[ _-]?(?:second|minute|min|hour|day)\b|requests? per|tokens? per|concurren|\b[RT]P[MD]\b/i;
const RATE_TYPE = /rate_?limit|too_?many_?requests|resource_?exhausted|throttl|^1002$|^1302$|^1303$|^1305$/i;
const TOKENS_PER_MINUTE = /tokens per min|\bTPM\b/i;
const OVERLOADED =
  /overload|(?:no|at|over|out of|insufficient|lacks?) (?:\w+ )?capacity|capacity (?:\w+ )?(?:exceeded|exhausted|unavailable|reached)|capacity_exceeded|insufficient_system_resource|no healthy upstream|server (?:is )?(?:too )?busy|temporarily out of (?:\w+ )?(?:resources|capacity)|high (?:demand|load|traffic)/i;
const PLACE_REFUSED =
  /unsupported_country|country, region,? or territory|user location is not supported|not (?:available|supported) in your (?:country|region|location)|your (?:country|region|location) is not supported/i;

/** How a refusal (HTTP 3xx to 5xx) ends: its status decides, code and words of its body refine it. */
export function classifyStatus(status: number, error: ProviderError): ErrorKind {
  if (status >= 500) return "server_error";
  if (status < 400) return "bad_response";
  const words = wordsOf(error);
  if (PLACE_REFUSED.test(words)) return "probe_fault";
  switch (status) {
    case 402:
      return "quota";
    case 404:
      return hasCode(error, NO_CREDIT_CODE) ? "quota" : "model_not_found";
    case 408:
      return "timeout";
    case 401:
    case 403:
      if (hasNoCredit(error, words)) return "quota";
      return hasCode(error, NO_SUCH_MODEL_CODE) ? "model_not_found" : "auth";
    case 429:
      return limited(error, words);
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
  if (error.status === 402 || hasNoCredit(error, words)) return "quota";
  if (error.status === 429 || hasCode(error, RATE_TYPE)) return limited(error, words);
  return OVERLOADED.test(words) ? "server_error" : "stream_error";
}

function limited(error: ProviderError, words: string): ErrorKind {
  if (hasNoCredit(error, words)) return "quota";
  return OVERLOADED.test(words) ? "server_error" : "rate_limited";
}

function refineBadRequest(error: ProviderError, words: string): ErrorKind {
  if (hasCode(error, NO_CREDIT_CODE)) return "quota";
  if (hasCode(error, KEY_CODE) || KEY_IS_WRONG.test(words)) return "auth";
  if (hasNoCredit(error, words)) return "quota";
  if (hasCode(error, NO_SUCH_MODEL_CODE) || NO_SUCH_MODEL.test(words)) return "model_not_found";
  return OVERLOADED.test(words) ? "server_error" : "invalid_request";
}

/** Gemini words a limit per minute as an exceeded quota; OpenAI words an empty account so. */
function hasNoCredit(error: ProviderError, words: string): boolean {
  if (hasCode(error, NO_CREDIT_CODE)) return true;
  const rate = RATE.test(error.message.slice(0, 4_000)) || hasCode(error, /^rate_?limit_?exceeded$/i);
  if (NO_CREDIT.test(words))
    return (
      !rate || /insufficient[ _]|余额|欠费|used all|no credits|out of credit|suspended|arrears/i.test(words)
    );
  return QUOTA_EXCEEDED.test(words) && !rate;
}

function hasCode(error: ProviderError, pattern: RegExp): boolean {
  return [error.code, error.type].some((name) => name !== null && pattern.test(name.slice(0, 200)));
}

/** Long bodies say what they say at their start; the patterns need not walk the rest. */
function wordsOf(error: ProviderError): string {
  return `${error.code?.slice(0, 200) ?? ""} ${error.type?.slice(0, 200) ?? ""} ${error.message.slice(0, 4_000)}`.replace(
    /\s+/g,
    " ",
  );
}
