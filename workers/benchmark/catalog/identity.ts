import { canonicalAlias, MAKERS } from "./identity-facts.ts";

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
  /^(?:nv|mx)?fp(?:4|6|8|16)$|^bf16$|^int[48]$|^(?:awq|gptq|gguf)$|^[48]bit$|^q\d(?:_\w+)?$/;
/** Context lengths that were made part of an id. */
const CONTEXT = /^(?:4096|8192|16384|32768|65536|131072)$/;
const SERVING = new Set([
  "basic",
  "exacto",
  "extended",
  "floor",
  "free",
  "instant",
  "long",
  "nitro",
  "reference",
  "specdec",
  "tput",
  "turbo",
  "versatile",
]);
const VARIANTS: Readonly<Record<string, string>> = {
  base: "base",
  reasoner: "thinking",
  reasoning: "thinking",
  think: "thinking",
  thinker: "thinking",
  thinking: "thinking",
  nonthinking: "without-thinking",
  vision: "vl",
  vl: "vl",
};
/** Words that only say that it was made to talk. */
const TALKING = new Set(["chat", "instruct", "it"]);

/**
 * Reads a model's identity from its id alone, by the conventions in which providers write ids.
 *
 * @param provider slug of the provider that lists it: the same short name may mean different things at two.
 * @param id as the provider writes it.
 */
export function identify(provider: string, id: string): ModelIdentity {
  const { name, maker, router, suffix } = takeApart(id.trim().toLowerCase());
  const tokens = tokenize(name);
  const line = tokens[0] ?? name;
  const serving: string[] = [];
  const variants: string[] = [];
  const sizes: string[] = [];
  const words: string[] = [];
  let quantization: string | null = null;

  const isOpenAi = maker === "openai" || (maker === null && provider === "openai");
  const isProduct = line === "gpt" && tokens[1] !== "oss";
  for (const [index, token] of [...tokens, ...(suffix ? [suffix] : [])].entries()) {
    if (SIZE.test(token)) sizes.push(token);
    else if (ACTIVE_SIZE.test(token) || CONTEXT.test(token)) continue;
    else if (QUANTIZATION.test(token)) quantization = token;
    else if (isSnapshot(token, line, isOpenAi)) continue;
    else if (isServing(token, { index, tokens, line, isProduct, router })) serving.push(token);
    else if (VARIANTS[token]) variants.push(VARIANTS[token]);
    // "hf" is a file format, and "pt" (post-trained) Baidu's word for instruct.
    else if (token === "hf" || (token === "pt" && line === "ernie")) continue;
    else if (TALKING.has(token) && !isProduct) continue;
    else words.push(token);
  }
  // The maker's own name without "instruct" is what it was trained to before it could talk.
  if (
    maker === "meta-llama" &&
    line === "llama" &&
    sizes.length > 0 &&
    variants.length === 0 &&
    !words.includes("guard") &&
    !tokens.some((token) => TALKING.has(token))
  ) {
    variants.push("base");
  }
  const alias = canonicalAlias({
    provider,
    maker,
    // A name of nothing but marks ("beta") is a name all the same.
    name: words.length + sizes.length > 0 ? words.join("-") : name || id.trim().toLowerCase(),
    size: sizes.at(-1) ?? null,
    moving: /-latest$/.test(name),
  });
  const family = alias.name;
  const size = alias.size;
  const variant = [...new Set(variants)].sort().reverse().join("-") || "chat";
  const owner = foreignMaker(maker, line);
  return {
    canonical: `${owner}${[family, size, variant === "chat" ? null : variant].filter(Boolean).join("-")}`,
    family: `${owner}${family}`,
    size,
    variant,
    quantization,
    serving: serving.sort(),
  };
}

interface Parts {
  readonly name: string;
  readonly maker: string | null;
  /** Listed as a way of being served, not as a model. */
  readonly router: boolean;
  readonly suffix: string | null;
}

