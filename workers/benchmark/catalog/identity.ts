import { CHAT_UNSAID_SINCE, canonicalAlias, isCopier, isHost, isMaker } from "./identity-facts.ts";
import { QUANTIZATION, takeApart, tokenize, VERSION } from "./identity-spelling.ts";

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

/** Parameters; "1m" and "10m" are lengths of context. */
const SIZE = /^(?:\d+x)?\d+(?:\.\d+)?[bt]$|^\d{3}m$|^e\d+b$/;
/** Parameters in use at a time, and numbers of experts: the whole size names the model well enough. */
const ACTIVE_SIZE = /^a\d+(?:\.\d+)?b$|^\d+e$/;
const SHORT_CONTEXT = /^\d+[km]$/;
const SERVING = new Set([
  "api",
  "basic",
  "batch",
  "cloud",
  "contributor",
  "dynamic",
  "eu",
  "exacto",
  "extended",
  "flex",
  "floor",
  "free",
  "highspeed",
  "instant",
  "long",
  "lora",
  "maas",
  "nitro",
  "priority",
  "reference",
  "short",
  "specdec",
  "stable",
  "tee",
  "tput",
  "turbo",
  "us",
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
    thought: "thinking",
    nonthinking: "without-thinking",
    nothink: "without-thinking",
    nothinking: "without-thinking",
    vision: "vl",
    vl: "vl",
  }),
);
/** Words that only say that it was made to talk. */
const TALKING = new Set(["chat", "instruct", "it"]);
/** Lines of products whose version is part of the name: without one, "-latest" means whatever is newest. */
const VERSIONED = new Set(["claude", "gemini", "gpt", "grok", "kimi"]);
/** Lines whose makers call a model of their own fast; elsewhere it is a faster place to run the same weights. */
const MAKERS_FAST = new Set(["grok", "mercury", "morph"]);
/** Lines whose names say how much context is served: moonshot-v1-8k, phi-3-mini-4k. */
const NAMES_CONTEXT = new Set([
  "chatglm",
  "claude",
  "glm",
  "moonshot",
  "mythomax",
  "palm",
  "phi",
  "remm",
  "step",
]);
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
  // Somebody's own fine-tune is no other model, whatever it began from.
  if (/^ft:|:ft-/.test(spelled)) {
    return {
      canonical: spelled,
      family: spelled,
      size: null,
      variant: "chat",
      quantization: null,
      serving: [],
    };
  }
  const parts = takeApart(provider, spelled);
  const { name } = parts;
  const tokens = tokenize(name);
  const about: About = {
    provider,
    maker:
      parts.maker !== null && (isHost(provider, parts.maker) || isCopier(parts.maker)) ? null : parts.maker,
    line: tokens[0] ?? name,
    tokens,
    router: parts.router,
    talks: [...tokens, ...parts.suffix].some((token) => TALKING.has(token)),
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
    variants: read.variants,
    talks: about.talks,
    moving: /-latest$/.test(name),
  });
  const variant = [...new Set(alias.variants)].sort().reverse().join("-") || "chat";
  const owner = read.quantization === null ? foreignMaker(about, words) : "";
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
  /** Says that it was made to talk. */
  readonly talks: boolean;
}

interface Read {
  readonly sizes: string[];
  readonly words: string[];
  readonly variants: string[];
  readonly serving: string[];
  quantization: string | null;
}

function sortTokens(about: About, suffix: readonly string[]): Read {
  const { line, tokens } = about;
  const read: Read = { sizes: [], words: [], variants: [], serving: [], quantization: null };
  const product = isProduct(about);
  for (const [index, token] of [...tokens, ...suffix].entries()) {
    if (SIZE.test(token)) read.sizes.push(token);
    else if (ACTIVE_SIZE.test(token) || isContext(token, index, about)) continue;
    else if (QUANTIZATION.test(token)) read.quantization = token;
    else if (isSnapshot(token, index, about)) continue;
    else if (isServing(token, index, about)) read.serving.push(token);
    else if (VARIANTS.has(token)) addVariant(VARIANTS.get(token) ?? token, about, read.variants);
    // "hf" and "paddle" are file formats, and "pt" (post-trained) Baidu's word for instruct.
    else if (token === "hf" || token === "paddle" || (token === "pt" && line === "ernie")) continue;
    else if (TALKING.has(token) && !product && !TALKS_OTHERWISE.has(line)) continue;
    else read.words.push(token);
  }
  return read;
}

function addVariant(variant: string, about: About, variants: string[]): void {
  // OpenAI's product is called so where its API calls it by the version alone.
  if (variant === "thinking" && (ALWAYS_THINKS.has(about.line) || isProduct(about))) return;
  variants.push(variant);
}

