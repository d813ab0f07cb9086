import { CHAT_UNSAID_SINCE, canonicalAlias, isHost, isMaker } from "./identity-facts.ts";

/** What a model is, whoever serves it and however they spell it. */
export interface ModelIdentity {
  /** Equal for two ids exactly when they are taken for one model: family, size and variant. */
  readonly canonical: string;
  /** The maker's line with its version: "llama-3.1", "claude-4.5", "qwen-3-coder". */
  readonly family: string;
  /** Parameters as named ("8b", "8x7b", "e4b"); null where the name has none. */
  readonly size: string | null;
  /** "chat", or what else it was made for: "thinking", "vl", "base", ... */
  readonly variant: string;
  /** As the id names it ("fp8"); null where it names none. No part of `canonical`. */
  readonly quantization: string | null;
  /** How it is served: "turbo", "free", ... No part of `canonical`. */
  readonly serving: readonly string[];
}

const SIZE = /^(?:\d+x)?\d+(?:\.\d+)?[bm]$|^e\d+b$/;
/** Parameters in use at a time, and numbers of experts: the whole size names the model well enough. */
const ACTIVE_SIZE = /^a\d+(?:\.\d+)?b$|^\d+e$/;
const QUANTIZATION =
  /^(?:nv|mx)?fp(?:4|6|8|16)$|^bf16$|^int[48]$|^(?:awq|gptq|gguf)$|^(?:4|8|16)bit$|^q\d(?:_\w+)?$/;
const SHORT_CONTEXT = /^\d+k$/;
const SERVING = new Set([
  "basic",
  "batch",
  "exacto",
  "extended",
  "floor",
  "free",
  "instant",
  "long",
  "lora",
  "nitro",
  "reference",
  "specdec",
  "tput",
  "turbo",
  "versatile",
]);
const VARIANTS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    base: "base",
    reasoner: "thinking",
    reasoning: "thinking",
    think: "thinking",
    thinker: "thinking",
    thinking: "thinking",
    nonthinking: "without-thinking",
    vision: "vl",
    vl: "vl",
  }),
);
/** Words that only say that it was made to talk. */
const TALKING = new Set(["chat", "instruct", "it"]);
/** Lines of products whose version is part of the name: without one, "-latest" means whatever is newest. */
const VERSIONED = new Set(["claude", "gemini", "gpt", "grok", "kimi"]);
/** Lines whose makers wrote the version behind the size name at some times and before it at others. */
const VERSION_MOVES = new Set(["claude", "gemini", "jamba", "nemotron"]);
/** Lines whose versions have a point and are below ten, so that "45" is 4.5. */
const POINT_LEFT_OUT = new Set(["claude", "gemini", "glm", "gpt", "llama", "phi", "qwen"]);
/** Lines of open weights that come as releases, so that "-latest" means none of them. */
const RELEASED = new Set(["deepseek", "glm", "minimax", "qwen"]);
/** Lines that do nothing but think before they answer: saying so tells nothing apart. */
const ALWAYS_THINKS = new Set(["magistral", "qwq"]);
/** What a maker adds to a line's name: a version, or one of a few words. Any other word is somebody's finetune. */
const MAKERS_WORD =
  /^[a-z]?\d[\d.]*[a-z]?$|^(?:air|code|coder|fast|flash|large|lite|math|max|medium|mini|next|omni|plus|pro|small)$/;

/**
 * Reads a model's identity from its id alone, by the conventions in which providers write ids.
 *
 * @param provider slug of the provider that lists it: the same short name may mean different things at two.
 * @param id as the provider writes it.
 */
