import { secretFormsOf } from "./secret-forms.ts";

const HIDDEN = "[redacted]";
const MAX_LINE = 500;
/** Longer texts are cut before the patterns walk them; far more than a line can show. */
const MAX_INPUT = 8_192;
const MAX_TOKEN = 2_048;
const MIN_ECHO = 6;

/** What is hidden, by what, and what a text must hold for the pattern to be tried: some are dear at every character. */
const PATTERNS: readonly (readonly [pattern: RegExp, by: string, needed?: RegExp])[] = [
  // User info in addresses.
  [/\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/?#@"'<>]{1,256}@/gi, `$1${HIDDEN}@`],
  [/\b(bearer|basic)\s+[\w.~+/=*-]{6,}/gi, `$1 ${HIDDEN}`],
  [
    /\b((?:x-)?(?:api[_-]?|access[_-]?|secret[_-]?|auth[_-]?)?(?:key|token|secret|password|authorization))(["']?\s*[=:]\s*["']?)[^\s"',;&<>)}\]]{4,}/gi,
    `$1$2${HIDDEN}`,
  ],
  // Keys by their makers' prefixes, also when masked in the middle ("sk-proj-ab****yz").
  [
    /(?<![A-Za-z0-9])(?:sk|pk|rk|ak|gsk|xai|csk|fw|pplx|tgp|(?<!--)key|sb_secret|sb_publishable|hf|nvapi|AIza|ghp|glpat|r8)[-_](?=[\w*.…•-]{6})[\w*…•-]+(?:\.{2,}[\w*-]+)?/g,
    HIDDEN,
  ],
  [/(?<![A-Za-z0-9])AIza[\w*…-]{10,}/g, HIDDEN],
  [/(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{12,}/g, HIDDEN],
  // JSON Web Tokens.
  [/\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?/g, HIDDEN],
  // Amazon's names of resources and users: the account and all behind it.
  [/\b(arn:[\w-]{1,20}:[\w-]{0,40}:[\w-]{0,40}:)[^\s"'<>,;]{1,512}/gi, `$1${HIDDEN}`],
  [/(?<![A-Za-z0-9])(?:org|proj|user)[_-](?=[A-Za-z0-9]{3})[A-Za-z0-9_-]+/g, HIDDEN],
  // Ids of accounts and what belongs to them, where a digit shows that it is an id and no word.
  [
    /(?<![A-Za-z0-9])(?:organization|project|team|account|acct|workspace|wrkspc|ws|tenant|customer|cus|client|member|usr|sub|billing)[_-](?=[A-Za-z_-]{0,64}\d)[A-Za-z0-9_-]{4,}/g,
    HIDDEN,
  ],
  // "account 123456789012", "project_number:512", "projects/512".
  [
    /\b((?:account|project|subscription|tenant|team|organi[sz]ation|customer)s?(?:[ _-]?(?:id|number|no\.?))?["']?\s{0,3}[:=/#]?\s{0,3}["']?)\d{6,}/gi,
    `$1${HIDDEN}`,
  ],
  [/[\w.%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}/g, HIDDEN, /@/],
  // Masked leftovers of anything secret ("****wxyz").
  [/[\w-]{0,16}[*•]{3,}[\w-]{0,16}/g, HIDDEN, /[*•]{3}/],
];
/** UUIDs name teams, accounts and tenants; those of requests say nothing of anybody. */
const UUID = /(?<![0-9a-f])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-f])/gi;
const OF_A_REQUEST = /\brequest[ _-]?(?:id)?["']?[\s:=]{0,3}["']?$/i;
/** Letters and digits mixed in a run this long are a key or a token, whoever made it. */
const LONG_RUN = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_=]{32,}(?![A-Za-z0-9])/g;

/**
 * The text without keys, tokens, account and organisation ids and e-mail addresses: the `secrets` given, also
 * escaped, encoded or cut short, and whatever looks like one.
 */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = redactSecrets(text, secrets).replace(UUID, (id, at: number, whole: string) =>
    OF_A_REQUEST.test(whole.slice(Math.max(0, at - 20), at)) ? id : HIDDEN,
  );
  for (const [pattern, by, needed] of PATTERNS) {
    if (needed === undefined || needed.test(clean)) clean = clean.replace(pattern, by);
  }
  return clean.replace(LONG_RUN, (run) => (/\d/.test(run) && /[A-Za-z]/.test(run) ? HIDDEN : run));
}

/**
 * The text without the `secrets` themselves, or any 12 characters in a row of them, as they are or encoded: for
 * texts that must otherwise stay as they were sent.
 */
export function redactSecrets(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    for (const form of secretFormsOf(secret)) clean = form.hideIn(clean, HIDDEN);
    clean = redactEcho(clean, secret);
  }
  return clean;
}

/** A key that is echoed with its middle masked or its end cut: what starts as the key does goes. */
function redactEcho(text: string, secret: string): string {
  if (secret.length < MIN_ECHO * 2) return text;
  const start = secret.slice(0, MIN_ECHO).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return text.replace(new RegExp(`${start}[\\w*.…•-]*`, "g"), HIDDEN);
}

/** One readable line of at most 500 characters for `error_message`: redacted first, then cut. */
export function readableLine(text: string, secrets: readonly string[]): string {
  const line = toWellFormed(redact(startOf(text), secrets))
    .replace(/[\s\p{Cc}\u2028\u2029]+/gu, " ")
    .trim();
  if (line.length <= MAX_LINE) return line;
  return `${line.slice(0, MAX_LINE - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/**
 * As much of a text as a line can need. A token that the cut leaves in half would not be recognised: it goes
 * whole. Walked by hand: a pattern for it is tried at every character, a second of work for a long body.
 */
function startOf(text: string): string {
  if (text.length <= MAX_INPUT) return text;
  let end = MAX_INPUT;
  while (end > MAX_INPUT - MAX_TOKEN && /\S/.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

function toWellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\uFFFD");
}
