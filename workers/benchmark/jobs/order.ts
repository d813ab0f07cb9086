/**
 * The order in which a run asks its targets: a shuffle that the run's id decides, so that no endpoint always
 * comes first, with targets of one provider kept apart where that is possible.
 */
export function orderTargets<T extends { readonly provider: string }>(
  targets: readonly T[],
  seed: string,
): T[] {
  const random = seededRandom(seed);
  const byProvider = new Map<string, T[]>();
  for (const target of shuffle(targets, random)) {
    const group = byProvider.get(target.provider);
    if (group) group.push(target);
    else byProvider.set(target.provider, [target]);
  }
  // Always taking from the fullest group that is not the last one's keeps neighbours apart whenever any
  // order does; ties go by the shuffle.
  const groups = shuffle([...byProvider.values()], random);
  const ordered: T[] = [];
  let last: T[] | undefined;
  while (ordered.length < targets.length) {
    let best: T[] | undefined;
    for (const group of groups) {
      if (
        group.length === 0 ||
        (group === last && groups.some((other) => other !== last && other.length > 0))
      )
        continue;
      if (!best || group.length > best.length) best = group;
    }
    const next = best?.pop();
    if (!best || next === undefined) break;
    ordered.push(next);
    last = best;
  }
  return ordered;
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const keyed = items.map((item) => ({ item, key: random() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

/** mulberry32 over an FNV-1a hash of the seed: small, and the same in every runtime. */
function seededRandom(seed: string): () => number {
  let state = 0x811c9dc5;
  for (let i = 0; i < seed.length; i++) state = Math.imul(state ^ seed.charCodeAt(i), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