export function identify(provider: string, id: string): ModelIdentity {
  const spelled = id.trim().toLowerCase();
  const parts = takeApart(spelled);
  const { name } = parts;
  const tokens = tokenize(name);
  const about: About = {
    provider,
    maker: parts.maker !== null && isHost(provider, parts.maker) ? null : parts.maker,
    line: tokens[0] ?? name,
    tokens,
    router: parts.router,
  };
  const read = sortTokens(about, parts.suffix);
  if (isBaseUnsaid(about, read)) read.variants.push("base");
  const { words, sizes } = read;
  const alias = canonicalAlias({
    provider,
    maker: about.maker,
    // A name of nothing but marks ("beta") is a name all the same.
    name: words.length + sizes.length > 0 ? words.join("-") : name || spelled,
    size: sizes.at(-1) ?? null,
    base: read.variants.includes("base"),
    moving: /-latest$/.test(name),
  });
  const variant = [...new Set(read.variants)].sort().reverse().join("-") || "chat";
  const owner = foreignMaker(about, words);
  return {
    canonical: `${owner}${[alias.name, alias.size, variant === "chat" ? null : variant].filter(Boolean).join("-")}`,
    family: `${owner}${alias.name}`,
    size: alias.size,
    variant,
    quantization: read.quantization,
    serving: read.serving.sort(),
  };
}

/** What is known of an id before its parts are told from each other. */
interface About {
  readonly provider: string;
  /** Null where the id names none, or only the provider itself. */
  readonly maker: string | null;
  readonly line: string;
  readonly tokens: readonly string[];
  /** Listed as a way of being served, not as a model. */
  readonly router: boolean;
}

interface Read {
  readonly sizes: string[];
  readonly words: string[];
  readonly variants: string[];
  readonly serving: string[];
  quantization: string | null;
}

function sortTokens(about: About, suffix: string | null): Read {
  const { line, tokens } = about;
  const read: Read = { sizes: [], words: [], variants: [], serving: [], quantization: null };
  const product = isProduct(about);
  for (const [index, token] of [...tokens, ...(suffix ? [suffix] : [])].entries()) {
    if (SIZE.test(token)) read.sizes.push(token);
    else if (ACTIVE_SIZE.test(token) || isContext(token, index, about)) continue;
    else if (QUANTIZATION.test(token)) read.quantization = token;
    else if (isSnapshot(token, index, about)) continue;
    else if (isServing(token, index, about)) read.serving.push(token);
    else if (VARIANTS.has(token)) addVariant(VARIANTS.get(token) ?? token, line, read.variants);
    // "hf" is a file format, and "pt" (post-trained) Baidu's word for instruct.
    else if (token === "hf" || (token === "pt" && line === "ernie")) continue;
    else if (TALKING.has(token) && !product) continue;
    else read.words.push(token);
  }
  return read;
}

function addVariant(variant: string, line: string, variants: string[]): void {
  if (variant === "thinking" && ALWAYS_THINKS.has(line)) return;
  variants.push(variant);
}

/** OpenAI calls its models otherwise than makers of open weights do theirs. */
function isProduct({ line, tokens }: About): boolean {
  return line === "gpt" && tokens[1] !== "oss";
}

/**
 * Providers that name weights as their makers do: of a line that comes both ways, the name that does not say that
 * it talks is what was trained before it could. Others call what talks by the line's name alone.
 */
const NAMES_AS_MAKERS = new Set(["deepinfra", "fireworks", "openrouter", "together"]);

function isBaseUnsaid({ provider, line, tokens }: About, { sizes, words, variants }: Read): boolean {
  const since = CHAT_UNSAID_SINCE.get(line);
  if (since === undefined || !NAMES_AS_MAKERS.has(provider) || sizes.length === 0) return false;
  const version = Number.parseFloat(words[1] ?? "") || 1;
  return (
    version < since &&
    variants.length === 0 &&
    words.slice(1).every((word) => MAKERS_WORD.test(word) || SHORT_CONTEXT.test(word)) &&
    !tokens.some((token) => TALKING.has(token))
  );
}

interface Parts {
  readonly name: string;
  readonly maker: string | null;
  /** Listed as a way of being served, not as a model. */
  readonly router: boolean;
  readonly suffix: string | null;
}

