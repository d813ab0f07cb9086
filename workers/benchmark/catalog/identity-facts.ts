// What is looked up with words of ids stands in maps: an object would find a model called "constructor".

/** Who makes a line of models, as ids name them, without the dashes that some write: z-ai, moonshot-ai. */
const MAKERS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    claude: ["anthropic"],
    deepseek: ["deepseek", "deepseekai"],
    gemini: ["google"],
    gemma: ["google"],
    glm: ["zai", "zaiorg", "thudm", "zhipuai"],
    gpt: ["openai"],
    grok: ["xai", "spacexai"],
    kimi: ["moonshotai", "moonshot"],
    llama: ["metallama", "meta"],
    minimax: ["minimax", "minimaxai"],
    mistral: ["mistralai", "mistral"],
    mixtral: ["mistralai", "mistral"],
    moonshot: ["moonshot", "moonshotai"],
    morph: ["morph"],
    qwen: ["qwen", "alibaba"],
  }),
);

/** Whether a line of models is called so: then a provider of that name has it before its models' names by right. */
export function isLine(name: string): boolean {
  return MAKERS.has(name);
}

/** What providers put before names where others put a maker: it says who serves a model, not who made it. */
const HOST_NAMESPACES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    deepinfra: ["deepinfra"],
    fireworks: ["fireworks", "fireworksai"],
    perplexity: ["perplexity"],
    together: ["together", "togethercomputer"],
  }),
);

/** Who puts others' weights under a name of their own, smaller or as they are. */
const COPIERS: ReadonlySet<string> = new Set([
  "casperhansen",
  "chutesai",
  "huggingquants",
  "lmstudiocommunity",
  "mlxcommunity",
  "neuralmagic",
  "nvidia",
  "redhatai",
  "siliconflow",
  "thebloke",
  "unsloth",
]);

export function isCopier(namespace: string): boolean {
  return COPIERS.has(withoutDashes(namespace));
}

/** Whether a namespace is the maker's of a line, or the line is nobody's that we know. */
export function isMaker(line: string, namespace: string): boolean {
  return namespace === line || (MAKERS.get(line)?.includes(withoutDashes(namespace)) ?? true);
}

export function isHost(provider: string, namespace: string): boolean {
  return HOST_NAMESPACES.get(provider)?.includes(withoutDashes(namespace)) ?? false;
}

function withoutDashes(namespace: string): string {
  return namespace.replace(/[-_]/g, "");
}

/**
 * Lines of open weights that come both trained to talk and not, and the version since which the makers' name that
 * says neither is the one that talks.
 */
export const CHAT_UNSAID_SINCE: ReadonlyMap<string, number> = new Map(
  Object.entries({
    codegemma: Number.POSITIVE_INFINITY,
    codellama: Number.POSITIVE_INFINITY,
    falcon: Number.POSITIVE_INFINITY,
    gemma: 4,
    llama: 4,
    mistral: Number.POSITIVE_INFINITY,
    mixtral: Number.POSITIVE_INFINITY,
    qwen: 3,
    yi: Number.POSITIVE_INFINITY,
  }),
);

interface Named {
  readonly name: string;
  readonly size: string | null;
}

/** Mistral's lines whose name says the size. */
const NAMED_BY_SIZE =
  /^(?:mistral-(?:small|medium|large|nemo|saba)|(?:dev|magi)stral-(?:small|medium)|devstral-2512)(?:-|$)/;

/**
 * Mistral's version numbers beside the months that name the releases.
 * https://docs.mistral.ai/getting-started/models/models_overview/
 */
const MISTRAL_MONTHS: Readonly<Record<string, string>> = {
  "mistral-small-3": "mistral-small-2501",
  "mistral-small-3.1": "mistral-small-2503",
  "mistral-small-3.2": "mistral-small-2506",
  "mistral-medium-3": "mistral-medium-2505",
  "mistral-medium-3.1": "mistral-medium-2508",
  "mistral-medium-3.5": "mistral-medium-2604",
  "mistral-large-3": "mistral-large-2512",
  "ministral-3": "ministral-2512",
  "devstral-2": "devstral-2512",
  "devstral-small-2": "devstral-small-2512",
  "mistral-large-2": "mistral-large-2407",
  "codestral-v0.1": "codestral-2405",
};

/**
 * Names that providers themselves give as another name of one release, and names without a release that have
 * only ever meant one: `aliases` in Mistral's models list, `hugging_face_id` in OpenRouter's.
 */
