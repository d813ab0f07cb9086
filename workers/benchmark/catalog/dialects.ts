import * as z from "zod";
import type { ModelsDialect } from "../providers/types.ts";
import { readEnd } from "./dates.ts";
import { kindByName, kindOf, type StatedPurpose } from "./kind.ts";
import type { ListedModel, ModelKind, Price } from "./listed.ts";
import { readPrice } from "./price.ts";
import { openrouterPrice } from "./price-overrides.ts";
import { readLine } from "./text.ts";

/*
 * What an item of a models list may say, wherever it stands: lists borrow each other's fields, and a provider's list
 * gains them overnight. A field of the wrong kind counts as missing, so that one odd value costs one value.
 */

const MAX_ALIASES = 100;

const unknown = z.unknown().optional();
const text = z
  .unknown()
  .transform((value) => readLine(value))
  .optional();
const flag = z.boolean().nullish().catch(null);
const number = z.number().nullish().catch(null);
const words = z
  .array(z.unknown())
  .transform((values) => values.slice(0, MAX_ALIASES).flatMap((value) => readLine(value) ?? []))
  .nullish()
  .catch(null);
const amounts = z.record(z.string(), z.unknown()).nullish().catch(null);
const part = <T extends z.ZodType>(schema: T) => schema.nullish().catch(null);

/** As a list of words, or as one yes or no each. */
interface Capabilities {
  readonly named: readonly unknown[];
  readonly flags: Readonly<Record<string, unknown>>;
}

const item = z.object({
  name: text,
  type: text,
  task: text,
  model_type: text,
  pipeline_tag: text,
  tags: words,
  active: flag,
  archived: flag,
  supports_chat: flag,
  capabilities: part(
    z.union([
      z.array(z.unknown()).transform((able): Capabilities => ({ named: able, flags: {} })),
      z.record(z.string(), z.unknown()).transform((flags): Capabilities => ({ named: [], flags })),
    ]),
  ),
  supported_endpoints: words,
  supportedGenerationMethods: words,
  supported_generation_methods: words,
  input_modalities: words,
  output_modalities: words,
  architecture: part(z.object({ input_modalities: words, output_modalities: words, modality: text })),
  metadata: z.object({ context_length: number, pricing: amounts, tags: words }).nullish().catch(undefined),
  context_length: number,
  context_window: number,
  max_context_length: number,
  max_input_tokens: number,
  max_model_len: number,
  inputTokenLimit: number,
  pricing: amounts,
  prompt_text_token_price: unknown,
  completion_text_token_price: unknown,
  cached_prompt_text_token_price: unknown,
  shutdown_date: unknown,
  expiration_date: unknown,
  deprecation: unknown,
  deprecation_replacement_model: text,
  reasoning: part(z.object({ mandatory: flag, default_enabled: flag })),
  aliases: words,
});
type Item = z.infer<typeof item>;

/** What sets one provider's list apart from what all of them may say. */
interface Dialect {
  /** Of which fields its prices are made. */
  readonly price?: (item: Item) => Price | null;
  /** Where its words mean something else than elsewhere. */
  readonly kind?: (item: Item, provider: string, id: string) => ModelKind;
  /** The id that requests name, where the list has another. */
  readonly id?: (id: string) => string;
  readonly aliasOf?: (item: Item, id: string) => string | null;
}

