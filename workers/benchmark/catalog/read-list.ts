import { INT4_MAX } from "../probe/storable.ts";
import type { ModelsDialect } from "../providers/types.ts";
import { readItem } from "./dialects.ts";
import { ListError, type ListedModel, type ListPage } from "./listed.ts";
import { openEnvelope } from "./pages.ts";
import { readLine } from "./text.ts";

/** Of one answer; the longest real lists have some hundreds. */
const MAX_ITEMS = 10_000;

/**
 * Reads one answer of a provider's models list. Items that cannot be read are counted, not guessed at.
 *
 * @param body the answer, as text.
 * @throws ListError where it is no models list, or one in which nothing can be read.
 */
export function readList(provider: string, dialect: ModelsDialect, body: string): ListPage {
  const envelope = openEnvelope(parseJson(body));
  if (!envelope) throw new ListError("the answer is JSON, but no list of models");
  const { items, next, total } = envelope;
  if (items.length > MAX_ITEMS) throw new ListError(`the list has more than ${MAX_ITEMS / 1_000},000 items`);
  const models = new Map<string, ListedModel>();
  let broken = 0;
  let duplicates = 0;
  for (const item of items) {
    const id = idOf(item);
    if (id === null) {
      broken += 1;
      continue;
    }
    const facts = readItem(dialect, item, provider, id);
    if (!facts) continue;
    if (models.has(facts.name)) {
      duplicates += 1;
      continue;
    }
    models.set(facts.name, {
      ...facts,
      contextWindow: isCount(facts.contextWindow) ? facts.contextWindow : null,
    });
  }
  if (items.length > 0 && broken === items.length) {
    throw new ListError(`none of the ${items.length} items has a usable id`);
  }
  return { models: [...models.values()], items: items.length, broken, duplicates, next, total };
}

/** Several pages as one list. @throws ListError where the list says that it has more items than came. */
export function joinPages(pages: readonly ListPage[]): ListPage {
  const models = new Map<string, ListedModel>();
  const read = pages.flatMap((page) => page.models);
  for (const model of read) if (!models.has(model.name)) models.set(model.name, model);
  const items = sum(pages.map((page) => page.items));
  const total = Math.max(...pages.map((page) => page.total ?? 0));
  if (total > items) {
    throw new ListError(
      `it has ${total} items by its own count and gave ${items}, without saying how to go on`,
    );
  }
  return {
    models: withStayingSuccessors(withAliasTargets(completeReasoning(completeEnds([...models.values()])))),
    items,
    broken: sum(pages.map((page) => page.broken)),
    duplicates: sum(pages.map((page) => page.duplicates)) + read.length - models.size,
    next: null,
    total: total || null,
  };
}

/** In a list that names ends, a model without one has none. */
function completeEnds(models: readonly ListedModel[]): readonly ListedModel[] {
  if (!models.some(({ retiresAt }) => typeof retiresAt === "string")) return models;
  return models.map((model) =>
    model.endUnreadable ? model : { ...model, retiresAt: model.retiresAt ?? null },
  );
}

/** In a list that says which models think, one of which it says nothing does not. */
function completeReasoning(models: readonly ListedModel[]): readonly ListedModel[] {
  if (!models.some(({ reasoning }) => reasoning !== undefined)) return models;
  return models.map((model) => ({ ...model, reasoning: model.reasoning ?? false }));
}

/**
 * Ids of one model have one target: the name that the list gives them all, or, where that moves on with time
 * ("-latest"), one of them that does not.
 */
function withAliasTargets(models: readonly ListedModel[]): readonly ListedModel[] {
  const groups = new Map<string, string[]>();
  for (const { name, aliasOf } of models) {
    const target = aliasOf ?? name;
    groups.set(target, [...(groups.get(target) ?? []), name]);
  }
  return models.map((model) => {
    const target = model.aliasOf ?? model.name;
    const group = groups.get(target) ?? [];
    if (group.length < 2 && model.aliasOf === null) return model;
    const fixed = isMoving(target) ? group.find((name) => !isMoving(name)) : target;
    const aliasOf = fixed ?? target;
    return { ...model, aliasOf: aliasOf === model.name ? null : aliasOf };
  });
}

/** A model that ends itself follows nobody: what follows it does, unless that leads in a circle. */
function withStayingSuccessors(models: readonly ListedModel[]): readonly ListedModel[] {
  const listed = new Map<string, ListedModel>();
  for (const model of models) for (const name of [...model.aliases, model.name]) listed.set(name, model);
  const staying = (model: ListedModel): string | null => {
    const met = new Set([model.name]);
    for (let name = model.successor; name !== null; ) {
      const next = listed.get(name);
      // What the list does not have may be had elsewhere: nothing is known against it.
      if (!next || (typeof next.retiresAt !== "string" && next.kind !== "batch" && next.successor === null)) {
        return name;
      }
      if (met.has(next.name)) return null;
      met.add(next.name);
      name = next.successor;
    }
    return null;
  };
  return models.map((model) => (model.successor === null ? model : { ...model, successor: staying(model) }));
}

function isMoving(name: string): boolean {
  return /-latest$/.test(name);
}

/** What an item is asked for by; some lists call it its name. */
function idOf(item: unknown): string | null {
  if (typeof item !== "object" || item === null || Array.isArray(item)) return null;
  if ("id" in item) return readLine(item.id);
  // Gemini's own list, and Ollama's.
  return "name" in item ? readLine(item.name) : null;
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