const SAME: Readonly<Record<string, string>> = {
  "codestral-mamba-2407": "codestral-mamba",
  "codestral-2411-rc5": "codestral-2501",
  "codestral-2412": "codestral-2501",
  "devstral-medium": "devstral-medium-2507",
  "devstral-small": "devstral-small-2507",
  ministral: "ministral-2410",
  "mistral-large-pixtral-2411": "pixtral-large-2411",
  "mistral-nemo-2407": "mistral-nemo",
  "mistral-tiny-2407": "mistral-nemo",
};

/** Smaller ones that are called by their family's name alone, by name and size. */
const FAMILY_NAME: Readonly<Record<string, string>> = {
  "mistral-3-14b": "ministral-3",
  "mistral-3.1-24b": "mistral-small-3.1",
  "mistral-3.2-24b": "mistral-small-3.2",
};

/** The only release that there has been of a model, by name and size: "-latest" has meant no other. */
const ONLY_RELEASE: Readonly<Record<string, string>> = {
  "ministral-14b": "ministral-2512",
  "mistral-saba": "mistral-saba-2502",
  "mistral-saba-24b": "mistral-saba-2502",
  "pixtral-12b": "pixtral-2409",
  "pixtral-large": "pixtral-large-2411",
};

/** What was behind Mistral's first names, which said no more than the tariff. */
const BY_TARIFF: Readonly<Record<string, Named>> = {
  "mistral-tiny-2312": { name: "mistral-v0.3", size: "7b" },
  "mistral-small-2312": { name: "mixtral", size: "8x7b" },
};

/**
 * Other names of the same, as who offers them says: OpenRouter that its "gpt-chat-latest" is OpenAI's "chat-latest",
 * OpenAI and xAI in what they document of aliases. DeepSeek left "distill" out of the name of its last one; the first
 * Gemini had no version, and what has been released once is often named without its month.
 */
const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "chat-latest": "gpt-chat-latest",
    "cogito-2.1": "cogito-v2.1",
    "deepseek-llama-3.3": "deepseek-r1-distill-llama",
    "deepseek-r1-0528-distill-qwen-3": "deepseek-r1-0528-qwen-3",
    "deepseek-speciale": "deepseek-v3.2-speciale",
    "dolphin-mistral-venice-edition": "venice-uncensored",
    "dolphin-mixtral": "dolphin-2.9.2-mixtral",
    "gpt-5.6": "gpt-5.6-sol",
    "gemini-pro": "gemini-1-pro",
    "gpt-5.1-instant": "gpt-5.1-chat",
    "gpt-5.2-instant": "gpt-5.2-chat",
    "gpt-5.3-instant": "gpt-5.3-chat",
    "grok-code": "grok-code-fast-1",
    "grok-code-fast": "grok-code-fast-1",
    "kimi-k2-0711": "kimi-k2",
    "llama-2-code": "codellama",
    "mamba-codestral-v0.1": "codestral-mamba",
    "mercury-coder-small": "mercury-coder",
    mythomax: "mythomax-l2",
    "north-mini-code-1": "north-mini-code",
    "phi-3.5-mini-128k": "phi-3.5-mini",
    "qwen-3-coder-2507": "qwen-3-coder",
    "qwen-3-next-2509": "qwen-3-next",
    uncensored: "venice-uncensored",
  }),
);

/**
 * What cannot be read from an id and has to be known.
 *
 * @param model `talks`: the id says that it is made to; `moving`: the id ends in "-latest", so that it never means
 *   one release.
 */