const DIALECTS: Readonly<Record<ModelsDialect, Dialect>> = {
  /** https://platform.openai.com/docs/api-reference/models */
  openai: {},
  /** https://console.groq.com/docs/models */
  groq: {},
  /** https://docs.anthropic.com/en/api/models-list */
  anthropic: {},
  /** https://docs.fireworks.ai/api-reference/list-models */
  fireworks: {},
  /** https://docs.x.ai/docs/api-reference: prices in 1e-10 USD a token; `aliases` are asked for like the id. */
  xai: {},
  /** https://docs.together.ai/reference/models-1: the type says it all. */
  together: {
    kind: (listed, provider, id) =>
      listed.type ? (TOGETHER_KINDS[listed.type] ?? "other") : kindByName(provider, id),
  },
  /** https://openrouter.ai/docs/api-reference/list-available-models; -1: it depends on whom a request goes to. */
  openrouter: {
    kind: (listed, provider, id) =>
      Number(listed.pricing?.prompt) < 0 || Number(listed.pricing?.completion) < 0
        ? "router"
        : kindOf(provider, id, purposeOf(listed)),
  },
  /** https://ai.google.dev/gemini-api/docs/openai: ids carry a prefix that requests do without. */
  gemini: { id: (id) => id.replace(/^models\//, "") },
  /** https://docs.mistral.ai/api/#tag/models: an alias has its target's name, and that may say what it is for. */
  mistral: {
    kind: (listed, provider, id) => {
      const names = listed.name && !isFineTune(listed, id) ? [id, listed.name] : [id];
      const kinds = names.map((name) => kindOf(provider, name, purposeOf(listed)));
      return kinds.find((kind) => kind !== "chat") ?? "chat";
    },
    aliasOf: (listed, id) =>
      listed.name && listed.name !== id && !isFineTune(listed, id) ? listed.name : null,
  },
  /** https://deepinfra.com/docs/openai_api: null metadata is no language model. */
  deepinfra: {
    kind: (listed, provider, id) => {
      const stated = purposeOf(listed);
      return kindOf(provider, id, listed.metadata === null ? { ...stated, chats: false } : stated);
    },
  },
};

/** @returns what the item tells; null when it is listed but not offered. */
export function readItem(
  dialect: ModelsDialect,
  raw: unknown,
  provider: string,
  id: string,
): ListedModel | null {
  const own = DIALECTS[dialect];
  const listed = item.parse(raw);
  if (listed.active === false || listed.archived === true) return null;
  const name = own.id?.(id) ?? id;
  const end = endOf(raw, listed);
  return {
    name,
    kind: own.kind?.(listed, provider, name) ?? kindOf(provider, name, purposeOf(listed)),
    contextWindow: contextOf(listed),
    price: priceOf(listed),
    successor: listed.deprecation_replacement_model ?? null,
    ...end,
    reasoning: thinks(listed.reasoning),
    aliasOf: own.aliasOf?.(listed, name) ?? null,
    aliases: (listed.aliases ?? []).filter((alias) => alias !== name),
  };
}

function isFineTune(listed: Item, id: string): boolean {
  return listed.type === "fine-tuned" || id.startsWith("ft:");
}

const TOGETHER_KINDS: Readonly<Record<string, ModelKind>> = {
  chat: "chat",
  language: "completion",
  code: "completion",
  embedding: "embedding",
  rerank: "rerank",
  image: "image",
  video: "video",
  audio: "audio",
  transcribe: "audio",
  moderation: "moderation",
};

function purposeOf(listed: Item): StatedPurpose {
  const { named, flags } = listed.capabilities ?? { named: [], flags: {} };
  const able = [
    ...named.flatMap((word) => readLine(word) ?? []),
    ...[...NOT_CHAT].filter((key) => Object.hasOwn(flags, key) && flags[key] === true),
  ];
  const modalities = (listed.architecture?.modality ?? "").split("->").map((side) => side.split("+"));
  return {
    words: [
      ...(listed.metadata?.tags ?? []),
      ...(listed.tags ?? []),
      ...able,
      ...[listed.type, listed.task, listed.model_type, listed.pipeline_tag].flatMap((word) => word ?? []),
    ],
    inputs: listed.input_modalities ?? listed.architecture?.input_modalities ?? known(modalities[0]),
    outputs: listed.output_modalities ?? listed.architecture?.output_modalities ?? known(modalities[1]),
    chats: chatsOf(listed),
  };
}

/** Capabilities that say of a model what it is for, where it cannot be asked to chat besides. */
const NOT_CHAT = new Set(["ocr", "moderation", "audio_transcription"]);

function known(side: readonly string[] | undefined): readonly string[] {
  return (side ?? []).filter((word) => word !== "");
}

function chatsOf(listed: Item): boolean | undefined {
  if (listed.supports_chat === false || listed.capabilities?.flags.completion_chat === false) return false;
  const methods = listed.supportedGenerationMethods ?? listed.supported_generation_methods;
  if (methods && methods.length > 0) return methods.includes("generateContent");
  const endpoints = listed.supported_endpoints;
  if (endpoints && endpoints.length > 0) return endpoints.some((endpoint) => /chat/i.test(endpoint));
  return undefined;
}

function contextOf(listed: Item): number | null {
  const { metadata } = listed;
  return (
    [
      listed.context_window,
      listed.context_length,
      listed.max_context_length,
      listed.max_input_tokens,
      listed.max_model_len,
      listed.inputTokenLimit,
      metadata?.context_length,
    ].find((length) => typeof length === "number") ?? null
  );
}

/** Each way in which lists write prices has field names of its own, which say the unit. */
function priceOf(listed: Item): Price | null {
  const { pricing, metadata } = listed;
  const inside = metadata?.pricing;
  return (
    (pricing ? openrouterPrice(pricing) : null) ??
    // Together, Perplexity: USD per million.
    (pricing
      ? readPrice(
          {
            input: pricing.input,
            output: pricing.output,
            cachedInput: pricing.cached_input ?? pricing.cache_read ?? pricing.input_cache_read,
          },
          1_000_000,
        )
      : null) ??
    // DeepInfra: USD per million.
    (inside
      ? readPrice(
          {
            input: inside.input_tokens,
            output: inside.output_tokens,
            cachedInput: inside.cache_read_tokens,
          },
          1_000_000,
        )
      : null) ??
    // xAI: 1e-10 USD a token.
    readPrice(
      {
        input: listed.prompt_text_token_price,
        output: listed.completion_text_token_price,
        cachedInput: listed.cached_prompt_text_token_price,
      },
      1e10,
    )
  );
}

function endOf(raw: unknown, listed: Item): Pick<ListedModel, "retiresAt" | "endUnreadable"> {
  for (const key of ["shutdown_date", "expiration_date", "deprecation"] as const) {
    if (!(typeof raw === "object" && raw !== null && key in raw)) continue;
    const end = readEnd(listed[key]);
    return end === undefined ? { retiresAt: undefined, endUnreadable: true } : { retiresAt: end };
  }
  return { retiresAt: undefined };
}

function thinks(
  reasoning: { mandatory?: boolean | null; default_enabled?: boolean | null } | null | undefined,
): boolean | undefined {
  if (!reasoning) return undefined;
  const { mandatory, default_enabled: byDefault } = reasoning;
  if (mandatory === true || byDefault === true) return true;
  return typeof mandatory === "boolean" || typeof byDefault === "boolean" ? false : undefined;
}
