import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

export interface LabelledId {
  readonly provider: string;
  readonly id: string;
  readonly quantization: string | null;
  /** "family | size | variant", as labelled by hand. */
  readonly label: string;
  readonly half: Half;
}

export type Half = "written on" | "untouched";

/** Reads labels; the head of thirteen-providers.txt says what they mean and how the halves are told apart. */
export function labelledIds(file: string): LabelledId[] {
  const lines = readFileSync(new URL(`identity-labels/${file}.txt`, import.meta.url), "utf8").split("\n");
  const ids: LabelledId[] = [];
  let label = "";
  for (const line of lines) {
    if (line === "" || line.startsWith("#")) continue;
    if (line.startsWith("= ")) {
      label = line.slice(2);
      continue;
    }
    const [provider = "", id = "", quantization = null] = line.split(" ");
    const even = (createHash("sha256").update(label).digest()[0] ?? 0) % 2 === 0;
    ids.push({ provider, id, quantization, label, half: even ? "written on" : "untouched" });
  }
  return ids;
}

export interface Score {
  readonly ids: number;
  readonly models: number;
  /** Pairs that are one model and were taken for one. */
  readonly found: number;
  /** Pairs taken for one model that are two. */
  readonly wrong: readonly string[];
  /** Pairs of one model taken for two. */
  readonly missed: readonly string[];
  readonly precision: number;
  readonly recall: number;
}

/**
 * Precision and recall of "these two ids are the same model" over all pairs of ids.
 *
 * @param known ids that were there before: the pairs of each of `ids` with them count as well, theirs among
 *   themselves do not.
 */
export function scorePairs(
  ids: readonly LabelledId[],
  canonical: (provider: string, id: string) => string,
  known: readonly LabelledId[] = [],
): Score {
  const name = (item: LabelledId) => ({ ...item, canonical: canonical(item.provider, item.id) });
  const named = ids.map(name);
  const before = known.map(name);
  const wrong: string[] = [];
  const missed: string[] = [];
  let found = 0;
  for (const [index, a] of named.entries()) {
    for (const b of [...named.slice(index + 1), ...before]) {
      const same = a.label === b.label;
      const taken = a.canonical === b.canonical;
      const pair = `${a.provider} ${a.id} (${a.canonical}) and ${b.provider} ${b.id} (${b.canonical})`;
      if (same && taken) found += 1;
      else if (taken) wrong.push(pair);
      else if (same) missed.push(pair);
    }
  }
  return {
    ids: ids.length,
    models: new Set(ids.map(({ label }) => label)).size,
    found,
    wrong,
    missed,
    precision: found / (found + wrong.length),
    recall: found / (found + missed.length),
  };
}