export function canonicalAlias(
  model: Named & {
    readonly provider: string;
    readonly maker: string | null;
    readonly variants: readonly string[];
    readonly talks: boolean;
    readonly moving: boolean;
  },
): Whole {
  let { name, size } = model;
  name = ALIASES.get(name) ?? name;
  const month = /^(.*?)-(2\d(?:0[1-9]|1[0-2]))$/.exec(name);
  if (/^(?:mistral|mixtral|ministral|magistral|devstral|codestral|pixtral)\b/.test(name)) {
    // Beside the month of a release its number says nothing: mistral-small-3.2-24b-instruct-2506.
    if (month) name = `${month[1]?.replace(/-\d(?:\.\d)?$/, "")}-${month[2]}`;
    name = FAMILY_NAME[`${name}-${size}`] ?? name;
    const only = ONLY_RELEASE[[name, size].filter(Boolean).join("-")];
    name = only ?? MISTRAL_MONTHS[name] ?? (model.moving ? name : (SAME[name] ?? name));
    if (NAMED_BY_SIZE.test(name)) size = null;
    const byTariff = BY_TARIFF[name === "mistral-tiny" && !model.moving ? "mistral-tiny-2312" : name];
    if (byTariff) return { ...byTariff, variants: model.variants };
    // Without a version it is the last one that talks, but the first that does not; all are below 1, which Fireworks
    // leaves out.
    if (name === "mistral" && size === "7b")
      name = model.variants.includes("base") ? "mistral-v0.1" : "mistral-v0.3";
    name = name.replace(/^mistral-v(\d)$/, "mistral-v0.$1");
    // The only release of these weights.
    if (/^mixtral-(?:v0\.1|2404)$/.test(name)) name = "mixtral";
  }
  // Scout and Maverick name their sizes, and so do Nemotron's larger ones and DeepSeek's versions.
  if (
    /^llama-4-|^nemotron-\d[\d.]*-(?:lightning|super|ultra)$/.test(name) ||
    (/^deepseek-/.test(name) && (size === "671b" || size === "685b"))
  )
    size = null;
  if (name === "qwen-3-coder" && size === null) size = "480b";
  if (name === "minimax-text-01") name = "minimax-01";
  // OpenRouter left the version out of Qwen 1.5's names.
  if (name === "qwen" && size !== null && model.provider === "openrouter") name = "qwen-1.5";
  // DeepSeek's own "deepseek-chat" moves on; OpenRouter's stayed with the first V3.
  if (name === "deepseek" && model.maker === "deepseek") name = "deepseek-v3";
  // These finetunes are known by what they began from; their own version is often left out.
  if (/^l\d(?:\.\d)?-/.test(name)) name = name.replace(/-v\d+(?:\.\d+)?$/, "");
  return sayWhole({ name: name.replace(/-v1$/, ""), size, variants: model.variants }, model.talks);
}

/** What nothing else comes in, by a line's name and size. */
const ONLY_KIND: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "hermes-3-8b": "hermes-3-llama-3.1",
    "hermes-3-70b": "hermes-3-llama-3.1",
    "hermes-3-405b": "hermes-3-llama-3.1",
    "hermes-3-llama-405b": "hermes-3-llama-3.1",
    "llama-3-405b": "llama-3.1",
    "nemotron-3-30b": "nemotron-3-nano",
    "nemotron-120b": "nemotron-3-super",
    "nemotron-3-120b": "nemotron-3-super",
    "nemotron-3-550b": "nemotron-3-ultra",
    // Sizes of R1 but its own are those of what it was distilled into.
    "deepseek-r1-1.5b": "deepseek-r1-distill-qwen",
    "deepseek-r1-7b": "deepseek-r1-distill-qwen",
    "deepseek-r1-8b": "deepseek-r1-distill-llama",
    "deepseek-r1-14b": "deepseek-r1-distill-qwen",
    "deepseek-r1-32b": "deepseek-r1-distill-qwen",
    "deepseek-r1-70b": "deepseek-r1-distill-llama",
  }),
);
/** Models whose name alone says the size. */
const SIZE_KNOWN =
  /^(?:codestral-(?:mamba|2405)|kat-dev|kimi-.*|nemotron-3-(?:nano-omni|super|ultra)|rnj-1|starcoder|venice-uncensored)$/;

interface Whole extends Named {
  readonly variants: readonly string[];
}

/** A name made whole where hosts leave out what there is only one of. */
function sayWhole({ name, size, variants }: Whole, talks: boolean): Whole {
  const whole = ONLY_KIND.get(`${name}-${size}`) ?? name;
  const kinds = variants.join();
  // Since July 2025 Qwen 3 either thinks or talks; before, these sizes did both.
  if (
    name === "qwen-3" &&
    /^(?:4|30|235)b$/.test(size ?? "") &&
    (kinds === "thinking" || (kinds === "" && talks))
  )
    return { name: "qwen-3-2507", size, variants };
  // The largest of its line, where no size is named.
  if (name === "qwen-3" && size === null && variants.includes("vl")) return { name, size: "235b", variants };
  // These sizes of it see.
  if (name === "llama-3.2" && /^(?:11|90)b$/.test(size ?? "") && kinds === "")
    return { name, size, variants: ["vl"] };
  // They always think.
  if (whole === "nemotron-3-nano-omni" || whole === "deepseek-v3.2-speciale")
    return { name: whole, size: null, variants: [] };
  return { name: whole, size: SIZE_KNOWN.test(whole) ? null : size, variants };
}