function takeApart(id: string): Parts {
  const route = /^accounts\/[^/]+\/(models|routers)\//.exec(id);
  const plain = id.replace(/^accounts\/[^/]+\/(?:models|routers)\//, "").replace(/^models\//, "");
  const slash = plain.lastIndexOf("/");
  const rest = plain.slice(slash + 1);
  const colon = rest.indexOf(":");
  return {
    name: colon < 0 ? rest : rest.slice(0, colon),
    maker: slash < 0 ? null : plain.slice(0, slash),
    router: route?.[1] === "routers",
    suffix: colon < 0 ? null : rest.slice(colon + 1) || null,
  };
}

/** One spelling for each part of a name; dates and what only marks a stage are gone. */
function tokenize(name: string): string[] {
  const spelled = name
    .replaceAll("_", "-")
    // Fireworks cannot write a point: v3p1, 4p5.
    .replace(/(\d)p(\d)/g, "$1.$2")
    .replace(/non-?(?=reasoning|thinking)/, "nonthinking-")
    .replace(/nonthinking-(?:reasoning|thinking)/, "nonthinking")
    // Snapshots of a product: 2024-07-18, 20241022, 09-2025, 05-06.
    .replace(/-(?:20\d{2}-\d{2}-\d{2}|20\d{6}|\d{2}-20\d{2})(?=-|$)/g, "")
    .replace(/-(?:0[1-9]|1[0-2])-(?:[0-2]\d|3[01])$/, "")
    // The preview of what became GPT-4 Turbo.
    .replace(/^gpt-4-(?:(?:turbo|1106|0125)-)preview$/, "gpt-4-turbo")
    // A point that was written as a dash: claude-3-5-haiku, grok-4-1-fast.
    .replace(/-(v?\d)-(\d)(?=-|$)/g, "-$1.$2")
    // A maker's name in front of its own line.
    .replace(/^(?:meta|nvidia|zai|labs|ai21|c4ai)-/, "")
    .replace(/^open-(?=mi[sx]tral)/, "")
    .replace(/^qwen-(?=qwq)/, "")
    .replace(/^llama-?guard/, "llama-guard")
    .replace(/^llama-?v(?=\d)/, "llama-");
  const tokens = spelled
    .split("-")
    .filter((token) => token !== "")
    // llama3.1, qwen3, gemma2: the line and its version.
    .flatMap((token) => /^([a-z]{3,})(\d.*)$/.exec(token)?.slice(1) ?? [token])
    // 2.0 is 2.
    .map((token) => token.replace(/^(v?\d+)\.0$/, "$1"));
  // A letter behind GLM's version means that it sees.
  if (tokens[0] === "glm" && /^\d+(?:\.\d+)?v$/.test(tokens[1] ?? "")) {
    tokens.splice(1, 1, (tokens[1] ?? "").slice(0, -1), "vl");
  }
  if (tokens[0] === "claude") return claudeTokens(tokens);
  return tokens;
}

/** The version stands before the size name in old ids and behind it in new ones. */
function claudeTokens(tokens: readonly string[]): string[] {
  const isVersion = (token: string) => /^\d+(?:\.\d+)?$/.test(token);
  const rest = tokens.slice(1);
  return ["claude", ...rest.filter(isVersion), ...rest.filter((token) => !isVersion(token))];
}

function isSnapshot(token: string, line: string, isOpenAi: boolean): boolean {
  if (token === "preview" || token === "beta" || token === "latest") return true;
  if (line === "gemini") return token === "exp" || /^00\d$/.test(token);
  // OpenAI and xAI name snapshots by month and day; makers of open weights name releases that way.
  return /^\d{4}$/.test(token) && (line === "grok" || (isOpenAi && line === "gpt"));
}

function isServing(
  token: string,
  about: { index: number; tokens: readonly string[]; line: string; isProduct: boolean; router: boolean },
): boolean {
  const { index, tokens, line, isProduct, router } = about;
  // Some makers call a model of their own so.
  if (token === "turbo") return !isProduct && line !== "glm" && !(line === "qwen" && index === 1);
  if (token === "lite") return tokens.slice(0, index).includes("instruct");
  // A faster place to run the same weights; elsewhere the word is part of a model's name.
  if (token === "fast") return router || line === "claude" || (line === "grok" && tokens[1] === "3");
  return SERVING.has(token);
}

/** "maker/" where a line's name stands under somebody who does not make it: their finetune. */
function foreignMaker(maker: string | null, line: string): string {
  const makers = MAKERS[line];
  if (maker === null || !makers || makers.includes(maker)) return "";
  return `${maker}/`;
}