/** OpenAI calls its models otherwise than makers of open weights do theirs. */
function isProduct({ line, tokens }: About): boolean {
  return line === "gpt" && tokens[1] !== "oss";
}

/** MosaicML made one for talking and another for instructions. */
const TALKS_OTHERWISE = new Set(["mpt"]);

/**
 * Providers that name weights as their makers do: of a line that comes both ways, the name that does not say that
 * it talks is what was trained before it could. Others call what talks by the line's name alone.
 */
const NAMES_AS_MAKERS = new Set([
  "chutes",
  "deepinfra",
  "fireworks",
  "huggingface",
  "nebius",
  "openrouter",
  "together",
]);

function isBaseUnsaid({ provider, line, talks }: About, { sizes, words, variants }: Read): boolean {
  const since = CHAT_UNSAID_SINCE.get(line);
  if (since === undefined || !NAMES_AS_MAKERS.has(provider) || sizes.length === 0) return false;
  const version = Number.parseFloat(words[1] ?? "") || 1;
  return (
    version < since &&
    variants.length === 0 &&
    words.slice(1).every((word) => MAKERS_WORD.test(word) || SHORT_CONTEXT.test(word)) &&
    !talks
  );
}

/** More context is another way to serve a model, unless the length is what somebody calls a model by. */
function isContext(token: string, index: number, { line, tokens }: About): boolean {
  if (isNumberOfTokens(token) || /^\d+kseqlen$/.test(token)) return true;
  // How it was lengthened: instruct-32k-rope.
  if (token === "rope") return SHORT_CONTEXT.test(tokens[index - 1] ?? "");
  return SHORT_CONTEXT.test(token) && (NAMES_CONTEXT.has(line) || TALKING.has(tokens[index - 1] ?? ""));
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
  // Released once each.
  if (line === "glm" || line === "molmo" || line === "moonshot") return isMonthAndDay;
  // Moonshot's releases of one version by month ended with K2.
  if (line === "kimi" && isMonthAndDay) return tokens[1] !== "k2";
  // OpenAI and xAI name snapshots by month and day; makers of open weights name releases that way.
  const isOpenAi = maker === "openai" || (maker === null && provider === "openai");
  return isMonthAndDay && (line === "grok" || (isOpenAi && line === "gpt"));
}

/** Whether "-latest" tells a name from the one without it, which means one model or nothing. */
function saysLatest(line: string, tokens: readonly string[]): boolean {
  const hasVersion = tokens.some((token) => /\d/.test(token));
  // Qwen's names without a version are products, of which it has snapshots.
  if (line === "qwen") return hasVersion;
  return RELEASED.has(line) || (VERSIONED.has(line) && !hasVersion);
}

function isServing(token: string, index: number, about: About): boolean {
  const { tokens, line, router } = about;
  if (index === 0) return false;
  // Some makers call a model of their own so.
  if (token === "turbo") return router || !isOwnTurbo(index, about);
  if (token === "instant") return line !== "claude" && !isProduct(about);
  if (token === "lightning") return line === "minimax";
  if (token === "long") return index > 1;
  // Together's tiers, "lite" and "lite-pro", and Novita's "max"; elsewhere a maker's smaller or larger model.
  if (token === "lite" || token === "max") return isTier(index, about);
  if (token === "pro") return tokens[index - 1] === "lite" && isTier(index - 1, about);
  if (token === "fast") return router || !MAKERS_FAST.has(line) || (line === "grok" && tokens[1] === "3");
  // OpenRouter's ":online" searches the web first; Perplexity's models of old had the word in their names.
  if (token === "online") return index >= tokens.length;
  return SERVING.has(token);
}

/** OpenAI, Zhipu, Alibaba and Moonshot have models that are called so. */
function isOwnTurbo(index: number, about: About): boolean {
  const { line, tokens } = about;
  if (line === "glm") return Number.parseFloat(tokens[1] ?? "") >= 5;
  if (line === "kimi") return tokens[1] === "k2" && index === 2;
  return isProduct(about) || (line === "qwen" && !/\d/.test(tokens.slice(0, index).join("")));
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
 * the maker's own stands in it as well, that word tells it apart, also where a provider leaves the "maker/" out. Who
 * names a quantisation has made smaller what is not theirs.
 */
function foreignMaker({ maker, line }: About, words: readonly string[]): string {
  if (maker === null || isMaker(line, maker)) return "";
  return words.slice(1).every((word) => MAKERS_WORD.test(word)) ? `${maker}/` : "";
}
