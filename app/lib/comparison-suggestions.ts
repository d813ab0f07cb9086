import type { Choice } from "../data/compare.server.ts";
import { compareText, groupBy } from "./collections.ts";

export interface SuggestedPair {
  readonly a: Choice;
  readonly b: Choice;
  /** The same model, straight from its maker or host and through a reseller. */
  readonly proxied: boolean;
}

export function choiceKey(choice: Pick<Choice, "provider" | "model">): string {
  return `${choice.provider}/${choice.model}`;
}

/** Whether two endpoints serve the same model. */
export function isSameModel(a: Named, b: Named): boolean {
  return sameness(a) === sameness(b);
}

type Named = Pick<Choice, "model" | "identity">;

/** What makes two endpoints the same model: the catalog's word, else the name without its owner. */
function sameness(choice: Named): string {
  return choice.identity ?? (choice.model.split("/").at(-1) ?? choice.model).toLowerCase();
}

/**
 * Pairs worth looking at: the same model direct against proxy first, then the same model at two hosts. Both were
 * measured, and both for real or both by the simulator.
 * @param around only pairs with this endpoint ("provider/model")
 */
export function suggestPairs(
  choices: readonly Choice[],
  limit: number,
  around: string | null = null,
): SuggestedPair[] {
  const measured = choices.filter(({ newest_at }) => newest_at !== null);
  const groups = groupBy(measured, (choice) => `${choice.simulated} ${sameness(choice)}`);
  const pairs: SuggestedPair[] = [];
  for (const group of groups.values()) {
    group.forEach((first, index) => {
      for (const second of group.slice(index + 1)) {
        if (first.provider === second.provider) continue;
        // The direct one is A.
        const [a, b] = first.kind === "proxy" ? [second, first] : [first, second];
        if (around !== null && choiceKey(a) !== around && choiceKey(b) !== around) continue;
        pairs.push({ a, b, proxied: a.kind === "direct" && b.kind === "proxy" });
      }
    });
  }
  return pairs.sort((x, y) => rank(x) - rank(y) || compareText(pairName(x), pairName(y))).slice(0, limit);
}

// What is still measured comes before what is no more.
function rank({ a, b, proxied }: SuggestedPair): number {
  return (a.active && b.active ? 0 : 2) + (proxied ? 0 : 1);
}

function pairName({ a, b }: SuggestedPair): string {
  return `${sameness(a)} ${choiceKey(a)} ${choiceKey(b)}`;
}
