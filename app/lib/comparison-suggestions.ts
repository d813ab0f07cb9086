import type { Choice } from "../data/compare.server.ts";
import { compareText, groupBy } from "./collections.ts";
import { MOST_COMPARED } from "./queries.ts";

/** Endpoints of the same model, two or more. */
export interface SuggestedSet {
  readonly choices: readonly Choice[];
  /** Straight from its maker or host, and through a reseller. */
  readonly proxied: boolean;
}

export function choiceKey(choice: Pick<Choice, "provider" | "model">): string {
  return `${choice.provider}/${choice.model}`;
}

type Named = Pick<Choice, "model"> & { readonly identity?: string | null | undefined };

/** Whether all endpoints serve the same model. */
export function isSameModel(endpoints: readonly Named[]): boolean {
  return new Set(endpoints.map(sameness)).size < 2;
}

/** What makes endpoints the same model: the catalog's word, else the name without its owner. */
function sameness(choice: Named): string {
  return choice.identity ?? (choice.model.split("/").at(-1) ?? choice.model).toLowerCase();
}

/**
 * Sets worth looking at: the same model at several providers, the ones at most providers first. All of a set were measured,
 * and all for real or all by the simulator.
 * @param around only sets with one of these endpoints ("provider/model"), where there are any
 */
export function suggestSets(
  choices: readonly Choice[],
  limit: number,
  around: readonly string[] = [],
): SuggestedSet[] {
  const measured = choices.filter(({ newest_at }) => newest_at !== null);
  const groups = groupBy(measured, (choice) => `${choice.simulated} ${sameness(choice)}`);
  const sets = [...groups.values()].flatMap((group) => {
    const ordered = group.toSorted((x, y) => rank(x) - rank(y) || compareText(choiceKey(x), choiceKey(y)));
    // One endpoint a provider, the first: a model under two names at one provider is compared by hand.
    const each = [...groupBy(ordered, ({ provider }) => provider).values()].flatMap(([first]) => first ?? []);
    if (each.length < 2) return [];
    const kinds = new Set(each.map(({ kind }) => kind));
    return [{ choices: each.slice(0, MOST_COMPARED), proxied: kinds.has("direct") && kinds.has("proxy") }];
  });
  const near = sets.filter((set) => set.choices.some((choice) => around.includes(choiceKey(choice))));
  return (near.length > 0 ? near : sets)
    .sort(
      (x, y) =>
        Number(isOld(x)) - Number(isOld(y)) ||
        y.choices.length - x.choices.length ||
        compareText(nameOf(x), nameOf(y)),
    )
    .slice(0, limit);
}

// What is still measured comes before what is no more, and the direct one before its reseller.
function rank({ active, kind }: Choice): number {
  return (active ? 0 : 2) + (kind === "proxy" ? 1 : 0);
}

function isOld({ choices }: SuggestedSet): boolean {
  return choices.filter(({ active }) => active).length < 2;
}

function nameOf({ choices: [first] }: SuggestedSet): string {
  return first === undefined ? "" : `${sameness(first)} ${choiceKey(first)}`;
}
