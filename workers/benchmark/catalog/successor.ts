import { identify } from "./identity.ts";
import { kindByName } from "./kind.ts";

export interface Candidate {
  readonly name: string;
  readonly available: boolean;
  /** What the provider names in its place. */
  readonly successor: string | null;
  /** ISO time at which it ends itself, where its provider has said so. */
  readonly retiresAt: string | null;
}

export interface Suggestion {
  readonly name: string;
  readonly why: "named by the provider" | "the same model under another name" | "next of its line";
}

/**
 * The natural successor of a model that its provider no longer offers: what the provider names, else the same
 * model under another name, else the nearest newer version of the same line, size and variant. Only a model that
 * stays can follow another: one that is offered to be chatted with and has no end of its own.
 *
 * @param offered what the same provider has.
 */
export function suggestSuccessor(
  provider: string,
  retired: Candidate,
  offered: readonly Candidate[],
): Suggestion | null {
  const staying = offered.filter(
    (model) => stays(model) && model.name !== retired.name && kindByName(provider, model.name) !== "batch",
  );
  const named = followNames(retired, offered, staying);
  if (named) return { name: named.name, why: "named by the provider" };

  // What names this one as its own successor goes before it, whatever it is called.
  const others = staying
    .filter(({ successor }) => successor !== retired.name)
    .map(({ name }) => ({ name, is: identify(provider, name) }));
  const before = identify(provider, retired.name);
  const same = others
    .filter(({ is }) => is.canonical === before.canonical && is.quantization === before.quantization)
    .sort(byLength)[0];
  if (same) return { name: same.name, why: "the same model under another name" };

  const from = splitVersion(before.family);
  if (from.version === null) return null;
  const newer = others
    .flatMap(({ name, is }) => {
      const { line, version } = splitVersion(is.family);
      const fits = line === from.line && is.size === before.size && is.variant === before.variant;
      return fits && version !== null && compareVersions(version, from.version ?? []) > 0
        ? [{ name, version }]
        : [];
    })
    .sort((a, b) => compareVersions(a.version, b.version) || byLength(a, b))[0];
  return newer ? { name: newer.name, why: "next of its line" } : null;
}

function stays({ available, retiresAt }: Candidate): boolean {
  return available && retiresAt === null;
}

/** Goes from name to name to the first that stays; names that lead in a circle lead nowhere. */
function followNames(
  retired: Candidate,
  offered: readonly Candidate[],
  staying: readonly Candidate[],
): Candidate | null {
  const byName = new Map(offered.map((model) => [model.name, model]));
  const chain: Candidate[] = [];
  let model: Candidate | undefined = retired;
  while (model && model.successor !== null) {
    if (model.successor === retired.name) return null;
    model = byName.get(model.successor);
    if (model && chain.includes(model)) return null;
    if (model) chain.push(model);
  }
  return chain.find((candidate) => staying.includes(candidate)) ?? null;
}

/** "llama-3.1" is line "llama" at version 3.1; "claude-4.5-haiku" line "claude-haiku" at 4.5. */
function splitVersion(family: string): { line: string; version: readonly number[] | null } {
  const match = /(?:^|-)v?(\d+(?:\.\d+)*)(?=-|$)/.exec(family);
  if (!match) return { line: family, version: null };
  return {
    line: family.slice(0, match.index) + family.slice(match.index + match[0].length),
    version: (match[1] ?? "").split(".").map(Number),
  };
}

function compareVersions(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function byLength(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name.length - b.name.length || (a.name < b.name ? -1 : 1);
}
