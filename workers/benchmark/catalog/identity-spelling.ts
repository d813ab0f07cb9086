import { withoutHostMarks } from "./host-marks.ts";

/** How a quantisation is named. */
export const QUANTIZATION =
  /^(?:nv|mx)?fp(?:4|6|8|16)$|^bf16$|^int[48]$|^(?:awq|gptq|gguf)$|^w\d+a\d+$|^(?:4|8|16)bit$|^q\d(?:_\w+)?$/;
/** Lines whose makers wrote the version behind the size name at some times and before it at others. */
const VERSION_MOVES = new Set(["claude", "gemini", "jamba", "nemotron"]);
/** Lines whose versions have a point and are below ten, so that "45" is 4.5. */
const POINT_LEFT_OUT = new Set(["claude", "gemini", "glm", "gpt", "grok", "llama", "mistral", "phi", "qwen"]);

/** What the parts of an id between its slashes and colons are. */
export interface Parts {
  readonly name: string;
  readonly maker: string | null;
  /** Listed as a way of being served, not as a model. */
  readonly router: boolean;
  /** What stands behind a colon. */
  readonly suffix: readonly string[];
}

/** What an id is made of, without the marks of who serves it. @param id in small letters */
export function takeApart(provider: string, id: string): Parts {
  const plain = spellClouds(withoutHostMarks(provider, id))
    // Inference.net's quantisations: llama-3.1-8b-instruct/fp-8.
    .replace(/\/(bf|fp|int)-?(\d+)$/, "-$1$2");
  // Before the maker may stand where it is served from: nim/meta/llama-3.1-8b-instruct.
  const [rest = "", maker = null] = plain.split("/").reverse();
  const [name = "", suffix = ""] = rest.split(":", 2);
  return {
    name,
    maker,
    router: /^accounts\/[^/]+\/routers\//.test(id),
    // Ollama tells sizes so (gpt-oss:120b-cloud), Hugging Face's router who serves it (…:fireworks-ai).
    suffix: provider === "huggingface" ? [] : suffix.split("-").filter((token) => token !== ""),
  };
}

/**
 * How the large clouds write others' models: Bedrock the maker before a point and the name's own edition at its end
 * (anthropic.claude-sonnet-4-20250514-v1:0), Vertex a snapshot behind an at sign, SAP two dashes for a slash.
 */
function spellClouds(id: string): string {
  const pinned = id
    .replace("@", "-")
    .replace(/-v0:(\d)$/, "-v0.$1")
    .replace(/^([a-z\d-]+)--(?!.*\/)/, "$1/");
  const [, maker, name = ""] = /^([a-z][a-z\d]*)\.([a-z].*)$/.exec(pinned) ?? [];
  if (maker === undefined) return pinned;
  const edition = /^claude-(?:instant-)?v\d/.test(name)
    ? name.replace(":", ".")
    : name.replace(/-(?:v1|v?\d:\d)$/, "");
  return `${maker}/${maker === "deepseek" && !edition.startsWith("deepseek") ? "deepseek-" : ""}${edition}`;
}

const MAKER_BEFORE_LINE = new RegExp(
  `^(?:${[
    "ai21",
    "aion-labs",
    "alibaba",
    "anthropic",
    "amazon",
    "arcee-ai",
    "arcee",
    "baidu",
    "bytedance",
    "c4ai",
    "cohere",
    "deepseek-ai",
    "essentialai",
    "google",
    "ibm",
    "labs",
    "meta",
    "microsoft",
    "minimaxai",
    "mistralai",
    "moonshot(?=-kimi)",
    "moonshotai",
    "nousresearch",
    "nvidia",
    "openai",
    "scb10x",
    "sakana",
    "servicenow-ai",
    "snowflake",
    "tencent",
    "thudm",
    "x-?ai",
    "xiaomi",
    "z-?ai-org",
    "z-?ai",
  ].join("|")})-`,
);