function takeApart(id: string): Parts {
  // OpenRouter's mark of a name that moves, which it says by itself.
  const named = id.replace(/^~/, "");
  const route = /^accounts\/[^/]+\/(models|routers)\//.exec(named);
  const plain = named.replace(/^accounts\/[^/]+\/(?:models|routers)\//, "").replace(/^models\//, "");
  // Before the maker may stand where it is served from: nim/meta/llama-3.1-8b-instruct.
  const [rest = "", maker = null] = plain.split("/").reverse();
  const colon = rest.indexOf(":");
  return {
    name: colon < 0 ? rest : rest.slice(0, colon),
    maker,
    router: route?.[1] === "routers",
    suffix: colon < 0 ? null : rest.slice(colon + 1) || null,
  };
}

/** One spelling for each part of a name; dates and what only marks a stage are gone. */
function tokenize(name: string): string[] {
  const spelled = name
    .replaceAll("_", "-")
    // Fireworks cannot write a point: v3p1, 4p5.
    .replace(/(\d)-?p(\d)/g, "$1.$2")
    .replace(/non-?(?=reasoning|thinking)/, "nonthinking-")
    .replace(/nonthinking-(?:reasoning|thinking)/, "nonthinking")
    // The month of a release of Qwen's weights, turned round by OpenRouter: 235b-a22b-07-25 is 2507.
    .replace(/^(qwen.*\db.*)-(0[1-9]|1[0-2])-(2[56])$/, "$1-$3$2")
    // Snapshots of a product: 2024-07-18, 20241022, 09-2025, 05-06.
    .replace(/-(?:20\d{2}-\d{2}-\d{2}|20\d{6}|\d{2}-20\d{2})(?=-|$)/g, "")
    .replace(/-(?:0[1-9]|1[0-2])-(?:[0-2]\d|3[01])(?=-|$)/, "")
    // The preview of what became GPT-4 Turbo.
    .replace(/^gpt-4-(?:(?:turbo|1106|0125)-)preview$/, "gpt-4-turbo")
    // A point that was written as a dash: claude-3-5-haiku, grok-4-1-fast, k2-5.
    .replace(/-([a-z]?\d)-(\d)(?=-|$)/g, "-$1.$2")
    .replace(/llama(\d)-(\d)(?=-|$)/, "llama$1.$2")
    // A maker's name in front of its own line.
    .replace(
      /^(?:meta|nvidia|zai|labs|ai21|arcee|c4ai|scb10x|essentialai|google|microsoft|moonshotai|openai|servicenow-ai)-/,
      "",
    )
    .replace(/^gemini-(?=gemma)/, "")
    .replace(/^open-(?=mi[sx]tral|codestral)/, "")
    .replace(/^qwen-(?=qwq)/, "")
    .replace(/^llama-?guard/, "llama-guard")
    .replace(/code-(?=gemma|llama|qwen)/, "code")
    // A version marked as one where the maker does not: llama-v3p1, qwen-v2p5, claude-instant-v1.
    .replace(/^(claude|claude-instant|gemma|llama|phi|qwen|yi)-?v(?=\d)/, "$1-");
  const tokens = spelled
    .split("-")
    .filter((token) => token !== "")
    .flatMap((token) => (QUANTIZATION.test(token) ? [token] : splitVersion(token)))
    .map((token) => (MOVED_WITHIN_VERSION.test(spelled) ? token : token.replace(/^(v?\d+)\.0$/, "$1")));
  // A letter behind GLM's version means that it sees.
  if (tokens[0] === "glm" && /^\d+(?:\.\d+)?v$/.test(tokens[1] ?? "")) {
    tokens.splice(1, 1, (tokens[1] ?? "").slice(0, -1), "vl");
  }
  return withPoint(VERSION_MOVES.has(tokens[0] ?? "") ? versionFirst(tokens) : tokens);
}

function withPoint([line = "", version = "", ...rest]: readonly string[]): string[] {
  const leftOut = POINT_LEFT_OUT.has(line) && /^[1-9]\d$/.test(version) && version !== "10";
  return [line, leftOut ? `${version[0]}.${version[1]}` : version, ...rest].filter((token) => token !== "");
}

/** llama3.1, qwen3, gemma2: the line and its version. */
function splitVersion(token: string): string[] {
  return /^([a-z]{3,})(\d.*)$/.exec(token)?.slice(1) ?? [token];
}

/** 2.0 is 2, but for names of old where "2" went on from 2.0 to 2.1. */
const MOVED_WITHIN_VERSION = /^claude-(?:instant-)?[12](?:\.|$)/;

const VERSION = /^\d{1,2}(?:\.\d+)?$/;

/** claude-opus-4.5 as claude-4.5-opus: claude-3-opus was written so. */
function versionFirst([line = "", ...rest]: readonly string[]): string[] {
  return [
    line,
    ...rest.filter((token) => VERSION.test(token)),
    ...rest.filter((token) => !VERSION.test(token)),
  ];
}

/** More context is another way to serve a model, unless the length is what somebody calls a model by. */
function isContext(token: string, index: number, { line, tokens }: About): boolean {
  if (isNumberOfTokens(token)) return true;
  // How it was lengthened: instruct-32k-rope.
  if (token === "rope") return SHORT_CONTEXT.test(tokens[index - 1] ?? "");
  const isProductOfOld = line === "claude" || line === "palm";
  return SHORT_CONTEXT.test(token) && (isProductOfOld || TALKING.has(tokens[index - 1] ?? ""));
}

/** 8192, 40960, 131072: no month or day is a multiple of 1,024 from 4,096 on. */
function isNumberOfTokens(token: string): boolean {
  return /^\d{4,7}$/.test(token) && Number(token) >= 4096 && Number(token) % 1024 === 0;
}

function isSnapshot(token: string, index: number, { provider, maker, line, tokens }: About): boolean {
  if (token === "latest") return !saysLatest(line, tokens);
  if (token === "preview" || token === "beta" || token === "experimental") return true;
  const isMonthAndDay = /^\d{4}$/.test(token);
  if (line === "gemini") {
    // An experiment without a version (gemini-exp-1206) is known by its day.
    const hasVersion = VERSION.test(tokens[1] ?? "");
    // "tuning": the snapshot that can be tuned.
    return /^(?:exp|tuning|00\d)$/.test(token) || (isMonthAndDay && hasVersion);
  }
  // xAI's experiments say with what: -exp-sa, -exp-ma.
  if (line === "grok" && (token === "exp" || tokens[index - 1] === "exp")) return true;
  // Moonshot's releases of one version by month ended with K2.
  if (line === "kimi" && isMonthAndDay) return tokens[1] !== "k2";
  // OpenAI and xAI name snapshots by month and day; makers of open weights name releases that way.
  const isOpenAi = maker === "openai" || (maker === null && provider === "openai");
  return isMonthAndDay && (line === "grok" || (isOpenAi && line === "gpt"));
}

/** Whether "-latest" tells a name from the one without it, which means one model or nothing. */
function saysLatest(line: string, tokens: readonly string[]): boolean {
  return RELEASED.has(line) || (VERSIONED.has(line) && !tokens.some((token) => /\d/.test(token)));
}

function isServing(token: string, index: number, about: About): boolean {
  const { tokens, line, router } = about;
  // Some makers call a model of their own so.
  if (token === "turbo")
    return router || (!isProduct(about) && line !== "glm" && !(line === "qwen" && index === 1));
  if (token === "instant") return line !== "claude";
  // Together's tiers, "lite" and "lite-pro"; elsewhere a maker's smaller or larger model.
  if (token === "lite") return isTier(index, about);
  if (token === "pro") return tokens[index - 1] === "lite" && isTier(index - 1, about);
  // A faster place to run the same weights; elsewhere the word is part of a model's name.
  if (token === "fast")
    return router || line === "claude" || (line === "grok" && tokens[1] === "3") || isFastCopy(index, about);
  // OpenRouter's ":online" searches the web first; Perplexity's models of old had the word in their names.
  if (token === "online") return index >= tokens.length;
  return SERVING.has(token);
}

/** Fireworks hangs "-fast" on any maker's model that it serves faster as well. */
function isFastCopy(index: number, { provider, tokens }: About): boolean {
  return provider === "fireworks" && index > 0 && index === tokens.length - 1;
}

function isTier(index: number, { provider, tokens }: About): boolean {
  const before = tokens.slice(0, index);
  const isLast = index === tokens.length - 1;
  return (
    before.includes("instruct") || (provider === "together" && isLast && before.some((t) => SIZE.test(t)))
  );
}

/**
 * "maker/" where a line's name stands under somebody who does not make it: their finetune. Where another word than
 * the maker's own stands in it as well, that word tells it apart, also where a provider leaves the "maker/" out.
 */
function foreignMaker({ maker, line }: About, words: readonly string[]): string {
  if (maker === null || isMaker(line, maker)) return "";
  return words.slice(1).every((word) => MAKERS_WORD.test(word)) ? `${maker}/` : "";
}
