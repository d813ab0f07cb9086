import * as z from "zod";
import { INT4_MAX } from "../probe/storable.ts";
import type { ModelsDialect } from "../providers/types.ts";
import { DIALECTS } from "./dialects.ts";
import { kindByName } from "./kind.ts";
import { ListError, type ListedModel, type ListPage } from "./listed.ts";

const MAX_NAME = 500;

const envelope = z.union([
  z.array(z.unknown()).transform((items) => ({ items, next: null })),
  z
    .object({ data: z.array(z.unknown()), has_more: z.boolean().nullish(), last_id: z.string().nullish() })
    .transform(({ data, has_more, last_id }) => ({ items: data, next: has_more ? (last_id ?? null) : null })),
  z.object({ models: z.array(z.unknown()) }).transform(({ models }) => ({ items: models, next: null })),
]);

/** As an id can be stored and asked for: one line of printable text. */
const named = z.looseObject({
  id: z
    .string()
    .trim()
    .min(1)
    .max(MAX_NAME)
    .refine((id) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(id)),
});

/**
 * Reads one answer of a provider's models list. Items that cannot be read are counted, not guessed at.
 *
 * @param body the answer, as text.
 * @throws ListError where it is no models list, or one in which nothing can be read.
 */
export function readList(provider: string, dialect: ModelsDialect, body: string): ListPage {
  const parsed = envelope.safeParse(parseJson(body));
  if (!parsed.success) throw new ListError("the answer is JSON, but no list of models");
  const { items, next } = parsed.data;
  const models = new Map<string, ListedModel>();
  let broken = 0;
  let duplicates = 0;
  for (const item of items) {
    const id = named.safeParse(item);
    if (!id.success) {
      broken += 1;
      continue;
    }
    const facts = DIALECTS[dialect](item, provider, id.data.id);
    if (!facts) continue;
    const { name = id.data.id, kind = kindByName(provider, name), contextWindow, ...rest } = facts;
    if (models.has(name)) {
      duplicates += 1;
      continue;
    }
    models.set(name, {
      price: null,
      successor: null,
      retiresAt: undefined,
      ...rest,
      name,
      kind,
      contextWindow: isCount(contextWindow) ? contextWindow : null,
    });
  }
  if (items.length > 0 && broken === items.length) {
    throw new ListError(`none of the ${items.length} items has a usable id`);
  }
  return { models: [...models.values()], broken, duplicates, next };
}

/** In a list that names ends, a model without one has none. */
function completeEnds(models: readonly ListedModel[]): readonly ListedModel[] {
  if (!models.some(({ retiresAt }) => typeof retiresAt === "string")) return models;
  return models.map((model) => ({ ...model, retiresAt: model.retiresAt ?? null }));
}

/** Several pages as one list. */
export function joinPages(pages: readonly ListPage[]): ListPage {
  const models = new Map<string, ListedModel>();
  const items = pages.flatMap((page) => page.models);
  for (const model of items) if (!models.has(model.name)) models.set(model.name, model);
  return {
    models: completeEnds([...models.values()]),
    broken: sum(pages.map((page) => page.broken)),
    duplicates: sum(pages.map((page) => page.duplicates)) + items.length - models.size,
    next: null,
  };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    const start = body.trimStart().slice(0, 1);
    if (body.trim() === "") throw new ListError("the answer is empty");
    if (start === "<") throw new ListError("the answer is a web page, not a list of models");
    throw new ListError(
      start === "[" || start === "{"
        ? "the answer breaks off: it is no complete JSON"
        : "the answer is no JSON",
    );
  }
}

function isCount(value: number | null | undefined): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0 && value <= INT4_MAX;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}