/** One spelling for each part of a name; dates and what only marks a stage are gone. */
export function tokenize(name: string): string[] {
  const spelled = name
    .replaceAll("_", "-")
    // Fireworks cannot write a point: v3p1, 4p5.
    .replace(/(\d)-?p(\d)/g, "$1.$2")
    .replace(/non-?(?=reasoning|thinking)/, "nonthinking-")
    .replace(/nonthinking-(?:reasoning|thinking)/, "nonthinking")
    // The month of a release of Qwen's weights, turned round by OpenRouter: 235b-a22b-07-25 is 2507.
    .replace(/^(qwen.*\db.*)-(0[1-9]|1[0-2])-(2[56])$/, "$1-$3$2")
    // DeepSeek's days of release, where others write the year as well.
    .replace(/^(deepseek-.*)-(?:20)?2[4-7](0324|0528|0731|0813)$/, "$1-$2")
    // Snapshots of a product: 2024-07-18, 20241022, 09-2025, 05-06.
    .replace(/-(?:20\d{2}-\d{2}-\d{2}|20\d{6}|\d{2}-20\d{2})(?=-|$)/g, "")
    .replace(/-(?:0[1-9]|1[0-2])-(?:[0-2]\d|3[01])(?=-|$)/, "")
    // The preview of what became GPT-4 Turbo.
    .replace(/^gpt-4-(?:(?:turbo|1106|0125)-)preview$/, "gpt-4-turbo")
    // Zhipu's and others' snapshots: 250414.
    .replace(/-2[4-7](0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?=-|$)/, "")
    // A point that was written as a dash, or left out before a nought: claude-3-5-haiku, grok-4-20, k2-5, mixtral-v01.
    .replace(/^grok-4-20(?=-|$)/, "grok-4.20")
    .replace(/-v0(\d)(?=-|$)/, "-v0.$1")
    .replace(/-(\d)-(\d)-(\d)(?=-[a-z]|$)/, "-$1.$2.$3")
    .replace(/-([a-z]?\d)-(\d)(?=-|$)/g, "-$1.$2")
    .replace(/([a-z]{3,}\d)-(\d)(?=-|$)/, "$1.$2")
    .replace(/(\d\.\d)-(\d)-(\dt)(?=-|$)/, "$1-$2.$3")
    // A maker's name in front of its own line.
    .replace(MAKER_BEFORE_LINE, "")
    .replace(/^([a-z]+)-(?=\1)/, "")
    .replace(/^mistral-(?=(?:codes|dev|magi|mini|pix)tral)/, "")
    .replace(/^(mistral-(?:small|medium|large)-3)(\d)(?=-|$)/, "$1.$2")
    // Anthropic's models have editions at some hosts, which are snapshots.
    .replace(/^(claude-.*\d.*)-v\d$/, "$1")
    // Finetunes are called by what they began from: l31-70b-euryale.
    .replace(/^l3(\d)-/, "l3.$1-")
    .replace(/^gemini-(?=gemma)/, "")
    .replace(/^open-(?=mi[sx]tral|codestral)/, "")
    .replace(/^qwen-(?:2\.5-)?(?=qwq)/, "")
    .replace(/^deepseek-tng-/, "deepseek-")
    // How it was quantised, behind int4.
    .replace(/-mixed-ar$/, "")
    .replace(/^llama-?guard/, "llama-guard")
    .replace(/code-(?=gemma|llama|qwen)/, "code")
    // A version marked as one where the maker does not: llama-v3p1, qwen-v2p5, claude-instant-v1.
    .replace(/^(claude|claude-instant|gemma|llama|phi|qwen|yi)-?v(?=\d)/, "$1-");
  const tokens = spelled
    .split("-")
    .filter((token) => token !== "")
    .flatMap((token) => (QUANTIZATION.test(token) ? [token] : splitVersion(token)))
    .map((token) => (MOVED_WITHIN_VERSION.test(spelled) ? token : token.replace(/^(v?\d+)\.0$/, "$1")));
  // A letter behind GLM's version, or StepFun's, means that it sees; others run their word for it together.
  const sees = /^(\d+(?:\.\d+)?)(?:v|vl)$/.exec(tokens[1] ?? "");
  if (sees?.[1] !== undefined && (/vl$/.test(tokens[1] ?? "") || tokens[0] === "glm" || tokens[0] === "step"))
    tokens.splice(1, 1, sees[1], "vl");
  if (tokens[0] === "glm") spellGlm(tokens);
  // DeepSeek's versions are v3, v3.1 and so on, whether they are written so or not.
  if (tokens[0] === "deepseek" && VERSION.test(tokens[1] ?? "")) tokens[1] = `v${tokens[1]}`;
  return withPoint(VERSION_MOVES.has(tokens[0] ?? "") ? versionFirst(tokens) : tokens);
}

/** An x at the end of GLM's names says that it is served faster. */
function spellGlm(tokens: string[]): void {
  const last = tokens.at(-1) ?? "";
  if (/^(?:air|flash)?x$/.test(last))
    tokens.splice(-1, 1, ...(last === "x" ? [] : [last.slice(0, -1)]), "turbo");
}

function withPoint([line = "", version = "", ...rest]: readonly string[]): string[] {
  const leftOut =
    (POINT_LEFT_OUT.has(line) && /^[1-9]\d$/.test(version) && version !== "10") ||
    /^[kmv][1-9]\d$/.test(version);
  return [line, leftOut ? version.replace(/\d$/, ".$&") : version, ...rest].filter((token) => token !== "");
}

/** llama3.1, qwen3, gemma2: the line and its version. */
function splitVersion(token: string): string[] {
  return /^([a-z]{3,})(\d.*)$/.exec(token)?.slice(1) ?? [token];
}

/** 2.0 is 2, but for names of old where "2" went on from 2.0 to 2.1. */
const MOVED_WITHIN_VERSION = /^claude-(?:instant-)?[12](?:\.|$)/;

/** A version, not a size or a date. */
export const VERSION = /^\d{1,2}(?:\.\d+)?$/;

/** claude-opus-4.5 as claude-4.5-opus: claude-3-opus was written so. */
function versionFirst([line = "", ...rest]: readonly string[]): string[] {
  return [
    line,
    ...rest.filter((token) => VERSION.test(token)),
    ...rest.filter((token) => !VERSION.test(token)),
  ];
}
