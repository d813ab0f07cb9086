import * as z from "zod";
import type { ModelsDialect } from "../providers/types.ts";
import { kindByName } from "./kind.ts";
import type { ListedModel, ModelKind, Price } from "./listed.ts";
import { readPrice } from "./price.ts";

/*
 * One schema for what each provider puts into an item of its models list. A field of the wrong kind counts as
 * missing, so that one odd value costs one value; fields that nobody asked for are ignored.
 */

const text = z.string().min(1).nullish().catch(null);
const flag = z.boolean().nullish().catch(null);
const number = z.number().nullish().catch(null);
const texts = z.array(z.string()).nullish().catch(null);
const amounts = z.record(z.string(), z.unknown()).nullish().catch(null);
const end = z.unknown().optional();
const part = <T extends z.ZodType>(schema: T) => schema.nullish().catch(null);

/** What a dialect tells of an item besides its id; null when it is listed but not offered. */
export type ItemFacts = Partial<Omit<ListedModel, "name">> & { readonly name?: string };
export type ReadItem = (item: unknown, provider: string, id: string) => ItemFacts | null;

function dialect<T extends z.ZodType>(
  schema: T,
  facts: (item: z.infer<T>, provider: string, id: string) => ItemFacts | null,
): ReadItem {
  return (item, provider, id) => facts(schema.parse(item), provider, id);
}

/** id, object, created, owned_by; newer lists say when a model ends. https://platform.openai.com/docs/api-reference/models */
const plain = z.object({ shutdown_date: end, context_window: number, context_length: number });

export const DIALECTS: Readonly<Record<ModelsDialect, ReadItem>> = {
  openai: dialect(plain, (item) => ({
    contextWindow: item.context_window ?? item.context_length ?? null,
    retiresAt: date(item.shutdown_date),
  })),

  /** https://console.groq.com/docs/models: a model that is not active is listed, not served. */
  groq: dialect(z.object({ active: flag, context_window: number }), (item) =>
    item.active === false ? null : { contextWindow: item.context_window ?? null },
  ),

  /** https://docs.together.ai/reference/models-1: USD per million. */
  together: dialect(
    z.object({ type: text, context_length: number, pricing: amounts }),
    (item, provider, id) => ({
      kind: item.type ? (TOGETHER_KINDS[item.type] ?? "other") : kindByName(provider, id),
      contextWindow: item.context_length ?? null,
      price: priceFrom(item.pricing, ["input", "output", "cached_input"], 1_000_000),
    }),
  ),

  /** https://openrouter.ai/docs/api-reference/list-available-models: USD per token, as strings. */
  openrouter: dialect(
    z.object({
      context_length: number,
      architecture: part(z.object({ input_modalities: texts, output_modalities: texts, modality: text })),
      pricing: amounts,
      expiration_date: end,
    }),
    (item, provider, id) => ({
      kind: openrouterKind(item.architecture ?? null, item.pricing ?? null, provider, id),
      contextWindow: item.context_length ?? null,
      price: priceFrom(item.pricing, ["prompt", "completion", "input_cache_read"], 1),
      retiresAt: date(item.expiration_date),
    }),
  ),

  /** https://docs.anthropic.com/en/api/models-list */
  anthropic: dialect(z.object({ max_input_tokens: number }), (item) => ({
    contextWindow: item.max_input_tokens ?? null,
  })),

  /** https://ai.google.dev/gemini-api/docs/openai: ids carry a prefix that requests do without. */
  gemini: dialect(z.object({}), (_item, provider, id) => {
    const name = id.replace(/^models\//, "");
    return { name, kind: kindByName(provider, name) };
  }),

  /** https://docs.mistral.ai/api/#tag/models */
  mistral: dialect(
    z.object({
      name: text,
      capabilities: part(z.object({ completion_chat: flag })),
      max_context_length: number,
      deprecation: end,
      deprecation_replacement_model: text,
    }),
    (item, provider, id) => ({
      // An alias has its target's name, and that may say what it is for.
      kind:
        item.capabilities?.completion_chat === false
          ? notChat(provider, id)
          : firstOther(provider, [id, item.name]),
      contextWindow: item.max_context_length ?? null,
      successor: item.deprecation_replacement_model ?? null,
      retiresAt: date(item.deprecation),
    }),
  ),

  /** https://docs.fireworks.ai/api-reference/list-models */
  fireworks: dialect(z.object({ supports_chat: flag, context_length: number }), (item, provider, id) => ({
    kind: item.supports_chat === false ? notChat(provider, id) : kindByName(provider, id),
    contextWindow: item.context_length ?? null,
  })),

  /** https://deepinfra.com/docs/openai_api: USD per million, inside metadata; null metadata is no language model. */
  deepinfra: dialect(
    z.object({
      metadata: part(z.object({ context_length: number, pricing: amounts })),
    }),
    (item, provider, id) => ({
      contextWindow: item.metadata?.context_length ?? null,
      price: priceFrom(
        item.metadata?.pricing,
        ["input_tokens", "output_tokens", "cache_read_tokens"],
        1_000_000,
      ),
      kind: kindByName(provider, id),
    }),
  ),
};

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

function openrouterKind(
  architecture: { output_modalities?: string[] | null; modality?: string | null } | null,
  pricing: Readonly<Record<string, unknown>> | null,
  provider: string,
  id: string,
): ModelKind {
  // -1: what it costs depends on whom it passes the request to.
  if (Number(pricing?.prompt) < 0 || Number(pricing?.completion) < 0) return "router";
  const outputs = architecture?.output_modalities ??
    architecture?.modality?.split("->")[1]?.split("+") ?? ["text"];
  if (!outputs.includes("text")) return outputs.includes("embeddings") ? "embedding" : "other";
  if (outputs.includes("image")) return "image";
  return kindByName(provider, id);
}

/** A model that the provider says does not chat, by its name where that says more. */
function notChat(provider: string, id: string): ModelKind {
  const kind = kindByName(provider, id);
  return kind === "chat" ? "other" : kind;
}

function firstOther(provider: string, names: readonly (string | null | undefined)[]): ModelKind {
  const kinds = names.flatMap((name) => (name ? [kindByName(provider, name)] : []));
  return kinds.find((kind) => kind !== "chat") ?? "chat";
}

function priceFrom(
  pricing: Readonly<Record<string, unknown>> | null | undefined,
  [input, output, cached]: readonly [string, string, string],
  perTokens: number,
): Price | null {
  if (!pricing) return null;
  return readPrice(
    { input: pricing[input], output: pricing[output], cachedInput: pricing[cached] },
    perTokens,
  );
}

/** When an item says that its model ends: null where it says that it does not, undefined where it says nothing readable. */
function date(value: unknown): string | null | undefined {
  if (value === null) return null;
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
